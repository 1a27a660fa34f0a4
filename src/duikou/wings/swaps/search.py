"""How swap plans are found: by their name and both hospitals, in one's area."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from duikou.core import search
from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.wings.swaps.models import SwapPlan


def _documents(rows: QuerySet[Any]) -> Iterable[search.Document]:
    for row in rows.select_related("supporter", "recipient"):
        yield search.Document(row.pk, row.name[:200], (row.supporter.name, row.recipient.name))


def _visible(actor: Actor) -> QuerySet[SwapPlan]:
    return SwapPlan.objects.visible_to(actor, "swap.view")


def _present(rows: QuerySet[Any], public: bool) -> Mapping[int, tuple[str, str, str]]:
    return {
        row.pk: (
            row.name,
            f"{row.supporter.name} → {row.recipient.name} · {row.first_month:%Y-%m} – {row.last_day:%Y-%m}",
            link("swaps:detail", row.pk),
        )
        for row in rows.select_related("supporter", "recipient")
    }


PLANS = search.Source(
    id="swap_plan",
    label=pgettext_lazy("导航", "置换方案"),
    model=SwapPlan,
    documents=_documents,
    visible=_visible,
    present=_present,
)


def register() -> None:
    """Make plans findable, and keep their entries fresh."""
    search.register(PLANS)
