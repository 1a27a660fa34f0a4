"""Tables out of the program: .xlsx workbooks and .csv files that a spreadsheet cannot be tricked by.

Both formats are written to a temporary file first, row by row: a failure half-way is an
error page and not half a file, and memory stays flat however long the table is.

The rule for .csv: a text that a spreadsheet could take for a formula gets an apostrophe
in front, and so does a text that starts with an apostrophe itself. Taking one leading
apostrophe away therefore always gives the original back (`csv_restore`). Numbers and
dates are written bare. In .xlsx texts are typed as texts and need no mark.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from duikou.core.errors import Invalid

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {
    "xlsx": XLSX,
    "csv": "text/csv; charset=utf-8",
}
# First characters that start a formula in some spreadsheet; full-width forms count in East Asian ones.
FORMULA_STARTS = frozenset("=+-@＝＋－＠|%")
MAX_ROWS = 1_048_575  # of a sheet, without its header
MAX_TEXT = 32_767  # characters of a cell
SPOOL = 2 * 1024 * 1024  # bytes kept in memory before a file is used


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: a name, the headings, the rows (plain values) and optional column widths in characters."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[object]]
    widths: Sequence[int] = field(default_factory=tuple)


def plain(value: object) -> object:
    """A value as it goes into a cell: a number, a date, or a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, int | float | Decimal | dt.datetime | dt.date):
        if isinstance(value, dt.datetime) and timezone.is_aware(value):
            return timezone.localtime(value).replace(tzinfo=None)
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return _("、").join(text(item) for item in value)
    return str(value)


def text(value: object) -> str:
    """A value as words: dates as 2014-03-01, moments as 2014-03-01 08:30 local time."""
    if type(value) is str:  # nearly always, and asked for each cell of each table
        return value
    value = str(value) if isinstance(value, Promise) else plain(value)
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def csv_safe(value: str) -> str:
    """The text as no spreadsheet takes it for a formula; `csv_restore` gives it back."""
    if (
        value[:1] == "'"
        or (value[:1] in "\t\r\n" and value)
        or (value.lstrip()[:1] in FORMULA_STARTS and value.strip())
    ):
        return f"'{value}"
    return value


def csv_restore(value: str) -> str:
    """The text that `csv_safe` was given."""
    return value[1:] if value[:1] == "'" else value


def _csv_cell(value: object) -> str:
    value = plain(value)
    return csv_safe(value) if isinstance(value, str) else text(value)


def write_csv(file: IO[bytes], sheet: Sheet) -> None:
    """Write a sheet as .csv: UTF-8 with byte-order mark, because spreadsheets guess wrong without it."""
    wrapper = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(wrapper)
    writer.writerow([_csv_cell(heading) for heading in sheet.headings])
    writer.writerows([_csv_cell(value) for value in row] for row in sheet.rows)
    wrapper.flush()
    wrapper.detach()


def write_xlsx(file: IO[bytes], sheets: Sequence[Sheet]) -> None:
    """Write sheets as one workbook: headings frozen and with filters, texts never read as formulas."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    book = xlsxwriter.Workbook(file, options)
    head = book.add_format(
        {"bold": True, "bg_color": "#E1F0F1", "bottom": 1, "text_wrap": True, "valign": "top"}
    )
    formats = {
        dt.datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        dt.date: book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    for sheet in sheets:
        page = book.add_worksheet(_sheet_name(sheet.name))
        page.freeze_panes(1, 0)
        for index, heading in enumerate(sheet.headings):
            width = (
                sheet.widths[index]
                if index < len(sheet.widths)
                else max(10, min(40, 2 * len(str(heading)) + 4))
            )
            page.set_column(index, index, width)
            page.write_string(0, index, str(heading), head)
        last = 0
        for last, row in enumerate(sheet.rows, start=1):
            if last > MAX_ROWS:
                book.close()
                raise Invalid(
                    _("表格超过 %(limit)s 行，一个工作表放不下。请先筛选缩小范围，或导出 CSV。")
                    % {"limit": MAX_ROWS}
                )
            for index, value in enumerate(row):
                _write_cell(page, last, index, plain(value), formats)
        if sheet.headings:
            page.autofilter(0, 0, last, len(sheet.headings) - 1)
    book.close()


def _write_cell(page: Any, row: int, column: int, value: object, formats: dict[type, Any]) -> None:
    if isinstance(value, str):
        if value:
            page.write_string(row, column, value if len(value) <= MAX_TEXT else value[: MAX_TEXT - 1] + "…")
    elif isinstance(value, dt.datetime | dt.date):
        page.write_datetime(row, column, value, formats[type(value)])
    else:
        page.write_number(row, column, value)


def _sheet_name(name: str) -> str:
    """A name that Excel accepts for a sheet: at most 31 characters, none of []:*?/\\ ."""
    return "".join("-" if c in "[]:*?/\\" else c for c in name)[:31].strip("'") or "1"


def download(name: str, kind: str, sheets: Sequence[Sheet]) -> FileResponse:
    """The sheets as a file to save; `kind` is "xlsx" or "csv" (which holds the first sheet only)."""
    file = tempfile.SpooledTemporaryFile(max_size=SPOOL)  # noqa: SIM115 - FileResponse closes it
    try:
        if kind == "xlsx":
            write_xlsx(file, sheets)
        else:
            write_csv(file, sheets[0])
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.{kind}", content_type=TYPES[kind])
