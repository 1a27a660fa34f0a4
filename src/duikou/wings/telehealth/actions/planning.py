"""Times for all who wait, proposed by the engine and accepted, as a whole, by a person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act
from duikou.core.errors import Conflict, Denied, DuikouError
from duikou.core.jobs.actions import request_job
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Hospital
from duikou.wings.telehealth.actions.answers import assign
from duikou.wings.telehealth.actions.times import hold
from duikou.wings.telehealth.models import Consultation, Expert, TimePlan
from duikou.wings.telehealth.planning import problem_of

State = TimePlan.State


def request_plan(*, actor: Actor, hospital: Hospital) -> TimePlan:
    """Have times worked out for all who wait for this hospital's experts; an open proposal is the answer.

    Raises Conflict when nobody waits or no expert offers a time.
    """
    from duikou.wings.telehealth.jobs import work_out_times

    path = hospital.scope_path
    with act("consultation.plan", actor=actor, permission="consult.answer", on=path) as event:
        if found := TimePlan.objects.filter(hospital=hospital, state__in=TimePlan.OPEN).first():
            return found
        problem_of(hospital, timezone.now())
        try:
            with transaction.atomic():
                made = TimePlan.objects.create(hospital=hospital, scope_path=path, made_by_id=actor.user_id)
        except IntegrityError as error:
            raise Conflict(_("刚有人开始求解。请刷新页面。")) from error
        job = request_job(
            work_out_times,
            made.pk,
            actor=actor,
            scope_path=path,
            subject=str(made),
            dedupe=f"consultation-times-{made.pk}",
        )
        made.job_id = job.pk
        made.save(update_fields=["job_id"])
        event.note(made)
    return made


def keep_plan(*, actor: Actor, plan: TimePlan, result: dict[str, Any]) -> TimePlan:
    """What the engine found, to be accepted or dropped; nothing once somebody dropped it."""
    with act("consultation.plan_kept", actor=actor, permission="consult.answer", on=plan) as event:
        won = TimePlan.objects.filter(pk=plan.pk, state=State.WAITING).update(
            state=State.PROPOSED, result=result, version=F("version") + 1
        )
        if not won:
            raise Conflict(_("排期已被放弃，求解结果没有保存。"))
        plan.refresh_from_db()
        event.note(plan, after={"meetings": len(result["meetings"]), "unserved": len(result["unserved"])})
    return plan


def accept_plan(*, actor: Actor, plan: TimePlan) -> TimePlan:
    """Agree on all proposed times; an expert is named where none was. All of it or nothing.

    Raises Conflict, naming the consultation, when a time was taken or withdrawn, or a case changed meanwhile.
    """
    with act("consultation.plan_accepted", actor=actor, permission="consult.answer", on=plan) as event:
        _decide(actor, plan, State.PROPOSED, State.ACCEPTED)
        for row in plan.result.get("meetings", ()):
            try:
                _agree(actor, plan, row)
            except Denied:
                raise
            except DuikouError as error:
                raise Conflict(
                    _("会诊 %(number)s 的安排已经不成立：%(why)s 请放弃这份排期，重新求解。")
                    % {"number": row["consultation"], "why": error.message}
                ) from error
        event.note(plan, after={"meetings": len(plan.result.get("meetings", ()))})
    return plan


def _agree(actor: Actor, plan: TimePlan, row: dict[str, Any]) -> None:
    one = (
        Consultation.objects.select_related("patient__merged_into", "patient__hospital", "invited")
        .filter(pk=row["consultation"], invited=plan.hospital_id)
        .first()
    )
    expert = (
        Expert.objects.select_related("person__user", "person__department__org", "hospital")
        .filter(pk=row["expert"], hospital=plan.hospital_id)
        .first()
    )
    if one is None or expert is None:
        raise Conflict(_("会诊或专家已不在。"))
    if one.state == Consultation.State.ACCEPTED:
        assign(actor=actor, one=one, experts=[expert])
    begins, ends = (dt.datetime.fromisoformat(row[name]) for name in ("begins", "ends"))
    hold(actor=actor, one=one, expert=expert, begins_at=begins, ends_at=ends)


def drop_plan(*, actor: Actor, plan: TimePlan) -> TimePlan:
    """Leave everything as it is."""
    with act("consultation.plan_dropped", actor=actor, permission="consult.answer", on=plan) as event:
        _decide(actor, plan, plan.state if plan.state in TimePlan.OPEN else State.WAITING, State.DROPPED)
        event.note(plan)
    return plan


def _decide(actor: Actor, plan: TimePlan, before: str, after: str) -> None:
    won = TimePlan.objects.filter(pk=plan.pk, state=before).update(
        state=after, decided_by=actor.user_id, decided_at=timezone.now(), version=F("version") + 1
    )
    if not won:
        raise Conflict(_("这份排期已经有人决定。请刷新页面。"))
    plan.refresh_from_db()
