"""Costs of wishes without solving from scratch: at least so much, from duals; exactly, from a session.

In the network regime every pair has a price at each level: what it costs when everything
else is valued at what a unit is worth there. Having the pair the other way round costs no
less. Where several prices support the plan, those found may show no cost though there is one.
"""

from __future__ import annotations

import numpy as np

from duikou.engines.pairing.optimise.costs import LowerBound, Solver
from duikou.engines.pairing.optimise.exact import ExactSession
from duikou.engines.pairing.optimise.model import Problem
from duikou.engines.pairing.optimise.pricing import reduced_costs, solve_with_duals
from duikou.engines.pairing.optimise.session import Session
from duikou.engines.pairing.optimise.standing import Difference


def lower_bounds(problem: Problem) -> LowerBound | None:
    """Return the lower bounds of a problem that is a network; None for others and without any plan.

    Locked and forbidden pairs have none: they are no choice of the plan.
    """
    if problem.breaks_network:
        return None
    plan, duals = solve_with_duals(problem)
    if duals is None:
        return None
    candidates, prices = problem.candidates, reduced_costs(problem, duals)
    away = np.ones(len(candidates), dtype=np.int64)
    away[plan.chosen] = -1  # of a chosen pair the price is what having it saves

    def bound(candidate: int) -> Difference | None:
        if candidates.locked[candidate] or candidates.forbidden[candidate]:
            return None
        return tuple(int(away[candidate] * level[candidate]) for level in prices)

    return bound


def warm_solver(problem: Problem) -> Solver:
    """Return a solver of this problem with other locks and prohibitions, each solve from where it stood."""
    session = ExactSession(problem) if problem.breaks_network else Session(problem)
    return session.turn_to
