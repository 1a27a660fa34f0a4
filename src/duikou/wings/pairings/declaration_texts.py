"""Words of the workbook of declared needs and strengths, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from duikou.engines.text import Text
from duikou.wings.hospitals.models import Mark
from duikou.wings.pairings.models import Declaration

# What a header may be called, in the order in which we write it ourselves.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "hospital": ("医院", "hospital", "医院名称", "标识", "key"),
    "year": ("年度", "year", "年份"),
    "kind": ("类别", "kind"),
    "specialty": ("专业", "specialty", "科室"),
    "amount": ("数量", "amount", "权重", "人月"),
    "source": ("来源", "source"),
    "mark": ("依据", "mark"),
}
REQUIRED = ("hospital", "year", "kind", "source")

_KIND_NAMES: Mapping[str, tuple[str, ...]] = {
    Declaration.Kind.NEED: ("薄弱科室", "need", "需求"),
    Declaration.Kind.STRENGTH: ("优势科室", "strength", "优势"),
    Declaration.Kind.ASKED: ("需要人月", "asked"),
    Declaration.Kind.AVAILABLE: ("可派人月", "available"),
}
KINDS = {name: str(kind) for kind, names in _KIND_NAMES.items() for name in names}
_MARK_NAMES: Mapping[str, tuple[str, ...]] = {
    Mark.SEED: ("文件原文", "seed"),
    Mark.FOUND: ("公开来源", "found"),
    Mark.RECALLED: ("待核实", "recalled"),
    Mark.INFERRED: ("推断", "推断，待核实", "inferred"),
    Mark.ENTERED: ("用户录入", "entered"),
}
MARKS = {name: str(mark) for mark, names in _MARK_NAMES.items() for name in names}

WORKBOOK = Text("一个 Excel 工作簿（.xlsx）", "an Excel workbook (.xlsx)")
HEADER = Text(
    "一行列名，至少有“医院”“年度”“类别”“来源”", "a header row with hospital, year, kind and source at least"
)
HOSPITAL = Text("登记的医院名称或标识，且在您的范围内", "name or key of a registered hospital in your area")
KIND = Text("薄弱科室、优势科室、需要人月、可派人月之一", "one of need, strength, asked, available")
SPECIALTY = Text("政策包所列专业的名称或标识", "name or id of a specialty of the policy pack")
NO_SPECIALTY = Text("人月的行不填专业", "no specialty in a row of person-months")
SOURCE = Text("来源，1 至 200 字", "a source of 1 to 200 characters")
MARK = Text(
    "文件原文、公开来源、待核实、推断、用户录入之一，或留空",
    "one of seed, found, recalled, inferred, entered, or nothing",
)


def size(most: int) -> Text:
    """A file of some bytes and at most `most`."""
    return Text(f"1 字节至 {most >> 20} MB 的文件", f"a file of 1 byte to {most >> 20} MB")


def rows(most: int) -> Text:
    """Some rows and at most `most`."""
    return Text(f"1 至 {most} 行数据", f"1 to {most} rows of data")


def between(least: int, most: int) -> Text:
    """A whole number in a range."""
    return Text(f"{least} 至 {most} 的整数", f"a whole number from {least} to {most}")


def column_named(column: str) -> Text:
    """A header that is missing."""
    names = COLUMNS[column]
    return Text(f"列名“{names[0]}”", f"a column named {names[1]}")


def once(line: int) -> Text:
    """Said once before."""
    return Text(
        f"每家医院、年度、类别、专业只出现一次（首见于第 {line} 行）",
        f"each hospital, year, kind and specialty once (first in row {line})",
    )
