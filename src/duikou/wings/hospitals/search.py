"""How hospitals are found: by any of their names, old, short and misspelt ones too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from duikou.core import search
from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Hospital, HospitalName

IN_FORCE, GONE = 10, 3  # weight


def _documents(rows: QuerySet[Any]) -> Iterable[search.Document]:
    for row in rows.prefetch_related("names"):
        names = tuple(dict.fromkeys(name.name for name in row.names.all()))
        yield search.Document(row.pk, row.name, names, IN_FORCE if row.state == "active" else GONE)


def _visible(actor: Actor) -> QuerySet[Hospital]:
    return Hospital.objects.visible_to(actor)


def _public() -> QuerySet[Hospital]:
    return Hospital.objects.filter(state=Hospital.State.ACTIVE)


def _present(rows: QuerySet[Any], public: bool) -> Mapping[int, tuple[str, str, str]]:
    page = "portal:hospital" if public else "hospitals:detail"
    found = rows.select_related("division__parent")
    return {row.pk: (row.name, _detail(row), link(page, row.pk)) for row in found}


def _detail(row: Hospital) -> str:
    division = row.division
    words = [
        division.parent.name if division.parent else "",
        division.name,
        row.get_kind_display(),
    ]
    if row.state != Hospital.State.ACTIVE:
        words.append(row.get_state_display())
    return " · ".join(str(word) for word in words if word)


HOSPITALS = search.Source(
    id="hospital",
    label=pgettext_lazy("导航", "医院"),
    model=Hospital,
    documents=_documents,
    visible=_visible,
    present=_present,
    public=_public,
    depends={HospitalName: "hospital_id"},
)


def register() -> None:
    """Make hospitals findable, and keep their entries fresh."""
    search.register(HOSPITALS)
