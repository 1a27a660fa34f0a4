"""Read the workbook of a scheme into the tables of a scheme's folder.

What an official table does not say is filled in: the order of trial (that of the lines), the
condition of a group (from its lists), the base group and the test of severity (from the code
of a group). Every problem is told with its sheet and line; nothing is written while there is one.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from duikou.engines.casemix.codes import BadCodeTable, normal_dx, normal_px
from duikou.engines.casemix.codes.tables import (
    MAX_BYTES,
    FromNumber,
    Problems,
    filled_sheets,
    number_for_code,
)
from duikou.engines.casemix.scheme_book.form import Column, Form, Sheet, form
from duikou.engines.text import Text

Row = dict[str, str]

_TESTS: Final = {"1": "mcc", "3": "mcc_or_cc", "5": "any", "9": "any"}
_YES, _NO = ("是", "yes", "true", "1"), ("否", "no", "false", "0", "")
_CODES: Final = {"dx": normal_dx, "pdx": normal_dx, "px": normal_px}


@dataclass
class Book:
    """The tables as read: settings of scheme.toml, rows by table."""

    settings: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write the folder of the scheme."""
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in self.settings.items()]
        (folder / "scheme.toml").write_text("".join(lines), encoding="utf-8")
        for table, rows in self.tables.items():
            with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)


def read(content: bytes) -> Book:
    """Read a workbook; raises `BadCodeTable` with every problem."""
    described = form()
    problems = Problems()
    book = Book()
    for title, lines in filled_sheets(content):
        if set(title.casefold().split()) & set(described.settings_title.split()):
            book.settings = _settings(title, lines, described, problems)
        elif (sheet := described.sheet(title)) is not None:
            if sheet.table in book.tables:
                problems.add_to(
                    title, 1, f"表 {sheet.table} 出现两次", f"the table {sheet.table} is there twice"
                )
            elif rows := _table(title, lines, sheet, problems):
                book.tables[sheet.table] = rows
    for sheet in described.sheets:
        if sheet.needed and sheet.table not in book.tables:
            problems.add_text(
                Text(f"缺少工作表“{sheet.title}”", f"the sheet “{sheet.title}” is missing or empty")
            )
    problems.raise_any()
    _fill_in(book, problems)
    problems.raise_any()
    return book


def read_file(path: Path) -> Book:
    """Read a workbook from a file."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise BadCodeTable(
            [Text(f"文件打不开：{path.name}", f"the file cannot be opened: {path.name}")]
        ) from error
    if size > MAX_BYTES:
        limit = MAX_BYTES >> 20
        raise BadCodeTable([Text(f"工作簿最多 {limit} MB", f"a workbook has at most {limit} MB")])
    return read(content)


def _settings(title: str, lines: Lines, described: Form, problems: Problems) -> dict[str, Any]:
    found: dict[str, Any] = {}
    settings = {setting.key: setting for setting in described.settings}
    for number, cells in lines[1:]:
        key, value = cells[0], cells[1] if len(cells) > 1 else ""
        if not value:
            continue
        if key not in settings:
            problems.add_to(title, number, f"不认识的项目 {key}", f"unknown setting {key}")
        elif settings[key].sort == "whole":
            if value.isdigit() and int(value):
                found[key] = int(value)
            else:
                problems.add_to(
                    title, number, f"{key} 应为正整数：{value}", f"{key} is a whole number: {value}"
                )
        elif settings[key].sort == "switch":
            if value.casefold() not in (*_YES, *_NO):
                problems.add_to(title, number, f"{key} 应为是或否：{value}", f"{key} is yes or no: {value}")
            found[key] = value.casefold() in _YES
        else:
            found[key] = value
    return found


def _table(title: str, lines: Lines, sheet: Sheet, problems: Problems) -> list[Row]:
    """Return the rows of a sheet under the names of its columns."""
    number, header = lines[0]
    columns = [sheet.column(cell) if cell else None for cell in header]
    strange = [cell for cell, column in zip(header, columns, strict=True) if cell and column is None]
    missing = [one for one in sheet.columns if one.needed and one not in columns]
    twice = [one for one in sheet.columns if columns.count(one) > 1]
    if strange:
        allowed = "、".join(one.header for one in sheet.columns)
        problems.add_to(
            title,
            number,
            f"不认识的列：{'、'.join(strange)}；可用的列：{allowed}",
            f"unknown columns: {', '.join(strange)}; there may be: "
            + ", ".join(one.name for one in sheet.columns),
        )
    if missing:
        names = "、".join(one.header for one in missing)
        problems.add_to(
            title, number, f"缺列：{names}", f"columns missing: {', '.join(one.name for one in missing)}"
        )
    if twice:
        names = "、".join(one.header for one in twice)
        problems.add_to(
            title, number, f"列重复：{names}", f"columns given twice: {', '.join(one.name for one in twice)}"
        )
    if strange or missing or twice:
        return []
    rows = [_row(title, line, cells, sheet, columns, problems) for line, cells in lines[1:]]
    for name, normal in _CODES.items():
        if rows and name in rows[0]:
            codes = normal(pl.Series([row[name] for row in rows], dtype=pl.String))
            for row, code in zip(rows, codes, strict=True):
                row[name] = code or ""
    return rows


def _row(
    title: str,
    line: int,
    cells: Sequence[str],
    sheet: Sheet,
    columns: Sequence[Column | None],
    problems: Problems,
) -> Row:
    row = {one.name: "" for one in sheet.columns}
    for cell, column in zip(cells, columns, strict=False):
        if column is not None:
            row[column.name] = cell
        elif cell:
            problems.add_to(
                title, line, f"“{cell}”所在的列没有表头", f"“{cell}” is in a column without header"
            )
    for column in sheet.columns:
        if column.name in _CODES and isinstance(row[column.name], FromNumber):
            problems.add_to(title, line, *number_for_code(column.header, column.name, row[column.name]))
        if column.needed and not row[column.name]:
            problems.add_to(title, line, f"{column.header} 是空的", f"{column.name} is empty")
    return row


def _fill_in(book: Book, problems: Problems) -> None:
    """Fill in what follows from other cells."""
    for table in ("mdc", "adrg", "drg"):
        _order(table, book.tables[table], problems)
    for table in ("mdc", "adrg"):
        with_dx, with_px = (
            {row[table] for row in book.tables.get(f"{table}_{kind}", ()) if row["list"] in ("", own)}
            for kind, own in (("dx", "D"), ("px", "P"))
        )
        for row in book.tables[table]:
            if not row["condition"]:
                code = row[table]
                parts = ["pdx(D)"] * (code in with_dx) + ["ppx(P)"] * (code in with_px)
                if table == "mdc":
                    parts = parts[:1]
                row["condition"] = " and ".join(parts)
                if not parts:
                    problems.add_text(
                        Text(
                            f"{code} 既无条件，也无诊断或手术列表",
                            f"{code} has neither a condition nor a list of diagnoses or operations",
                        )
                    )
    groups = {row["adrg"] for row in book.tables["adrg"]}
    for row in book.tables["drg"]:
        drg = row["drg"]
        row["adrg"] = row["adrg"] or drg[:3]
        row["severity_test"] = row["severity_test"] or _TESTS.get(drg[3:4], "")
        if row["adrg"] not in groups:
            problems.add_text(
                Text(
                    f"{drg} 的核心组 {row['adrg']} 不在核心组表中",
                    f"the base group {row['adrg']} of {drg} is not in the table of base groups",
                )
            )
        if not row["severity_test"]:
            problems.add_text(
                Text(
                    f"{drg} 的合并症条件不能由第四位得出，请填写",
                    f"the test of severity of {drg} does not follow from its fourth character: fill it in",
                )
            )


def _order(table: str, rows: list[Row], problems: Problems) -> None:
    given = [row for row in rows if row["eval_order"]]
    if not given:
        for place, row in enumerate(rows, start=1):
            row["eval_order"] = str(place)
        return
    for row in rows:
        if not row["eval_order"].isdigit():
            problems.add_text(
                Text(
                    f"{row[table]} 的顺序应为整数：{row['eval_order'] or '空'}",
                    f"the order of {row[table]} is a whole number: {row['eval_order'] or 'empty'}",
                )
            )


Lines = Sequence[tuple[int, list[str]]]
