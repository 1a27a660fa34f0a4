"""Times of live sessions: agreed on, given back, taken out of what an expert offered.

No opinion waits for them. The server's clock decides what has passed; that of whoever asks is never believed.
"""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.wings.telehealth.actions import _common
from duikou.wings.telehealth.models import Consultation, Expert, Slot

State = Consultation.State
LEAST = dt.timedelta(minutes=10)  # what is left of a time and shorter than this is of no use


def schedule(*, actor: Actor, one: Consultation, slot: Slot, version: int | None = None) -> Slot:
    """Take a free time of a named expert for a live session; of several who take it one wins.

    No opinion waits for it: it can be signed without.
    """
    with act(
        "consultation.schedule", actor=actor, permission="consult.answer", on=one.host_path, target=one
    ) as event:
        _begin(one, slot.expert, slot.begins_at, version)
        Slot.objects.filter(consultation=one).update(consultation=None)
        try:
            with transaction.atomic():
                won = Slot.objects.filter(pk=slot.pk, consultation=None, withdrawn_at=None).update(
                    consultation=one
                )
        except IntegrityError as error:
            raise _common.conflict(one) from error
        if not won:
            raise Conflict(_("这个时段刚被占用或撤回。请刷新后另选。"))
        one.refresh_from_db()
        slot.refresh_from_db()
        event.note(after={"begins_at": slot.begins_at.isoformat()})
    return slot


def hold(
    *,
    actor: Actor,
    one: Consultation,
    expert: Expert,
    begins_at: dt.datetime,
    ends_at: dt.datetime,
    version: int | None = None,
) -> Slot:
    """Agree on a part of what a named expert offers; the rest stays free.

    Raises Conflict when the expert left the pool, or any minute of it was taken or withdrawn meanwhile.
    """
    with act(
        "consultation.schedule", actor=actor, permission="consult.answer", on=one.host_path, target=one
    ) as event:
        # Two who take of one expert's times follow each other.
        if Expert.objects.select_for_update(no_key=True).get(pk=expert.pk).left_at is not None:
            raise Conflict(_("该专家已退出专家库。请刷新页面。"))
        _begin(one, expert, begins_at, version)
        Slot.objects.filter(consultation=one).update(consultation=None)
        over = Slot.objects.filter(
            expert=expert,
            consultation=None,
            withdrawn_at=None,
            begins_at__lt=ends_at,
            ends_at__gt=begins_at,
        )
        rows = list(over.order_by("begins_at", "pk"))
        covered = begins_at
        for row in rows:
            if row.begins_at <= covered:
                covered = max(covered, row.ends_at)
        if covered < ends_at or over.update(withdrawn_at=timezone.now()) != len(rows):
            raise Conflict(_("这个时段刚被占用或撤回。请刷新后另选。"))
        offered = {"expert": expert, "offered_by_id": actor.user_id, "demonstration": expert.demonstration}
        first, last = rows[0].begins_at, max(row.ends_at for row in rows)
        for begins, ends in ((first, begins_at), (ends_at, last)):
            if ends - begins >= LEAST:
                Slot.objects.create(begins_at=begins, ends_at=ends, **offered)
        made = Slot.objects.create(begins_at=begins_at, ends_at=ends_at, consultation=one, **offered)
        one.refresh_from_db()
        event.note(after={"begins_at": made.begins_at.isoformat()})
    return made


def _begin(one: Consultation, expert: Expert, begins_at: dt.datetime, version: int | None) -> None:
    """Whether a time with an expert may be agreed on now; the consultation is on its next version then."""
    if not one.seats.filter(expert=expert, released_at=None).exists():
        raise refused("slot", _("这个时段不属于已指派的专家。"))
    if begins_at <= timezone.now():
        raise refused("slot", _("这个时段已经开始或过去。请另选。"))
    rows = Consultation.objects.filter(pk=one.pk, state=State.ASSIGNED, version=version or one.version)
    if not rows.update(version=F("version") + 1):
        raise _common.conflict(one)


def unschedule(*, actor: Actor, one: Consultation, reason: str) -> Consultation:
    """Give the time back; the opinion can be signed without a live session."""
    with act(
        "consultation.unschedule", actor=actor, permission="consult.answer", on=one.host_path, target=one
    ) as event:
        reason = guard.line(reason, "reason", _("理由"), 500)
        if not Slot.objects.filter(consultation=one).update(consultation=None):
            raise _common.conflict(one)
        one.refresh_from_db()
        event.note(reason=reason)
    return one
