"""Which column is which: header rows of one to three lines, Chinese or English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from duikou.engines.pairing.annex.model import Cell, Field, GridRow

LONGEST_NAME = 60  # characters of a header cell
DEEPEST_HEADER = 3  # lines of a nested header
REQUIRED = (Field.SUPPORTER, Field.RECIPIENT)

SYNONYMS: Mapping[Field, tuple[str, ...]] = MappingProxyType(
    {
        Field.TABLE: ("附件", "附件号", "附表", "表", "表号", "table", "annex"),
        Field.GROUP: (
            "地区", "市", "城市", "地市", "设区市", "所在市", "所属市", "市别", "区域", "地区市", "辖区",
            "city", "region", "group", "prefecture", "area",
        ),
        Field.SUPPORTER: (
            "支援医院", "支援单位", "支援方", "支援机构", "支援医院名称", "对口支援医院", "城市医院",
            "三级医院", "帮扶医院", "supporter", "supporting hospital", "supporter hospital",
        ),
        Field.RUNNING_NUMBER: ("支援数", "支援数量", "支援序号", "running number", "running no"),
        Field.ORDINAL: ("序号", "编号", "序", "号", "no", "number", "ordinal", "#"),
        Field.RECIPIENT: (
            "受援医院", "受援单位", "受援方", "受援机构", "受援医院名称", "被支援医院", "受援县医院",
            "受援县级医院", "县级医院", "受帮扶医院", "recipient", "recipient hospital", "supported hospital",
        ),
        Field.START: (
            "开始", "起", "起始", "开始日期", "起始日期", "开始时间", "起始时间",
            "start", "start date", "from",
        ),
        Field.END: (
            "结束", "止", "终止", "截止", "结束日期", "终止日期", "截止日期", "结束时间", "终止时间",
            "截止时间", "end", "end date", "to", "until",
        ),
        Field.TYPE: (
            "类型", "支援类型", "支援形式", "帮扶形式", "关系类型", "形式", "type", "type of support",
        ),
        Field.DEPARTMENTS: ("科室", "支援科室", "对口科室", "受援科室", "专科", "departments", "department"),
        Field.REASON: ("理由", "原因", "重复支援理由", "重复理由", "reason"),
        Field.POSITION: ("位置", "总序号", "position"),
    }
)  # fmt: skip
LABELS: Mapping[Field, tuple[str, str]] = MappingProxyType(
    {field: (words[0], next(w for w in words if w.isascii())) for field, words in SYNONYMS.items()
     if field is not Field.RUNNING_NUMBER}
    | {Field.RUNNING_NUMBER: ("支援数", "running number")}
)  # fmt: skip

_FIELD_OF = {word: field for field, words in SYNONYMS.items() for word in words}
_BRACKETED = re.compile(r"[（(\[【].*?[)）\]】]")


@dataclass(frozen=True, slots=True)
class Header:
    """A recognised header: which column (from 0) holds which field, and what was not understood."""

    columns: Mapping[Field, int]
    unknown: tuple[Cell, ...] = ()
    repeated: tuple[tuple[Cell, int], ...] = ()  # second column of a field, first column's index
    depth: int = 1  # rows that the header takes

    @property
    def missing(self) -> tuple[Field, ...]:
        """Columns without which the table cannot be read."""
        return tuple(field for field in REQUIRED if field not in self.columns)


def field_of(text: str) -> Field | None:
    """The field that a header cell names; brackets, spaces and punctuation do not matter."""
    if len(text) > LONGEST_NAME:
        return None
    plain = unicodedata.normalize("NFKC", text).lower().replace("_", " ").strip().rstrip(".:*")
    for candidate in (plain, _BRACKETED.sub("", plain)):
        words = " ".join(candidate.split())
        field = _FIELD_OF.get(words) or _FIELD_OF.get(words.replace(" ", ""))
        if field:
            return field
    return None


def recognise(rows: Sequence[GridRow]) -> Header | None:
    """The header that begins with the first of these rows, or None.

    A nested header is read by its lowest line. The first row belongs to the header only when it
    names a column itself, so that a title or a data row above a header is not swallowed. A header
    that names supporter or recipient, and some other column, but not both is returned as incomplete.
    """
    if not rows or rows[0].outside or not any(field_of(cell.text) for cell in rows[0].cells):
        return None
    for depth in range(1, min(DEEPEST_HEADER, len(rows)) + 1):
        if rows[depth - 1].outside:
            break
        header = _combined(rows[:depth])
        if not header.missing:
            while depth < min(DEEPEST_HEADER, len(rows)) and _only_names(rows[depth]):
                depth += 1
            return _combined(rows[:depth])
    header = _combined(rows[:1])
    return header if len(header.missing) == 1 and len(header.columns) > 1 else None


def _only_names(row: GridRow) -> bool:
    """Whether a row continues a header: every filled cell names a column."""
    filled = [cell for cell in row.cells if cell.text.strip()]
    return bool(filled) and not row.outside and all(field_of(cell.text) for cell in filled)


def _combined(window: Sequence[GridRow]) -> Header:
    columns: dict[Field, int] = {}
    unknown: list[Cell] = []
    repeated: list[tuple[Cell, int]] = []
    for column in range(max(len(row.cells) for row in window)):
        stack = [row.cells[column] for row in reversed(window) if column < len(row.cells)]
        named = [(cell, field_of(cell.text)) for cell in stack if cell.text.strip()]
        cell, field = next(((c, f) for c, f in named if f), (None, None))
        if field is None:
            unknown.extend(c for c, _ in named[:1])
        elif cell is not None and field in columns:
            repeated.append((cell, columns[field]))
        else:
            columns[field] = column
    return Header(MappingProxyType(columns), tuple(unknown), tuple(repeated), len(window))
