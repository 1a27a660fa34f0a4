"""The pool of experts and their times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act, require_reason, together
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.wings.people.models import Person
from duikou.wings.telehealth.models import Consultation, Expert, Slot

LONGEST = dt.timedelta(hours=12)
MOST_WEEKS = 12


def enter_expert(
    *,
    actor: Actor,
    person: Person,
    practising_since: dt.date,
    kinds: Sequence[str],
    tcm: bool = False,
    note: str = "",
) -> Expert:
    """Put a doctor of the own hospital into its pool; eligibility is asked at each naming."""
    path = person.hospital.scope_path
    with act("expert.enter", actor=actor, permission="consult.pool", on=path) as event:
        values = _checked(practising_since, kinds, tcm, note)
        if person.left_on is not None:
            raise refused("person", _("%(name)s 已离任。") % {"name": person.name})
        try:
            with transaction.atomic():
                made = Expert.objects.create(
                    hospital=person.hospital,
                    scope_path=path,
                    person=person,
                    entered_by_id=actor.user_id,
                    demonstration=person.demonstration,
                    **values,
                )
        except IntegrityError as error:
            raise Conflict(_("%(name)s 已在专家库中。") % {"name": person.name}) from error
        event.note(made, after={"kinds": list(kinds), "tcm": tcm})
    return made


def correct_expert(
    *,
    actor: Actor,
    expert: Expert,
    practising_since: dt.date,
    kinds: Sequence[str],
    tcm: bool = False,
    note: str = "",
    version: int | None = None,
) -> Expert:
    """Put right what the pool says of an expert."""
    with act("expert.correct", actor=actor, permission="consult.pool", on=expert) as event:
        values = _checked(practising_since, kinds, tcm, note)
        rows = Expert.objects.filter(pk=expert.pk, left_at=None, version=version or expert.version)
        if not rows.update(version=F("version") + 1, **values):
            raise Conflict(_("没有执行：该专家已退出，或刚被他人改动。请刷新后再试。"))
        expert.refresh_from_db()
        event.note(after={"kinds": list(kinds), "tcm": tcm})
    return expert


def leave_pool(*, actor: Actor, expert: Expert, reason: str) -> Expert:
    """Take somebody out of the pool; consultations that name the expert go on."""
    with act("expert.leave", actor=actor, permission="consult.pool", on=expert) as event:
        reason = require_reason(reason)
        won = Expert.objects.filter(pk=expert.pk, left_at=None).update(
            left_at=timezone.now(), left_reason=reason, version=F("version") + 1
        )
        if not won:
            raise Conflict(_("该专家已退出专家库。请刷新页面。"))
        now = timezone.now()
        Slot.objects.filter(expert=expert, consultation=None, withdrawn_at=None).update(withdrawn_at=now)
        expert.refresh_from_db()
        event.note(reason=reason)
    return expert


def offer_slot(*, actor: Actor, expert: Expert, begins_at: dt.datetime, ends_at: dt.datetime) -> Slot:
    """A time at which an expert can be there: said by the expert, or by who keeps the pool."""
    own = expert.person.user_id is not None and expert.person.user_id == actor.user_id
    with act(
        "expert.slot",
        actor=actor,
        permission="consult.opinion" if own else "consult.pool",
        on=None if own else expert,
        target=expert,
    ) as event:
        # Two who offer at once follow each other: no two times of one expert overlap.
        locked = Expert.objects.select_for_update(no_key=True).get(pk=expert.pk)
        if locked.left_at is not None:
            raise Conflict(_("该专家已退出专家库。请刷新页面。"))
        if begins_at <= timezone.now():
            raise refused("begins_at", _("开始时间须在现在之后。"))
        if not begins_at < ends_at <= begins_at + LONGEST:
            raise refused("ends_at", _("结束须在开始之后，一个时段不超过 12 小时。"))
        taken = Slot.objects.filter(
            expert=expert, withdrawn_at=None, begins_at__lt=ends_at, ends_at__gt=begins_at
        )
        if taken.exists():
            raise Conflict(_("该专家在这段时间已有时段。请改时间。"))
        made = Slot.objects.create(
            expert=expert,
            begins_at=begins_at,
            ends_at=ends_at,
            offered_by_id=actor.user_id,
            demonstration=expert.demonstration,
        )
        event.note(expert, after={"begins_at": begins_at.isoformat()}, scope_path=expert.scope_path)
    return made


def offer_weekly(
    *, actor: Actor, expert: Expert, begins_at: dt.datetime, ends_at: dt.datetime, weeks: int = 1
) -> list[Slot]:
    """The same time of so many weeks, the first included: all of them, or none with what hinders one."""
    if not 1 <= weeks <= MOST_WEEKS:
        raise refused("weeks", _("应为 1 到 %(most)s 周。") % {"most": MOST_WEEKS})
    with together():
        return [
            offer_slot(
                actor=actor,
                expert=expert,
                begins_at=begins_at + dt.timedelta(weeks=number),
                ends_at=ends_at + dt.timedelta(weeks=number),
            )
            for number in range(weeks)
        ]


def withdraw_slot(*, actor: Actor, slot: Slot) -> Slot:
    """Take a free time back; one that is taken is given back by the consultation first."""
    expert = slot.expert
    own = expert.person.user_id is not None and expert.person.user_id == actor.user_id
    with act(
        "expert.slot_withdrawn",
        actor=actor,
        permission="consult.opinion" if own else "consult.pool",
        on=None if own else expert,
        target=expert,
    ) as event:
        won = Slot.objects.filter(pk=slot.pk, consultation=None, withdrawn_at=None).update(
            withdrawn_at=timezone.now()
        )
        if not won:
            raise Conflict(_("这个时段已被会诊占用或已撤回。请先取消会诊的时段。"))
        slot.refresh_from_db()
        event.note(expert, before={"begins_at": slot.begins_at.isoformat()}, scope_path=expert.scope_path)
    return slot


def _checked(practising_since: dt.date, kinds: Sequence[str], tcm: bool, note: str) -> dict[str, object]:
    if practising_since > timezone.localdate():
        raise refused("practising_since", _("独立执业的日期在今天之后，请核对。"))
    chosen = [kind for kind in Consultation.Kind.values if kind in kinds]
    if not chosen or len(chosen) != len(set(kinds)):
        raise refused("kinds", _("请选择可受邀的类别。"))
    return {
        "practising_since": practising_since,
        "kinds": chosen,
        "tcm": tcm,
        "note": guard.line(note, "note", _("擅长"), 300, required=False),
    }
