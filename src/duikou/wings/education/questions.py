"""Reads a workbook of questions: every row right, or none is taken; writes the faults beside the rows."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from duikou.core.faces import words
from duikou.engines.text import Text
from duikou.wings.pairings.sheets import (
    MAX_BYTES,
    MAX_ISSUES,
    CellIssue,
    Unreadable,
    grids_of,
    table_of,
    wrong,
)

MOST_QUESTIONS = 1000
MOST_OPTIONS = 8
LETTERS = "ABCDEFGH"
TRUE_FALSE = ("正确", "错误")
COLUMNS: dict[str, tuple[str, ...]] = {
    "kind": ("Type", "题型"),
    "text": ("Question", "题目"),
    **{f"option_{letter.lower()}": (f"Option {letter}", f"选项{letter}") for letter in LETTERS},
    "right": ("Answer", "答案"),
    "explanation": ("Explanation", "解析"),
}
KINDS = {
    "单选": "single", "single": "single", "多选": "multiple", "multiple": "multiple",
    "判断": "true_false", "true_false": "true_false", "true/false": "true_false",
}  # fmt: skip
TRUTHS = {"正确": 0, "对": 0, "true": 0, "a": 0, "错误": 1, "错": 1, "false": 1, "b": 1}
_SIZE = Text(
    f"不超过 {MAX_BYTES // 1024 // 1024} MB 的文件", f"a file of at most {MAX_BYTES // 1024 // 1024} MB"
)
_KIND = Text("Excel 工作簿（.xlsx）", "an Excel workbook (.xlsx)")
_HEADER = Text(
    "表头含“题型、题目、选项A…、答案”的表", "a table with the headings Type, Question, Option A …, Answer"
)


@dataclass(slots=True)
class Reading:
    """Questions of a file as columns of their table, the cells as they came, and what is wrong."""

    found: list[dict[str, Any]] = field(default_factory=list)
    cells: list[dict[str, Any]] = field(default_factory=list)
    issues: list[CellIssue] = field(default_factory=list)


def read(content: bytes, room: int) -> Reading:
    """Read and check a workbook with at most `room` questions; never raises for wrong content."""
    reading = Reading()
    try:
        grids = grids_of(content, size=_SIZE, kind=_KIND)
        table = table_of(grids, COLUMNS, (frozenset({"kind", "text", "right"}),), expected=_HEADER)
    except Unreadable as error:
        reading.issues.append(error.issue)
        return reading
    rows = table.filled()
    if not 0 < len(rows) <= room:
        limit = Text(f"1 至 {room} 道题", f"1 to {room} questions")
        reading.issues.append(wrong(0, "", limit, str(len(rows))))
        return reading
    reading.cells = [{"line": number, "cells": cells} for number, cells in rows]
    seen: set[str] = set()
    for number, cells in rows:
        _row(reading, number, cells, seen)
        if len(reading.issues) >= MAX_ISSUES:
            break
    return reading


def _row(reading: Reading, line: int, cells: Mapping[str, str], seen: set[str]) -> None:
    before = len(reading.issues)

    def bad(column: str, zh: str, en: str) -> None:
        reading.issues.append(wrong(line, column, Text(zh, en), cells.get(column, "")))

    kind = KINDS.get(cells.get("kind", "").casefold().removesuffix("题"), "")
    if not kind:
        bad("kind", "单选、多选或判断", "single, multiple or true/false")
    text, explanation = cells.get("text", ""), cells.get("explanation", "")
    if not 0 < len(text) <= 1000:
        bad("text", "1 至 1000 字的题目", "a question of 1 to 1000 characters")
    elif text in seen:
        bad("text", "没有重复的题目", "a question that is not there twice")
    seen.add(text)
    if len(explanation) > 1000:
        bad("explanation", "不超过 1000 字", "at most 1000 characters")
    options = list(TRUE_FALSE) if kind == "true_false" else _options(cells)
    if kind and kind != "true_false":
        if not 2 <= len(options) <= MOST_OPTIONS or len(set(options)) != len(options):
            bad("option_a", "从 A 起连续填写 2 至 8 个不同的选项", "2 to 8 different options, from A on")
        if any(len(one) > 300 for one in options):
            bad("option_a", "每个选项不超过 300 字", "options of at most 300 characters")
    right = _right(kind, cells.get("right", ""), len(options))
    if kind and (not right or (kind != "multiple" and len(right) != 1)):
        if kind == "true_false":
            bad("right", "正确或错误", "true or false")
        elif kind == "single":
            bad("right", "一个选项字母，如 A", "one letter of an option, such as A")
        else:
            bad("right", "选项字母，如 ACD", "letters of options, such as ACD")
    if len(reading.issues) == before:
        reading.found.append(
            {"kind": kind, "text": text, "options": options, "right": right, "explanation": explanation}
        )


def _options(cells: Mapping[str, str]) -> list[str]:
    """Options from A on; none after a gap counts, so that letters stay those of the file."""
    found = [cells.get(f"option_{letter.lower()}", "") for letter in LETTERS]
    there = [one for one in found if one]
    return there if found[: len(there)] == there else []


def _right(kind: str, text: str, options: int) -> list[int]:
    text = text.casefold().strip()
    if kind == "true_false":
        return [TRUTHS[text]] if text in TRUTHS else []
    letters = [one for one in text.upper() if one not in " ,，、;；"]
    if not letters or any(one not in LETTERS[:options] for one in letters):
        return []
    return sorted({LETTERS.index(one) for one in letters})


def issues_workbook(cells: list[dict[str, Any]], issues: list[dict[str, Any]]) -> bytes:
    """The rows as they came with a column that says what is wrong: to be put right and handed in again."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(_("试题"))
    bold, red = book.add_format({"bold": True}), book.add_format({"font_color": "#b00020", "text_wrap": True})
    names = list(COLUMNS)
    for at, name in enumerate([COLUMNS[name][1] for name in names]):
        sheet.write_string(0, at, name, bold)
    sheet.write_string(0, len(names), _("问题"), bold)
    sheet.set_column(1, 1, 40)
    sheet.set_column(len(names), len(names), 60)
    by_line: dict[int, list[str]] = {}
    for one in issues:
        said = _("%(column)s：应为%(expected)s，实际“%(found)s”") % {
            "column": COLUMNS[one["column"]][1] if one["column"] in COLUMNS else _("文件"),
            "expected": words(one["expected"]),
            "found": one["found"],
        }
        by_line.setdefault(one["line"], []).append(said)
    for row, one in enumerate(cells, 1):
        for at, name in enumerate(names):
            sheet.write_string(row, at, str(one["cells"].get(name, "")))
        if found := by_line.get(one["line"]):
            sheet.write_string(row, len(names), "\n".join(found), red)
    if 0 in by_line:
        sheet.write_string(len(cells) + 1, len(names), "\n".join(by_line[0]), red)
    book.close()
    return buffer.getvalue()


def template_workbook() -> bytes:
    """An empty workbook with the headings and one row of each kind as an example."""
    examples = [
        ("单选", "例：成人胸外按压的部位是", "胸骨下半部", "剑突", "", "A", ""),
        ("多选", "例：以下属于手卫生时机的有", "接触患者前", "接触患者后", "清洁操作前", "ABC", ""),
        ("判断", "例：本行为示例，导入前请删除", "", "", "", "正确", ""),
    ]
    rows = []
    for line, (kind, text, a, b, c, right, why) in enumerate(examples, 2):
        cells = {"kind": kind, "text": text, "option_a": a, "option_b": b, "option_c": c}
        rows.append({"line": line, "cells": {**cells, "right": right, "explanation": why}})
    return issues_workbook(rows, [])
