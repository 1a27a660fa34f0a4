"""How trainees are found: by name and the two hospitals, in one's area."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from duikou.core import search
from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.wings.training.models import Traineeship


def _documents(rows: QuerySet[Any]) -> Iterable[search.Document]:
    for row in rows.select_related("person", "supporter", "recipient"):
        yield search.Document(
            row.pk,
            f"{row.person.name} · {row.recipient.name}"[:200],
            (row.supporter.name, row.recipient.name),
        )


def _visible(actor: Actor) -> QuerySet[Traineeship]:
    return Traineeship.objects.visible_to(actor, "training.view")


def _present(rows: QuerySet[Any], public: bool) -> Mapping[int, tuple[str, str, str]]:
    return {
        row.pk: (
            row.person.name,
            f"{row.recipient.name} → {row.supporter.name} · {row.first_day}",
            link("training:detail", row.pk),
        )
        for row in rows.select_related("person", "supporter", "recipient")
    }


TRAINEESHIPS = search.Source(
    id="traineeship",
    label=pgettext_lazy("导航", "进修"),
    model=Traineeship,
    documents=_documents,
    visible=_visible,
    present=_present,
)


def register() -> None:
    """Make trainees findable, and keep their entries fresh."""
    search.register(TRAINEESHIPS)
