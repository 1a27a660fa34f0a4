"""Annual tasks and who has which share of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.models import AuditEvent
from duikou.core.scope import Actor, ScopedQuerySet
from duikou.wings.plans.demands import Demands, demands
from duikou.wings.plans.models import PlanEdition, TaskShare, YearTask


def tasks(actor: Actor) -> ScopedQuerySet:
    """All annual tasks that the actor may see, newest year first."""
    found: ScopedQuerySet = YearTask.objects.visible_to(actor).select_related(
        "plan__pairing__supporter",
        "plan__pairing__round",
        "recipient__division__parent",
        "reported_by",
        "decided_by",
    )
    return found.order_by("-year", "recipient__name", "plan_id", "position")


def task(actor: Actor, pk: int) -> YearTask:
    """One task; raises Missing."""
    found = tasks(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这项任务，或它不在您的范围内。"))
    return found


def shares_of(row: YearTask) -> list[TaskShare]:
    """Who does what of a task, the supporter's people last."""
    rows = TaskShare.objects.filter(task=row).select_related("person__user", "confirmed_by")
    return list(rows.order_by("side", "pk"))


def share(actor: Actor, pk: int) -> TaskShare:
    """One share; raises Missing."""
    found = (
        TaskShare.objects.visible_to(actor)
        .select_related("task__plan__pairing", "task__plan__recipient", "person")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Missing(_("没有这项分工，或它不在您的范围内。"))
    return found


def own_shares(actor: Actor) -> ScopedQuerySet:
    """Shares of the actor's own person that wait for a confirmation."""
    found: ScopedQuerySet = TaskShare.objects.filter(
        person__user=actor.user_id or 0, confirmed_at=None, task__state="open"
    )
    return found


def own_tasks(actor: Actor) -> ScopedQuerySet:
    """Tasks in which the actor has a part that waits for a confirmation."""
    return tasks(actor).filter(pk__in=own_shares(actor).values("task"))


def in_force(row: YearTask) -> bool:
    """Whether the task stands in the newest agreed edition of its plan."""
    newest = PlanEdition.objects.filter(plan=row.plan_id).order_by("-number").first()
    return newest is not None and any(one["id"] == row.pk for one in newest.content["tasks"])


@dataclass(frozen=True, slots=True)
class Words:
    """What the lists of tasks can be narrowed by."""

    years: list[int]
    demands: Demands | None  # of the newest round that has tasks


def words_of(actor: Actor) -> Words:
    """Years in which the actor sees tasks, and the pack whose words they use; one query."""
    rows = YearTask.objects.visible_to(actor).order_by("-year", "plan__policy_pack")
    found = list(rows.values_list("year", "plan__policy_pack").distinct())
    years = sorted({year for year, _pack in found}, reverse=True)
    return Words(years, demands(found[0][1]) if found else None)


def events_of(row: YearTask) -> list[AuditEvent]:
    """What was done to a task, newest first: who sees it may see its history."""
    label = row._meta.label_lower
    return list(AuditEvent.objects.filter(target_type=label, target_id=str(row.pk)).order_by("-number")[:100])
