"""Annual tasks and who has which share of them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor, ScopedQuerySet
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


def in_force(row: YearTask) -> bool:
    """Whether the task stands in the newest agreed edition of its plan."""
    newest = PlanEdition.objects.filter(plan=row.plan_id).order_by("-number").first()
    return newest is not None and any(one["id"] == row.pk for one in newest.content["tasks"])
