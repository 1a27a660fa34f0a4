"""A problem kept solved, so that another set of locks and prohibitions takes milliseconds.

Only where no rule is hard to solve beyond a network: others may take long, and their
solves need limits. Two people who ask at once do not wait for each other: the second is
answered by a solve from the beginning, which gives the same plan.
"""

from __future__ import annotations

import threading

from duikou.engines.pairing.optimise.costs import Solver
from duikou.engines.pairing.optimise.instant import warm_solver
from duikou.engines.pairing.optimise.model import Plan, Problem
from duikou.engines.pairing.optimise.verify import check

QUICK = frozenset({"city_table"})  # reasons that break the network and are still solved in a blink


class Warm:
    """The solver of one problem, made at the first question."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._solver: Solver | None = None

    def solve(self, base: Problem, problem: Problem) -> Plan | None:
        """The checked plan of `problem`: `base` with other locks and prohibitions; None: solve it cold."""
        same = problem.candidates.supporter is base.candidates.supporter
        if not same or not QUICK.issuperset(problem.breaks_network) or not self._lock.acquire(blocking=False):
            return None
        try:
            self._solver = self._solver or warm_solver(base)
            return check(problem, self._solver(problem))
        except BaseException:
            self._solver = None  # where it stands is not known any more
            raise
        finally:
            self._lock.release()
