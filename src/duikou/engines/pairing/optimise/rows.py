"""A problem as sparse rows and columns of a linear model, every side rule included.

The first columns are the candidates (chosen or not); behind them stand *derived* columns
whose best value follows from the choice alone: what a load lacks or has too much, whether
a recipient has anybody, whether a department is met. Every number is whole, so that a
bound can be proved without a tolerance.

Only what some level prices gets a row; what no level prices cannot matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from duikou.engines.pairing.optimise.model import (
    CITY_TABLE,
    COVERAGE,
    DUPLICATE,
    UNBROKEN,
    Indexes,
    Ints,
    Problem,
)
from duikou.engines.pairing.optimise.sheet import FAR, Sheet

LOAD = "load"
"""What a supporter without a rule is priced and reported by."""


@dataclass(frozen=True, eq=False, slots=True)
class Rows:
    """lower ≤ columns ≤ upper, row_lower ≤ A·columns ≤ row_upper; minimise each level of `costs`, in order.

    A is held by column: the entries of column j are `start[j]:start[j + 1]` of `index` (row)
    and `entry`. Bounds of rows beyond ±`FAR` are none.
    """

    candidates: int
    lower: Ints
    upper: Ints
    row_lower: Ints
    row_upper: Ints
    start: Indexes
    index: Indexes
    entry: Ints
    costs: tuple[Ints, ...]
    constants: tuple[int, ...]
    met: tuple[Ints, Ints]  # derived columns that are 1 where their row counts any; and those rows
    under: tuple[Ints, Ints]  # derived columns that fill their row up to its lower bound
    over: tuple[Ints, Ints]  # derived columns that take what its row has above its upper bound

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return len(self.lower)

    def activity(self, columns: Ints) -> Ints:
        """Return A·columns."""
        spread = np.repeat(columns, np.diff(self.start)) * self.entry
        at = np.flatnonzero(spread)
        sums = np.bincount(self.index[at], weights=spread[at], minlength=len(self.row_lower))
        return sums.astype(np.int64)  # exact: far below 2**53

    def transposed(self, rows: Ints) -> Ints:
        """Return Aᵀ·rows, exactly."""
        sums = np.concatenate(([0], np.cumsum(rows[self.index] * self.entry)))
        return sums[self.start[1:]] - sums[self.start[:-1]]

    def complete(self, chosen: npt.ArrayLike) -> Ints:
        """Return all columns of a choice of candidates, the derived ones at their best."""
        columns = np.zeros(self.columns, dtype=np.int64)
        columns[np.asarray(chosen, dtype=np.int64)] = 1
        met, counting = self.met
        if len(met):
            columns[met] = np.minimum(1, -self.activity(columns)[counting])
        activity = self.activity(columns)
        under, rows = self.under
        columns[under] = np.maximum(0, self.row_lower[rows] - activity[rows])
        over, rows = self.over
        columns[over] = np.maximum(0, activity[rows] - self.row_upper[rows])
        return columns

    def allow(self, columns: Ints) -> bool:
        """Whether complete columns keep every hard rule (locks and prohibitions apart)."""
        activity = self.activity(columns)
        inside = (activity >= self.row_lower) & (activity <= self.row_upper)
        return bool(inside.all() and (columns >= self.lower).all() and (columns <= self.upper).all())

    def kept(self, cost: Ints, most: int) -> Rows:
        """Return these rows with one more: `cost` stays within `most`."""
        at = np.flatnonzero(cost)
        columns = np.concatenate((np.repeat(np.arange(self.columns), np.diff(self.start)), at))
        order = np.argsort(columns, kind="stable")
        index = np.concatenate((self.index, np.full(len(at), len(self.row_lower), dtype=np.int32)))
        start = np.zeros(self.columns + 1, dtype=np.int32)
        np.cumsum(np.bincount(columns, minlength=self.columns), out=start[1:])
        return replace(
            self,
            row_lower=np.append(self.row_lower, -FAR),
            row_upper=np.append(self.row_upper, most),
            start=start,
            index=index[order],
            entry=np.concatenate((self.entry, cost[at]))[order],
        )

    def value(self, level: int, columns: Ints) -> int:
        """Return what complete columns reach at a level."""
        return self.constants[level] + int((self.costs[level] * columns).sum())


def rows_of(problem: Problem) -> Rows:
    """Return the linear model of a problem, with one row of costs per level."""
    sheet = Sheet(problem)
    _supporters(sheet)
    _recipients(sheet)
    _counties(sheet)
    _capacities(sheet)
    _changes(sheet)
    _departments(sheet)
    _evenness(sheet)
    start, index, entry = sheet.by_column()
    columns = sheet.columns
    costs = []
    for number, level in enumerate(problem.levels):
        cost = np.zeros(columns, dtype=np.int64)
        if level.cost is not None:
            cost[: sheet.candidates] = level.cost
        for at, price in sheet.prices[number]:
            cost[at] += price
        costs.append(cost)
    return Rows(
        candidates=sheet.candidates,
        lower=np.array(sheet.lower, dtype=np.int64),
        upper=np.array(sheet.upper, dtype=np.int64),
        row_lower=np.array(sheet.row_lower, dtype=np.int64),
        row_upper=np.array(sheet.row_upper, dtype=np.int64),
        start=start,
        index=index,
        entry=entry,
        costs=tuple(costs),
        constants=tuple(level.constant for level in problem.levels),
        met=sheet.derived("met"),
        under=sheet.derived("under"),
        over=sheet.derived("over"),
    )


def _supporters(sheet: Sheet) -> None:
    """least ≤ load + under − over ≤ most, and load ≤ ceiling."""
    counts = np.bincount(sheet.supporter, minlength=len(sheet.problem.supporters))
    row_of = np.full(len(counts), -1)
    for number, supporter in enumerate(sheet.problem.supporters):
        rule = supporter.rule or LOAD
        row_of[number] = _counted(
            sheet,
            int(counts[number]),
            least=supporter.least if sheet.priced(rule) else 0,
            most=supporter.most if sheet.priced(rule) else FAR,
            ceiling=supporter.ceiling,
            under=rule,
            over=rule,
        )
    sheet.count(row_of[sheet.supporter])


def _recipients(sheet: Sheet) -> None:
    """least ≤ number of supporters + under − over ≤ most."""
    counts = np.bincount(sheet.recipient, minlength=len(sheet.problem.recipients))
    row_of = np.full(len(counts), -1)
    for number, recipient in enumerate(sheet.problem.recipients):
        row_of[number] = _counted(
            sheet,
            int(counts[number]),
            least=recipient.least if sheet.priced(UNBROKEN) else 0,
            most=recipient.most if sheet.priced(DUPLICATE) else FAR,
            ceiling=FAR,
            under=UNBROKEN,
            over=DUPLICATE,
        )
    sheet.count(row_of[sheet.recipient])


def _counted(sheet: Sheet, count: int, least: int, most: int, ceiling: int, under: str, over: str) -> int:
    """Add the row of one range over `count` candidates; return its number, −1 where none is needed.

    One row holds range and ceiling together: what may lie above `most` is bounded by the
    ceiling, and where `least` is above the ceiling, the lack is at least their difference.
    """
    top = min(count, ceiling)
    least = max(least, 0)
    lacks, exceeds = least > 0, most < top
    if not (lacks or exceeds or ceiling < count):
        return -1
    row = sheet.row(least if lacks else -FAR, most if exceeds else max(top, least))
    if lacks:
        sheet.column("under", row, under, lower=max(0, least - top), upper=least)
    if exceeds:
        sheet.column("over", row, over, upper=top - most)
    return row


def _counties(sheet: Sheet) -> None:
    """Different recipients with a supporter (from the city's table) + under ≥ least."""
    counties = sheet.problem.counties
    everybody = np.ones(sheet.candidates, dtype=bool)
    table = np.array([supporter.table == "2" for supporter in sheet.problem.supporters], dtype=bool)
    _cover(sheet, COVERAGE, [county.least for county in counties], everybody)
    leasts = [county.least_in_city_table for county in counties]
    _cover(sheet, CITY_TABLE, leasts, table[sheet.supporter] if len(table) else everybody)


def _cover(sheet: Sheet, rule: str, leasts: list[int], counting: npt.NDArray[np.bool_]) -> None:
    """Add the rows of one rule of counties; only `counting` candidates help.

    Where one recipient is enough, or a recipient has one candidate, the candidates
    themselves are counted; elsewhere whether the recipient has any.
    """
    if not sheet.priced(rule):
        return
    need = np.array(leasts, dtype=np.int64)
    row_of = np.full(len(need), -1)
    for number in np.flatnonzero(need > 0).tolist():
        row_of[number] = sheet.row(leasts[number], FAR)
        sheet.column("under", int(row_of[number]), rule, upper=leasts[number])
    if not (row_of >= 0).any():
        return
    county_of = np.array([recipient.county for recipient in sheet.problem.recipients], dtype=np.int64)
    counts = np.bincount(sheet.recipient[counting], minlength=len(county_of))
    apart = (counts > 1) & (need[county_of] > 1)
    met_row = np.full(len(county_of), -1)
    for number in np.flatnonzero(apart).tolist():
        met_row[number] = sheet.row(-FAR, 0)
        column = sheet.column("met", int(met_row[number]), None, upper=1)
        sheet.enter(int(row_of[county_of[number]]), column, 1)
    sheet.count(np.where(counting & ~apart[sheet.recipient], row_of[county_of[sheet.recipient]], -1))
    sheet.count(np.where(counting & apart[sheet.recipient], met_row[sheet.recipient], -1), -1)


def _capacities(sheet: Sheet) -> None:
    """Person-months of a supporter's recipients ≤ what it has free; unknown ones are left out."""
    if all(supporter.capacity_months is None for supporter in sheet.problem.supporters):
        return
    months = np.array([recipient.months or 0 for recipient in sheet.problem.recipients], dtype=np.int64)
    asked = months[sheet.recipient]
    row_of = np.full(len(sheet.problem.supporters), -1)
    for number, supporter in enumerate(sheet.problem.supporters):
        if supporter.capacity_months is not None:
            row_of[number] = sheet.row(-FAR, supporter.capacity_months)
    sheet.count(np.where(asked > 0, row_of[sheet.supporter], -1), asked)


def _changes(sheet: Sheet) -> None:
    """Added + dropped pairs ≤ the budget."""
    budget = sheet.problem.max_changes
    if budget is None:
        return
    existing = sheet.problem.candidates.existing
    row = sheet.row(-FAR, budget - sheet.problem.lost_pairs - int(existing.sum()))
    sheet.count(np.full(sheet.candidates, row), np.where(existing, -1, 1))


def _departments(sheet: Sheet) -> None:
    """A recipient's need of a department is met by any supporter strong in it.

    Departments of a recipient that the same candidates meet share one column.
    """
    rewards = [level.coverage for level in sheet.problem.levels]
    if not any(rewards):
        return
    strong: dict[str, npt.NDArray[np.bool_]] = {}
    for recipient in sheet.problem.recipients:
        for department in recipient.needs:
            if department not in strong:
                strong[department] = np.array(
                    [department in supporter.strengths for supporter in sheet.problem.supporters], dtype=bool
                )
    order = np.argsort(sheet.recipient, kind="stable")
    ends = np.cumsum(np.bincount(sheet.recipient, minlength=len(sheet.problem.recipients)))
    for number, recipient in enumerate(sheet.problem.recipients):
        if not recipient.needs or number >= len(ends):
            continue
        own = order[ends[number - 1] if number else 0 : ends[number]]
        weights: dict[bytes, int] = {}
        for department, weight in recipient.needs.items():
            helpful = strong[department][sheet.supporter[own]]
            if weight and helpful.any():
                weights[helpful.tobytes()] = weights.get(helpful.tobytes(), 0) + weight
        for pattern, weight in weights.items():
            row = sheet.row(-FAR, 0)
            column = sheet.column("met", row, None, upper=1)
            for level, reward in enumerate(rewards):
                if reward:
                    sheet.prices[level].append((column, -reward * weight))
            sheet.fill(row, own[np.frombuffer(pattern, dtype=bool)], -1)


def _evenness(sheet: Sheet) -> None:
    """Load + below − above = target."""
    evenness = [level.evenness for level in sheet.problem.levels]
    if not any(evenness):
        return
    counts = np.bincount(sheet.supporter, minlength=len(sheet.problem.supporters))
    row_of = np.full(len(counts), -1)
    for number, supporter in enumerate(sheet.problem.supporters):
        if supporter.target is None:
            continue
        row = sheet.row(supporter.target, supporter.target)
        row_of[number] = row
        sides = [sheet.column("under", row, None, upper=max(0, supporter.target))]
        sides.append(sheet.column("over", row, None, upper=max(0, int(counts[number]) - supporter.target)))
        for level, price in enumerate(evenness):
            if price:
                sheet.prices[level].extend((column, price) for column in sides)
    sheet.count(row_of[sheet.supporter])
