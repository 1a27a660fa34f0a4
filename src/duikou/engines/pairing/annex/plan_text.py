"""The plan's whole text: tables that a word processor wrote as one cell per line.

In such a text a cell begins with a tab at the start of a line and may run over further lines
(a city's name printed vertically) with empty lines between. A row ends at an empty line after its
number, or after as many cells as the header has.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from duikou.engines.pairing.annex.headers import Header, recognise
from duikou.engines.pairing.annex.model import Cell, Field, Grid, GridRow, Issue
from duikou.engines.pairing.annex.spelling import squeezed, whole_number
from duikou.engines.pairing.annex.wording import issue, shown

MAX_COLUMNS = 50
TITLE_LINES = 3  # lines before a header that may name its table


@dataclass(slots=True)
class _Table:
    """A table that is being read: its header, finished rows, cells of the row under way."""

    header: Header
    width: int
    rows: list[GridRow] = field(default_factory=list)
    cells: list[list[tuple[int, str]]] = field(default_factory=list)  # pieces with their line numbers
    ended: bool = False  # after a text line that belongs to no row

    @property
    def _has_number(self) -> bool:
        column = self.header.columns.get(Field.RUNNING_NUMBER, self.header.columns.get(Field.ORDINAL))
        return any(
            whole_number(_joined(cell)) is not None
            for index, cell in enumerate(self.cells)
            if column is not None and index <= column
        )

    @property
    def row_complete(self) -> bool:
        """Whether an empty line now would end the row."""
        return len(self.cells) >= self.width or self._has_number

    def close_row(self, issues: list[Issue]) -> None:
        """Finish the row under way; too few or too many cells are reported."""
        if not any(_joined(cell) for cell in self.cells):
            self.cells = []
            return
        line = next(number for cell in self.cells for number, piece in cell if piece.strip())
        cells = tuple(
            Cell(_joined(cell), row=cell[0][0], column=column) for column, cell in enumerate(self.cells)
        )
        if len(cells) != self.width:
            where = Grid("", "text", ()).ref(line)
            issues.append(issue("row_cells", where, expected=self.width, found=len(cells)))
        self.rows.append(GridRow(line, cells))
        self.cells = []


def _joined(cell: list[tuple[int, str]]) -> str:
    return "\n".join(piece for _, piece in cell if piece.strip())


def read_plan_text(text: str) -> tuple[list[Grid], list[Issue]]:
    """Grids of all tables in the text, each beginning with its header row, and structural issues."""
    lines = text.splitlines()
    grids: list[Grid] = []
    issues: list[Issue] = []
    table: _Table | None = None
    titles: list[str] = []
    index = 0
    while index < len(lines):
        header_row, after = _header_at(lines, index)
        if header_row:
            _finish(table, titles, grids, issues)
            header = recognise([header_row])
            assert header is not None  # _header_at found it
            table = _Table(header, len(header_row.cells), [header_row])
            grids.append(Grid("", "text", (), tuple(titles[-TITLE_LINES:])))
            index, titles = after, []
            continue
        if table is not None:
            _take(table, lines[index], index + 1, issues)
        if lines[index].strip() and not lines[index].startswith("\t"):
            titles.append(lines[index].strip())
        index += 1
    _finish(table, titles, grids, issues)
    return grids, issues


def _header_at(lines: list[str], index: int) -> tuple[GridRow | None, int]:
    """The header whose cells begin at this line, and the line after it."""
    cells: list[Cell] = []
    end = index
    while (
        end < len(lines) and len(cells) <= MAX_COLUMNS and lines[end].startswith("\t") and lines[end].strip()
    ):
        cells.append(Cell(squeezed(lines[end]), row=end + 1, column=len(cells)))
        end += 1
    if not 2 <= len(cells) <= MAX_COLUMNS:
        return None, index
    row = GridRow(index + 1, tuple(cells))
    header = recognise([row])
    return (row, end) if header and not header.missing else (None, index)


def _take(table: _Table, line: str, number: int, issues: list[Issue]) -> None:
    """Give one line to the table under way."""
    if table.ended:
        if line.startswith("\t") and whole_number(line) is not None:
            where = Grid("", "text", ()).ref(number)
            issues.append(issue("lines_outside", where, text=shown(line)))
    elif line.startswith("\t"):
        table.cells.append([(number, line[1:])])
    elif not line.strip():
        if table.row_complete:
            table.close_row(issues)
    elif table.cells:
        table.cells[-1].append((number, line))
    else:
        table.ended = True


def _finish(table: _Table | None, titles: list[str], grids: list[Grid], issues: list[Issue]) -> None:
    """Put the rows of a finished table into its grid, which was appended when its header was seen."""
    if table is not None:
        table.close_row(issues)
        grids[-1] = Grid("", "text", tuple(table.rows), grids[-1].titles)
