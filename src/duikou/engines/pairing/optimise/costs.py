"""What it costs to have one pair otherwise: by solving again, or at least so much, from duals.

A solver is any function from a problem to its best plan; callers pass the regime that
suits, or a session that answers edits while warm.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from duikou.engines.pairing.optimise import texts_why as texts
from duikou.engines.pairing.optimise.contradiction import contradiction
from duikou.engines.pairing.optimise.model import Plan, Problem, Status
from duikou.engines.pairing.optimise.standing import Difference
from duikou.engines.text import Text

Solver = Callable[[Problem], Plan]

LowerBound = Callable[[int], Difference | None]
"""What it costs at least to have a candidate the other way round, without solving again; None: unknown."""


class Certainty(StrEnum):
    """How well a cost is known."""

    EXACT = "exact"  # both plans are proved
    AT_LEAST = "at_least"  # proved from below
    IMPOSSIBLE = "impossible"  # no plan keeps the hard rules then
    UNKNOWN = "unknown"  # the solve ended without a proof, or nobody asked for one


class Move(NamedTuple):
    """One pair that would come or go."""

    candidate: int
    added: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """What a wish costs, level by level, and the pairs that would move."""

    certainty: Certainty
    difference: Difference  # empty when impossible or unknown; the first levels only where a proof ends there
    moves: tuple[Move, ...]  # empty unless solved again
    text: Text


def to_remove(problem: Problem, plan: Plan, candidate: int, solver: Solver) -> Cost:
    """Return what it costs that a chosen pair is not made (its lock, if any, is dropped for that)."""
    return _solved(problem, plan, problem.edited(forbid=[candidate]), candidate, solver)


def to_force(problem: Problem, plan: Plan, candidate: int, solver: Solver) -> Cost:
    """Return what it costs that a pair is made (its prohibition, if any, is lifted for that)."""
    return _solved(problem, plan, problem.edited(lock=[candidate]), candidate, solver)


def at_least(problem: Problem, candidate: int, bound: LowerBound | None) -> Cost:
    """Return a cost that is proved from below without solving again; unknown without duals."""
    difference = bound(candidate) if bound else None
    if difference is None:
        return Cost(Certainty.UNKNOWN, (), (), texts.NOT_SOLVED)
    return Cost(Certainty.AT_LEAST, difference, (), texts.at_least(problem, difference))


def chain(problem: Problem, before: Collection[int], after: Collection[int], start: int) -> tuple[Move, ...]:
    """Return the pairs that differ: from `start` along shared hospitals, those linked otherwise last."""
    givers, takers = problem.candidates.supporter, problem.candidates.recipient
    left = sorted(set(before) ^ set(after))
    ordered: list[int] = []
    ends = [start]
    while left:
        linked = [
            i for i in left if any(givers[i] == givers[end] or takers[i] == takers[end] for end in ends)
        ]
        found = linked or left[:1]  # moves elsewhere: through a county or the budget of changes
        ordered += found
        left = [i for i in left if i not in found]
        ends = found
    ordered.sort(key=lambda i: i != start)  # a stable sort: only the start moves to the front
    now = set(after)
    return tuple(Move(i, i in now) for i in ordered)


def _solved(problem: Problem, plan: Plan, edited: Problem, candidate: int, solver: Solver) -> Cost:
    other = solver(edited)
    if other.status is Status.INFEASIBLE:
        why = contradiction(edited)
        return Cost(Certainty.IMPOSSIBLE, (), (), texts.impossible(why.message if why else None))
    if not other.values:
        return Cost(Certainty.UNKNOWN, (), (), texts.NOT_SOLVED)
    moves = chain(problem, plan.chosen.tolist(), other.chosen.tolist(), candidate)
    moved = [(texts.pair(problem, move.candidate), move.added) for move in moves]
    lower = _proved(plan, other)
    if all(level.proved for level in other.values):
        return Cost(Certainty.EXACT, lower, moves, texts.exact(problem, lower, moved))
    return Cost(Certainty.AT_LEAST, lower, moves, texts.at_least(problem, lower))


def _proved(plan: Plan, other: Plan) -> Difference:
    """Return how far the other plan is proved to be from this one, up to its first level without a proof."""
    found = []
    for new, old in zip(other.values, plan.values, strict=True):
        found.append(new.bound - old.value)
        if not new.proved:
            break
    return tuple(found)
