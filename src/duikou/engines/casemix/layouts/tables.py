"""Workbooks and Parquet files as frames of text, column by column like a delimited file."""

from __future__ import annotations

import datetime as dt
import itertools
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from duikou.engines.casemix import workbooks
from duikou.engines.casemix.layouts.errors import refusal

LARGEST_WORKBOOK = 160 << 20  # bytes when unpacked; the reader needs several times that in memory
_EXACT = 10**15  # a spreadsheet keeps this many units of a number exactly

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
Row = list[Cell]


class Workbook:
    """The first sheet of an .xlsx file; empty rows above its headings are passed over."""

    def __init__(self, path: Path) -> None:
        _check_size(path)
        try:
            sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        except (CalamineError, OSError, ValueError) as error:
            raise refusal("damaged", kind="xlsx", detail=str(error)[:120]) from None
        self._sheet = sheet
        above = sum(1 for _ in itertools.takewhile(_is_empty, sheet.iter_rows()))
        headings: Row = next(itertools.islice(sheet.iter_rows(), above, None), [])
        self.headings = [shown(cell) or "" for cell in headings]
        self.first_row = above + 2
        if not headings:
            raise refusal("empty_file")

    def frames(self, columns: Mapping[str, int], rows: int) -> Iterator[pl.DataFrame]:
        """Hand out the records; empty rows count, those at the end do not."""
        empty: list[Row] = []
        part: list[Row] = []
        for row in itertools.islice(self._sheet.iter_rows(), self.first_row - 1, None):
            if _is_empty(row):
                empty.append(row)
                continue
            part += [*empty, row]
            empty = []
            while len(part) >= rows:
                yield _frame(part[:rows], columns)
                part = part[rows:]
        if part:
            yield _frame(part, columns)


def _is_empty(row: Row) -> bool:
    return all(cell == "" for cell in row)


def _frame(rows: Sequence[Row], columns: Mapping[str, int]) -> pl.DataFrame:
    return pl.DataFrame(
        {name: [shown(row[place]) for row in rows] for name, place in columns.items()},
        schema=dict.fromkeys(columns, pl.String),
    )


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as package:
            unpacked = sum(entry.file_size for entry in package.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise refusal("damaged", kind="xlsx", detail=str(error)[:120]) from None
    if unpacked > LARGEST_WORKBOOK:
        raise refusal("too_large_workbook", size=unpacked >> 20, limit=LARGEST_WORKBOOK >> 20)
    try:
        workbooks.check(path, LARGEST_WORKBOOK)
    except workbooks.UnsafeWorkbook as error:
        raise refusal("damaged", kind="xlsx", detail=error.text) from None


def shown(cell: Cell) -> str | None:
    """Return a cell as text: whole numbers without ".0", spoilt numbers in scientific notation."""
    if cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    if isinstance(cell, float) and abs(cell) >= _EXACT:
        return f"{cell:.5E}"  # digits are lost already: the checks shall see that it was a number
    if isinstance(cell, dt.datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    return str(cell).replace("\0", "")


class Parquet:
    """A Parquet file, of text or of typed columns."""

    first_row = 2

    def __init__(self, path: Path) -> None:
        try:
            self._file = pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            raise refusal("damaged", kind="Parquet", detail=str(error)[:120]) from None
        self.headings: Sequence[str] = self._file.schema_arrow.names
        if self._file.metadata.num_rows == 0:
            raise refusal("empty_file")

    def frames(self, columns: Mapping[str, int], rows: int) -> Iterator[pl.DataFrame]:
        """Hand out the records."""
        headings = {name: self.headings[place] for name, place in columns.items()}
        try:
            for batch in self._file.iter_batches(batch_size=rows, columns=list(headings.values())):
                frame = pl.DataFrame(pl.from_arrow(batch))
                yield frame.select(_text(frame[heading]).alias(name) for name, heading in headings.items())
        except (pa.ArrowException, pl.exceptions.PolarsError, OSError) as error:
            raise refusal("damaged", kind="Parquet", detail=str(error)[:120]) from None


def _text(series: pl.Series) -> pl.Series:
    if isinstance(series.dtype, pl.Datetime):
        text = series.dt.strftime("%Y-%m-%d %H:%M:%S")
    elif series.dtype == pl.Binary:
        text = series.cast(pl.String, strict=False)
    else:
        text = series.cast(pl.String)
    return text.replace("", None)
