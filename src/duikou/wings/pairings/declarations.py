"""Reads a workbook of declared needs and strengths: every row right, or none is taken.

One row is one declared fact: hospital, year, kind, specialty or amount, source, mark. What
a row does not say stays unknown. The pack's specialties are known by id, Chinese and
English name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from duikou.engines.text import Text
from duikou.wings.hospitals.models import Mark
from duikou.wings.pairings import declaration_texts as texts
from duikou.wings.pairings.models import Declaration
from duikou.wings.pairings.models.needs import FIRST_YEAR, LAST_YEAR, MOST_MONTHS, MOST_WEIGHT
from duikou.wings.pairings.sheets import (
    MAX_BYTES,
    MAX_ISSUES,
    CellIssue,
    Table,
    Unreadable,
    grids_of,
    table_of,
    wrong,
)

MAX_ROWS = 20_000

Find = Callable[[Collection[str]], Mapping[str, tuple[str, str]]]
"""Names or keys of hospitals as written → key and registered name, of those that are known for certain."""


@dataclass(frozen=True, slots=True)
class DeclaredRow:
    """One accepted row."""

    line: int
    hospital: str  # key
    name: str
    year: int
    kind: str
    specialty: str
    amount: int
    source: str
    mark: str

    @property
    def identity(self) -> tuple[str, int, str, str]:
        """What can be declared once."""
        return self.hospital, self.year, self.kind, self.specialty


@dataclass(slots=True)
class DeclaredReading:
    """The rows of a file and what is wrong with it; usable only without issues."""

    rows: list[DeclaredRow] = field(default_factory=list)
    issues: list[CellIssue] = field(default_factory=list)


def read_declarations(content: bytes, find: Find, specialties: Mapping[str, Text]) -> DeclaredReading:
    """Read and check a workbook; never raises for wrong content."""
    try:
        grids = grids_of(content, size=texts.size(MAX_BYTES), kind=texts.WORKBOOK)
        return _Reader(find, specialties).read(
            table_of(grids, texts.COLUMNS, [frozenset({"hospital", "kind"})], expected=texts.HEADER)
        )
    except Unreadable as error:
        return DeclaredReading(issues=[error.issue])


class _Reader:
    def __init__(self, find: Find, specialties: Mapping[str, Text]) -> None:
        self.find = find
        self.specialties = {
            name.casefold(): key for key, title in specialties.items() for name in (key, title.zh, title.en)
        }
        self.reading = DeclaredReading()

    def read(self, table: Table) -> DeclaredReading:
        for column in texts.REQUIRED:
            if column not in table.places:
                self._wrong(table.line, column, texts.column_named(column), "—")
        if self.reading.issues:
            return self.reading
        cells = table.filled()
        if not 0 < len(cells) <= MAX_ROWS:
            raise Unreadable(texts.rows(MAX_ROWS), str(len(cells)))
        known = self.find({values["hospital"] for _line, values in cells} - {""})
        for number, values in cells:
            self._row(number, values, known)
            if len(self.reading.issues) >= MAX_ISSUES:
                break
        self._repeated()
        return self.reading

    def _row(self, line: int, cells: Mapping[str, str], known: Mapping[str, tuple[str, str]]) -> None:
        before = len(self.reading.issues)
        hospital = known.get(cells["hospital"])
        if hospital is None:
            self._wrong(line, "hospital", texts.HOSPITAL, cells["hospital"])
        year = _number(cells["year"], FIRST_YEAR, LAST_YEAR)
        if year is None:
            self._wrong(line, "year", texts.between(FIRST_YEAR, LAST_YEAR), cells["year"])
        kind = texts.KINDS.get(cells["kind"].casefold())
        if kind is None:
            self._wrong(line, "kind", texts.KIND, cells["kind"])
        specialty = self._specialty(line, kind, cells.get("specialty", ""))
        amount = self._amount(line, kind, cells.get("amount", ""))
        source = cells["source"]
        if not 0 < len(source) <= 200:
            self._wrong(line, "source", texts.SOURCE, source)
        mark = texts.MARKS.get(cells.get("mark", "").casefold(), None if cells.get("mark") else Mark.ENTERED)
        if mark is None:
            self._wrong(line, "mark", texts.MARK, cells["mark"])
        if len(self.reading.issues) == before:
            assert hospital is not None
            assert None not in (year, kind, amount, mark)
            self.reading.rows.append(
                DeclaredRow(line, *hospital, year or 0, str(kind), specialty, amount or 0, source, str(mark))
            )

    def _specialty(self, line: int, kind: str | None, text: str) -> str:
        if kind not in Declaration.DEPARTMENTS:
            if kind is not None and text:
                self._wrong(line, "specialty", texts.NO_SPECIALTY, text)
            return ""
        found = self.specialties.get(text.casefold())
        if found is None:
            self._wrong(line, "specialty", texts.SPECIALTY, text)
        return found or ""

    def _amount(self, line: int, kind: str | None, text: str) -> int | None:
        if kind == Declaration.Kind.STRENGTH or (kind == Declaration.Kind.NEED and not text):
            return 1
        least, most = (1, MOST_WEIGHT) if kind == Declaration.Kind.NEED else (0, MOST_MONTHS)
        found = _number(text, least, most)
        if found is None and kind is not None:
            self._wrong(line, "amount", texts.between(least, most), text)
        return found

    def _repeated(self) -> None:
        first: dict[tuple[str, int, str, str], int] = {}
        for row in self.reading.rows:
            if (line := first.setdefault(row.identity, row.line)) != row.line:
                self._wrong(row.line, "hospital", texts.once(line), row.name)

    def _wrong(self, line: int, column: str, expected: Text, found: str) -> None:
        self.reading.issues.append(wrong(line, column, expected, found))


def _number(text: str, least: int, most: int) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        return None
    return int(text) if least <= int(text) <= most else None
