"""Workbooks and Parquet files as frames of text, column by column like a delimited file."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from duikou.engines.casemix.layouts.errors import refusal

LARGEST_WORKBOOK = 64 << 20  # bytes of the file
_LARGEST_UNPACKED = 1 << 30
_EXACT = 10**15  # a spreadsheet keeps this many units of a number exactly

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


class Workbook:
    """The first sheet of an .xlsx file."""

    def __init__(self, path: Path) -> None:
        _check_size(path)
        try:
            sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
            self._rows: list[list[Cell]] = sheet.to_python(skip_empty_area=False)
        except (CalamineError, OSError, ValueError) as error:
            raise refusal("damaged", kind="xlsx", detail=str(error)[:120]) from None
        while self._rows and all(cell == "" for cell in self._rows[-1]):
            self._rows.pop()
        if len(self._rows) < 2:
            raise refusal("empty_file")
        self.headings = [shown(cell) or "" for cell in self._rows[0]]

    def frames(self, columns: Mapping[str, int], rows: int) -> Iterator[pl.DataFrame]:
        """Hand out the records."""
        for start in range(1, len(self._rows), rows):
            part = self._rows[start : start + rows]
            yield pl.DataFrame(
                {name: [shown(row[place]) for row in part] for name, place in columns.items()},
                schema=dict.fromkeys(columns, pl.String),
            )


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as package:
            unpacked = sum(entry.file_size for entry in package.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise refusal("damaged", kind="xlsx", detail=str(error)[:120]) from None
    if path.stat().st_size > LARGEST_WORKBOOK or unpacked > _LARGEST_UNPACKED:
        raise refusal("too_large_workbook", limit=LARGEST_WORKBOOK >> 20)


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
        except (pa.ArrowException, OSError) as error:
            raise refusal("damaged", kind="Parquet", detail=str(error)[:120]) from None


def _text(series: pl.Series) -> pl.Series:
    if isinstance(series.dtype, pl.Datetime):
        text = series.dt.strftime("%Y-%m-%d %H:%M:%S")
    elif series.dtype == pl.Binary:
        text = series.cast(pl.String, strict=False)
    else:
        text = series.cast(pl.String)
    return text.replace("", None)
