"""Solve functions that misbehave, for the tests of solves in processes of their own."""

from __future__ import annotations

import os
import time

import numpy as np

from duikou.engines.pairing.optimise.exact import solve_exact
from duikou.engines.pairing.optimise.first import first_plan
from duikou.engines.pairing.optimise.model import BadProblem, Plan, Problem, Progress
from duikou.engines.pairing.optimise.telling import Keeper
from duikou.engines.text import Text

LONG = 120.0


def deaf(problem: Problem, *, seconds: float, report: Keeper) -> Plan:
    """Send one plan and its proof at the first level, then hear nothing any more."""
    first = first_plan(problem)
    assert first is not None
    report.keep(first)
    level = problem.levels[0].name
    report(Progress(0.1, level, 7, -1000))
    time.sleep(LONG)
    raise AssertionError("nobody ended this process")


def silent(problem: Problem, *, report: Keeper) -> Plan:
    """Never say a word."""
    time.sleep(LONG)
    raise AssertionError("nobody ended this process")


def hungry(problem: Problem, *, report: Keeper) -> Plan:
    """Take more memory than there is leave for."""
    return solve_exact(problem, seconds=float(len(np.ones(1 << 30))))


def aborting(problem: Problem, *, report: Keeper) -> Plan:
    """Die as a fault in foreign code makes a process die."""
    first = first_plan(problem)
    assert first is not None
    report.keep(first)
    os.abort()


def leaving(problem: Problem, *, report: Keeper) -> Plan:
    """End the process without a word."""
    os._exit(3)


def failing(problem: Problem, *, report: Keeper) -> Plan:
    """Fail as a solver with a defect would."""
    raise ZeroDivisionError("pivot")


def refusing(problem: Problem, *, report: Keeper) -> Plan:
    """Find fault with the problem."""
    raise BadProblem(Text("候选对重复", "A pair stands twice."))
