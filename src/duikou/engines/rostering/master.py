"""The linear program that chooses one row for each person, and its growth by cheap rows.

Rows are columns here: each person takes exactly one, each demand is met, missed or exceeded. Its prices
on the demands tell which rows are worth adding (`priced`); the same prices give a bound on every roster
(Lagrange), valid at any moment, exact because prices are multiples of 1/1024.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import highspy
import numpy as np

from duikou.engines.rostering.layers import FAR, Floats
from duikou.engines.rostering.rows import Ints
from duikou.engines.rostering.sheet import Sheet, priced

EASE = 1e-6


@dataclass(slots=True)
class Pool:
    """Every row found so far."""

    persons: list[int] = field(default_factory=list)
    rows: list[Ints] = field(default_factory=list)
    costs: list[int] = field(default_factory=list)
    serves: list[Ints] = field(default_factory=list)
    seen: dict[tuple[int, bytes], int] = field(default_factory=dict)

    def add(self, sheet: Sheet, person: int, row: Ints) -> tuple[int, bool]:
        """The number of a row, and whether it is new."""
        key = (person, row.astype(np.int8).tobytes())
        if key in self.seen:
            return self.seen[key], False
        number = len(self.rows)
        self.seen[key] = number
        self.persons.append(person)
        self.rows.append(row)
        self.costs.append(sheet.row_cost(person, row))
        self.serves.append(sheet.covered(person, row))
        return number, True


class Master:
    """The program in HiGHS; columns: missing, surplus, then the rows of the pool."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.pool = Pool()
        demands = sheet.demands
        self.cover = len(demands.need)
        self.first = 2 * self.cover
        self.chosen: dict[int, int] = {}
        solver = highspy.Highs()
        solver.silent()
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("presolve", "off")
        none = np.zeros(0)
        need = demands.need.astype(np.float64)
        ones = np.ones(len(sheet.layers))
        solver.addRows(self.cover, need, need, 0, np.zeros(self.cover, np.int32), np.zeros(0, np.int32), none)
        solver.addRows(len(ones), ones, ones, 0, np.zeros(len(ones), np.int32), np.zeros(0, np.int32), none)
        for sign, weights in ((1.0, demands.under), (-1.0, demands.over)):
            solver.addCols(
                self.cover,
                weights.astype(np.float64),
                np.zeros(self.cover),
                np.full(self.cover, highspy.kHighsInf),
                self.cover,
                np.arange(self.cover, dtype=np.int32),
                np.arange(self.cover, dtype=np.int32),
                np.full(self.cover, sign),
            )
        self.solver = solver

    def add(self, found: Iterable[tuple[int, Ints]]) -> int:
        """Take rows in; how many were new."""
        new = []
        for person, row in found:
            number, is_new = self.pool.add(self.sheet, person, row)
            if is_new:
                new.append(number)
        if not new:
            return 0
        pool = self.pool
        parts = [np.r_[pool.serves[number], self.cover + pool.persons[number]] for number in new]
        starts = np.cumsum([0, *(len(part) for part in parts[:-1])]).astype(np.int32)
        index = np.concatenate(parts).astype(np.int32)
        self.solver.addCols(
            len(new),
            np.array([pool.costs[number] for number in new], dtype=np.float64),
            np.zeros(len(new)),
            np.ones(len(new)),
            len(index),
            starts,
            index,
            np.ones(len(index)),
        )
        return len(new)

    def fix(self, chosen: dict[int, int]) -> None:
        """Settle the persons of `chosen` on a row each and free all others."""
        count = len(self.pool.rows)
        lower, upper = np.zeros(count), np.ones(count)
        for person, number in chosen.items():
            upper[np.array(self.pool.persons) == person] = 0.0
            lower[number] = upper[number] = 1.0
        columns = np.arange(self.first, self.first + count, dtype=np.int32)
        self.solver.changeColsBounds(count, columns, lower, upper)
        self.chosen = dict(chosen)

    def solve(self) -> tuple[float, Floats, Floats]:
        """Value, prices of the demands, and how much of each row of the pool is taken."""
        self.solver.run()
        solution = self.solver.getSolution()
        duals = np.array(solution.row_dual)
        values = np.array(solution.col_value)
        value = float(self.solver.getInfo().objective_function_value)
        return value, duals[: self.cover], values[self.first :]


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The program's end: value, bound on every whole choice, what of each row is taken.

    `prices` and `least` belong to the bound: the prices of the demands, and what each person's cheapest
    row costs at them.
    """

    value: float
    bound: float
    taken: Floats
    prices: Floats
    least: dict[int, float]


def never() -> bool:
    """No limit of time."""
    return False


def grow(
    master: Master, *, rounds: int, stop_at: float = FAR, keep: int = 3, stop: Callable[[], bool] = never
) -> Relaxed:
    """Add cheap rows of the persons that are not settled until none is left, or `rounds` are over.

    Ends early where the bound exceeds `stop_at`: no better choice exists then.
    """
    best: tuple[float, Floats, dict[int, float]] = (-FAR, np.zeros(master.cover), {})
    value, duals, taken = master.solve()
    for _ in range(rounds):
        prices = master.sheet.clipped(duals)
        bound, least, found = _look(master, prices, keep)
        if bound > best[0]:
            best = bound, prices, least
        if best[0] > stop_at or stop() or not master.add(found):
            break
        value, duals, taken = master.solve()
    return Relaxed(value, best[0], taken, best[1], best[2])


def _look(
    master: Master, prices: Floats, keep: int
) -> tuple[float, dict[int, float], list[tuple[int, Ints]]]:
    """The bound at these prices, each free person's least, and cheap rows."""
    sheet, pool = master.sheet, master.pool
    bound = float((sheet.demands.need * prices).sum())
    for number in master.chosen.values():
        bound += pool.costs[number] - float(prices[pool.serves[number]].sum())
    least: dict[int, float] = {}
    found: list[tuple[int, Ints]] = []
    for person in sheet.persons:
        if person in master.chosen:
            continue
        cheap = priced(sheet, person, prices, keep)
        least[person] = cheap.least
        bound += cheap.least
        found.extend((person, row) for row in cheap.rows)
    return bound, least, found
