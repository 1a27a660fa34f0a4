"""The oracle in the shape of a solver."""

from __future__ import annotations

import numpy as np

from duikou.engines.pairing.optimise.model import LevelValue, Plan, Problem, Status
from tests.unit.engines.optimise import oracle


def brute_force(problem: Problem) -> Plan:
    """Return the best plan by trying every set of candidates."""
    answer = oracle.best(problem)
    chosen = answer.chosen if answer else ()
    levels = zip(problem.levels, answer.values if answer else (), strict=bool(answer))
    return Plan(
        status=Status.OPTIMAL if answer else Status.INFEASIBLE,
        chosen=np.array(chosen, dtype=np.int32),
        values=tuple(LevelValue(level.name, value, value) for level, value in levels),
        breaches=tuple(oracle.breaches_of(problem, frozenset(chosen))) if answer else (),
        regime="exact",
        solver="brute force",
        seconds=0.0,
        cpu_seconds=0.0,
    )
