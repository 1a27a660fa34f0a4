"""Plan a round whose rules break the network, too large for one program: bound and improve.

`solve_large` goes level by level. Each level ends when it is proved or its share of the
budget is used up; the next keeps what was reached. A level that was not reached still
gets a bound. Cancelling keeps the best plan.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import highspy
import numpy as np

from duikou.engines.pairing.optimise import ties
from duikou.engines.pairing.optimise.assignment import Assignment
from duikou.engines.pairing.optimise.bounds import Relaxation
from duikou.engines.pairing.optimise.columns import Columns, breaches_of, values_of
from duikou.engines.pairing.optimise.flowbound import first_prices
from duikou.engines.pairing.optimise.model import (
    Breach,
    Cancelled,
    Flags,
    Level,
    LevelValue,
    Plan,
    Problem,
    Progress,
    Report,
    Status,
)
from duikou.engines.pairing.optimise.restate import restated
from duikou.engines.pairing.optimise.search import PATTERNS_UP_TO, Search, Tell
from duikou.engines.pairing.optimise.starts import fewest_changes
from duikou.engines.pairing.optimise.work import Budget

NAME = "decomposition"
PULSE = 0.2
"""Seconds after which a report is due although nothing changed."""


def solve_large(
    problem: Problem,
    *,
    seconds: float = 300.0,
    report: Report | None = None,
    work: float = float("inf"),
    clock: Callable[[], float] = time.monotonic,
) -> Plan:
    """Return the best plan found and how far from the best any plan can be.

    With `work` units as the only limit (`seconds=inf`) equal input gives the equal plan.
    """
    return _Solve(problem, Budget(seconds, work, clock), report).plan()


def improve(model: Assignment, budget: Budget, tell: Tell | None = None) -> Search | None:
    """Search a model of one level that is no pairing problem; None when no choice keeps its hard rules."""
    fewest = fewest_changes(Relaxation(model))
    if fewest is None:
        return None
    search = Search(model, 0, fewest, fewest, budget, tell or (lambda value, bound: None))
    search.run()
    return search


class _Solve:
    """One call: its levels, its curve, its best plan."""

    def __init__(self, problem: Problem, budget: Budget, report: Report | None) -> None:
        self.problem, self.budget, self.report = problem, budget, report
        self.cpu = time.process_time()
        self.levels: Sequence[Level] = problem.levels
        self.model = restated(problem, (*problem.levels, _ties(problem)))
        self.search: Search | None = None
        self.chosen: Flags = self.model.locked
        self.possible = True
        self.bounds: list[int] = []
        self.curve: list[Progress] = []
        self.told = budget.elapsed
        budget.pulse = self._pulse

    def plan(self) -> Plan:
        """Go through the levels and say what was reached."""
        fewest = fewest_changes(Relaxation(self.model))
        if fewest is None:
            self.possible = False
            return self._told(Status.INFEASIBLE)
        self.chosen = fewest
        status = Status.FEASIBLE
        try:
            self._levels(fewest)
        except Cancelled:
            status = Status.CANCELLED
        self._settle()
        return self._told(status)

    def _levels(self, fewest: Flags) -> None:
        count = len(self.levels)
        for index in range(count + 1):
            hidden = index == count
            if hidden and not self._proved():
                return
            # The last levels get what earlier ones leave; half of it goes to each on the way.
            left = 1.0 if index >= count - 1 else 0.5
            part = self.budget.part(left)
            self.search = Search(self.model, index, self.chosen, fewest, part, self._tell)
            self._tell(self.search.value, self.search.bound)
            self._first_prices(self.search)
            self.search.run()
            self._settle()
            self.budget.spent += part.spent

    def _first_prices(self, search: Search) -> None:
        """Ask the network inside the problem where prices from nothing would take long."""
        if search.level or search.done or self.model.arcs <= PATTERNS_UP_TO:
            return
        flowed = first_prices(self.problem, self.model, self.levels[0], search.value, search.budget)
        if flowed is not None:
            search.begin(flowed)

    def _settle(self) -> None:
        """Take over what the search of the present level has."""
        if self.search is None:
            return
        self.chosen = self.search.chosen
        if self.search.level < len(self.levels):
            self.bounds[self.search.level :] = [self.search.bound]
        self.search = None

    def _proved(self) -> bool:
        values = self.model.values(self.chosen)[: len(self.levels)]
        return list(values) == self.bounds

    def _tell(self, value: int, bound: int) -> None:
        """Add a point to the curve and report it."""
        if self.search is None or self.search.level >= len(self.levels):
            return
        point = Progress(self.budget.elapsed, self.levels[self.search.level].name, value, bound)
        if not self.curve or self.curve[-1][1:] != point[1:]:
            self.curve.append(point)
            self._say(point)

    def _pulse(self) -> None:
        """Report now and then that the solve goes on, so that a wish to stop is heard."""
        if self.curve and self.report is not None and self.budget.elapsed - self.told > PULSE:
            self._say(self.curve[-1]._replace(seconds=self.budget.elapsed))

    def _say(self, point: Progress) -> None:
        self.told = point.seconds
        if self.report is not None:
            self.report(point)

    def _told(self, status: Status) -> Plan:
        """Return the plan as it stands."""
        version = highspy.Highs().version()
        values: tuple[LevelValue, ...] = ()
        breaches: tuple[Breach, ...] = ()
        chosen = np.flatnonzero(self.chosen & self.possible).astype(np.int32)
        if self.possible:
            columns = Columns.of(self.problem)
            values = tuple(
                LevelValue(level.name, value, bound)
                for level, value, bound in zip(
                    self.levels,
                    values_of(self.problem, columns, chosen),
                    (*self.bounds, *self._other_bounds()),
                    strict=True,
                )
            )
            breaches = breaches_of(self.problem, columns, chosen)
            if status is Status.FEASIBLE and all(level.proved for level in values):
                status = Status.OPTIMAL
        return Plan(
            status,
            chosen,
            values,
            breaches,
            NAME,
            f"HiGHS {version}",
            self.budget.elapsed,
            time.process_time() - self.cpu,
            curve=tuple(self.curve),
        )

    def _other_bounds(self) -> list[int]:
        """Return a bound of each level that was not reached."""
        values = self.model.values(self.chosen)
        found = []
        for index in range(len(self.bounds), len(self.levels)):
            relaxation = Relaxation(self.model, values[:index])
            found.append(relaxation.answer(relaxation.neutral()).bound)
        return found


def _ties(problem: Problem) -> Level:
    """Return the hidden last level."""
    first = problem.levels[0]
    return Level("ties", first.title, first.unit, cost=ties.column(problem))
