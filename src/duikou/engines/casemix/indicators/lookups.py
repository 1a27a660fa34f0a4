"""Small tables that a person hands in beside the stays: places, hospitals, weights, reference set.

CSV with a header, in UTF-8 or GB 18030; further columns are left alone. A table with any
fault is refused with the line, what was expected and what was found.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import polars as pl

from duikou.engines.casemix.columns import Schema
from duikou.engines.casemix.facts import HOSPITALS
from duikou.engines.casemix.indicators.arithmetic import WEIGHT
from duikou.engines.text import Text

CROSSWALK: Final[Schema] = {
    "code": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "county": pl.String,
    "city": pl.String,
}
"""What each division code stands for on the reporting day, by the time of its use."""

Line = tuple[int, dict[str, str]]


class BadLookup(ValueError):
    """A table that cannot be used."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.message = Text(zh, en)


def read_crosswalk(path: Path) -> pl.DataFrame:
    """Read the crosswalk of division codes: code, valid_from, valid_to, county, city."""
    found = [
        {
            "code": _given(line, "code"),
            "valid_from": _day(line, "valid_from"),
            "valid_to": _day(line, "valid_to"),
            "county": _given(line, "county"),
            "city": _given(line, "city"),
            "line": line[0],
        }
        for line in _lines(path, ["code", "county", "city"])
    ]
    _refuse_overlaps(found, "code")
    return pl.DataFrame(found, schema={**CROSSWALK, "line": pl.Int64}).drop("line")


def read_hospitals(path: Path) -> tuple[pl.DataFrame, list[str] | None]:
    """Read where hospitals are (hospital, county, city; key, valid_from, valid_to if given).

    The second value are the keys of county-level hospitals, where the table has a column
    `county_level` (1 or 0).
    """
    found, county_level, told = [], [], False
    for line in _lines(path, ["hospital", "county", "city"]):
        name = _given(line, "hospital")
        key = line[1].get("key") or name
        found.append(
            {
                "hospital": name,
                "key": key,
                "county": _given(line, "county"),
                "city": _given(line, "city"),
                "valid_from": _day(line, "valid_from"),
                "valid_to": _day(line, "valid_to"),
                "line": line[0],
            }
        )
        if (mark := line[1].get("county_level", "")) not in ("", "0", "1"):
            raise _fault(line[0], "county_level", "0 或 1", "0 or 1", mark)
        told |= mark != ""
        if mark == "1":
            county_level.append(key)
    _refuse_overlaps(found, "hospital")
    frame = pl.DataFrame(found, schema={**HOSPITALS, "line": pl.Int64}).drop("line")
    return frame, sorted(set(county_level)) if told else None


def read_weights(path: Path) -> pl.DataFrame:
    """Read imported weights: drg, weight (a decimal number such as 1.2345)."""
    seen: dict[str, int] = {}
    weights = []
    for line in _lines(path, ["drg", "weight"]):
        drg, text = _given(line, "drg"), _given(line, "weight")
        if drg in seen:
            raise BadLookup(
                f"第 {line[0]} 行：病组 {drg} 已在第 {seen[drg]} 行",
                f"line {line[0]}: group {drg} already stands on line {seen[drg]}",
            )
        seen[drg] = line[0]
        try:
            scaled = Decimal(text) * WEIGHT
        except InvalidOperation:
            scaled = Decimal("NaN")
        if not scaled.is_finite() or not 0 <= scaled < 10**9 or scaled != scaled.to_integral_value():
            raise _fault(
                line[0], "weight", "0 以上、至多四位小数的数", "a number from 0, four decimals", text
            )
        weights.append(int(scaled))
    return pl.DataFrame({"drg": list(seen), "weight": weights}, schema={"drg": pl.String, "weight": pl.Int64})


def read_names(path: Path) -> pl.DataFrame:
    """Read a list of hospitals: one column `hospital`."""
    names = [_given(line, "hospital") for line in _lines(path, ["hospital"])]
    return pl.DataFrame({"hospital": names}, schema={"hospital": pl.String})


def _lines(path: Path, needed: Sequence[str]) -> Iterator[Line]:
    """Hand out the lines with their numbers, cells without surrounding blanks."""
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadLookup(f"{path.name} 既非 UTF-8 也非 GB 18030", f"{path.name} is neither UTF-8 nor GB 18030")
    rows = csv.reader(io.StringIO(text, newline=""))
    header = [cell.strip() for cell in next(rows, [])]
    if missing := [name for name in needed if name not in header]:
        raise BadLookup(
            f"{path.name} 缺少列 {'、'.join(missing)}；表头为 {'、'.join(header) or '空'}",
            f"{path.name} lacks the columns {', '.join(missing)}; it has {', '.join(header) or 'none'}",
        )
    for row in rows:
        if any(cell.strip() for cell in row):
            yield rows.line_num, dict(zip(header, (cell.strip() for cell in row), strict=False))


def _given(line: Line, column: str) -> str:
    if value := line[1].get(column, ""):
        return value
    raise _fault(line[0], column, "不为空", "something", "")


def _day(line: Line, column: str) -> dt.date | None:
    text = line[1].get(column, "")
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise _fault(line[0], column, "日期 YYYY-MM-DD", "a date YYYY-MM-DD", text) from None


def _refuse_overlaps(rows: Sequence[dict[str, Any]], key: str) -> None:
    """Refuse two rows of one key that are valid on the same day: a stay would count twice."""
    spans: dict[str, list[tuple[dt.date, dt.date, int]]] = defaultdict(list)
    for row in rows:
        since, until = row["valid_from"] or dt.date.min, row["valid_to"] or dt.date.max
        if since >= until:
            raise _fault(
                row["line"], "valid_to", f"晚于 {since}", f"a day after {since}", str(row["valid_to"])
            )
        spans[row[key]].append((since, until, row["line"]))
    for name, some in spans.items():
        some.sort()
        for (_, until, first), (since, _, second) in pairwise(some):
            if since < until:
                raise BadLookup(
                    f"{name} 的第 {first} 行与第 {second} 行有效期重叠",
                    f"lines {first} and {second} for {name} are valid at the same time",
                )


def _fault(line: int, column: str, zh: str, en: str, found: str) -> BadLookup:
    return BadLookup(
        f"第 {line} 行 {column} 列：应为{zh}，却是 {found!r}",
        f"line {line}, column {column}: expected {en}, found {found!r}",
    )
