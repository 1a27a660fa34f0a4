"""What each rule costs the whole plan, and which pairs would please both sides and are not in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from duikou.engines.pairing.optimise import texts_why as texts
from duikou.engines.pairing.optimise.columns import Columns, values_of
from duikou.engines.pairing.optimise.costs import Solver
from duikou.engines.pairing.optimise.hard import Family, of_family, without
from duikou.engines.pairing.optimise.model import CITY_TABLE, Plan, Problem, Status
from duikou.engines.pairing.optimise.standing import Difference, Standing
from duikou.engines.text import Text

MOST_BLOCKING = 20
"""So many pairs that both sides would like better are shown."""


@dataclass(frozen=True, slots=True)
class RulePrice:
    """What every level gains (negative) when a rule is switched off, the levels before it first.

    `gain` is empty where the solve ended without a proof.
    """

    rule: str
    title: Text
    gain: Difference
    moved: int  # pairs that come or go then
    text: Text


@dataclass(frozen=True, slots=True)
class Blocking:
    """A pair that is better, for both hospitals, than what one of them has; evidence for "why not?"."""

    candidate: int
    instead_of: tuple[int, ...]  # the chosen pairs that it would replace
    difference: Difference  # what that does to every level
    text: Text


def rule_prices(problem: Problem, plan: Plan, solver: Solver) -> tuple[RulePrice, ...]:
    """Solve once without each rule that is priced and each kind of hard rule; what do the levels gain?"""
    return tuple(_price(name, loose, plan, solver) for name, loose in _one_rule_less(problem))


def without_rule(problem: Problem, rule: str) -> Problem:
    """Return the problem in which breaking a priced rule costs nothing."""
    levels = [
        replace(level, prices={name: price for name, price in level.prices.items() if name != rule})
        for level in problem.levels
    ]
    if rule != CITY_TABLE:
        return replace(problem, levels=levels)
    # Without the demand the problem may be a network again.
    counties = [replace(county, least_in_city_table=0) for county in problem.counties]
    return replace(problem, levels=levels, counties=counties)


def _one_rule_less(problem: Problem) -> Iterator[tuple[str, Problem]]:
    priced = dict.fromkeys(rule for level in problem.levels for rule, price in level.prices.items() if price)
    for rule in priced:
        yield rule, without_rule(problem, rule)
    for family in Family:
        if rules := of_family(problem, family):
            yield family.value, without(problem, rules)


def _price(rule: str, loose: Problem, plan: Plan, solver: Solver) -> RulePrice:
    other, title = solver(loose), texts.rule(rule)
    if other.status is not Status.OPTIMAL:
        return RulePrice(rule, title, (), 0, texts.NOT_SOLVED)
    # Both plans are valued without the rule, so that its own breaches are no gain.
    now = values_of(loose, Columns.of(loose), plan.chosen)
    gain = tuple(new.value - old for new, old in zip(other.values, now, strict=True))
    moved = len(set(other.chosen.tolist()) ^ set(plan.chosen.tolist()))
    return RulePrice(rule, title, gain, moved, texts.price(loose, title, gain))


def blocking_pairs(problem: Problem, plan: Plan) -> tuple[Blocking, ...]:
    """Return pairs that rank before a chosen pair of the supporter (or it has room) and of the recipient.

    A pair ranks by its own costs, most important level first.
    """
    columns, standing = problem.candidates, Standing(problem, plan.chosen)
    costs = [level.cost for level in problem.levels if level.cost is not None]
    if not costs or not len(columns):
        return ()
    table = np.stack(costs, axis=1)
    rank = np.unique(table, axis=0, return_inverse=True)[1].reshape(-1)
    worst_given = np.full(len(problem.supporters), -1)
    worst_taken = np.full(len(problem.recipients), -1)
    chosen = sorted(standing.chosen)
    np.maximum.at(worst_given, columns.supporter[chosen], rank[chosen])
    np.maximum.at(worst_taken, columns.recipient[chosen], rank[chosen])
    room = np.array([len(standing.of_supporter[i]) < one.most for i, one in enumerate(problem.supporters)])
    alone = np.array([not standing.of_recipient[i] for i in range(len(problem.recipients))])
    supporter_gains = room[columns.supporter] | (rank < worst_given[columns.supporter])
    recipient_gains = alone[columns.recipient] | (rank < worst_taken[columns.recipient])
    gains = supporter_gains & recipient_gains & ~columns.forbidden
    gains[chosen] = False
    found = np.flatnonzero(gains)
    best = found[np.argsort(rank[found], kind="stable")][:MOST_BLOCKING]
    return tuple(_blocking(standing, rank, int(i), has_room=bool(room[columns.supporter[i]])) for i in best)


def _blocking(standing: Standing, rank: np.ndarray, candidate: int, *, has_room: bool) -> Blocking:
    given = standing.of_supporter[standing.givers[candidate]]
    taken = standing.of_recipient[standing.takers[candidate]]
    replaced = set() if has_room else {max(given, key=lambda i: (rank[i], i))}
    if taken:
        replaced.add(max(taken, key=lambda i: (rank[i], i)))
    instead_of = tuple(sorted(replaced))
    difference = standing.difference(drop=instead_of, add=[candidate])
    problem = standing.problem
    refused = standing.refusals(drop=instead_of, add=[candidate])
    return Blocking(
        candidate,
        instead_of,
        difference,
        texts.blocking(
            texts.pair(problem, candidate),
            [texts.pair(problem, i) for i in instead_of],
            texts.difference(problem, difference),
            refused,
        ),
    )
