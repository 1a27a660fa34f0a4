"""How plans and annual tasks are found: by their hospitals, by what a task is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from duikou.core import search
from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.wings.plans.models import SupportPlan, YearTask
from duikou.wings.plans.workflows import PLAN, YEAR_TASK


def _plans(rows: QuerySet[Any]) -> Iterable[search.Document]:
    for row in rows.select_related("pairing__supporter", "recipient"):
        names = [row.recipient.name, row.title]
        if row.pairing is not None:
            names.append(row.pairing.supporter.name)
        yield search.Document(row.pk, f"{row.recipient.name} {row.title}"[:200], tuple(names))


def _tasks(rows: QuerySet[Any]) -> Iterable[search.Document]:
    for row in rows.select_related("recipient"):
        yield search.Document(row.pk, row.title, (row.recipient.name, row.target))


def _visible_plans(actor: Actor) -> QuerySet[SupportPlan]:
    return SupportPlan.objects.visible_to(actor)


def _visible_tasks(actor: Actor) -> QuerySet[YearTask]:
    return YearTask.objects.visible_to(actor)


def _present_plans(rows: QuerySet[Any], public: bool) -> Mapping[int, tuple[str, str, str]]:
    return {
        row.pk: (
            f"{row.recipient.name} · {row.title}",
            f"{PLAN.states[row.state].label} · {row.start.isoformat()} – {row.end.isoformat()}",
            link("plans:plan", row.pk),
        )
        for row in rows.select_related("recipient")
    }


def _present_tasks(rows: QuerySet[Any], public: bool) -> Mapping[int, tuple[str, str, str]]:
    return {
        row.pk: (
            row.title,
            f"{row.recipient.name} · {row.year} · {YEAR_TASK.states[row.state].label}",
            link("plans:task", row.pk),
        )
        for row in rows.select_related("recipient")
    }


PLANS = search.Source(
    id="plan",
    label=pgettext_lazy("导航", "规划"),
    model=SupportPlan,
    documents=_plans,
    visible=_visible_plans,
    present=_present_plans,
)
TASKS = search.Source(
    id="year_task",
    label=pgettext_lazy("导航", "年度任务"),
    model=YearTask,
    documents=_tasks,
    visible=_visible_tasks,
    present=_present_tasks,
)


def register() -> None:
    """Make plans and tasks findable, and keep their entries fresh."""
    search.register(PLANS)
    search.register(TASKS)
