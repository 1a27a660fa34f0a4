"""What the acts share: objections, lines of text, steps with their clocks, what follows from an end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import require_reason
from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM, Actor
from duikou.core.workflow import move
from duikou.wings.imaging import actions as imaging
from duikou.wings.patients import actions as patients
from duikou.wings.patients.models import Share
from duikou.wings.rooms import actions as rooms
from duikou.wings.rooms.queries import sessions
from duikou.wings.telehealth import catalogue
from duikou.wings.telehealth.models import Consultation, Slot
from duikou.wings.telehealth.workflows import CONSULTATION


def step(
    one: Consultation,
    name: str,
    *,
    actor: Actor,
    reason: str = "",
    version: int | None = None,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Take a step: the row keeps the reason, the clock of the new state starts, of several one wins."""
    transition = CONSULTATION.transitions[name]
    reason = require_reason(reason) if transition.reason else reason.strip()
    now = timezone.now()
    kept: dict[str, Any] = {
        **(changes or {}),
        "reason": reason,
        "due_at": catalogue.due(one.urgency, transition.target, now),
    }
    if transition.target in Consultation.OVER:
        kept["over_at"] = now
    one.version = one.version if version is None else version
    move(CONSULTATION, one, name, actor=actor, reason=reason, changes=kept)


def conflict(one: Consultation) -> Conflict:
    """What is said when the state, or somebody else, was faster."""
    one.refresh_from_db()
    return Conflict(
        _("没有执行：这次会诊目前为“%(state)s”，或刚被他人改动。请刷新后再试。")
        % {"state": CONSULTATION.states[one.state].label}
    )


def end_access(one: Consultation) -> None:
    """The invited side sees the patient and the studies no more; the room closes, an unused slot is free.

    Follows from an act that was allowed, so nobody's own permission is asked.
    """
    for share in Share.objects.filter(reference=one.reference, ended_at=None).select_related(
        "patient__hospital", "hospital"
    ):
        patients.unshare(actor=SYSTEM, relation=share)
    if one.studies.exists():
        imaging.end_grants(actor=SYSTEM, reference=one.reference)
    Slot.objects.filter(consultation=one, begins_at__gt=timezone.now()).update(consultation=None)
    end_session(one)


def end_session(one: Consultation) -> None:
    """Close the room of a consultation, if one is open: everybody leaves, a recording ends."""
    room = sessions.open_of(one.reference)
    if room is not None:
        rooms.close_room(actor=SYSTEM, room=room)
