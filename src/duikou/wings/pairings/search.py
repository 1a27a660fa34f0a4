"""How pairings are found: by the hospitals of either side, as registered and as printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from duikou.core import search
from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.wings.pairings.models import Pairing


def _documents(rows: QuerySet[Any]) -> Iterable[search.Document]:
    for row in rows.select_related("supporter", "recipient"):
        names = (row.supporter_printed, row.recipient_printed)
        yield search.Document(row.pk, f"{row.supporter.name} → {row.recipient.name}"[:200], names)


def _visible(actor: Actor) -> QuerySet[Pairing]:
    return Pairing.objects.visible_to(actor)


def _present(rows: QuerySet[Any], public: bool) -> Mapping[int, tuple[str, str, str]]:
    return {
        row.pk: (
            f"{row.supporter.name} → {row.recipient.name}",
            f"{row.round} · {row.get_kind_display()} · {row.start.isoformat()} – {row.end.isoformat()}",
            link("pairings:detail", row.pk),
        )
        for row in rows.select_related("supporter", "recipient", "round")
    }


PAIRINGS = search.Source(
    id="pairing",
    label=pgettext_lazy("导航", "结对关系"),
    model=Pairing,
    documents=_documents,
    visible=_visible,
    present=_present,
)


def register() -> None:
    """Make pairings findable, and keep their entries fresh."""
    search.register(PAIRINGS)
