"""From one edition of codes to another, by a table that an authority publishes.

Front pages carry the clinical edition, groups are defined on the insurer's. A table has the
columns `from_code, to_code` and may have `from_name, to_name, edition_from, edition_to,
valid_from, source`. Each code is looked up once and all at the same time: editions exchange
numbers among themselves (A→B and B→C in one table), so a result is never looked up again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from duikou.engines.casemix.codes.normalise import normal_dx, normal_px, put
from duikou.engines.casemix.codes.tables import (
    CodeKind,
    CodeLines,
    Problems,
    day_of,
    kind_of,
    read_lines,
    refuse_numbers,
    the_same_everywhere,
)
from duikou.engines.casemix.codes.unmapped import Tally, Unmapped, columns_of

HEADERS: Final = {
    "from_code": ("from_dx", "from_px", "原编码", "源编码"),
    "to_code": ("to_dx", "to_px", "目标编码", "新编码"),
    "from_name": ("原名称", "源名称"),
    "to_name": ("目标名称", "新名称"),
    "edition_from": ("原版本", "源版本"),
    "edition_to": ("目标版本", "新版本"),
    "valid_from": ("启用日期", "生效日期"),
    "source": ("来源",),
}


@dataclass(frozen=True, slots=True)
class _InForce:
    """The pairs of one day: which codes are known, which change, which have no counterpart."""

    known: pl.Series
    targets: pl.Series
    changed_from: pl.Series
    changed_to: pl.Series
    without: pl.Series


@dataclass(frozen=True)
class Mapping:
    """A table that turns codes of one edition into those of another."""

    kind: CodeKind
    edition_from: str
    edition_to: str
    source: str
    pairs: pl.DataFrame  # from_code, to_code (null: no counterpart), valid_from (null: always)
    _of_day: dict[date | None, _InForce] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(
        cls, path: Path, *, kind: CodeKind | None = None, edition_from: str = "", edition_to: str = ""
    ) -> Mapping:
        """Read a table; what it does not say of itself can be given. Raises `BadCodeTable`."""
        found = read_lines(path, HEADERS, ("from_code", "to_code"))
        problems = Problems()
        refuse_numbers(found, ("from_code", "to_code"), problems)
        kind = kind_of(found, "from_code", kind, problems)
        edition_from = the_same_everywhere(found, "edition_from", edition_from, problems)
        edition_to = the_same_everywhere(found, "edition_to", edition_to, problems)
        source = "; ".join(dict.fromkeys(filter(None, (line.cells.get("source") for line in found.lines))))
        pairs = _pairs(found, kind, problems)
        if not (edition_from and edition_to and edition_from != edition_to):
            _refuse_circles(pairs, problems)
        problems.raise_any()
        return cls(kind, edition_from, edition_to, source, pairs.drop("line"))

    def apply(self, pages: pl.DataFrame, *, on: date | None = None) -> tuple[pl.DataFrame, Unmapped]:
        """Return the pages with their codes of this kind turned, and what could not be turned.

        `on` is the day whose table counts; without it the newest. A code that the table does not
        know stays as it is. So does one that is already of the target edition, which is counted apart.
        """
        table = self._in_force(on)
        tally = Tally()
        turned = []
        for column in columns_of(pages, self.kind):
            codes = pages[column].drop_nulls()
            at = codes.is_in(table.changed_from.implode()).arg_true()
            new = codes.gather(at).replace(table.changed_from, table.changed_to)
            tally.add(column, codes, changed=at.len())
            strange = codes.filter(~codes.is_in(table.known.implode()))
            if strange.len():
                already = strange.is_in(table.targets.implode())
                tally.already += int(already.sum())
                tally.note(column, strange.filter(~already), "unknown")
            if table.without.len():
                tally.note(column, codes.filter(codes.is_in(table.without.implode())), "no_counterpart")
            turned.append(put(pages[column], at, new) if at.len() else pages[column])
        return pages.with_columns(turned), tally.result()

    def _in_force(self, on: date | None) -> _InForce:
        if on not in self._of_day:
            valid = pl.lit(True) if on is None else pl.col("valid_from").fill_null(date.min) <= on
            pairs = (
                self.pairs.filter(valid)
                .sort("from_code", pl.col("valid_from").fill_null(date.min))
                .unique("from_code", keep="last", maintain_order=True)
            )
            changed = pairs.filter(pl.col("from_code") != pl.col("to_code"))
            self._of_day[on] = _InForce(
                pairs["from_code"],
                pairs["to_code"].drop_nulls().unique(),
                changed["from_code"],
                changed["to_code"],
                pairs.filter(pl.col("to_code").is_null())["from_code"],
            )
        return self._of_day[on]


def _pairs(found: CodeLines, kind: CodeKind, problems: Problems) -> pl.DataFrame:
    """Return the pairs in one spelling, each once; one code with two targets is a problem."""
    normal = normal_dx if kind is CodeKind.DIAGNOSIS else normal_px
    pairs = pl.DataFrame(
        {
            "line": pl.Series([line.number for line in found.lines], dtype=pl.UInt32),
            "from_code": normal(_column(found, "from_code")),
            "to_code": normal(_column(found, "to_code")),
            "valid_from": pl.Series(
                [day_of(line, "valid_from", problems) for line in found.lines], dtype=pl.Date
            ),
        }
    )
    for line in pairs.filter(pl.col("from_code").is_null())["line"]:
        problems.add(line, "from_code 是空的", "from_code is empty")
    pairs = pairs.drop_nulls("from_code").unique(
        ["from_code", "to_code", "valid_from"], keep="first", maintain_order=True
    )
    first: dict[tuple[str, date | None], tuple[int, str | None]] = {}
    for line, code, target, day in pairs.iter_rows():
        line_before, before = first.setdefault((code, day), (line, target))
        if before != target:
            problems.add(
                line,
                f"{code} 已在第 {line_before} 行对应 {before or '（无）'}；此行却是 {target or '（无）'}",
                f"{code} goes to {before or '(none)'} on line {line_before}, "
                f"but to {target or '(none)'} here",
            )
    return pairs


def _column(found: CodeLines, name: str) -> pl.Series:
    return pl.Series([line.cells[name] for line in found.lines], dtype=pl.String)


def _refuse_circles(pairs: pl.DataFrame, problems: Problems) -> None:
    """Note each circle: inside one edition it has no end. Between two editions it is a renumbering."""
    days: Iterable[date | None] = pairs["valid_from"].unique(maintain_order=True)
    for day in days:
        rows = pairs.filter(pl.col("valid_from").eq_missing(pl.lit(day, pl.Date))).drop_nulls("to_code")
        target = dict(zip(rows["from_code"], rows["to_code"], strict=True))
        line = dict(zip(rows["from_code"], rows["line"], strict=True))
        seen: set[str] = set()
        for start in target:
            path: dict[str, None] = {}
            code = start
            while code in target and code not in seen and target[code] != code:
                seen.add(code)
                path[code] = None
                code = target[code]
            if code in path:
                steps = list(path)
                circle = "→".join([*steps[steps.index(code) :], code])
                problems.add(
                    line[code],
                    f"编码循环 {circle}；如是两个版本互换编码，请写明 edition_from 与 edition_to",
                    f"codes go in a circle, {circle}; "
                    "if two editions exchange them, name edition_from and edition_to",
                )
