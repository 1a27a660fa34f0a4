"""Workbooks that go out: the template to fill in and the list of issues to hand back."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import xlsxwriter

from duikou.engines.pairing.annex.headers import LABELS
from duikou.engines.pairing.annex.model import GUIDE_SHEET, AnnexError, AnnexReading, Field
from duikou.engines.pairing.model import Severity

TEMPLATE_ROWS = 2_000  # rows with drop-down lists

_SAFE = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_SEVERITIES = {Severity.ERROR: "错误 error", Severity.WARNING: "警告 warning", Severity.NOTE: "提示 note"}

# Column of the template, its width, what to write in it (Chinese, English).
_COLUMNS = (
    (Field.TABLE, 8, "1 = 省级医院表，2 = 各市表", "1 = the province's table, 2 = the cities' tables"),
    (Field.GROUP, 12, "附件 2 填写所属的市，附件 1 留空", "the city in table 2, empty in table 1"),
    (
        Field.SUPPORTER,
        34,
        "支援医院全称；同一医院的后续行可留空",
        "full name; may stay empty in a supporter's further rows",
    ),
    (Field.RUNNING_NUMBER, 10, "每家支援医院从 1 起编号", "counts each supporter's rows from 1"),
    (Field.RECIPIENT, 34, "受援医院全称，每行必填", "full name, needed in each row"),
    (Field.START, 13, "可不填；填写时不早于本轮起始日", "optional; not before the round begins"),
    (Field.END, 13, "可不填；填写时不晚于本轮截止日", "optional; not after the round ends"),
    (
        Field.TYPE,
        12,
        "可不填：一般、分院、托管、医联体、医院集团",
        "optional: normal, branch, trustee, union, group",
    ),
    (
        Field.DEPARTMENTS,
        24,
        "可不填；多个科室用“、”分开",
        "optional; several departments separated by 、 or ;",
    ),
    (Field.REASON, 30, "同一受援医院有多家支援医院时填写理由", "why a recipient has more than one supporter"),
)


def _written(fill: Callable[[xlsxwriter.Workbook, dict[str, Any]], None]) -> bytes:
    """Bytes of a workbook that `fill` writes; strings are never formulas, links or numbers."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _SAFE) as workbook:
        formats = {
            "head": workbook.add_format(
                {"bold": True, "bg_color": "#DDE7F0", "border": 1, "text_wrap": True}
            ),
            "text": workbook.add_format({"text_wrap": True, "valign": "top"}),
            "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
        }
        fill(workbook, formats)
    return buffer.getvalue()


def template_workbook() -> bytes:
    """An empty .xlsx that `read_annex` reads back: one sheet to fill in, one with explanations."""

    def fill(workbook: xlsxwriter.Workbook, formats: dict[str, Any]) -> None:
        sheet = workbook.add_worksheet("附表 Annex")
        guide = workbook.add_worksheet(GUIDE_SHEET)
        sheet.freeze_panes(1, 0)
        guide.set_column(0, 0, 16)
        guide.set_column(1, 2, 60, formats["text"])
        guide.write_row(0, 0, ["列 Column", "填写内容", "What to write"], formats["head"])
        for column, (name, width, zh, en) in enumerate(_COLUMNS):
            sheet.set_column(
                column, column, width, formats["date"] if name in (Field.START, Field.END) else None
            )
            sheet.write_string(0, column, LABELS[name][0], formats["head"])
            guide.write_row(column + 1, 0, [" ".join(LABELS[name]), zh, en])
        for name, choices in (
            (Field.TABLE, ["1", "2"]),
            (Field.TYPE, ["一般", "分院", "托管", "医联体", "医院集团"]),
        ):
            column = next(i for i, entry in enumerate(_COLUMNS) if entry[0] is name)
            sheet.data_validation(1, column, TEMPLATE_ROWS, column, {"validate": "list", "source": choices})

    return _written(fill)


def error_workbook(reading: AnnexReading | AnnexError) -> bytes:
    """An .xlsx with every issue (place, expected, found, repair) and the rows as they were read.

    Also takes the error of a file that was refused, which gives a list of one.
    """
    issues = (reading.issue,) if isinstance(reading, AnnexError) else reading.issues
    rows = () if isinstance(reading, AnnexError) else reading.rows

    def fill(workbook: xlsxwriter.Workbook, formats: dict[str, Any]) -> None:
        sheet = workbook.add_worksheet("问题 Issues")
        head = [
            "级别 Severity",
            "位置",
            "Place",
            "行 Row",
            "列 Column",
            "规则 Rule",
            "应为",
            "Expected",
            "实际",
            "Found",
            "处理办法",
            "Repair",
            "建议值 Suggested value",
            "序 Position",
        ]
        sheet.write_row(0, 0, head, formats["head"])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(head) - 1, 22, formats["text"])
        for line, issue in enumerate(issues, start=1):
            place = issue.where.text
            sheet.write_row(
                line,
                0,
                [
                    _SEVERITIES[issue.severity],
                    place.zh,
                    place.en,
                    issue.where.row or "",
                    issue.where.column,
                    issue.code,
                    issue.expected.zh,
                    issue.expected.en,
                    issue.found.zh,
                    issue.found.en,
                    issue.repair.zh,
                    issue.repair.en,
                    issue.repair_value or "",
                    issue.position or "",
                ],
            )
        sheet.autofilter(0, 0, max(len(issues), 1), len(head) - 1)
        read = workbook.add_worksheet("读到的行 Rows read")
        names = (Field.TABLE, Field.GROUP, Field.SUPPORTER, Field.RUNNING_NUMBER, Field.RECIPIENT)
        read.write_row(
            0, 0, ["序 Position", "位置 Place", *(" ".join(LABELS[n]) for n in names)], formats["head"]
        )
        read.set_column(0, 6, 24)
        for line, row in enumerate(rows, start=1):
            read.write_row(
                line, 0, [row.position, row.where.text.zh, *(value or "" for value in row.printed)]
            )

    return _written(fill)
