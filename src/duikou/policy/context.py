"""What the sections of a pack must know of each other while they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from duikou.policy.fields import Fields
from duikou.policy.model import Category, Clause, Document, Pack, Validity
from duikou.policy.vocabulary import DocumentKind, Mark, Precision


@dataclass(slots=True)
class Context:
    """State of one reading: the base pack, and what the pack has declared so far."""

    pack_id: str
    base: Pack | None
    validity: Validity = field(default_factory=Validity)
    documents: dict[str, Document] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    places: dict[tuple[str, str], str] = field(default_factory=dict)

    def claim(self, section: str, name: str, table: Fields) -> bool:
        """Reserve an id inside a section; a second claim is a fault naming the first place."""
        if not name:
            return False  # its absence has been noted already
        first = self.places.get((section, name))
        if first is not None:
            table.fault(
                f"编号 {name} 重复，首次出现在 {first}",
                f"id {name} is given twice, first at {first}",
                "id" if table.has("id") else None,
            )
            return False
        self.places[section, name] = f"{table.source.file.name}:{table.source.lines.line(*table.path)}"
        return True


def read_validity(table: Fields) -> Validity:
    """Read valid_from, valid_to and date_precision; an end before the start is a fault."""
    start, end = table.day("valid_from"), table.day("valid_to")
    precision = table.optional_choice("date_precision", Precision) or Precision.DAY
    if start and end and end < start:
        table.fault(
            f"valid_to {end} 早于 valid_from {start}",
            f"valid_to {end} lies before valid_from {start}",
            "valid_to",
        )
    return Validity(start, end, precision)


def check_inside(table: Fields, inner: Validity, outer: Validity, name: str) -> None:
    """Refuse a stated date that lies outside the validity of the pack or its base."""
    for key, day in (("valid_from", inner.start), ("valid_to", inner.end)):
        if day is not None and not outer.contains(day):
            span = f"{outer.start or '…'} – {outer.end or '…'}"
            table.fault(
                f"{key} {day} 超出政策包 {name} 的有效期 {span}",
                f"{key} {day} lies outside the validity of pack {name}, {span}",
                key,
            )


def read_clauses(table: Fields, context: Context) -> tuple[Clause, ...]:
    """Read the clauses of an entry: at least one, each in a known document."""
    entries = table.tables("clauses")
    if table.has("clauses") and not entries:
        table.fault("clauses 至少要有一条依据", "clauses needs at least one entry", "clauses")
    return tuple(_read_clause(entry, context) for entry in entries)


def _read_clause(entry: Fields, context: Context) -> Clause:
    clause = Clause(entry.string("document"), entry.string("section", required=False))
    entry.finish()
    document = context.documents.get(clause.document)
    if document is None:
        if clause.document:
            entry.fault(
                f"依据引用了未登记的文件 {clause.document}",
                f"the clause cites an unknown document, {clause.document}",
                "document",
            )
    elif document.kind is DocumentKind.GOVERNING and not clause.section:
        entry.fault(
            f"引用 {clause.document} 须写明章节 section",
            f"a clause of {clause.document} needs its section",
        )
    return clause


_SUPPORTS: dict[Mark, tuple[DocumentKind, str, str]] = {
    Mark.SEED: (DocumentKind.GOVERNING, "依据文件", "a governing document"),
    Mark.FOUND: (DocumentKind.PAGE, "公开网页", "a public page"),
}


def read_mark(table: Fields, context: Context, clauses: Sequence[Clause]) -> Mark:
    """Read the mark; "seed" must cite a governing document and "found" a public page."""
    mark = table.choice("mark", Mark)
    support = _SUPPORTS.get(mark)
    cited = [context.documents[c.document] for c in clauses if c.document in context.documents]
    if support and cited and not any(document.kind is support[0] for document in cited):
        table.fault(
            f"依据等级 {mark} 须引用{support[1]}",
            f"mark {mark} needs a clause of {support[2]}",
            "mark",
        )
    return mark
