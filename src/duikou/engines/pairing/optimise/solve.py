"""Solve a problem by the regime that its shape allows, and check the answer.

A network is solved exactly as one. A problem with rules that break the network is
first solved without them: when the best plan keeps them all the same, and loses
nothing by them, it is the best plan (see `_by_luck`). Else the whole model is solved
where that is known to be quick, and taken apart into bounds and blocks where it is not.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from duikou.engines.pairing.optimise.decompose import solve_large
from duikou.engines.pairing.optimise.exact import solve_exact
from duikou.engines.pairing.optimise.lexicographic import solve_network
from duikou.engines.pairing.optimise.model import Ints, Level, Plan, Problem, Report, Status
from duikou.engines.pairing.optimise.process import isolated
from duikou.engines.pairing.optimise.validate import validate
from duikou.engines.pairing.optimise.verify import check

QUICK = frozenset({"city_table", "changes"})
"""Side rules with which the whole model is still proved in a blink, however many candidates there are."""

WHOLE, SHARE = 2_000, 0.25
"""Up to so many candidates the whole model gets this share of the time before it is taken apart."""

_WORK = "duikou.engines.pairing.optimise.solve:solved"


def solve(
    problem: Problem, *, seconds: float = 60, report: Report | None = None, isolate: bool = False
) -> Plan:
    """The best plan that can be found and proved in the time given, checked by `verify`.

    `isolate` solves in a process of its own, with a limit of memory, so that nothing
    that happens to a solver happens to the caller. Raises BadProblem for a problem that
    is not sound; one whose hard rules contradict each other gives an INFEASIBLE plan.
    """
    validate(problem)
    if isolate:
        plan = isolated(_WORK, problem, seconds=seconds, report=report)
    else:
        plan = solved(problem, seconds=seconds, report=report)
    return check(problem, plan)


def solved(problem: Problem, *, seconds: float = 60, report: Report | None = None) -> Plan:
    """The same, unchecked and in this process."""
    if not problem.breaks_network:
        return solve_network(problem, report=report)
    plan = _by_luck(problem, report)
    if plan is not None:
        return plan
    if QUICK.issuperset(problem.breaks_network):
        return solve_exact(problem, seconds=seconds, report=report)
    if len(problem.candidates) > WHOLE:
        return solve_large(problem, seconds=seconds, report=report)
    whole = solve_exact(problem, seconds=seconds * SHARE, report=report)
    if whole.status is not Status.FEASIBLE:
        return whole
    parts = solve_large(problem, seconds=seconds * (1 - SHARE), report=report)
    return better(whole, parts)


def better(one: Plan, other: Plan) -> Plan:
    """The better of two plans of one problem, with what both prove of the first level; equal: the first.

    Bounds of later levels hold for a plan's own values at the levels before, so they stay its own.
    """
    if not other.values:
        return one
    if not one.values:
        return other
    won = min(one, other, key=lambda plan: [level.value for level in plan.values])
    bound = max(one.values[0].bound, other.values[0].bound)
    return replace(won, values=(replace(won.values[0], bound=bound), *won.values[1:]))


def _by_luck(problem: Problem, report: Report | None) -> Plan | None:
    """The plan of the problem without its side rules, if it is the best one with them too.

    Every plan is worth at least as little without the side rules, at every level. So
    when the best plan without them keeps them and is worth the same with them, no plan
    is better, level by level; and the one that breaks ties is the same as well.
    """
    plan = solve_network(without_side_rules(problem), report=report)
    if plan.status in (Status.INFEASIBLE, Status.CANCELLED):
        return plan
    if plan.status is Status.OPTIMAL and check(problem, plan).verified:
        return plan
    return None


def without_side_rules(problem: Problem) -> Problem:
    """A network that allows every plan of the problem, each at no higher value."""
    return replace(
        problem,
        supporters=tuple(replace(one, capacity_months=None) for one in problem.supporters),
        counties=tuple(replace(one, least_in_city_table=0) for one in problem.counties),
        levels=tuple(_per_pair(problem, level) for level in problem.levels),
        max_changes=None,
    )


def _per_pair(problem: Problem, level: Level) -> Level:
    """Departments rewarded once per pair: the same with one supporter, more with several."""
    if not level.coverage:
        return level
    met = level.coverage * needs_met(problem)
    return replace(level, coverage=0, cost=-met if level.cost is None else level.cost - met)


def needs_met(problem: Problem) -> Ints:
    """Weights of the recipient's needs that the supporter of each candidate is strong in."""
    columns = problem.candidates
    needs, strengths = (
        [one.needs for one in problem.recipients],
        [one.strengths for one in problem.supporters],
    )
    pairs = zip(columns.supporter.tolist(), columns.recipient.tolist(), strict=True)
    return np.fromiter(
        (
            sum(weight for word, weight in needs[taker].items() if word in strengths[giver])
            if needs[taker] and strengths[giver]
            else 0
            for giver, taker in pairs
        ),
        dtype=np.int64,
        count=len(columns),
    )
