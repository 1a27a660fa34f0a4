"""What the readers of small workbooks share: open the file, find the table, name the wrong cell.

Needs and strengths of hospitals, and the annual tasks of plans, come as tables with a header row
somewhere near the top; every row is right, or none is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from duikou.engines.pairing.annex import AnnexError, AnnexKind
from duikou.engines.pairing.annex.detect import detect
from duikou.engines.pairing.annex.model import Grid, GridRow
from duikou.engines.pairing.annex.sheets import read_workbook
from duikou.engines.text import Text

MAX_BYTES = 4 * 1024 * 1024
MAX_ISSUES = 200  # a reader wants the first of them
WORKBOOKS = (AnnexKind.XLSX, AnnexKind.XLS, AnnexKind.ODS)
LONGEST_FOUND = 80  # characters of a wrong cell that are shown


@dataclass(frozen=True, slots=True)
class CellIssue:
    """What is wrong in one cell. `line` counts from 1 with the header; 0 means the whole file."""

    line: int
    column: str  # a column's key, or empty
    expected: Text
    found: str

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


def wrong(line: int, column: str, expected: Text, found: str) -> CellIssue:
    """An issue that shows no more of the cell than a reader needs."""
    return CellIssue(line, column, expected, found[:LONGEST_FOUND] or "—")


class Unreadable(Exception):
    """The file as a whole is not taken."""

    def __init__(self, expected: Text, found: str) -> None:
        super().__init__(expected.en)
        self.issue = CellIssue(0, "", expected, found)


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a workbook: the line of its header, columns by key, rows below it."""

    line: int
    places: Mapping[str, int]
    rows: Sequence[GridRow]

    def filled(self) -> list[tuple[int, dict[str, str]]]:
        """Rows that hold anything: their line and their cells by column."""
        return [
            (row.number, {column: _cell(row, at) for column, at in self.places.items()})
            for row in self.rows
            if any(cell.text.strip() for cell in row.cells)
        ]


def grids_of(content: bytes, *, size: Text, kind: Text) -> list[Grid]:
    """The sheets of a workbook. Raises Unreadable; `size` and `kind` say what is expected of a file."""
    if not 0 < len(content) <= MAX_BYTES:
        raise Unreadable(size, f"{len(content)} B")
    try:
        found, _parts = detect(content)
        if found not in WORKBOOKS:
            raise Unreadable(kind, found.value)
        grids, _hidden = read_workbook(content, found)
    except AnnexError as error:
        raise Unreadable(error.issue.expected, error.issue.found.zh) from error
    return list(grids)


def table_of(
    grids: Sequence[Grid],
    columns: Mapping[str, Sequence[str]],
    headers: Iterable[frozenset[str]],
    *,
    expected: Text,
) -> Table:
    """The first table whose header names all columns of one of `headers`. Raises Unreadable.

    Of a column's names the last one that stands in the header counts.
    """
    wanted = tuple(headers)
    for grid in grids:
        for at, row in enumerate(grid.rows):
            places = _places(row, columns)
            if any(header <= places.keys() for header in wanted):
                return Table(row.number, places, grid.rows[at + 1 :])
    raise Unreadable(expected, "；".join(grid.part for grid in grids)[:LONGEST_FOUND] or "—")


def _places(row: GridRow, columns: Mapping[str, Sequence[str]]) -> dict[str, int]:
    names = [cell.text.strip().casefold() for cell in row.cells]
    return {
        column: names.index(name.casefold())
        for column, known in columns.items()
        for name in known
        if name.casefold() in names
    }


def _cell(row: GridRow, at: int) -> str:
    return row.cells[at].text.strip() if at < len(row.cells) else ""
