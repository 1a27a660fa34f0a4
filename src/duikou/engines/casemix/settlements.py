"""The insurer's settlements (医保结算): sums of stays per county and month, the second source of flows.

Stays outside the province are in no front page of the province; the insurer pays for them
and so knows them. A table has one line for each county and month, and is taken whole or
not at all: every fault is told with its row, its column, what was found and expected.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from duikou.engines.casemix.codes.tables import Line, read_lines
from duikou.engines.text import Text

HEADINGS: Final[Mapping[str, str]] = {
    "county": "参保地区划代码",
    "county_name": "参保地名称",
    "month": "结算月份",
    "in_county": "县域内住院人次",
    "in_city": "市内县外住院人次",
    "in_province": "省内市外住院人次",
    "outside": "省外住院人次",
    "total": "住院总人次",
}
"""Columns of a table by their names, with the heading that people write. Either may stand in a file."""

MEANINGS: Final[Mapping[str, Text]] = {
    "county": Text(
        "六位行政区划代码，当月有效的县（市、区）", "six-digit code of a county as it was in that month"
    ),
    "county_name": Text(
        "可不填；填了就与代码核对", "may be left out; where it is given, it must be the name of the code"
    ),
    "month": Text(
        "写作 2014-03；按出院（结算）所在月", "written 2014-03; the month of discharge (settlement)"
    ),
    "in_county": Text(
        "在参保县内医疗机构的住院结算人次", "stays settled in institutions of the county itself"
    ),
    "in_city": Text("在本市、参保县以外的住院结算人次", "stays elsewhere in the county's own city"),
    "in_province": Text("在本省其他市的住院结算人次", "stays in other cities of the province"),
    "outside": Text("在省外的住院结算人次（异地就医）", "stays outside the province"),
    "total": Text(
        "可不填；填了就须等于前四项之和", "may be left out; where it is given, it must be the sum of the four"
    ),
}

OPTIONAL: Final = ("county_name", "total")
COUNTS: Final = ("in_county", "in_city", "in_province", "outside")
MOST: Final = 10_000_000  # stays of one county in one month: more is no count of stays
FIRST_MONTH: Final = 200001
MICRO: Final = 1_000_000

_MONTH: Final = re.compile(r"(\d{4})[-./年]?(\d{1,2})月?(?:-01)?", re.ASCII)
_COUNT: Final = re.compile(r"\d{1,8}|\d{1,3}(,\d{3})+", re.ASCII)


class Formula(NamedTuple):
    """What a rate of two sources is."""

    title: Text
    formula: Text


VERSION: Final = 1  # of the formulas below

FORMULAS: Final[Mapping[str, Formula]] = {
    "insurer": Formula(
        Text("医保结算的县域内住院率", "in-county rate of the settlements"),
        Text(
            "参保人在参保县内的住院结算人次 ÷ 其全部住院结算人次（含省外）",
            "stays of the county's insured settled in the county ÷ all their settled stays, "
            "those outside the province included",
        ),
    ),
    "joined": Formula(
        Text("病案首页并入省外结算的县域内住院率", "in-county rate of front pages with stays outside added"),
        Text(
            "病案首页的县域内住院人次 ÷（病案首页的全部住院人次 + 省外住院结算人次）",
            "stays in the county by front pages ÷ (all stays by front pages + settled stays outside "
            "the province)",
        ),
    ),
    "difference": Formula(
        Text("两源之差", "difference of the sources"),
        Text(
            "医保结算的率 − 病案首页的率，以百分点计；只比较两个来源都有的月份",
            "rate of the settlements − rate of the front pages, in percentage points; only months that both "
            "sources have are compared",
        ),
    ),
}

LIMITS: Final = Text(
    "省外住院不在本省病案首页中，只按首页计算的县域内住院率偏高；医保结算能看到省外住院，但没有自费病人，"
    "按参保地而不是现住地归县。两者口径不同，差值是核对的线索，不是误差。",
    "Stays outside the province are in no front page of the province, so a rate of front pages alone is too "
    "high. Settlements know them, but not those who pay for themselves, and count by place of insurance, not "
    "of residence. The two differ in what they count: a difference is where to look, not an error.",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A county as the reader knows it; `key` is the caller's own."""

    key: int
    code: str
    name: str
    valid_from: dt.date
    valid_to: dt.date | None
    allowed: bool  # whether the caller may bring in settlements of it

    def during(self, month: int) -> bool:
        """Whether it existed on a day of the month."""
        first = dt.date(month // 100, month % 100, 1)
        following = dt.date(first.year + first.month // 12, first.month % 12 + 1, 1)
        return self.valid_from < following and (self.valid_to is None or self.valid_to > first)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a table."""

    row: int
    column: str  # heading
    found: str
    expected: Text


@dataclass(frozen=True, slots=True)
class Settled:
    """One county and month."""

    row: int
    place: Place
    month: int
    in_county: int
    in_city: int
    in_province: int
    outside: int


def share(inside: int, whole: int) -> int | None:
    """A share in millionths, rounded half up in whole numbers; None of nothing."""
    return (2 * inside * MICRO + whole) // (2 * whole) if whole > 0 else None


def read(path: Path, places: Iterable[Place], last_month: int) -> tuple[list[Settled], list[Fault]]:
    """Return the lines of a .csv or .xlsx and everything that is wrong with them.

    Raises BadCodeTable for a file that is no such table at all.
    """
    headers = {name: (heading,) for name, heading in HEADINGS.items()}
    needed = [name for name in HEADINGS if name not in OPTIONAL]
    found = read_lines(path, headers, needed)
    reader = _Reader(places, last_month)
    return [line for line in map(reader.line, found.lines) if line], reader.faults


class _Reader:
    """Reads line by line, remembers what was wrong and which counties and months it has had."""

    def __init__(self, places: Iterable[Place], last_month: int) -> None:
        self._places: dict[str, list[Place]] = defaultdict(list)
        for place in places:
            self._places[place.code].append(place)
        self._last = last_month
        self._seen: dict[tuple[str, int], int] = {}
        self.faults: list[Fault] = []

    def line(self, line: Line) -> Settled | None:
        """One line; None where anything of it is wrong."""
        before = len(self.faults)
        month = self._month(line)
        place = self._place(line, month)
        counts = [self._count(line, name) for name in COUNTS]
        self._check_total(line, counts)
        if month and place:
            self._check_once(line, place, month)
        if len(self.faults) > before or place is None:
            return None
        return Settled(line.number, place, month, *(count or 0 for count in counts))

    def _wrong(self, line: Line, column: str, zh: str, en: str) -> None:
        cell = line.cells.get(column, "")
        self.faults.append(Fault(line.number, HEADINGS[column], str(cell)[:60], Text(zh, en)))

    def _month(self, line: Line) -> int:
        written = _plain(line.cells["month"])
        found = _MONTH.fullmatch(written)
        month = int(found[1]) * 100 + int(found[2]) if found else 0
        if not (month >= FIRST_MONTH and 1 <= month % 100 <= 12):
            self._wrong(line, "month", "月份，写作 2014-03", "a month written 2014-03")
            return 0
        if month > self._last:
            shown = f"{self._last // 100}-{self._last % 100:02d}"
            self._wrong(line, "month", f"不晚于 {shown} 的月份", f"a month not after {shown}")
            return 0
        return month

    def _place(self, line: Line, month: int) -> Place | None:
        known = self._places.get(_plain(line.cells["county"]), [])
        if not known:
            self._wrong(
                line,
                "county",
                "登记的县（市、区）的六位代码",
                "the six-digit code of a county in the register",
            )
            return None
        there = [place for place in known if not month or place.during(month)]
        if not there:
            self._wrong(line, "county", "当月有效的区划代码", "a code that was in use in that month")
            return None
        place = there[-1]
        if not place.allowed:
            self._wrong(line, "county", "您管理范围内的县（市、区）", "a county of your own area")
            return None
        name = _plain(line.cells.get("county_name", ""))
        if name and name not in (place.name, place.name.rstrip("县市区")):
            self._wrong(
                line, "county_name", f"{place.name}（{place.code} 的名称）", f"{place.name}, as {place.code}"
            )
            return None
        return place

    def _count(self, line: Line, column: str) -> int | None:
        written = _plain(line.cells.get(column, ""))
        if _COUNT.fullmatch(written) and (count := int(written.replace(",", ""))) <= MOST:
            return count
        self._wrong(line, column, f"0 至 {MOST} 的整数", f"a whole number from 0 to {MOST}")
        return None

    def _check_total(self, line: Line, counts: Sequence[int | None]) -> None:
        known = [count for count in counts if count is not None]
        if len(known) < len(counts):
            return
        if not sum(known):
            self._wrong(line, "in_county", "至少有一项大于 0", "at least one count above 0")
        elif line.cells.get("total", ""):
            total = self._count(line, "total")
            if total is not None and total != sum(known):
                self._wrong(line, "total", f"四项之和 {sum(known)}", f"{sum(known)}, the sum of the four")

    def _check_once(self, line: Line, place: Place, month: int) -> None:
        first = self._seen.setdefault((place.code, month), line.number)
        if first != line.number:
            self._wrong(
                line,
                "county",
                f"每县每月一行；第 {first} 行已有",
                f"one line for each county and month; row {first} has it already",
            )


def _plain(cell: str) -> str:
    """A cell without spaces, full-width signs made plain."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", str(cell)))
