"""Finding: index first, then each source's own scoped query decides what is shown."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from duikou.core.scope import Actor
from duikou.core.search import text
from duikou.core.search.index import FTS, Source, sources
from duikou.core.search.models import SearchEntry

CANDIDATES = 400  # index rows looked at per search, best first
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
    rows = list(
        _candidates(parts, source)
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
        .values_list("source", "target_id")[:CANDIDATES]
    )
    shown = {}
    for name, entry in sources().items():
        ids = [target for kind, target in rows if kind == name]
        if not ids:
            continue
        present = entry.public if actor is None else None
        if actor is not None:
            shown[name] = entry.present(actor, ids)
        elif present is not None:
            shown[name] = present(ids)
    hits = [
        Hit(sources()[kind], target, *shown[kind][target])
        for kind, target in rows
        if target in shown.get(kind, {})
    ]
    return hits[:limit]


def _candidates(parts: list[str], source: str | None) -> QuerySet[SearchEntry]:
    entries = SearchEntry.objects.all()
    if source:
        entries = entries.filter(source=source)
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
