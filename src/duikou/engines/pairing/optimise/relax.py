"""The cheapest ways to give way when hard rules contradict each other.

A relaxation is a list of steps: drop a lock, lift a prohibition, raise a ceiling, add
person-months, allow more changes. What it costs is counted in units that give way, each
one alike: a lock, a prohibition, one recipient more, one person-month more, one change
more. The cheapest is proved by a small integer programme over the few pairs that the
hard rules speak of; alternatives are the cheapest with some kinds of steps left out,
and the single rules that each would do alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from duikou.engines.pairing.optimise import texts_contradiction as texts
from duikou.engines.pairing.optimise.hard import (
    Family,
    Rule,
    Rules,
    Side,
    allowed_changes,
    sides,
)
from duikou.engines.pairing.optimise.model import Plan, Problem
from duikou.engines.text import Text

_SINGLES = 5
"""Of the rules of one kind that would do alone, this many are named."""

_MANY = 1000
"""With more rules concerned than this, the cheapest way out of all would take minutes to find."""

_MOST = 12
"""More alternatives than this help nobody to decide."""


class Step(NamedTuple):
    """One hard rule that gives way, by how much (1 for locks and prohibitions)."""

    rule: Rule
    by: int


Steps = tuple[Step, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Relaxation:
    """Steps that together make the problem solvable.

    `plan` is what could be proposed then, where the caller passed a solver.
    """

    steps: Steps
    cost: int
    title: Text
    plan: Plan | None = None


def apply(problem: Problem, relaxation: Relaxation) -> Problem:
    """Return the problem after the steps of a relaxation."""
    candidates, supporters = problem.candidates, list(problem.supporters)
    locked, forbidden = candidates.locked.copy(), candidates.forbidden.copy()
    allowed = problem.max_changes
    for (family, item), by in relaxation.steps:
        match family:
            case Family.LOCKS:
                locked[item] = False
            case Family.PROHIBITIONS:
                forbidden[item] = False
            case Family.CEILINGS:
                supporters[item] = replace(supporters[item], ceiling=supporters[item].ceiling + by)
            case Family.CAPACITIES:
                months = (supporters[item].capacity_months or 0) + by
                supporters[item] = replace(supporters[item], capacity_months=months)
            case Family.CHANGES:
                allowed = (allowed or 0) + by
    return replace(
        problem,
        supporters=supporters,
        candidates=replace(candidates, locked=locked, forbidden=forbidden),
        max_changes=allowed,
    )


def alternatives(problem: Problem, solver: Callable[[Problem], Plan] | None = None) -> tuple[Relaxation, ...]:
    """Return ways out of a contradiction, cheapest first; with a solver, each with its plan."""
    of, changes = sides(problem), allowed_changes(problem)
    rules = _concerned(of, changes is not None)
    allowed = [
        rules,
        *(frozenset(rule for rule in rules if rule.family is not family) for family in Family),
        *(frozenset(rule for rule in rules if rule.family is family) for family in Family),
        *_alone(of, changes),
    ]
    search = cheapest_steps if len(rules) <= _MANY else _one_by_one
    found = {steps for one in dict.fromkeys(allowed) if (steps := search(problem, one))}
    ranked = sorted(found, key=lambda steps: (_cost(steps), len(steps), _order(steps)))
    named = (Relaxation(steps, _cost(steps), texts.steps(problem, steps)) for steps in ranked[:_MOST])
    if solver is None:
        return tuple(named)
    return tuple(replace(one, plan=solver(apply(problem, one))) for one in named)


def cheapest_steps(problem: Problem, allowed: Rules) -> Steps | None:
    """Return the cheapest steps that touch only the allowed rules; None when they cannot be enough."""
    return _cheapest(sides(problem), allowed_changes(problem), allowed)


def _one_by_one(problem: Problem, allowed: Rules) -> Steps | None:
    """Help each supporter for itself, then allow the changes that are missing; None when not allowed."""
    steps: list[Step] = []
    for side in sides(problem):
        if not side.fits:
            helped = _cheapest([side], None, allowed)
            if helped is None:
                return None
            steps += helped
    changes = allowed_changes(problem)
    if changes is not None:
        helped_problem = apply(problem, Relaxation(tuple(steps), 0, Text("", "")))
        missing = sum(side.least_changes for side in sides(helped_problem)) - changes
        if missing > 0:
            steps.append(Step(Rule(Family.CHANGES), missing))
    return tuple(sorted(steps)) if all(step.rule in allowed for step in steps) else None


def _cheapest(of: Sequence[Side], changes: int | None, allowed: Rules) -> Steps | None:
    """Solve the small programme.

    Unknowns: whether each present or locked pair stays, and by how much each rule gives way.
    """
    model = _Model()
    budget: list[tuple[int, int]] = []
    present = 0
    for side in of:
        if not _needs_help(side, changes is not None):
            continue  # and it cannot help another
        stays = [model.unknown(1) for _ in side.pairs]
        for pair, column in zip(side.pairs, stays, strict=True):
            if pair.locked:
                dropped = model.gives_way(Rule(Family.LOCKS, pair.candidate), allowed, most=1)
                model.row([(column, 1), (dropped, 1)], least=1)
            if pair.forbidden:
                lifted = model.gives_way(Rule(Family.PROHIBITIONS, pair.candidate), allowed, most=1)
                model.row([(column, 1), (lifted, -1)], most=0)
            budget.append((column, -1 if pair.existing else 1))
            present += pair.existing
        raised = model.gives_way(Rule(Family.CEILINGS, side.number), allowed)
        model.row([*((column, 1) for column in stays), (raised, -1)], most=side.ceiling)
        if side.capacity is not None:
            added = model.gives_way(Rule(Family.CAPACITIES, side.number), allowed)
            months = [(column, pair.months) for column, pair in zip(stays, side.pairs, strict=True)]
            model.row([*months, (added, -1)], most=side.capacity)
    if changes is not None:
        more = model.gives_way(Rule(Family.CHANGES), allowed)
        model.row([*budget, (more, -1)], most=changes - present)
    return model.solve()


class _Model:
    """A small integer programme: minimise the sum of what gives way."""

    def __init__(self) -> None:
        self.rules: dict[int, Rule] = {}
        self.upper: list[float] = []
        self.entries: list[tuple[int, int, int]] = []
        self.least: list[float] = []
        self.most: list[float] = []

    def unknown(self, most: float) -> int:
        """Add a whole number from 0 to `most`."""
        self.upper.append(most)
        return len(self.upper) - 1

    def gives_way(self, rule: Rule, allowed: Rules, most: float = np.inf) -> int:
        """Add by how much a rule gives way; nothing where that is not allowed."""
        column = self.unknown(most if rule in allowed else 0)
        self.rules[column] = rule
        return column

    def row(self, terms: list[tuple[int, int]], *, least: float = -np.inf, most: float = np.inf) -> None:
        """Demand that Σ factor × unknown lies between two numbers."""
        self.entries.extend((len(self.least), column, factor) for column, factor in terms)
        self.least.append(least)
        self.most.append(most)

    def solve(self) -> Steps | None:
        """Return what gives way in the cheapest solution."""
        if not self.upper:
            return ()
        cost = np.zeros(len(self.upper))
        cost[list(self.rules)] = 1
        rows, columns, factors = zip(*self.entries, strict=True)
        matrix = coo_array((factors, (rows, columns)), shape=(len(self.least), len(self.upper)))
        answer = milp(
            cost,
            integrality=np.ones(len(self.upper)),
            bounds=Bounds(0, np.array(self.upper)),
            constraints=LinearConstraint(matrix.tocsr(), self.least, self.most),
            options={"mip_rel_gap": 0},
        )
        if answer.x is None:
            return None
        amounts = {rule: round(answer.x[column]) for column, rule in self.rules.items()}
        return tuple(Step(rule, by) for rule, by in sorted(amounts.items()) if by)


def _concerned(of: Sequence[Side], budget: bool) -> Rules:
    """Return the rules of supporters that are in trouble, or that cost changes when changes are counted."""
    rules = {Rule(Family.CHANGES)} if budget else set()
    for side in of:
        if _needs_help(side, budget):
            rules |= side.rules
    return frozenset(rules)


def _needs_help(side: Side, budget: bool) -> bool:
    """Return whether a supporter's rules fail or, where changes are counted, cost some."""
    return not side.fits or (budget and side.least_changes > 0)


def _alone(of: Sequence[Side], changes: int | None) -> Iterator[Rules]:
    """Yield some rules of each kind that are enough when they alone give way."""
    unfit = {side.number for side in of if not side.fits}
    total = sum(side.least_changes for side in of)
    enough: list[Rule] = []
    for side in of:
        if unfit - {side.number} or not _needs_help(side, changes is not None):
            continue
        for rule in side.rules:
            freed = side.under(side.rules - {rule})
            after = total - side.least_changes + freed.least_changes
            if freed.fits and (changes is None or after <= changes):
                enough.append(rule)
    for family in Family:
        mine = sorted(rule for rule in enough if rule.family is family)
        yield from (frozenset([rule]) for rule in mine[:_SINGLES])


def _cost(steps: Steps) -> int:
    return sum(step.by for step in steps)


def _order(steps: Steps) -> list[tuple[int, int]]:
    families = list(Family)
    return [(families.index(step.rule.family), step.rule.item) for step in steps]
