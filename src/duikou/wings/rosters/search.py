"""How rosters are found: by the department, the hospital and the month. Who is on them is in no index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from duikou.core import search
from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.wings.rosters.models import Roster
from duikou.wings.rosters.workflows import ROSTER


def _documents(rows: QuerySet[Any]) -> Iterable[search.Document]:
    for row in rows.select_related("department", "hospital"):
        yield search.Document(
            row.pk, f"{row.department.name} · {row.hospital.name}"[:200], (f"{row.month:%Y-%m}",)
        )


def _visible(actor: Actor) -> QuerySet[Roster]:
    return Roster.objects.visible_to(actor, "roster.view")


def _present(rows: QuerySet[Any], public: bool) -> Mapping[int, tuple[str, str, str]]:
    return {
        row.pk: (
            f"{row.department.name} · {row.month:%Y-%m}",
            f"{row.hospital.name} · {ROSTER.states[row.state].label}",
            link("rosters:detail", row.pk),
        )
        for row in rows.select_related("department", "hospital")
    }


ROSTERS = search.Source(
    id="roster",
    label=pgettext_lazy("导航", "月排班表"),
    model=Roster,
    documents=_documents,
    visible=_visible,
    present=_present,
)


def register() -> None:
    """Make rosters findable, and keep their entries fresh."""
    search.register(ROSTERS)
