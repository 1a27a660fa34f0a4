"""How divisions are found: by name, pinyin, initials and English name; names of other times too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from duikou.core import search
from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.wings.places.models import Division

CURRENT, FORMER = 20, 4  # weight: a unit of today comes before one that has gone


def _documents(rows: QuerySet[Any]) -> Iterable[search.Document]:
    for row in rows:
        weight = CURRENT if row.valid_to is None else FORMER
        # The recorded pinyin knows how a place is really read: 乐清 is Yueqing.
        names = (row.name_en, row.pinyin.replace(" ", ""))
        yield search.Document(row.pk, row.name, tuple(filter(None, names)), weight)


def _visible(actor: Actor) -> QuerySet[Division]:
    return Division.objects.all() if actor.may("places.view") else Division.objects.none()


def _public() -> QuerySet[Division]:
    # The window has no page of a province: it is the window.
    return Division.objects.exclude(level=Division.Level.PROVINCE)


def _present(rows: QuerySet[Any], public: bool) -> Mapping[int, tuple[str, str, str]]:
    page = "portal:county" if public else "places:division"
    rows = rows.select_related("parent")
    return {row.pk: (row.label, _detail(row), link(page, row.pk)) for row in rows}


def _detail(row: Division) -> str:
    words = [str(row.get_kind_display())]
    if row.parent is not None:
        words.insert(0, row.parent.label)
    if row.valid_to is not None:
        words.append(f"{row.valid_from.isoformat()} – {row.valid_to.isoformat()}")
    return " · ".join(words)


DIVISIONS = search.Source(
    id="division",
    label=pgettext_lazy("导航", "行政区划"),
    model=Division,
    documents=_documents,
    visible=_visible,
    present=_present,
    public=_public,
)


def register() -> None:
    """Make divisions findable, and keep their entries fresh."""
    search.register(DIVISIONS)
