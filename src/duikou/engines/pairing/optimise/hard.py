"""The hard rules of a problem, and whether they can all hold: counted, without a solver.

Locks, prohibitions, ceilings and person-months each speak of one supporter, and the
budget of changes only adds the supporters' changes up. So the question "does any plan
exist?" is answered exactly by counting supporter by supporter: the locked pairs must
fit, and of the present pairs as many are kept as still fit, the lightest first. Pairs
that are neither present nor locked are never needed for an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from duikou.engines.pairing.optimise.model import Problem


class Family(StrEnum):
    """The five kinds of hard rules."""

    LOCKS = "locks"
    PROHIBITIONS = "prohibitions"
    CEILINGS = "ceilings"
    CAPACITIES = "capacities"
    CHANGES = "changes"


class Rule(NamedTuple):
    """One hard rule."""

    family: Family
    item: int = 0  # locks, prohibitions: the candidate; ceilings, capacities: the supporter


Rules = frozenset[Rule]


def of_family(problem: Problem, family: Family) -> Rules:
    """Return all rules of one kind that a problem has."""
    candidates = problem.candidates
    items: Iterable[int]
    match family:
        case Family.LOCKS:
            items = np.flatnonzero(candidates.locked).tolist()
        case Family.PROHIBITIONS:
            items = np.flatnonzero(candidates.forbidden).tolist()
        case Family.CEILINGS:
            items = range(len(problem.supporters))
        case Family.CAPACITIES:
            items = [i for i, one in enumerate(problem.supporters) if one.capacity_months is not None]
        case Family.CHANGES:
            items = () if problem.max_changes is None else (0,)
    return frozenset(Rule(family, item) for item in items)


def every_rule(problem: Problem) -> Rules:
    """Return all hard rules of a problem."""
    return frozenset[Rule]().union(*(of_family(problem, family) for family in Family))


def items(rules: Iterable[Rule], family: Family) -> list[int]:
    """Return the candidates or supporters that rules of one kind speak of, ascending."""
    return sorted(rule.item for rule in rules if rule.family is family)


def without(problem: Problem, member: Iterable[Rule]) -> Problem:
    """Return the problem with these hard rules given up."""
    rules = tuple(member)
    candidates, supporters = problem.candidates, list(problem.supporters)
    locked, forbidden = candidates.locked.copy(), candidates.forbidden.copy()
    locked[items(rules, Family.LOCKS)] = False
    forbidden[items(rules, Family.PROHIBITIONS)] = False
    for item in items(rules, Family.CEILINGS):
        # Nobody can have more recipients than there are: the ceiling says nothing any more.
        everyone = max(supporters[item].ceiling, len(problem.recipients))
        supporters[item] = replace(supporters[item], ceiling=everyone)
    for item in items(rules, Family.CAPACITIES):
        supporters[item] = replace(supporters[item], capacity_months=None)
    return replace(
        problem,
        supporters=supporters,
        candidates=replace(candidates, locked=locked, forbidden=forbidden),
        max_changes=None if items(rules, Family.CHANGES) else problem.max_changes,
    )


def only(problem: Problem, rules: Iterable[Rule]) -> Problem:
    """Return the problem with no other hard rules than these."""
    return without(problem, every_rule(problem) - frozenset(rules))


class Pair(NamedTuple):
    """A present or locked pair as the hard rules see it."""

    candidate: int
    months: int
    existing: bool
    locked: bool
    forbidden: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One supporter with its present and locked pairs, and the hard rules that speak of them."""

    number: int
    pairs: tuple[Pair, ...]
    ceiling: int
    capacity: int | None

    @property
    def locked(self) -> list[Pair]:
        """Return the locked pairs."""
        return [pair for pair in self.pairs if pair.locked]

    @property
    def clashes(self) -> list[Pair]:
        """Return the pairs that are locked and forbidden."""
        return [pair for pair in self.pairs if pair.locked and pair.forbidden]

    @property
    def locked_months(self) -> int:
        """Return the person-months that the locks ask for."""
        return sum(pair.months for pair in self.pairs if pair.locked)

    @property
    def too_many(self) -> bool:
        """Return whether the locks ask for more recipients than the ceiling."""
        return len(self.locked) > self.ceiling

    @property
    def too_heavy(self) -> bool:
        """Return whether the locks ask for more person-months than there are."""
        return self.capacity is not None and self.locked_months > self.capacity

    @property
    def fits(self) -> bool:
        """Return whether the locks agree with the prohibitions, the ceiling and the person-months."""
        return not (self.clashes or self.too_many or self.too_heavy)

    @property
    def least_changes(self) -> int:
        """Return the fewest pairs that must be added or dropped, if the locks fit."""
        room = self.ceiling - len(self.locked)
        months = None if self.capacity is None else self.capacity - self.locked_months
        light = sorted(p.months for p in self.pairs if p.existing and not p.locked and not p.forbidden)
        kept = 0
        for need in light:
            if kept >= room or (months is not None and need > months):
                break
            kept += 1
            months = None if months is None else months - need
        added = sum(not pair.existing for pair in self.locked)
        return added + sum(pair.existing and not pair.locked for pair in self.pairs) - kept

    @property
    def rules(self) -> Rules:
        """Return the hard rules that may bind here."""
        found = [Rule(Family.LOCKS, pair.candidate) for pair in self.pairs if pair.locked]
        found += [Rule(Family.PROHIBITIONS, pair.candidate) for pair in self.pairs if pair.forbidden]
        if len(self.pairs) > self.ceiling:
            found.append(Rule(Family.CEILINGS, self.number))
        if self.capacity is not None:
            found.append(Rule(Family.CAPACITIES, self.number))
        return frozenset(found)

    def under(self, rules: Rules) -> Side:
        """Return this supporter as if no other rules than these were in force."""
        return Side(
            self.number,
            tuple(
                pair._replace(
                    locked=pair.locked and Rule(Family.LOCKS, pair.candidate) in rules,
                    forbidden=pair.forbidden and Rule(Family.PROHIBITIONS, pair.candidate) in rules,
                )
                for pair in self.pairs
            ),
            self.ceiling if Rule(Family.CEILINGS, self.number) in rules else len(self.pairs),
            self.capacity if Rule(Family.CAPACITIES, self.number) in rules else None,
        )


def sides(problem: Problem) -> list[Side]:
    """Return every supporter with its present and locked pairs."""
    candidates = problem.candidates
    pairs: list[list[Pair]] = [[] for _ in problem.supporters]
    for index in np.flatnonzero(candidates.locked | candidates.existing).tolist():
        pairs[candidates.supporter[index]].append(
            Pair(
                index,
                problem.recipients[candidates.recipient[index]].months or 0,
                bool(candidates.existing[index]),
                bool(candidates.locked[index]),
                bool(candidates.forbidden[index]),
            )
        )
    return [
        Side(number, tuple(pairs[number]), supporter.ceiling, supporter.capacity_months)
        for number, supporter in enumerate(problem.supporters)
    ]


def keeps(of: Sequence[Side], allowed_changes: int | None) -> bool:
    """Return whether some plan keeps these supporters' rules and changes no more than allowed."""
    if not all(side.fits for side in of):
        return False
    return allowed_changes is None or sum(side.least_changes for side in of) <= allowed_changes


def allowed_changes(problem: Problem) -> int | None:
    """Return how many changes are left after the pairs that are lost in any case; None: any number."""
    return None if problem.max_changes is None else problem.max_changes - problem.lost_pairs


def feasible(problem: Problem) -> bool:
    """Return whether some plan keeps every hard rule."""
    return keeps(sides(problem), allowed_changes(problem))
