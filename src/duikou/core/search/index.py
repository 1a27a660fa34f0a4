"""What is findable, and how the index is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models, transaction
from django.db.models.signals import post_delete, post_save
from django.utils.functional import Promise

from duikou.core.scope import Actor
from duikou.core.search import text
from duikou.core.search.models import SearchEntry

BATCH = 500
BETWEEN = "龘龘"  # stands between two names, so that a phrase never spans them
FTS = "core_searchentry_fts"  # SQLite's full-text table; PostgreSQL has an expression index instead


@dataclass(frozen=True, slots=True)
class Document:
    """What is known of one row for finding it."""

    target_id: int
    title: str
    names: tuple[str, ...] = ()  # further names, old and misspelt ones too
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of findable thing.

    `documents` presents rows (given as a query set) for the index; `visible` are the rows
    that an actor may see, `public` those of the public window; `present` gives each of
    some rows its (title, detail, address), in the public window or inside. `depends`
    maps other models to the id of the row they belong to.
    """

    id: str
    label: Promise | str
    model: type[models.Model]
    documents: Callable[[models.QuerySet[Any]], Iterable[Document]]
    visible: Callable[[Actor], models.QuerySet[Any]]
    present: Callable[[models.QuerySet[Any], bool], Mapping[int, tuple[str, str, str]]]
    public: Callable[[], models.QuerySet[Any]] | None = None
    depends: Mapping[type[models.Model], str] = field(default_factory=dict)  # model → attribute with our id

    def rows(self, actor: Actor | None) -> models.QuerySet[Any]:
        """What `actor` may see; None: what the public window shows."""
        if actor is not None:
            return self.visible(actor)
        return self.public() if self.public else self.model._default_manager.none()


_SOURCES: dict[str, Source] = {}


def sources() -> Mapping[str, Source]:
    """All registered sources, in the order of registration."""
    return _SOURCES


def register(source: Source) -> None:
    """Make a kind of thing findable, and keep its entries fresh when rows are saved."""
    _SOURCES[source.id] = source

    def own(sender: Any, instance: models.Model, **_: Any) -> None:
        refresh(source, [instance.pk])

    def other(attribute: str) -> Callable[..., None]:
        def changed(sender: Any, instance: models.Model, **_: Any) -> None:
            refresh(source, [getattr(instance, attribute)])

        return changed

    for signal in (post_save, post_delete):
        signal.connect(own, sender=source.model, weak=False, dispatch_uid=f"search.{source.id}")
        for model, attribute in source.depends.items():
            uid = f"search.{source.id}.{model.__name__}"
            signal.connect(other(attribute), sender=model, weak=False, dispatch_uid=uid)


def refresh(source: Source, ids: list[int]) -> None:
    """Make the entries of some rows anew, in the transaction of the change."""
    with transaction.atomic():
        _remove(SearchEntry.objects.filter(source=source.id, target_id__in=ids))
        _add(source, source.documents(source.model._default_manager.filter(pk__in=ids)))


def rebuild(source_id: str | None = None) -> int:
    """Make the index of one source, or of all, anew; returns the number of entries."""
    count = 0
    for source in list(_SOURCES.values()):
        if source_id in (None, source.id):
            with transaction.atomic():
                _remove(SearchEntry.objects.filter(source=source.id))
                count += _add(source, source.documents(source.model._default_manager.all()))
    return count


def _entry(source: Source, document: Document) -> SearchEntry:
    names = (document.title, *document.names)
    terms = f" {BETWEEN} ".join(" ".join(text.terms(name)) for name in dict.fromkeys(names))
    latin = {part for name in names for part in (text.pinyin(name), text.initials(name)) if part}
    return SearchEntry(
        source=source.id,
        target_id=document.target_id,
        title=document.title,
        terms=terms,
        latin="|" + "|".join(sorted(latin)),
        weight=document.weight,
    )


def _add(source: Source, documents: Iterable[Document]) -> int:
    entries = [_entry(source, document) for document in documents]
    created = SearchEntry.objects.bulk_create(entries, batch_size=BATCH)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {FTS} (rowid, terms) VALUES (%s, %s)",  # noqa: S608  (a constant name)
                [(entry.pk, entry.terms) for entry in created],
            )
    return len(created)


def _remove(entries: models.QuerySet[SearchEntry]) -> None:
    ids = list(entries.values_list("pk", flat=True))
    if not ids:
        return
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM {FTS} WHERE rowid = %s", [(i,) for i in ids])  # noqa: S608
    for start in range(0, len(ids), BATCH):
        SearchEntry.objects.filter(pk__in=ids[start : start + BATCH]).delete()
