"""The logbook: the trainee writes, the tutor signs or gives it back."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, Denied, refused
from duikou.core.scope import Actor
from duikou.wings.stays.checks import not_future
from duikou.wings.training.actions.tutoring import inside
from duikou.wings.training.models import LogEntry, Traineeship
from duikou.wings.training.queries.logbook import may_sign

MOST = 200
State = LogEntry.State


def write_entry(
    *, actor: Actor, traineeship: Traineeship, on: dt.date, kind: str, number: int = 1, note: str = ""
) -> LogEntry:
    """The trainee writes down what was done on a day; only one's own book, and only days in training."""
    if actor.user_id is None or traineeship.person.user_id != actor.user_id:
        raise Denied(_("进修日志由进修人员本人填写。"))
    with act("training.entry", actor=actor, permission="training.own") as event:
        _open(traineeship)
        not_future(on, "on")
        inside(traineeship, on, on)
        _content(kind, number, note)
        away = traineeship.absences.filter(withdrawn_at=None, first_day__lte=on, last_day__gte=on)
        if away.exists():
            raise refused("on", _("%(on)s 已登记请假，不能填写当天的日志。") % {"on": on})
        entry = LogEntry.objects.create(
            traineeship=traineeship,
            home_path=traineeship.home_path,
            host_path=_place_of(traineeship, on),
            on=on,
            kind=kind,
            number=number,
            note=note.strip(),
        )
        event.note(
            traineeship,
            after={"on": on, "kind": kind, "number": number},
            scope_path=traineeship.host_path,
        )
    return entry


def rewrite_entry(*, actor: Actor, entry: LogEntry, number: int, note: str = "") -> LogEntry:
    """The trainee corrects what has not been signed; what was given back waits for the tutor again."""
    traineeship = entry.traineeship
    if actor.user_id is None or traineeship.person.user_id != actor.user_id:
        raise Denied(_("进修日志由进修人员本人填写。"))
    with act("training.entry_corrected", actor=actor, permission="training.own") as event:
        _content(entry.kind, number, note)
        before = {"number": entry.number, "note": entry.note}
        won = (
            LogEntry.objects.filter(pk=entry.pk)
            .exclude(state=State.SIGNED)
            .update(number=number, note=note.strip(), state=State.WRITTEN, answer="")
        )
        if not won:
            raise Conflict(_("这条日志已签字，不能再改。"))
        entry.refresh_from_db()
        event.note(
            traineeship,
            before=before,
            after={"number": number, "note": entry.note},
            scope_path=traineeship.host_path,
        )
    return entry


def sign_entry(*, actor: Actor, entry: LogEntry) -> LogEntry:
    """The tutor of that stay, or the head of the department, confirms an entry."""
    return _decide(actor, entry, State.SIGNED, "")


def return_entry(*, actor: Actor, entry: LogEntry, reason: str) -> LogEntry:
    """The tutor gives an entry back to be corrected, with the reason."""
    return _decide(actor, entry, State.RETURNED, reason)


def _decide(actor: Actor, entry: LogEntry, state: LogEntry.State, reason: str) -> LogEntry:
    tutor = may_sign(actor, entry)
    # A tutor without an office signs as the person named in the rotation; else the permission decides.
    place = None if tutor and not actor.may("training.teach", entry.host_path) else entry.host_path
    with act(
        "training.signed" if state == State.SIGNED else "training.returned",
        actor=actor,
        permission="training.own" if place is None else "training.teach",
        on=place,
    ) as event:
        if state == State.RETURNED:
            reason = require_reason(reason, 300)
        if entry.traineeship.person.user_id is not None and entry.traineeship.person.user_id == actor.user_id:
            raise Denied(_("不能签自己的进修日志。"))
        won = LogEntry.objects.filter(pk=entry.pk, state=State.WRITTEN).update(
            state=state,
            answer=reason,
            signed_by=actor.user_id,
            signed_at=timezone.now(),
        )
        if not won:
            raise Conflict(_("这条日志已经签字或退回。请刷新页面。"))
        entry.refresh_from_db()
        event.note(
            entry.traineeship,
            before={"state": "written"},
            after={"state": state, "on": entry.on, "kind": entry.kind},
            reason=reason,
            scope_path=entry.host_path,
        )
    return entry


def _open(traineeship: Traineeship) -> None:
    if traineeship.state not in Traineeship.SERVED:
        raise Conflict(_("尚未报到，不能填写进修日志。"))


def _content(kind: str, number: int, note: str) -> None:
    if kind not in LogEntry.Kind.values:
        raise refused("kind", _("没有这种内容。请从列表中选择。"))
    if not 1 <= number <= MOST:
        raise refused(
            "number", _("次数应为 1 到 %(most)s，实际 %(found)s。") % {"most": MOST, "found": number}
        )
    guard.check(LogEntry, {"note": note.strip()})


def _place_of(traineeship: Traineeship, on: dt.date) -> str:
    """Where the trainee was on the day: the department of the rotation, else that of the traineeship."""
    stay = traineeship.rotations.filter(withdrawn_at=None, first_day__lte=on, last_day__gte=on).first()
    return stay.host_path if stay else traineeship.host_path
