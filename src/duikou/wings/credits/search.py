"""How certificates are found: by their code and the name that they were issued for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from duikou.core import search
from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.wings.credits.models import Certificate


def _documents(rows: QuerySet[Any]) -> Iterable[search.Document]:
    for row in rows:
        yield search.Document(row.pk, f"{row.person_name} · {row.hospital_name}"[:200], (row.code,))


def _visible(actor: Actor) -> QuerySet[Certificate]:
    return Certificate.objects.visible_to(actor, "credit.view")  # the own ones have a page of their own


def _present(rows: QuerySet[Any], public: bool) -> Mapping[int, tuple[str, str, str]]:
    return {
        row.pk: (
            f"{row.person_name} · {row.get_kind_display()}",
            f"{row.hospital_name} · {row.code}",
            link("credits:certificate", row.pk),
        )
        for row in rows
    }


CERTIFICATES = search.Source(
    id="certificate",
    label=pgettext_lazy("导航", "证明"),
    model=Certificate,
    documents=_documents,
    visible=_visible,
    present=_present,
)


def register() -> None:
    """Make certificates findable, and keep their entries fresh."""
    search.register(CERTIFICATES)
