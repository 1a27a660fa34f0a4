"""The logbook: the trainee writes, the tutor or the head of the department signs or gives it back."""

from __future__ import annotations

from typing import Any

from ninja import Router

from duikou.core.rest import Body, Call, Day, Id, Limit, Offset, Page, Position, Yes, operation, page_of
from duikou.wings.training import actions
from duikou.wings.training.api.trainees import (
    EntryKind,
    LogEntryItem,
    Note,
    TraineeshipDetail,
    detail,
    entry_item,
)
from duikou.wings.training.models import LogEntry
from duikou.wings.training.queries import logbook, trainees

router = Router(tags=["training"])


@operation(
    router, "GET", "/my-traineeships", response=list[TraineeshipDetail], permission="training.own",
    zh="我的进修", en="My training",
)  # fmt: skip
def list_my_traineeships(request: Call) -> Any:
    """The caller's own, the latest first."""
    return [detail(one) for one in trainees.own(request.actor)]


class NewLogEntry(Body):
    """What was done on a day; nothing of any patient."""

    on: Day
    kind: EntryKind
    number: Position = 1
    note: Note = ""


@operation(
    router, "POST", "/my-traineeships/{traineeship_id}/entries", response=LogEntryItem, status=201,
    permission="training.own", zh="填写进修日志", en="Write an entry of the logbook",
)  # fmt: skip
def write_log_entry(request: Call, traineeship_id: Id, data: NewLogEntry) -> Any:
    """By the trainee."""
    one = trainees.own_traineeship(request.actor, traineeship_id)
    return entry_item(actions.write_entry(actor=request.actor, traineeship=one, **data.model_dump()))


class LogEntryCorrection(Body):
    """What was really done; signed entries stay as they are."""

    number: Position
    note: Note = ""


@operation(
    router, "POST", "/my-log-entries/{entry_id}", response=LogEntryItem, permission="training.own",
    zh="改正进修日志", en="Correct an entry of the logbook",
)  # fmt: skip
def correct_log_entry(request: Call, entry_id: Id, data: LogEntryCorrection) -> Any:
    """By the trainee; it waits for a signature again."""
    entry = logbook.own_entry(request.actor, entry_id)
    return entry_item(actions.rewrite_entry(actor=request.actor, entry=entry, **data.model_dump()))


class WaitingLogEntry(LogEntryItem):
    """An entry that waits for a signature, and whose it is."""

    traineeship_id: int
    person: str
    recipient: str


def _waiting(row: LogEntry) -> dict[str, Any]:
    return {
        **entry_item(row),
        "traineeship_id": row.traineeship_id,
        "person": row.traineeship.person.name,
        "recipient": row.traineeship.recipient.name,
    }


class LogEntryDecision(Body):
    """Signed, or given back with a reason."""

    sign: Yes
    reason: Note = ""


def _decide(request: Call, pk: int, data: LogEntryDecision) -> dict[str, Any]:
    entry = logbook.entry_to_sign(request.actor, pk)
    if data.sign:
        return entry_item(actions.sign_entry(actor=request.actor, entry=entry))
    return entry_item(actions.return_entry(actor=request.actor, entry=entry, reason=data.reason))


@operation(
    router, "GET", "/log-entries", response=Page[WaitingLogEntry], permission="training.teach",
    zh="待签字的进修日志", en="Entries of logbooks to sign",
)  # fmt: skip
def list_log_entries(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Those of the caller's department that nobody has signed or given back."""
    return page_of(logbook.to_sign(request.actor).order_by("-on", "-pk"), limit, offset, _waiting)


@operation(
    router, "GET", "/my-teaching", response=Page[WaitingLogEntry], permission="training.own",
    zh="待我签字的进修日志", en="Entries of logbooks for me to sign",
)  # fmt: skip
def list_my_teaching(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Those of the stays that the caller teaches."""
    return page_of(logbook.to_sign(request.actor).order_by("-on", "-pk"), limit, offset, _waiting)


@operation(
    router, "POST", "/log-entries/{entry_id}/decision", response=LogEntryItem, permission="training.teach",
    zh="进修日志签字", en="Sign an entry of the logbook",
)  # fmt: skip
def decide_log_entry(request: Call, entry_id: Id, data: LogEntryDecision) -> Any:
    """By the head of the department."""
    return _decide(request, entry_id, data)


@operation(
    router, "POST", "/my-teaching/{entry_id}/decision", response=LogEntryItem, permission="training.own",
    zh="带教老师签字", en="Sign an entry as the tutor",
)  # fmt: skip
def decide_log_entry_as_tutor(request: Call, entry_id: Id, data: LogEntryDecision) -> Any:
    """By the tutor of the stay in which the day lies."""
    return _decide(request, entry_id, data)
