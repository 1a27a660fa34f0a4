"""The workbook that goes back to a hospital: what is wrong, where, and what is expected.

Every cell is written as text or number, never as a formula or link, whatever the file held.
Rows are written one by one, so that memory does not grow with the number of faults.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import polars as pl
import xlsxwriter

from duikou.engines.casemix.checks.model import SEVERITIES
from duikou.engines.casemix.checks.results import Checked
from duikou.engines.text import Text

SEVERITY_TEXTS: Final[Mapping[str, Text]] = {
    "reject": Text("退回", "reject"),
    "warn": Text("警告", "warning"),
    "note": Text("提示", "note"),
}

_SAFE: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
_MOST_ROWS: Final = 1_048_576 - 2  # of Excel, without the heading and the note at the end
_LONGEST: Final = 32_000  # characters of a cell, below Excel's limit

Cell = str | int | float | None


def workbook(checked: Checked, raw: pl.DataFrame | None = None, *, name: str = "") -> bytes:
    """The .xlsx of a batch; with `raw` (or rows of it) also the text of the rows set apart."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _SAFE) as book:
        sheets = _Sheets(book)
        sheets.write("概要 Summary", _SUMMARY_HEAD, _summary(checked, name), (26, 70, 70))
        sheets.write("问题 Faults", _FAULTS_HEAD, _faults(checked), (8, 16, 24, 20, 40, 40, 10, 34, 34, 12))
        sheets.write("规则 Rules", _RULES_HEAD, _rules(checked), (10, 40, 40, 16, 12, 10, 50, 50))
        sheets.write("完整性 Completeness", _SCORES_HEAD, _scores(checked), (24, 10, 10, 12, 12, 12, 12))
        sheets.write("各项完整性 Items", _ITEMS_HEAD, checked.items.iter_rows(), (24, 10, 24, 12, 12))
        if checked.unknown.height:
            sheets.write("未知编码 Unknown codes", _UNKNOWN_HEAD, checked.unknown.iter_rows(), (14, 20, 12))
        if raw is not None:
            apart = raw if "rules" in raw.columns else checked.set_apart(raw)
            apart = apart.select("row", "rules", pl.exclude("row", "rules"))
            head = ["行 Row", "规则 Rules", *apart.columns[2:]]
            sheets.write("未接收的行 Set apart", head, apart.iter_rows(), (8, 16))
    return buffer.getvalue()


_SUMMARY_HEAD: Final = ("", "内容", "What")
_FAULTS_HEAD: Final = (
    "行 Row",
    "列 Column",
    "病案 Record",
    "实际 Found",
    "应为",
    "Expected",
    "规则 Rule",
    "规则名称",
    "Title of the rule",
    "级别 Severity",
)
_RULES_HEAD: Final = (
    "规则 Rule",
    "规则名称",
    "Title",
    "列 Column",
    "级别 Severity",
    "个数 Faults",
    "来源",
    "Source",
)
_SCORES_HEAD: Final = (
    "机构 Hospital",
    "月份 Month",
    "病案数 Records",
    "完整病案 Complete",
    "应填 Expected",
    "已填 Filled",
    "完整率 Score",
)
_ITEMS_HEAD: Final = ("机构 Hospital", "月份 Month", "项目 Item", "应填 Expected", "已填 Filled")
_UNKNOWN_HEAD: Final = ("种类 Kind", "编码 Code", "次数 Times")


class _Sheets:
    """Writes tables, each on a sheet of its own."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._head = book.add_format({"bold": True, "bg_color": "#DDE7F0", "border": 1, "text_wrap": True})
        self._text = book.add_format({"text_wrap": True, "valign": "top"})

    def write(
        self, name: str, head: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[int]
    ) -> None:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width, self._text)
        for column, text in enumerate(head):
            sheet.write_string(0, column, text, self._head)
        line = 0
        for line, row in enumerate(rows, start=1):
            if line > _MOST_ROWS:
                sheet.write_string(
                    line, 0, "其余的行超过了表格的上限，未写入 / further rows exceed a sheet's limit"
                )
                break
            for column, value in enumerate(row):
                if isinstance(value, int | float):
                    sheet.write_number(line, column, value)
                elif value:
                    sheet.write_string(line, column, _clipped(str(value)))
        if line:
            sheet.autofilter(0, 0, min(line, _MOST_ROWS), len(head) - 1)


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _summary(checked: Checked, name: str) -> Iterator[Sequence[Cell]]:
    apart = len(checked.rejected)
    if name:
        yield "文件 File", name
    yield "核查规则 Catalogue", checked.catalogue.version
    yield "病案数 Records", checked.records
    yield "接收 Accepted", 0 if checked.refusals else checked.records - apart
    yield "未接收 Set apart", apart
    for severity in SEVERITIES:
        text = SEVERITY_TEXTS[severity]
        yield f"{text.zh} {text.en}", int(checked.counts.filter(severity=severity)["faults"].sum())
    for refusal in checked.refusals:
        yield "整批退回 Refused", refusal.zh, refusal.en
    if checked.left_out:
        yield (
            "未列出 Not listed",
            f"另有 {checked.left_out} 个问题只计数，未逐条列出",
            f"{checked.left_out} more faults are counted, but not listed one by one",
        )


def _faults(checked: Checked) -> Iterator[Sequence[Cell]]:
    titles = {check.id: check.title for check in checked.catalogue.checks}
    for row, record, column, rule, severity, found, zh, en in checked.faults.iter_rows():
        title, weight = titles[rule], SEVERITY_TEXTS[severity]
        shown = found or "（空）empty"
        yield row, column, record, shown, zh, en, rule, title.zh, title.en, f"{weight.zh} {weight.en}"


def _rules(checked: Checked) -> Iterator[Sequence[Cell]]:
    checks = {check.id: check for check in checked.catalogue.checks}
    for rule, column, severity, faults in checked.counts.iter_rows():
        check, weight = checks[rule], SEVERITY_TEXTS[severity]
        source = checked.catalogue.sources[check.source]
        section = f" {check.section}" if check.section else ""
        yield (
            rule,
            check.title.zh,
            check.title.en,
            column,
            f"{weight.zh} {weight.en}",
            faults,
            source.zh + section,
            source.en + section,
        )


def _scores(checked: Checked) -> Iterator[Sequence[Cell]]:
    yield from checked.completeness.iter_rows()
