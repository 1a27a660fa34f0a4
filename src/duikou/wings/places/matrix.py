"""Reads a travel matrix (CSV): one row per pair, all rows right or none taken."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from duikou.engines.pairing.annex.encoding import decode
from duikou.engines.pairing.annex.model import AnnexError
from duikou.wings.places.points import read_point

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 200_000
MAX_ISSUES = 200  # a reader wants the first of them, not a hundred thousand

# What a header may be called, in the order in which we write it ourselves.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "origin": ("origin", "from", "起点"),
    "destination": ("destination", "to", "终点"),
    "km": ("km", "公里", "里程"),
    "minutes": ("minutes", "分钟", "用时"),
    "source": ("source", "来源"),
    "as_of": ("as_of", "日期", "现势日期"),
    "kind": ("kind", "依据"),
    "mode": ("mode", "方式"),
}
OPTIONAL = ("minutes", "mode")
KINDS: Mapping[str, str] = {
    "measured": "measured", "实测": "measured",
    "matrix": "matrix", "矩阵": "matrix", "路程矩阵": "matrix",
    "estimate": "estimate", "估算": "estimate",
}  # fmt: skip
MAX_KM, MAX_MINUTES = 6000.0, 10_000.0  # wider than the country: beyond lies a slip of units


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One accepted row."""

    line: int
    origin: str
    destination: str
    km: float
    minutes: float | None
    source: str
    as_of: dt.date
    kind: str
    mode: str

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """Two rows with the same identity contradict or repeat each other."""
        return self.origin, self.destination, self.mode, self.kind


@dataclass(frozen=True, slots=True)
class MatrixIssue:
    """What is wrong in one cell. `line` counts from 1 with the header; 0 means the whole file."""

    line: int
    column: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class MatrixReading:
    """The rows of a file and what is wrong with it; usable only without issues."""

    rows: tuple[MatrixRow, ...]
    issues: tuple[MatrixIssue, ...]


def read_matrix(
    content: bytes, unknown: Callable[[Iterable[str]], set[str]], today: dt.date
) -> MatrixReading:
    """Read and check a travel matrix; never raises for wrong content.

    `unknown` returns those of the given points that name nothing known. UTF-8 and
    GB 18030, with and without mark, are read.
    """
    if len(content) > MAX_BYTES:
        return _refused(_("不超过 10 MB 的文件"), f"{len(content) / 1024 / 1024:.1f} MB")
    try:
        text, _encoding = decode(content)
    except AnnexError:
        return _refused(_("UTF-8 或 GB 18030 编码的 CSV 文本"), _("无法识别的编码"))
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        return _refused(_("逗号分隔的 CSV 文本，引号成对"), str(error))
    if not records or len(records) < 2:
        return _refused(_("一行列名和至少一行数据"), _("空文件或只有一行"))
    if len(records) - 1 > MAX_ROWS:
        return _refused(_("不超过 200000 行"), str(len(records) - 1))
    places, issues = _header(records[0])
    if issues:
        return MatrixReading((), tuple(issues))
    rows = _rows(records[1:], places, issues, today)
    issues += _unknown_points(rows, unknown)
    issues += _repeated(rows)
    return MatrixReading(tuple(rows), tuple(sorted(issues, key=lambda i: i.line)[:MAX_ISSUES]))


def _refused(expected: str, found: str) -> MatrixReading:
    return MatrixReading((), (MatrixIssue(0, "", expected, found),))


def _header(cells: list[str]) -> tuple[dict[str, int], list[MatrixIssue]]:
    names = [cell.strip().lower() for cell in cells]
    places = {
        column: names.index(name) for column, known in COLUMNS.items() for name in known if name in names
    }
    missing = [c for c in COLUMNS if c not in places and c not in OPTIONAL]
    found = ", ".join(cells)[:200]
    return places, [
        MatrixIssue(1, c, _("列名 %(name)s") % {"name": " / ".join(COLUMNS[c])}, found) for c in missing
    ]


def _rows(
    records: list[list[str]], places: Mapping[str, int], issues: list[MatrixIssue], today: dt.date
) -> list[MatrixRow]:
    rows = []
    for line, record in enumerate(records, 2):
        if not any(cell.strip() for cell in record):
            continue
        cells = {c: record[i].strip() if i < len(record) else "" for c, i in places.items()}
        row = _row(line, cells, issues, today)
        if row:
            rows.append(row)
        if len(issues) >= MAX_ISSUES:
            break
    return rows


def _row(line: int, cells: Mapping[str, str], issues: list[MatrixIssue], today: dt.date) -> MatrixRow | None:
    before = len(issues)

    def wrong(column: str, expected: str) -> None:
        issues.append(MatrixIssue(line, column, expected, cells.get(column, "")[:80] or _("空白")))

    origin, destination = read_point(cells["origin"]), read_point(cells["destination"])
    for column, point in (("origin", origin), ("destination", destination)):
        if point is None:
            wrong(column, _("六位区划代码，或 hospital:标识"))
    if origin and origin == destination:
        wrong("destination", _("与起点不同的终点"))
    km = _number(cells["km"], MAX_KM)
    if km is None:
        wrong("km", _("0 至 6000 之间的公里数"))
    minutes = _number(cells["minutes"], MAX_MINUTES) if cells.get("minutes") else None
    if cells.get("minutes") and minutes is None:
        wrong("minutes", _("0 至 10000 之间的分钟数，或留空"))
    if not cells["source"] or len(cells["source"]) > 200:
        wrong("source", _("来源，1 至 200 字"))
    as_of = _day(cells["as_of"])
    if as_of is None or as_of > today:
        wrong("as_of", _("不晚于今天的日期，写作 2014-03-01"))
    kind = KINDS.get(cells["kind"].lower())
    if kind is None:
        wrong("kind", "measured / matrix / estimate（实测 / 矩阵 / 估算）")
    mode = cells.get("mode") or "road"
    if len(mode) > 10:
        wrong("mode", _("10 字以内的方式，默认 road"))
    if len(issues) > before or not (origin and destination and as_of and kind) or km is None:
        return None
    return MatrixRow(line, origin, destination, km, minutes, cells["source"], as_of, kind, mode)


def _number(text: str, most: float) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= most else None


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _unknown_points(rows: list[MatrixRow], unknown: Callable[[Iterable[str]], set[str]]) -> list[MatrixIssue]:
    missing = unknown({p for row in rows for p in (row.origin, row.destination)})
    return [
        MatrixIssue(row.line, column, _("已登记的区划代码或医院标识"), point)
        for row in rows
        for column, point in (("origin", row.origin), ("destination", row.destination))
        if point in missing
    ]


def _repeated(rows: list[MatrixRow]) -> list[MatrixIssue]:
    first: dict[tuple[str, str, str, str], int] = {}
    issues = []
    for row in rows:
        if (line := first.setdefault(row.identity, row.line)) != row.line:
            expected = _("每对起点、终点、方式、依据只出现一次（首见于第 %(line)d 行）") % {"line": line}
            issues.append(MatrixIssue(row.line, "origin", expected, f"{row.origin} → {row.destination}"))
    return issues
