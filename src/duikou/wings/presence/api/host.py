"""The host's side: weeks, confirmation, corrections, volumes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from ninja import Router
from pydantic import Field

from duikou.core.rest import Answer, Because, Body, Call, Count, Day, Flag, Id, Yes, operation
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.presence import actions
from duikou.wings.presence.folding import monday_of
from duikou.wings.presence.queries import weeks as records
from duikou.wings.presence.queries.volumes import volumes

router = Router(tags=["presence"])
FIRST, LAST = dt.date(2000, 1, 1), dt.date(2099, 12, 31)
Near = Annotated[Day, Field(ge=FIRST, le=LAST)]
ActivityId = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z_]+$")]


class PresenceWeek(Answer):
    """A posting in a week; `far` check-ins are to be decided on before the week can be confirmed."""

    posting_id: int
    person: str
    supporter: str
    recipient: str
    present: int
    work: dict[str, int]
    far: int
    waiting: int
    confirmed: int


def _line(line: records.WeekLine) -> dict[str, Any]:
    return {
        "posting_id": line.posting.pk,
        "person": line.posting.person.name,
        "supporter": line.posting.supporter.name,
        "recipient": line.posting.recipient.name,
        "present": line.present,
        "work": dict(line.counts),
        "far": line.far,
        "waiting": line.waiting,
        "confirmed": line.confirmed,
    }


@operation(
    router, "GET", "/presence/weeks", response=list[PresenceWeek], permission="presence.view",
    zh="一周的考勤与工作量", en="Presence and work of a week",
)  # fmt: skip
def list_presence_weeks(request: Call, day: Near) -> Any:
    """The week (Monday to Sunday) in which `day` lies."""
    return [_line(line) for line in records.week(request.actor, monday_of(day))]


class PresenceVolume(Answer):
    """A posting's days at work and counters in a period."""

    posting_id: int
    person: str
    supporter: str
    recipient: str
    days: int
    work: dict[str, int]


@operation(
    router, "GET", "/presence/work", response=list[PresenceVolume], permission="presence.view",
    zh="工作量统计", en="Work volumes",
)  # fmt: skip
def list_presence_work(request: Call, first: Near, last: Near, confirmed: Flag = True) -> Any:
    """Postings with a day in the period; by default only what the host has confirmed."""
    return [
        {
            "posting_id": row.posting.pk,
            "person": row.posting.person.name,
            "supporter": row.posting.supporter.name,
            "recipient": row.posting.recipient.name,
            "days": row.days,
            "work": row.counts,
        }
        for row in volumes(request.actor, first, last, confirmed=confirmed)
    ]


class PresenceDay(Answer):
    """A day of a posting's week; `version` goes back with a correction."""

    day: dt.date
    present: bool | None
    first_in: dt.datetime | None
    last_out: dt.datetime | None
    place: str
    corrected: bool
    confirmed: bool
    version: int
    work: dict[str, int]
    work_versions: dict[str, int]


class PostingWeek(Answer):
    """A posting's week as the host looks at it."""

    posting_id: int
    monday: dt.date
    waiting: int
    days: list[PresenceDay]


def _week(found: records.Week) -> dict[str, Any]:
    return {
        "posting_id": found.posting.pk,
        "monday": found.monday,
        "waiting": found.waiting,
        "days": [
            {
                "day": line.day,
                "present": row.present if row else None,
                "first_in": row.first_in if row else None,
                "last_out": row.last_out if row else None,
                "place": row.place if row else "unknown",
                "corrected": row is not None and row.corrected,
                "confirmed": row is not None and row.confirmation_id is not None,
                "version": row.version if row else 0,
                "work": {name: entry.count for name, entry in line.work.items()},
                "work_versions": {name: entry.version for name, entry in line.work.items()},
            }
            for line in found.days
            for row in [line.record]
        ],
    }


@operation(
    router, "GET", "/postings/{posting_id}/presence", response=PostingWeek, permission="presence.view",
    zh="一名派驻人员一周的考勤", en="A posting's week",
)  # fmt: skip
def get_posting_week(request: Call, posting_id: Id, day: Near) -> Any:
    """The week in which `day` lies."""
    return _week(records.week_of(records.posting(request.actor, posting_id), monday_of(day)))


class WeekConfirmation(Body):
    """The Monday of the week."""

    monday: Near
    remark: Annotated[str, Field(max_length=300, pattern=TEXT_PATTERN)] = ""


@operation(
    router, "POST", "/postings/{posting_id}/presence/confirm", response=PostingWeek,
    permission="presence.confirm", zh="确认一周的考勤与工作量", en="Confirm a week",
)  # fmt: skip
def confirm_posting_week(request: Call, posting_id: Id, body: WeekConfirmation) -> Any:
    """As it stands now; what comes later waits for another confirmation."""
    posting = records.posting(request.actor, posting_id)
    actions.confirm_week(actor=request.actor, posting=posting, monday=body.monday, remark=body.remark)
    return _week(records.week_of(posting, body.monday))


class DayCorrection(Because):
    """Whether somebody was at work; `version` as read, 0 where there was no record."""

    day: Near
    present: Yes
    version: Count = 0


@operation(
    router, "POST", "/postings/{posting_id}/presence/day", response=PostingWeek,
    permission="presence.confirm", zh="更正一天的考勤", en="Correct a day",
)  # fmt: skip
def correct_posting_day(request: Call, posting_id: Id, body: DayCorrection) -> Any:
    """With the reason, which the person concerned reads, too."""
    posting = records.posting(request.actor, posting_id)
    actions.correct_day(
        actor=request.actor,
        posting=posting,
        day=body.day,
        present=body.present,
        reason=body.reason,
        version=body.version,
    )
    return _week(records.week_of(posting, monday_of(body.day)))


class WorkCorrection(Because):
    """A counter of a day; `version` as read, 0 where there was none."""

    day: Near
    activity: ActivityId
    count: Count
    version: Count = 0


@operation(
    router, "POST", "/postings/{posting_id}/presence/work", response=PostingWeek,
    permission="presence.confirm", zh="更正一项工作量", en="Correct a counter",
)  # fmt: skip
def correct_posting_work(request: Call, posting_id: Id, body: WorkCorrection) -> Any:
    """With the reason, which the person concerned reads, too."""
    posting = records.posting(request.actor, posting_id)
    actions.correct_work(
        actor=request.actor,
        posting=posting,
        day=body.day,
        activity=body.activity,
        count=body.count,
        reason=body.reason,
        version=body.version,
    )
    return _week(records.week_of(posting, monday_of(body.day)))
