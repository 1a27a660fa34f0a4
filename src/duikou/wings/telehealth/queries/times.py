"""Live sessions and plans of their times, as an actor may see them."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.jobs.models import Job
from duikou.core.scope import Actor, within
from duikou.wings.hospitals.models import Hospital
from duikou.wings.telehealth.models import Consultation, Escalation, Expert, Slot, TimePlan

MOST = 200


def own_sessions(actor: Actor) -> QuerySet[Slot]:
    """Agreed times, not over yet, of the actor as an expert or as the inviting doctor."""
    if actor.user_id is None:
        return Slot.objects.none()
    mine = Q(expert__person__user=actor.user_id) | Q(consultation__requested_by=actor.user_id)
    rows = Slot.objects.filter(mine, ends_at__gt=timezone.now()).exclude(consultation=None)
    return rows.select_related(
        "expert__person", "expert__hospital", "consultation__inviting", "consultation__invited"
    ).order_by("begins_at", "pk")[:MOST]


def own_expert(actor: Actor) -> Expert | None:
    """The actor's own row in the pool."""
    if actor.user_id is None:
        return None
    rows = Expert.objects.filter(person__user=actor.user_id, left_at=None)
    return rows.select_related("person", "hospital").first()


def answering(actor: Actor) -> QuerySet[Hospital]:
    """Hospitals for which the actor answers."""
    mine = within(actor.paths("consult.answer"), ("scope_path",))
    return Hospital.objects.filter(mine).select_related("org").order_by("pk")


def hospital(actor: Actor, pk: int | None) -> Hospital:
    """One of them; the first where none is asked for. Raises Missing when there is none."""
    rows = answering(actor)
    found = (rows.filter(pk=pk) if pk is not None else rows).first()
    if found is None:
        raise Missing(_("没有由您答复会诊的医院。"))
    return found


def latest_plan(of: Hospital) -> TimePlan | None:
    """The last proposal for a hospital, whatever became of it."""
    return TimePlan.objects.filter(hospital=of).select_related("hospital").first()


def plan(actor: Actor, pk: int) -> TimePlan:
    """One proposal. Raises Missing for another's."""
    found = TimePlan.objects.visible_to(actor).select_related("hospital").filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这份会诊排期，或不在您的查看范围内。"))
    return found


def job_of(row: TimePlan) -> Job | None:
    """The solve that was asked for."""
    return Job.objects.filter(pk=row.job_id).first() if row.job_id else None


def overdue(actor: Actor) -> list[dict[str, Any]]:
    """Clocks that ran out and still run, for authorities: hospitals and times, nothing of any patient."""
    area = within(actor.paths("consult.count"), ("consultation__home_path", "consultation__host_path"))
    states = Consultation.State
    standing = Q(pk__in=[])
    for state in (states.SUBMITTED, states.SENT, states.ACCEPTED, states.ASSIGNED, states.ANSWERED):
        standing |= Q(state=state, consultation__state=state)
    rows = Escalation.objects.filter(area & standing, due_at=F("consultation__due_at"))
    return list(
        rows.values("consultation", "state", "due_at", "demonstration")
        .annotate(
            level=Max("level"),
            urgency=F("consultation__urgency"),
            inviting=F("consultation__inviting__name"),
            invited=F("consultation__invited__name"),
        )
        .order_by("due_at", "consultation")
    )
