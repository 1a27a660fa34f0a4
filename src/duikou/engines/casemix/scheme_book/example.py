"""Write a scheme's folder as a workbook: an example to fill in, or a scheme to hand on."""

from __future__ import annotations

import csv
import io
import tomllib
from pathlib import Path
from typing import Any

import xlsxwriter

from duikou.engines.casemix.scheme_book.form import GUIDE, Form, Sheet, form

_INTRODUCTION = (
    (
        "每张表一个工作表；第一行是表头，中文、英文表头都可以，列的先后不限。",
        "One sheet for each table; the first line is the header, Chinese or English, in any order.",
    ),
    (
        "编码列请保持“文本”格式：数字格式会丢掉编码末尾的零，导入时会被拒绝。",
        "Keep columns of codes as text: numbers lose the zeros of a code and are refused.",
    ),
    ("名称列可以一并粘贴，导入时只读编码。", "Columns of names may be pasted along; only codes are read."),
    ("本表不读取。", "This sheet is not read."),
)


def workbook(folder: Path) -> bytes:
    """Return the scheme in a folder of tables as .xlsx."""
    described = form()
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False}) as book:
        bold = book.add_format({"bold": True, "num_format": "@"})
        text = book.add_format({"num_format": "@"})
        _guide(book.add_worksheet(GUIDE), described, bold)
        description = folder / "scheme.toml"
        settings = tomllib.loads(description.read_text(encoding="utf-8")) if description.is_file() else {}
        _settings(book.add_worksheet(described.settings_title), described, settings, bold, text)
        for sheet in described.sheets:
            path = folder / f"{sheet.table}.csv"
            rows = _rows(path) if path.is_file() else []
            if rows or sheet.needed:
                _table(book.add_worksheet(sheet.title), sheet, rows, bold, text)
    return out.getvalue()


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _guide(page: Any, described: Form, bold: Any) -> None:
    page.set_column(0, 0, 26)
    page.set_column(1, 1, 22)
    page.set_column(2, 3, 70)
    line = 0
    for zh, en in _INTRODUCTION:
        page.write_string(line, 2, zh)
        page.write_string(line, 3, en)
        line += 1
    for sheet in described.sheets:
        line += 1
        for place, cell in enumerate((sheet.title, "必需 needed" if sheet.needed else "", "", "")):
            page.write_string(line, place, cell, bold)
        for column in sheet.columns:
            line += 1
            star = " *" if column.needed else ""
            cells = (column.header + star, column.name, column.meaning.zh, column.meaning.en)
            for place, cell in enumerate(cells):
                page.write_string(line, place, cell)
        line += 1


def _settings(page: Any, described: Form, given: dict[str, Any], bold: Any, text: Any) -> None:
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 60, text)
    page.set_column(2, 3, 50)
    for place, cell in enumerate(("项目 key", "值 value", "说明", "meaning")):
        page.write_string(0, place, cell, bold)
    for line, setting in enumerate(described.settings, start=1):
        value = given.get(setting.key, "")
        if isinstance(value, bool):
            value = "是" if value else "否"
        for place, cell in enumerate((setting.key, str(value), setting.meaning.zh, setting.meaning.en)):
            page.write_string(line, place, cell, text)


def _table(page: Any, sheet: Sheet, rows: list[dict[str, str]], bold: Any, text: Any) -> None:
    page.freeze_panes(1, 0)
    page.set_column(0, len(sheet.columns) - 1, 18, text)
    for place, column in enumerate(sheet.columns):
        page.write_string(0, place, column.header, bold)
    for line, row in enumerate(rows, start=1):
        for place, column in enumerate(sheet.columns):
            if value := row.get(column.name, ""):
                page.write_string(line, place, value, text)
