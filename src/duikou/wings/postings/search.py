"""How postings are found: by the person's name and both hospitals. Conduct records are in no index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from duikou.core import search
from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.wings.postings.models import Posting


def _documents(rows: QuerySet[Any]) -> Iterable[search.Document]:
    for row in rows.select_related("person", "recipient"):
        yield search.Document(row.pk, f"{row.person.name} · {row.recipient.name}"[:200])


def _visible(actor: Actor) -> QuerySet[Posting]:
    return Posting.objects.visible_to(actor, "posting.view")


def _present(rows: QuerySet[Any], public: bool) -> Mapping[int, tuple[str, str, str]]:
    return {
        row.pk: (
            row.person.name,
            f"{row.supporter.name} → {row.recipient.name} · {row.first_day} – {row.last_day}",
            link("postings:posting", row.pk),
        )
        for row in rows.select_related("person", "supporter", "recipient")
    }


POSTINGS = search.Source(
    id="posting",
    label=pgettext_lazy("导航", "派驻"),
    model=Posting,
    documents=_documents,
    visible=_visible,
    present=_present,
)


def register() -> None:
    """Make postings findable, and keep their entries fresh."""
    search.register(POSTINGS)
