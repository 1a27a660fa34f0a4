"""Agreements in the search: by both hospitals and by the verification code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from duikou.core import search
from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.wings.agreements.models import Agreement
from duikou.wings.agreements.workflows import AGREEMENT


def _documents(rows: QuerySet[Any]) -> Iterable[search.Document]:
    for row in rows.select_related("supporter", "recipient"):
        names = (row.supporter.name, row.recipient.name, row.code, row.code.replace("-", ""))
        yield search.Document(row.pk, str(row)[:200], names)


def _visible(actor: Actor) -> QuerySet[Agreement]:
    return Agreement.objects.visible_to(actor)


def _present(rows: QuerySet[Any], public: bool) -> Mapping[int, tuple[str, str, str]]:
    return {
        row.pk: (
            str(row),
            f"{AGREEMENT.states[row.state].label} · {row.term_start} – {row.term_end}",
            link("agreements:detail", row.pk),
        )
        for row in rows.select_related("supporter", "recipient")
    }


AGREEMENTS = search.Source(
    id="agreement",
    label=pgettext_lazy("导航", "协议"),
    model=Agreement,
    documents=_documents,
    visible=_visible,
    present=_present,
)


def register() -> None:
    """Make agreements findable, and keep their entries fresh."""
    search.register(AGREEMENTS)
