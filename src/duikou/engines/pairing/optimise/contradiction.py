"""Why nothing fits: the hard rules that contradict each other, counted, and the ways out.

Two views of the same contradiction:

* `Contradiction.members`: groups of rules ("the locks of these two hospitals", "their
  ceilings"). To give up any one group makes the whole problem solvable; all groups
  together, without any other rule, do not fit.
* `Contradiction.conflicts`: one for each separate reason, in single rules, as few as
  possible: to give up any single rule of a conflict resolves that conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from duikou.engines.pairing.optimise import texts_contradiction as texts
from duikou.engines.pairing.optimise.budget import over_budget
from duikou.engines.pairing.optimise.hard import (
    Family,
    Pair,
    Rule,
    Rules,
    Side,
    allowed_changes,
    feasible,
    keeps,
    only,
    sides,
    without,
)
from duikou.engines.pairing.optimise.model import Plan, Problem
from duikou.engines.pairing.optimise.relax import Relaxation, alternatives, apply
from duikou.engines.text import Text

__all__ = ["Conflict", "Contradiction", "Member", "apply", "contradiction", "without"]


@dataclass(frozen=True, slots=True)
class Member:
    """Hard rules that are given up together, and what they are called."""

    rules: tuple[Rule, ...]
    title: Text

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)


@dataclass(frozen=True, slots=True)
class Conflict:
    """One reason why nothing fits: the count in words, and single rules of which none is superfluous."""

    reason: Text
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Hard rules that cannot all hold, and the ways out, cheapest first."""

    message: Text
    members: tuple[Member, ...]
    conflicts: tuple[Conflict, ...]
    relaxations: tuple[Relaxation, ...]


def contradiction(problem: Problem, solver: Callable[[Problem], Plan] | None = None) -> Contradiction | None:
    """Explain why no plan exists; None when one does. With a solver, each way out comes with its plan."""
    if feasible(problem):
        return None
    conflicts = _conflicts(problem)
    return Contradiction(
        _message(problem),
        tuple(_member(problem, rules) for rules in _groups(problem)),
        conflicts,
        alternatives(problem, solver),
    )


def _member(problem: Problem, rules: Iterable[Rule]) -> Member:
    ordered = tuple(sorted(rules))
    return Member(ordered, texts.rules(problem, ordered))


def _message(problem: Problem) -> Text:
    """Say in one sentence for each kind of contradiction what is asked and what there is."""
    of = sides(problem)
    clashes = [pair.candidate for side in of for pair in side.clashes]
    crowded = [side for side in of if side.too_many]
    tired = [side for side in of if side.too_heavy]
    less = _with_fewer_locks(problem)
    return texts.joined(
        [
            *([texts.locked_and_forbidden([texts.pair(problem, i) for i in clashes])] if clashes else []),
            *([_count(problem, crowded)] if crowded else []),
            *([_weigh(problem, tired)] if tired else []),
            *([texts.too_many_changes(less)] if not feasible(less) else []),
        ]
    )


def _count(problem: Problem, of: Sequence[Side]) -> Text:
    names = [problem.supporters[side.number].name for side in of]
    return texts.too_many(names, sum(side.ceiling for side in of), sum(len(side.locked) for side in of))


def _weigh(problem: Problem, of: Sequence[Side]) -> Text:
    names = [problem.supporters[side.number].name for side in of]
    most = sum(side.capacity or 0 for side in of)
    return texts.too_heavy(names, most, sum(side.locked_months for side in of))


# ------------------------------------------------------------------------- separate reasons


def _conflicts(problem: Problem) -> tuple[Conflict, ...]:
    """Return every separate reason, the one with the fewest rules first."""
    found: list[tuple[Rules, Text]] = []
    for side in sides(problem):
        found.extend(_conflicts_of(problem, side))
    budget = over_budget(_with_fewer_locks(problem))
    if budget is not None:
        found.append((budget, texts.too_many_changes(only(problem, budget))))
    found.sort(key=lambda one: (len(one[0]), sorted(one[0])))
    return tuple(
        Conflict(reason, tuple(_member(problem, [rule]) for rule in sorted(rules))) for rules, reason in found
    )


def _conflicts_of(problem: Problem, side: Side) -> list[tuple[Rules, Text]]:
    """Return the reasons that lie with one supporter."""
    found = []
    for pair in side.clashes:
        both = frozenset({_lock(pair), Rule(Family.PROHIBITIONS, pair.candidate)})
        found.append((both, texts.locked_and_forbidden([texts.pair(problem, pair.candidate)])))
    if side.too_many:
        enough = side.locked[: max(0, side.ceiling + 1)]
        rules = frozenset({Rule(Family.CEILINGS, side.number), *map(_lock, enough)})
        found.append((rules, _count(problem, [side])))
    if side.too_heavy:
        heavy: list[Pair] = []
        for pair in sorted(side.locked, key=lambda one: -one.months):
            if side.capacity is not None and sum(one.months for one in heavy) > side.capacity:
                break
            heavy.append(pair)
        rules = frozenset({Rule(Family.CAPACITIES, side.number), *map(_lock, heavy)})
        found.append((rules, _weigh(problem, [side])))
    return found


def _lock(pair: Pair) -> Rule:
    return Rule(Family.LOCKS, pair.candidate)


def _with_fewer_locks(problem: Problem) -> Problem:
    """Return the problem without the locks that do not fit: what still contradicts is the budget of changes.

    New pairs and heavy ones go first, so that few changes remain.
    """
    dropped = []
    for side in sides(problem):
        kept = side
        for pair in sorted(side.locked, key=lambda one: (not one.forbidden, one.existing, -one.months)):
            if kept.fits:
                break
            dropped.append(_lock(pair))
            pairs = (one._replace(locked=False) if one == pair else one for one in kept.pairs)
            kept = replace(kept, pairs=tuple(pairs))
    return without(problem, dropped)


# --------------------------------------------------------------------------------- groups


def _groups(problem: Problem) -> list[Rules]:
    """Return as many groups of rules as there can be, each of which alone, given up, resolves everything.

    Kinds of rules are the building blocks; what has no part in the contradiction is left out.
    """
    of, changes = sides(problem), allowed_changes(problem)
    budget = frozenset({Rule(Family.CHANGES)} if changes is not None else ())
    everything = budget.union(*(side.rules for side in of))

    def hold(rules: Rules) -> bool:
        return keeps([side.under(rules) for side in of], changes if budget <= rules else None)

    kinds = [frozenset(rule for rule in everything if rule.family is family) for family in Family]
    enough: list[frozenset[int]] = []
    for size in range(1, len(kinds) + 1):
        for given_up in map(frozenset, combinations([i for i, kind in enumerate(kinds) if kind], size)):
            smaller = any(one <= given_up for one in enough)
            if not smaller and hold(everything.difference(*(kinds[i] for i in given_up))):
                enough.append(given_up)
    groups = [frozenset[Rule]().union(*(kinds[i] for i in one)) for one in _most_disjoint(enough)]
    for concerned in (_at_odds(of), _at_odds(of) | budget.union(*_costly(of)), everything):
        narrow = [group & concerned for group in groups]
        if all(hold(everything - group) for group in narrow) and not hold(frozenset[Rule]().union(*narrow)):
            break
    return narrow


def _most_disjoint(sets: list[frozenset[int]]) -> tuple[frozenset[int], ...]:
    """Return as many sets as possible that share nothing; among equally many those with the fewest parts."""
    for size in range(len(sets), 0, -1):
        fitting = [
            chosen
            for chosen in combinations(sets, size)
            if sum(map(len, chosen)) == len(frozenset[int]().union(*chosen))
        ]
        if fitting:
            return min(fitting, key=lambda chosen: sum(map(len, chosen)))
    raise AssertionError("one set alone shares nothing")


def _at_odds(of: Iterable[Side]) -> Rules:
    """Return the rules of supporters whose locks do not fit."""
    found: set[Rule] = set()
    for side in of:
        for pair in side.clashes:
            found |= {_lock(pair), Rule(Family.PROHIBITIONS, pair.candidate)}
        if side.too_many:
            found |= {Rule(Family.CEILINGS, side.number), *map(_lock, side.locked)}
        if side.too_heavy:
            heavy = (pair for pair in side.locked if pair.months)
            found |= {Rule(Family.CAPACITIES, side.number), *map(_lock, heavy)}
    return frozenset(found)


def _costly(of: Iterable[Side]) -> Iterator[Rules]:
    """Yield the rules of supporters that cost changes."""
    return (side.rules for side in of if side.least_changes or not side.fits)
