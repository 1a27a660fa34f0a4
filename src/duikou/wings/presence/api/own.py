"""What a posted person's phone sends and reads: the own record alone."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import File, Form, Router, UploadedFile
from pydantic import AwareDatetime, Field

from duikou.core.documents import MOST_BYTES
from duikou.core.errors import Invalid
from duikou.core.rest import Answer, Body, Call, Day, Line, operation
from duikou.wings.presence import actions
from duikou.wings.presence.actions.items import EARLIEST, LATEST
from duikou.wings.presence.actions.replay import MOST_ITEMS
from duikou.wings.presence.queries import own as records

router = Router(tags=["presence"])
MOST_DAYS = 400


class PresenceItems(Body):
    """A phone's queue. Each item has `uuid` (made by the phone, told apart by it), `kind` and `at`.

    `{"uuid", "kind": "in", "at", "place": "near" | "far" | "unknown"}` a check-in;
    `{"uuid", "kind": "out", "at"}` a check-out;
    `{"uuid", "kind": "work", "at", "day", "counts": {"ward_round": 1}}` counters of a day.
    """

    sent_at: Annotated[AwareDatetime, Field(description="the phone's own time of this sending")]
    items: Annotated[list[Any], Field(max_length=MOST_ITEMS)]


class PresenceOutcome(Answer):
    """What became of an item. `known`: it came before, nothing has changed; `refused`: see `message`."""

    uuid: str
    status: Literal["taken", "superseded", "refused", "known"]
    message: str
    day: dt.date | None


class PresenceOutcomes(Answer):
    """Answers in the order of the items; how far the phone's clock is behind ours."""

    received_at: dt.datetime
    skew_seconds: int
    answers: list[PresenceOutcome]


@operation(
    router, "POST", "/presence/items", response=PresenceOutcomes, permission="presence.own",
    zh="上报签到与工作量", en="Send check-ins and work",
)  # fmt: skip
def send_presence_items(request: Call, body: PresenceItems) -> Any:
    """In any order and as often as one likes; a wrong item is refused alone."""
    if not EARLIEST < body.sent_at < LATEST:
        raise Invalid("sent_at 不合理，请校准手机时钟 / sent_at cannot be right: set the phone's clock")
    found = actions.replay(actor=request.actor, sent_at=body.sent_at, sent=body.items)
    return {
        "received_at": found.received_at,
        "skew_seconds": found.skew_seconds,
        "answers": [
            {"uuid": one.uuid, "status": one.status, "message": one.message, "day": one.day}
            for one in found.outcomes
        ],
    }


@operation(
    router, "POST", "/presence/proofs", response=PresenceOutcome, permission="presence.own",
    zh="上报佐证文件", en="Send a file that shows work",
)  # fmt: skip
def send_presence_proof(
    request: Call, file: File[UploadedFile], uuid: Form[Line], day: Form[Line], activity: Form[Line]
) -> Any:
    """`uuid` is made by the phone: sent again, the file is kept once. What is wrong with it is the answer."""
    sent = actions.Sent(uuid, day, activity, file.name or "", file.read(MOST_BYTES + 1))
    one = actions.send_proof(actor=request.actor, sent=sent)
    return {"uuid": one.uuid, "status": one.status, "message": one.message, "day": one.day}


class OwnWork(Answer):
    """A counter of a day."""

    activity: str
    count: int
    corrected: bool
    confirmed: bool


class OwnDay(Answer):
    """A day of the own record."""

    day: dt.date
    present: bool | None
    first_in: dt.datetime | None
    last_out: dt.datetime | None
    place: str
    corrected: bool
    confirmed: bool
    work: list[OwnWork]


@operation(
    router, "GET", "/presence/own", response=list[OwnDay], permission="presence.own",
    zh="自己的考勤与工作量", en="Own presence and work",
)  # fmt: skip
def own_presence(request: Call, first: Day, last: Day) -> Any:
    """Days from `first` to `last` with something on record."""
    if (last - first).days > MOST_DAYS:
        raise Invalid(f"一次最多 {MOST_DAYS} 天 / at most {MOST_DAYS} days at a time")
    found: dict[dt.date, dict[str, Any]] = {}
    for row in records.my_days(request.actor).filter(day__range=(first, last)):
        found[row.day] = {
            "day": row.day,
            "present": row.present,
            "first_in": row.first_in,
            "last_out": row.last_out,
            "place": row.place,
            "corrected": row.corrected,
            "confirmed": row.confirmation_id is not None,
            "work": [],
        }
    for entry in records.my_work(request.actor).filter(day__range=(first, last)):
        nothing: dict[str, Any] = {
            "day": entry.day,
            "present": None,
            "first_in": None,
            "last_out": None,
            "place": "unknown",
            "corrected": False,
            "confirmed": False,
            "work": [],
        }
        found.setdefault(entry.day, nothing)["work"].append(
            {
                "activity": entry.activity,
                "count": entry.count,
                "corrected": entry.corrected,
                "confirmed": entry.confirmation_id is not None,
            }
        )
    return [found[day] for day in sorted(found)]
