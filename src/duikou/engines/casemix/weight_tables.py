"""Weights of a scheme's groups that somebody has set (权重表): read and held against the scheme.

A table has a line for each group. Everything that is wrong with it is told with its line;
groups of the scheme that it leaves out are named, so that a person can decide.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from duikou.engines.casemix.codes.tables import FromNumber, Line, Problems, read_lines, refuse_numbers

SCALE: Final = 10_000  # weights count in ten-thousandths
MOST: Final = 1000  # times the average stay: no group weighs as much
HEADERS: Final = {
    "drg": ("病组", "病组编码", "drg编码"),
    "weight": ("权重", "基准权重", "相对权重", "rw"),
    "name": ("病组名称", "名称"),
}
_NOISE: Final = Decimal("1e-9")  # of a binary fraction in a workbook


@dataclass(frozen=True, slots=True)
class WeightTable:
    """The weights, in 1e-4, by their groups, and the groups of the scheme that have none."""

    weights: dict[str, int]
    missing: tuple[str, ...]


def read(path: Path, groups: Collection[str]) -> WeightTable:
    """Return the weights of a .csv or .xlsx; raises BadCodeTable with every problem."""
    found = read_lines(path, HEADERS, ("drg", "weight"))
    problems = Problems()
    refuse_numbers(found, ["drg"], problems)
    known, first = frozenset(groups), dict[str, int]()
    weights: dict[str, int] = {}
    for line in found.lines:
        drg, weight = line.cells["drg"].strip().upper(), _weight(line, problems)
        if drg not in known:
            problems.add(
                line.number,
                f"drg（病组）应为方案中的病组；实际为 {drg[:30] or '空'}",
                f"drg should be a group of the scheme; found {drg[:30] or 'nothing'}",
            )
        elif first.setdefault(drg, line.number) != line.number:
            problems.add(
                line.number,
                f"drg（病组）{drg} 已在第 {first[drg]} 行；每个病组一行",
                f"drg {drg} is on line {first[drg]} already; each group has one line",
            )
        elif weight is not None:
            weights[drg] = weight
    problems.raise_any()
    return WeightTable(weights, tuple(group for group in groups if group not in weights))


def _weight(line: Line, problems: Problems) -> int | None:
    cell = line.cells["weight"]
    try:
        number = Decimal(cell)
    except InvalidOperation:
        number = Decimal("NaN")
    scaled = number * SCALE
    if isinstance(cell, FromNumber) and scaled.is_finite() and abs(scaled - round(scaled)) < _NOISE * SCALE:
        scaled = Decimal(round(scaled))
    if scaled.is_finite() and 0 <= number < MOST and scaled == scaled.to_integral_value():
        return int(scaled)
    problems.add(
        line.number,
        f"weight（权重）应为 0 以上、小于 {MOST}、至多四位小数的数；实际为 {cell[:30] or '空'}",
        f"weight should be a number from 0 to below {MOST} with at most four decimals; "
        f"found {cell[:30] or 'nothing'}",
    )
    return None
