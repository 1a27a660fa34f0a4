"""The fewest hard rules that force more changes to the present round than are allowed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from duikou.engines.pairing.optimise.hard import Family, Rule, Rules, allowed_changes, sides
from duikou.engines.pairing.optimise.model import Problem

_FEW = 12
"""Up to this many rules every combination is tried; above, none that is left is superfluous."""


def over_budget(problem: Problem) -> Rules | None:
    """Return the budget and the rules that exceed it; None when it is enough. The locks must fit."""
    allowed = allowed_changes(problem)
    busy = {side.number: side for side in sides(problem) if side.least_changes}
    total = sum(side.least_changes for side in busy.values())
    if allowed is None or total <= allowed:
        return None
    budget = frozenset({Rule(Family.CHANGES)})
    owner = {rule: side for side in busy.values() for rule in side.rules}

    def forced(rules: Rules, numbers: Iterable[int]) -> int:
        return sum(busy[number].under(rules).least_changes for number in numbers)

    if len(owner) <= _FEW:
        return budget | next(
            frozenset(chosen)
            for size in range(len(owner) + 1)
            for chosen in combinations(sorted(owner), size)
            if forced(frozenset(chosen), busy) > allowed
        )
    # Rules that force least on top of their supporter's others are left out first.
    marginal = {
        rule: side.least_changes - side.under(side.rules - {rule}).least_changes
        for rule, side in owner.items()
    }
    kept = {number: side.rules for number, side in busy.items()}
    for rule in sorted(owner, key=lambda one: (marginal[one], one)):
        number = owner[rule].number
        fewer = kept[number] - {rule}
        saved = forced(kept[number], [number]) - forced(fewer, [number])
        if total - saved > allowed:
            kept[number], total = fewer, total - saved
    return budget.union(*kept.values())
