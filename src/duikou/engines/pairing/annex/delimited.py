"""Tables with one row per line: .csv, .tsv and text copied from a document."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Literal

from duikou.engines.pairing.annex.headers import DEEPEST_HEADER, Header, recognise
from duikou.engines.pairing.annex.model import Cell, Grid, GridRow
from duikou.engines.pairing.annex.wording import refusal

Quoting = Literal[0, 3]  # csv.QUOTE_MINIMAL, csv.QUOTE_NONE
MAX_CELLS = 500_000
DELIMITERS = (",", "\t", ";", "|", "，")


def read_delimited(text: str) -> Grid | None:
    """The grid under the delimiter that yields a header with supporter and recipient; None if none does."""
    best: tuple[int, Grid] | None = None
    for delimiter in DELIMITERS:
        if delimiter not in text:
            continue
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            grid = _grid(text, delimiter, quoting)
            if grid is None:
                continue  # a stray quotation mark: read once more with quotes as plain characters
            width = _header_width(grid)
            if width and (best is None or width > best[0]):
                best = (width, grid)
            break
    return best[1] if best else None


def incomplete_header(text: str) -> Grid | None:
    """A grid for the message of refusal: the first delimiter under which half a header appears."""
    for delimiter in DELIMITERS:
        grid = _grid(text, delimiter, csv.QUOTE_NONE) if delimiter in text else None
        if grid and any(_headers(grid)):
            return grid
    return None


def _header_width(grid: Grid) -> int:
    return next((len(header.columns) for header in _headers(grid) if header and not header.missing), 0)


def _headers(grid: Grid) -> Iterator[Header | None]:
    return (recognise(grid.rows[i : i + DEEPEST_HEADER]) for i in range(len(grid.rows)))


def _grid(text: str, delimiter: str, quoting: Quoting) -> Grid | None:
    """All records as a grid; None when the quotation marks do not fit together."""
    rows = []
    count = 0
    try:
        for line, record in _records(text, delimiter, quoting):
            count += len(record)
            if count > MAX_CELLS:
                raise refusal("too_many_cells", limit=MAX_CELLS, rows=line, columns=len(record))
            cells = tuple(Cell(value, row=line, column=column) for column, value in enumerate(record))
            # In a tab-separated text a line without a tab is prose around the table.
            prose = delimiter == "\t" and len(record) == 1
            rows.append(GridRow(line, cells, outside=prose))
    except csv.Error:
        return None
    return Grid("", "text", tuple(rows))


def _records(text: str, delimiter: str, quoting: Quoting) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting, strict=True)
    line = 1
    usual = csv.field_size_limit(len(text))  # an over-long cell is reported where it stands
    try:
        for record in reader:
            if record:
                yield line, record
            line = reader.line_num + 1
    finally:
        csv.field_size_limit(usual)
