"""How duties are found: by their titles and sources, once for all periods of a duty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from duikou.core import search
from duikou.core.faces import words
from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.wings.obligations.models import Obligation


def _documents(rows: QuerySet[Any]) -> Iterable[search.Document]:
    """The first period of each duty: one entry, not one for each month."""
    for row in rows.filter(number=1).select_related("pairing__supporter", "pairing__recipient"):
        pairing = row.pairing
        yield search.Document(
            row.pk,
            f"{row.title['zh']} · {pairing.recipient.name}"[:200],
            (row.title["en"], row.rule, row.source),
        )


def _visible(actor: Actor) -> QuerySet[Obligation]:
    return Obligation.objects.visible_to(actor)


def _present(rows: QuerySet[Any], public: bool) -> Mapping[int, tuple[str, str, str]]:
    return {
        row.pk: (
            words(row.title),
            f"{row.pairing.supporter.name} → {row.pairing.recipient.name} · {row.source}",
            link("obligations:detail", row.pk),
        )
        for row in rows.select_related("pairing__supporter", "pairing__recipient")
    }


OBLIGATIONS = search.Source(
    id="obligation",
    label=pgettext_lazy("导航", "责任台账"),
    model=Obligation,
    documents=_documents,
    visible=_visible,
    present=_present,
)


def register() -> None:
    """Make duties findable, and keep their entries fresh."""
    search.register(OBLIGATIONS)
