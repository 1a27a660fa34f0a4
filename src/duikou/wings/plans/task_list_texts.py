"""Words of the workbook of annual tasks, in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from duikou.engines.clauses.model import Party
from duikou.engines.text import Text
from duikou.policy.agreements import Period

# What a header may be called, in the order in which we write it ourselves.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "one": ("四个一", "four ones", "“四个一”"),
    "title": ("任务", "task", "任务名称"),
    "content": ("内容", "content", "任务内容"),
    "specialty": ("专科", "specialty", "科室"),
    "technique": ("技术", "technique"),
    "focus": ("分解类别", "kind of breakdown"),
    "baseline": ("现状基线", "baseline", "现状"),
    "target": ("目标", "target"),
    "unit": ("单位", "unit", "计量单位"),
    "amount": ("目标数", "number"),
    "period": ("频次", "how often"),
    "evidence": ("佐证", "evidence", "所需佐证"),
    "owner": ("责任方", "owner"),
    "due": ("期限", "due", "完成期限"),
}
REQUIRED = ("title", "owner", "due")
LENGTHS = {"title": 120, "content": 1000, "baseline": 300, "target": 300}

OWNERS: Mapping[str, tuple[str, ...]] = {
    Party.SUPPORTER.value: ("支援医院", "supporter", "甲方", "支援方"),
    Party.RECIPIENT.value: ("受援医院", "recipient", "乙方", "受援方"),
    Party.BOTH.value: ("双方", "both", "both parties"),
}
PERIODS: Mapping[str, tuple[str, ...]] = {
    Period.ONCE.value: ("到期一次", "once", "once, by its day"),
    Period.MONTH.value: ("每月", "month", "every month"),
    Period.QUARTER.value: ("每季度", "quarter", "every quarter"),
    Period.YEAR.value: ("全年合计", "year", "over the year"),
}

WORKBOOK = Text("一个 Excel 工作簿（.xlsx）", "an Excel workbook (.xlsx)")
HEADER = Text("一行列名，至少有“任务”“责任方”“期限”", "a header row with task, owner and due at least")
TITLE = Text("任务名称，1 至 120 字", "a name of 1 to 120 characters")
DAY = Text("日期，写作 2015-12-20", "a date, written 2015-12-20")
UNIT = Text("填写了目标数，就要写单位", "a unit beside the number")
REPEATED = Text("“四个一”每年每类只能一项", "of the four ones one of each kind a year")


def one_of(names: tuple[str, ...] | list[str], empty: bool = True) -> Text:
    """One of some words, or nothing."""
    shown = names[:8]
    more = "…" if len(names) > len(shown) else ""
    zh, en = "、".join(shown) + more, ", ".join(shown) + more
    return Text(f"{zh} 之一{'，或留空' if empty else ''}", f"one of {en}{', or nothing' if empty else ''}")


def size(most: int) -> Text:
    """A file of some bytes and at most `most`."""
    return Text(f"1 字节至 {most >> 20} MB 的文件", f"a file of 1 byte to {most >> 20} MB")


def rows(most: int) -> Text:
    """Some rows and at most `most`."""
    return Text(f"1 至 {most} 行任务", f"1 to {most} rows of tasks")


def between(least: int, most: int) -> Text:
    """A whole number in a range."""
    return Text(f"{least} 至 {most} 的整数", f"a whole number from {least} to {most}")


def within(first: dt.date, last: dt.date) -> Text:
    """A day in a range."""
    return Text(f"{first} 至 {last} 之间的日期", f"a day from {first} to {last}")


def at_most(most: int) -> Text:
    """A text that is not too long."""
    return Text(f"不超过 {most} 字", f"at most {most} characters")


def column_named(column: str) -> Text:
    """A header that is missing."""
    zh, en, *_others = COLUMNS[column]
    return Text(f"列名“{zh}”", f"a column named {en}")


def heading(column: str) -> Text:
    """What we call a column ourselves."""
    zh, en, *_others = COLUMNS[column]
    return Text(zh, en)
