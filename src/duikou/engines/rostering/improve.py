"""From the linear program to whole rosters: dive, then free some persons again and again.

A neighbourhood is a set of persons whose rows are open while all others keep theirs. Its own linear
program is grown first: where its bound says that nothing better is inside, it costs only that.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from duikou.engines.rostering.layers import FAR, Floats
from duikou.engines.rostering.master import EASE, Master, Relaxed, grow

Stop = Callable[[], bool]
Choice = dict[int, int]
"""The row of each person, by its number in the pool."""


def cost_of(master: Master, choice: Choice) -> int:
    """What a whole choice costs."""
    return master.sheet.cost([master.pool.rows[choice[person]] for person in master.sheet.persons])


def dive(master: Master, stop: Stop, worth: float = FAR) -> Choice | None:
    """Settle the persons one after another on what the program takes most of; add rows on the way.

    None where the bound on the way reaches `worth`, or where time is over.
    """
    settled: Choice = dict(master.chosen)
    before = dict(settled)
    try:
        while True:
            master.fix(settled)
            relaxed = grow(master, rounds=8, keep=4, stop_at=worth, stop=stop)
            if relaxed.bound >= worth or stop():
                return None
            persons = np.array(master.pool.persons)
            some = [
                int(number)
                for number in np.flatnonzero(relaxed.taken > EASE)
                if int(persons[number]) not in settled
            ]
            some.sort(key=lambda number: -relaxed.taken[number])
            whole = {int(persons[number]): number for number in some if relaxed.taken[number] > 1 - EASE}
            settled |= whole
            rest = [number for number in some if int(persons[number]) not in settled]
            if not rest:
                return settled
            settled[int(persons[rest[0]])] = rest[0]
    finally:
        master.fix(before)


def whole(
    master: Master,
    relaxed: Relaxed,
    incumbent: Choice,
    value: int,
    seconds: float,
    slack: float | None = None,
) -> tuple[Choice | None, bool]:
    """The best choice among the rows of the pool, and whether that search was complete.

    Rows that cost more than `value` allows at the program's prices are left out: no better choice has them.
    """
    sheet, pool = master.sheet, master.pool
    demands = sheet.demands
    free = [person for person in sheet.persons if person not in master.chosen]
    gap = value - 1 - relaxed.bound if slack is None else slack
    prices = relaxed.prices
    dearest = {person: relaxed.least[person] + gap + EASE for person in free}
    numbers = [
        number
        for number, person in enumerate(pool.persons)
        if person in dearest
        and (
            pool.costs[number] - float(prices[pool.serves[number]].sum()) <= dearest[person]
            or incumbent[person] == number
        )
    ]
    served = np.zeros(len(demands.need))
    settled = 0
    for number in master.chosen.values():
        served[pool.serves[number]] += 1
        settled += pool.costs[number]
    solver = _stated(master, numbers, free, demands.need - served)
    solver.setOptionValue("time_limit", max(0.1, seconds))
    start = highspy.HighsSolution()
    start.col_value = _values(master, numbers, incumbent, demands.need)
    solver.setSolution(start)
    solver.run()
    complete = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    if not np.isfinite(solver.getInfo().objective_function_value):
        return None, complete
    taken = np.array(solver.getSolution().col_value)[2 * master.cover :]
    found = dict(master.chosen)
    for position in np.flatnonzero(taken > 0.5):
        found[pool.persons[numbers[position]]] = numbers[position]
    if len(found) < len(sheet.layers) or cost_of(master, found) >= value:
        return None, complete
    return found, complete


def _values(master: Master, numbers: list[int], incumbent: Choice, need: np.ndarray) -> list[float]:
    served = np.zeros(len(need))
    for number in incumbent.values():
        served[master.pool.serves[number]] += 1
    kept = set(incumbent.values())
    rows = [1.0 if number in kept else 0.0 for number in numbers]
    return [*np.maximum(0, need - served), *np.maximum(0, served - need), *rows]


def _stated(master: Master, numbers: list[int], free: list[int], need: Floats) -> highspy.Highs:
    """The whole-number program over some rows of the pool."""
    sheet, pool, cover = master.sheet, master.pool, master.cover
    place = {person: cover + index for index, person in enumerate(free)}
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 0.999)  # costs are whole numbers
    sides = np.r_[need, np.ones(len(free))]
    solver.addRows(
        len(sides), sides, sides, 0, np.zeros(len(sides), np.int32), np.zeros(0, np.int32), np.zeros(0)
    )
    arange = np.arange(cover, dtype=np.int32)
    for sign, weights in ((1.0, sheet.demands.under), (-1.0, sheet.demands.over)):
        top = np.full(cover, highspy.kHighsInf)
        solver.addCols(
            cover,
            weights.astype(np.float64),
            np.zeros(cover),
            top,
            cover,
            arange,
            arange,
            np.full(cover, sign),
        )
    parts = [np.r_[pool.serves[number], place[pool.persons[number]]] for number in numbers]
    starts = np.cumsum([0, *(len(part) for part in parts[:-1])]).astype(np.int32)
    index = np.concatenate(parts).astype(np.int32)
    count = len(numbers)
    costs = np.array([pool.costs[number] for number in numbers], dtype=np.float64)
    solver.addCols(
        count, costs, np.zeros(count), np.ones(count), len(index), starts, index, np.ones(len(index))
    )
    columns = np.arange(2 * cover, 2 * cover + count, dtype=np.int32)
    solver.changeColsIntegrality(count, columns, np.array([highspy.HighsVarType.kInteger] * count))
    return solver


@dataclass(slots=True)
class Neighbourhoods:
    """Which persons to free next: one that costs more than its cheapest row, with others at random."""

    master: Master
    root: Relaxed
    chance: random.Random
    size: int = 5

    def next(self, incumbent: Choice) -> list[int]:
        """Persons to free."""
        pool, prices = self.master.pool, self.root.prices
        persons = list(self.master.sheet.persons)
        weights = [
            0.3
            + pool.costs[incumbent[person]]
            - float(prices[pool.serves[incumbent[person]]].sum())
            - self.root.least[person]
            for person in persons
        ]
        free: list[int] = []
        while persons and len(free) < self.size:
            index = self.chance.choices(range(len(persons)), [max(0.3, weight) for weight in weights])[0]
            free.append(persons.pop(index))
            weights.pop(index)
        return free


def improve(
    master: Master,
    root: Relaxed,
    incumbent: Choice,
    *,
    stop: Stop,
    chance: random.Random,
    better: Callable[[Choice, int], None],
    patience: int | None = None,
) -> tuple[Choice, int]:
    """Free persons until time is over or the cost meets the bound. `better` hears of each gain.

    `patience`: so many neighbourhoods without a gain end it as well.
    """
    value = cost_of(master, incumbent)
    near = Neighbourhoods(master, root, chance, size=min(6, len(master.sheet.layers)))
    vain = 0
    while not stop() and value > np.ceil(root.bound) and (patience is None or vain < patience):
        free = near.next(incumbent)
        master.fix({person: number for person, number in incumbent.items() if person not in free})
        relaxed = grow(master, rounds=25, keep=4, stop_at=value - 1 + EASE, stop=stop)
        found = None
        if relaxed.bound <= value - 1 + EASE:
            found, _ = whole(master, relaxed, incumbent, value, seconds=3.0)
        if found is not None:
            incumbent, value, vain = found, cost_of(master, found), 0
            better(incumbent, value)
            continue
        vain += 1
        if vain % 25 == 0:  # larger ones when small ones give nothing
            near.size = min(near.size + 1, len(master.sheet.layers))
    master.fix({})
    return incumbent, value
