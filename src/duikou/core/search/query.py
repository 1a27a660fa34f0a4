"""Finding: the index names candidates, each source's own scoped query decides among them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from duikou.core.scope import Actor
from duikou.core.search import text
from duikou.core.search.index import FTS, Source, sources
from duikou.core.search.models import SearchEntry

LONGEST = 60  # characters of a question that count


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found."""

    source: Source
    target_id: int
    title: str
    detail: str
    address: str


def find(question: str, *, actor: Actor | None, source: str | None = None, limit: int = 50) -> list[Hit]:
    """What `actor` may see of what `question` names, best first.

    `actor` None: what the public window shows. Every run of the question must match:
    Chinese by its characters, latin by pinyin or initials (or as written).
    """
    parts = text.runs(question[:LONGEST])
    if not parts:
        return []
    kinds = {name: entry.rows(actor) for name, entry in sources().items() if source in (None, name)}
    # The scope is a condition of the query: whoever sees little must not lose it behind what others see.
    allowed = reduce(
        or_,
        (Q(source=name, target_id__in=rows.order_by().values("pk")) for name, rows in kinds.items()),
        Q(pk__in=[]),
    )
    found = list(
        _candidates(parts)
        .filter(allowed)
        .annotate(
            closeness=Case(
                When(title=question.strip(), then=Value(0)),
                When(title__startswith=question.strip(), then=Value(1)),
                # pinyin from the start of a name before pinyin inside: anji is 安吉 before yu-an ji-ng
                When(latin__contains=f"|{''.join(parts)}", then=Value(2)),
                default=Value(3),
                output_field=IntegerField(),
            )
        )
        .order_by("closeness", "-weight", "title", "id")
        .values_list("source", "target_id")[:limit]
    )
    shown = {
        name: sources()[name].present(rows.filter(pk__in=ids), actor is None)
        for name, rows in kinds.items()
        if (ids := [target for kind, target in found if kind == name])
    }
    return [
        Hit(sources()[kind], target, *shown[kind][target])
        for kind, target in found
        if target in shown[kind]  # it may have gone since
    ]


def keys(question: str, source: str) -> QuerySet[SearchEntry, int]:
    """Keys of what a question names, whoever may see it: a condition for lists that are scoped themselves."""
    parts = text.runs(question[:LONGEST])
    entries = _candidates(parts).filter(source=source) if parts else SearchEntry.objects.none()
    return entries.values_list("target_id", flat=True)


def _candidates(parts: list[str]) -> QuerySet[SearchEntry]:
    entries = SearchEntry.objects.all()
    for part in parts:
        entries = entries.filter(_chinese(part) if text.is_chinese(part) else _latin(part))
    return entries


def _chinese(run: str) -> Q:
    if len(run) == 1:
        return Q(terms__contains=run)
    pairs = text.terms(run)
    if connection.vendor == "sqlite":
        phrase = '"' + " ".join(pairs) + '"'
        return Q(pk__in=RawSQL(f"SELECT rowid FROM {FTS} WHERE terms MATCH %s", [phrase]))  # noqa: S608,S611
    return Q(
        pk__in=RawSQL(
            "SELECT id FROM core_searchentry "
            "WHERE to_tsvector('simple', terms) @@ phraseto_tsquery('simple', %s)",
            [" ".join(pairs)],
        )
    )


def _latin(run: str) -> Q:
    return Q(latin__contains=run) | Q(terms__contains=run)
