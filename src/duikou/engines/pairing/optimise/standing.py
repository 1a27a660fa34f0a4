"""Where a plan stands, and what a small change of its pairs would do, counted on the spot.

Nothing is solved here: pairs are taken out or put in while all others stay, and only the
hospitals and counties that are touched are counted anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from duikou.engines.pairing.optimise.model import (
    CITY_TABLE,
    COVERAGE,
    DUPLICATE,
    UNBROKEN,
    Problem,
)

CITIES = "2"
"""The table of the cities' own supporters."""

Difference = tuple[int, ...]
"""Value after minus value before, level by level in the problem's order; compared lexicographically."""


class Refusal(StrEnum):
    """The hard rule that a change of pairs would break."""

    LOCKED = "locked"
    FORBIDDEN = "forbidden"
    CEILING = "ceiling"
    CAPACITY = "capacity"
    CHANGES = "changes"


class _Tally(NamedTuple):
    """What some hospitals and counties contribute to the levels."""

    breaches: Counter[str]
    unevenness: int
    met: int


class Standing:
    """The pairs of a plan by supporter, recipient and county."""

    def __init__(self, problem: Problem, chosen: Iterable[int]) -> None:
        self.problem = problem
        self.givers = problem.candidates.supporter.tolist()
        self.takers = problem.candidates.recipient.tolist()
        self._by_taker = np.argsort(problem.candidates.recipient, kind="stable")
        self._sorted_takers = problem.candidates.recipient[self._by_taker]
        self.chosen = {int(i) for i in chosen}
        self.of_supporter: list[set[int]] = [set() for _ in problem.supporters]
        self.of_recipient: list[set[int]] = [set() for _ in problem.recipients]
        self.recipients_in: list[list[int]] = [[] for _ in problem.counties]
        for number, recipient in enumerate(problem.recipients):
            self.recipients_in[recipient.county].append(number)
        for i in self.chosen:
            self.of_supporter[self.givers[i]].add(i)
            self.of_recipient[self.takers[i]].add(i)
        existing = set(np.flatnonzero(problem.candidates.existing).tolist())
        self.changes = len(existing ^ self.chosen) + problem.lost_pairs

    def candidates_of_supporter(self, supporter: int) -> list[int]:
        """Return all candidates of a supporter, chosen or not."""
        column = self.problem.candidates.supporter  # sorted
        first, last = np.searchsorted(column, [supporter, supporter + 1])
        return list(range(int(first), int(last)))

    def candidates_of_recipient(self, recipient: int) -> list[int]:
        """Return all candidates of a recipient, chosen or not."""
        first, last = np.searchsorted(self._sorted_takers, [recipient, recipient + 1])
        return self._by_taker[int(first) : int(last)].tolist()

    def covered(self, county: int) -> int:
        """Return how many recipients of a county have a supporter."""
        return sum(bool(self.of_recipient[one]) for one in self.recipients_in[county])

    def covered_by_city(self, county: int) -> int:
        """Return how many recipients of a county have a supporter of the cities' tables."""
        return sum(self._by_city(one) for one in self.recipients_in[county])

    def of_cities(self, candidate: int) -> bool:
        """Return whether a candidate's supporter stands in the cities' tables."""
        return self.problem.supporters[self.givers[candidate]].table == CITIES

    def months(self, supporter: int) -> int:
        """Return the person-months that a supporter's recipients ask for, as far as known."""
        return sum(self.problem.recipients[self.takers[i]].months or 0 for i in self.of_supporter[supporter])

    def difference(self, drop: Collection[int] = (), add: Collection[int] = ()) -> Difference:
        """Return what taking out and putting in these pairs does to every level."""
        touched = [*drop, *add]
        supporters = {self.givers[i] for i in touched}
        recipients = {self.takers[i] for i in touched}
        before = self._tally(supporters, recipients)
        self._move(drop, add)
        after = self._tally(supporters, recipients)
        self._move(add, drop)
        broken = after.breaches.copy()
        broken.subtract(before.breaches)
        return tuple(
            (0 if level.cost is None else sum(int(level.cost[i]) for i in add))
            - (0 if level.cost is None else sum(int(level.cost[i]) for i in drop))
            + sum(level.prices.get(rule, 0) * amount for rule, amount in broken.items())
            + level.evenness * (after.unevenness - before.unevenness)
            - level.coverage * (after.met - before.met)
            for level in self.problem.levels
        )

    def refusals(self, drop: Collection[int] = (), add: Collection[int] = ()) -> tuple[Refusal, ...]:
        """Return the hard rules that forbid taking out and putting in these pairs."""
        problem, found = self.problem, []
        if any(problem.candidates.locked[i] for i in drop):
            found.append(Refusal.LOCKED)
        if any(problem.candidates.forbidden[i] for i in add):
            found.append(Refusal.FORBIDDEN)
        changes = self.changes + sum(-1 if problem.candidates.existing[i] else 1 for i in add)
        changes -= sum(-1 if problem.candidates.existing[i] else 1 for i in drop)
        self._move(drop, add)
        growing = {self.givers[i] for i in add}
        if any(len(self.of_supporter[one]) > problem.supporters[one].ceiling for one in growing):
            found.append(Refusal.CEILING)
        if any(self._overworked(one) for one in growing):
            found.append(Refusal.CAPACITY)
        self._move(add, drop)
        if problem.max_changes is not None and changes > problem.max_changes:
            found.append(Refusal.CHANGES)
        return tuple(found)

    def _overworked(self, supporter: int) -> bool:
        capacity = self.problem.supporters[supporter].capacity_months
        return capacity is not None and self.months(supporter) > capacity

    def _by_city(self, recipient: int) -> bool:
        return any(self.of_cities(i) for i in self.of_recipient[recipient])

    def _move(self, drop: Iterable[int], add: Iterable[int]) -> None:
        for i in drop:
            self.of_supporter[self.givers[i]].discard(i)
            self.of_recipient[self.takers[i]].discard(i)
        for i in add:
            self.of_supporter[self.givers[i]].add(i)
            self.of_recipient[self.takers[i]].add(i)

    def _tally(self, supporters: Iterable[int], recipients: Collection[int]) -> _Tally:
        problem = self.problem
        breaches: Counter[str] = Counter()
        unevenness = met = 0
        for number in supporters:
            supporter, load = problem.supporters[number], len(self.of_supporter[number])
            outside = max(0, supporter.least - load) + max(0, load - supporter.most)
            breaches[supporter.rule or "load"] += outside
            if supporter.target is not None:
                unevenness += abs(load - supporter.target)
        for number in recipients:
            recipient, mine = problem.recipients[number], self.of_recipient[number]
            breaches[DUPLICATE] += max(0, len(mine) - recipient.most)
            breaches[UNBROKEN] += max(0, recipient.least - len(mine))
            if recipient.needs:
                strong = frozenset[str]().union(*(problem.supporters[self.givers[i]].strengths for i in mine))
                met += sum(weight for word, weight in recipient.needs.items() if word in strong)
        for number in {problem.recipients[one].county for one in recipients}:
            county = problem.counties[number]
            breaches[COVERAGE] += max(0, county.least - self.covered(number))
            if county.least_in_city_table:
                breaches[CITY_TABLE] += max(0, county.least_in_city_table - self.covered_by_city(number))
        return _Tally(breaches, unevenness, met)
