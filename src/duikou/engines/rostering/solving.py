"""Make a roster: rows as columns with a bound, whole models for what is small or too wide."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence

import numpy as np

from duikou.engines.rostering.check import check, cost
from duikou.engines.rostering.faults import RosterFault, faults, impossible
from duikou.engines.rostering.improve import Choice, cost_of, dive, improve
from duikou.engines.rostering.layers import TooWide
from duikou.engines.rostering.master import Master, Relaxed, grow
from duikou.engines.rostering.model import Assignment, Problem, Solution
from duikou.engines.rostering.sheet import Sheet, priced, sheet_of
from duikou.engines.text import Text

SMALL = 900
"""Cells (person, day, shift) up to which CP-SAT proves in seconds what the columns leave open."""

TOO_SHORT = Text(
    "规定时间内没有找到可行的排班，请延长时间。",
    "No lawful roster was found in the time allowed; allow more time.",
)

Report = Callable[[int, int, float], None]
"""Hears of cost, bound and seconds."""


def solve(
    problem: Problem,
    seconds: float = 60.0,
    *,
    seed: int = 1,
    hint: Sequence[Assignment] = (),
    report: Report | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
) -> Solution:
    """The best roster found in that time, with a bound; earlier where it is proved.

    Raises RosterFault, with words, where the problem is faulty or somebody has no lawful row.
    """
    wrong = faults(problem) or impossible(problem)
    if wrong:
        raise RosterFault(wrong)
    run = _Run(problem, seconds, seed, report, cancelled, clock)
    lawful = bool(hint) and not any(conflict.hard for conflict in check(problem, hint))
    try:
        sheet = sheet_of(problem)
    except TooWide:
        return run.by_model(tuple(hint) if lawful else (), 0)
    return run.by_columns(sheet, tuple(hint) if lawful else ())


class _Run:
    """One call of `solve`: its clock, its best roster."""

    def __init__(
        self,
        problem: Problem,
        seconds: float,
        seed: int,
        report: Report | None,
        cancelled: Callable[[], bool],
        clock: Callable[[], float],
    ) -> None:
        self.problem, self.seconds, self.seed = problem, seconds, seed
        self.report, self.cancelled, self.clock = report, cancelled, clock
        self.began, self.processor = clock(), time.process_time()

    def left(self) -> float:
        """Seconds that are left."""
        return self.seconds - (self.clock() - self.began)

    def ended(self, roster: tuple[Assignment, ...], value: int, bound: int) -> Solution:
        """The answer."""
        self.tell(value, bound)
        return Solution(roster, value, bound, time.process_time() - self.processor)

    def tell(self, value: int, bound: int) -> None:
        """Pass progress on."""
        if self.report is not None:
            self.report(value, bound, self.clock() - self.began)

    def by_columns(self, sheet: Sheet, hint: tuple[Assignment, ...]) -> Solution:
        """Rows as columns; then, for a small department that is not proved, the whole model."""
        small = len(self.problem.staff) * self.problem.days * len(self.problem.shifts) <= SMALL
        reserve = 0.8 * self.seconds if small else 0.0

        def stop() -> bool:
            return self.cancelled() or self.left() < reserve

        master, start = _seeded(sheet, hint)
        root = grow(master, rounds=500, keep=5, stop=stop)
        bound = _up(root)
        found = dive(master, stop)
        if found is None or (hint and cost_of(master, start) < cost_of(master, found)):
            found = start
        self.tell(cost_of(master, found), bound)
        found, value = improve(
            master,
            root,
            found,
            stop=stop,
            chance=random.Random(self.seed),  # noqa: S311 - a search, not a secret
            better=lambda _, value: self.tell(value, bound),
            patience=3 * len(sheet.persons) if small else None,
        )
        roster = sheet.roster([master.pool.rows[found[person]] for person in sheet.persons])
        if value > bound and small and not self.cancelled():
            return self.by_model(roster, bound)
        return self.ended(roster, value, min(bound, value))

    def by_model(self, roster: tuple[Assignment, ...], bound: int) -> Solution:
        """The whole model, from a roster where there is one."""
        from duikou.engines.rostering.exact import solve_whole  # CP-SAT is slow to load, and seldom needed

        found = solve_whole(self.problem, self.left(), seed=self.seed, hint=roster, bound=bound)
        value = cost(check(self.problem, roster)) if roster else None
        if found is not None and (value is None or found.cost <= value):
            return self.ended(found.roster, found.cost, found.bound)
        if value is None:
            raise RosterFault((TOO_SHORT,))
        return self.ended(roster, value, max(bound, found.bound if found else 0))


def _seeded(sheet: Sheet, hint: tuple[Assignment, ...]) -> tuple[Master, Choice]:
    """The program with a row for each person, and those rows as a choice."""
    master = Master(sheet)
    nothing = np.zeros(master.cover)
    rows = sheet.rows(hint) if hint else [priced(sheet, person, nothing).rows[0] for person in sheet.persons]
    master.add(enumerate(rows))
    return master, {person: master.pool.add(sheet, person, row)[0] for person, row in enumerate(rows)}


def _up(root: Relaxed) -> int:
    """The bound as a whole number: prices are exact, so nothing is lost by rounding up."""
    return max(0, math.ceil(root.bound))
