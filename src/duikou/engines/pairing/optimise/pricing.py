"""Duals of a pairing network: what each pair would cost, and the proof for pairs that were left out.

The dual of a supporter or recipient is what one unit there is worth, at each level. With them
any pair has a price, candidate or not: what forcing it costs at least, level by level. If no
pair that was left out has a price below nothing, the plan is the best of *all* pairs, though
only few were ever in the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from duikou.engines.pairing.optimise import flow as flows
from duikou.engines.pairing.optimise import ties
from duikou.engines.pairing.optimise.columns import Columns
from duikou.engines.pairing.optimise.flow import CODES, Code, FlowError
from duikou.engines.pairing.optimise.lexicographic import (
    Clock,
    Descent,
    impossible,
    no_plan,
    plan_of,
    stages_of,
)
from duikou.engines.pairing.optimise.model import (
    BadProblem,
    Candidates,
    Flags,
    Indexes,
    Ints,
    Level,
    Plan,
    Problem,
    Status,
)
from duikou.engines.pairing.optimise.network import PairingNetwork
from duikou.engines.pairing.optimise.validate import LARGEST, validate
from duikou.engines.text import Text

MOST = LARGEST >> 4
"""Costs of offered pairs stay below this, so that prices fit into 62 bits."""


@dataclass(frozen=True, eq=False, slots=True)
class Offer:
    """Pairs that a problem left out, with their cost at each level (None: 0)."""

    supporter: Indexes
    recipient: Indexes
    costs: Sequence[Ints | None]


@dataclass(frozen=True, eq=False, slots=True)
class Duals:
    """What a unit is worth at each supporter and recipient, per level and for the hidden tie-break."""

    supporters: tuple[Ints, ...]
    recipients: tuple[Ints, ...]

    def price(self, level: int, supporter: Indexes, recipient: Indexes, cost: Ints | None) -> Ints:
        """Return the reduced cost of pairs at one level."""
        price = self.supporters[level][supporter] - self.recipients[level][recipient]
        return price if cost is None else price + cost


def solve_with_duals(problem: Problem) -> tuple[Plan, Duals | None]:
    """Solve a network and return its duals beside the plan; None where there is no plan."""
    clock = Clock()
    validate(problem, network=True)
    columns = Columns.of(problem)
    if impossible(problem, columns):
        return no_plan(Status.INFEASIBLE, clock, CODES[0].name), None
    pairing = PairingNetwork.of(problem, columns)
    reasons = []
    for code in CODES:
        try:
            return _priced(problem, pairing, code, clock)
        except FlowError as error:
            reasons.append(f"{code.name}: {error}")
    return no_plan(Status.FAILED, clock, CODES[-1].name, "; ".join(reasons)), None


def _priced(problem: Problem, pairing: PairingNetwork, code: Code, clock: Clock) -> tuple[Plan, Duals]:
    descent = Descent(pairing, problem.candidates.locked, problem.candidates.forbidden)
    potentials: list[Ints] = []
    for stage in stages_of(problem, pairing, code.limit(len(pairing.network.supply))):
        network, cost = descent.face(), stage.cost[descent.free]
        flow = flows.solve(network, cost, code).flow
        # Shortest paths, since their digits are the levels; the next face must follow the same duals.
        lengths = flows.potentials_of(network, cost, flow)
        descent.take(flows.Flow(flow, flows.reduced_costs(network, cost, lengths)))
        potentials += stage.digits(lengths)
    names = [level.name for level in problem.levels]
    plan = plan_of(problem, pairing, descent.flow, names, Status.OPTIMAL, clock, code.name)
    first, second = len(problem.supporters), len(problem.supporters) + len(problem.recipients)
    duals = Duals(
        tuple(level[:first] for level in potentials), tuple(level[first:second] for level in potentials)
    )
    return plan, duals


def reduced_costs(problem: Problem, duals: Duals) -> tuple[Ints, ...]:
    """Return, per level, what each candidate is worth against the plan.

    Read as one number whose digits are the levels: forcing a pair in that is not chosen
    makes the plan worse by at least this; forcing a chosen one out by at least minus this.
    """
    candidates = problem.candidates
    return tuple(
        duals.price(number, candidates.supporter, candidates.recipient, level.cost)
        for number, level in enumerate(problem.levels)
    )


def worthwhile(problem: Problem, duals: Duals, offer: Offer) -> Indexes:
    """Return which pairs of an offer (by index) have a price below nothing, ties included."""
    undecided: Indexes = np.arange(len(offer.supporter), dtype=np.int32)
    better = []
    for group in _grouped(_sizes(duals, offer)):
        # Levels as digits of one number again, so that millions of pairs are looked up once, not per level.
        supporters = _weighted(duals.supporters, group)
        recipients = _weighted(duals.recipients, group)
        price = supporters[offer.supporter[undecided]] - recipients[offer.recipient[undecided]]
        for level, weight in group:
            cost = offer.costs[level]
            if cost is not None:
                price += weight * cost[undecided]
        better.append(undecided[price < 0])
        undecided = undecided[price == 0]
    supporter, recipient = offer.supporter[undecided], offer.recipient[undecided]
    price = duals.price(
        len(problem.levels), supporter, recipient, ties.of_pairs(problem, supporter, recipient)
    )
    better.append(undecided[price < 0])
    return np.sort(np.concatenate(better))


def _weighted(columns: Sequence[Ints], group: list[tuple[int, int]]) -> Ints:
    total = np.zeros_like(columns[0])
    for level, weight in group:
        total += weight * columns[level]
    return total


def _sizes(duals: Duals, offer: Offer) -> list[int]:
    """Return, per level, how far from 0 a price may be at most."""
    return [
        sum(
            max(int(column.max(initial=0)), -int(column.min(initial=0)))
            for column in (duals.supporters[level], duals.recipients[level], cost)
            if column is not None
        )
        for level, cost in enumerate(offer.costs)
    ]


def _grouped(sizes: Sequence[int]) -> list[list[tuple[int, int]]]:
    """Put consecutive levels together while their prices, weighted apart, fit into 62 bits."""
    groups: list[list[tuple[int, int]]] = []
    span = LARGEST
    for level, size in enumerate(sizes):
        base = 2 * size + 1
        if span * base >= LARGEST:
            groups.append([])
            span = 1
        groups[-1] = [*((earlier, weight * base) for earlier, weight in groups[-1]), (level, 1)]
        span *= base
    return groups


def price_omitted(problem: Problem, offers: Callable[[], Iterable[Offer]]) -> tuple[Problem, Plan]:
    """Solve a sparse problem so that it is proved for all pairs that `offers` yields too.

    Offers are priced one after the other, so that the dense problem is never held at once.
    Pairs with a price below nothing become candidates, and the problem is solved again until
    there are none. Returns the problem with the added candidates, and its plan. Pairs that
    are offered must be no candidates; they are taken as new ones (not in the present round).
    """
    while True:
        plan, duals = solve_with_duals(problem)
        if duals is None:
            return problem, plan
        added = [
            Offer(offer.supporter[at], offer.recipient[at], [_part(cost, at) for cost in offer.costs])
            for offer in offers()
            if len(at := _new(problem, offer, worthwhile(problem, duals, _checked(problem, offer))))
        ]
        if not added:
            return problem, plan
        for offer in added:
            problem = _with(problem, offer)


def _part(cost: Ints | None, at: Indexes) -> Ints | None:
    return None if cost is None else cost[at]


def _new(problem: Problem, offer: Offer, at: Indexes) -> Indexes:
    """Return those of some offered pairs that are not candidates already (added in an earlier round)."""
    width, candidates = len(problem.recipients), problem.candidates
    known = candidates.supporter.astype(np.int64) * width + candidates.recipient
    return at[~np.isin(offer.supporter[at].astype(np.int64) * width + offer.recipient[at], known)]


def _checked(problem: Problem, offer: Offer) -> Offer:
    columns = [cost for cost in offer.costs if cost is not None]
    lengths = {len(offer.recipient), *map(len, columns)}
    if lengths - {len(offer.supporter)} or len(offer.costs) != len(problem.levels):
        raise BadProblem(
            Text(
                f"补充候选的各列长度应相同，且每个目标层级各有一列（共 {len(problem.levels)} 列），请检查。",
                f"The columns of offered pairs should be of one length, one per level "
                f"({len(problem.levels)}). Check them.",
            )
        )
    for cost in columns:
        if cost.dtype != np.int64 or (cost <= -MOST).any() or (cost >= MOST).any():
            raise BadProblem(
                Text(
                    f"补充候选的分值应为绝对值小于 {MOST} 的 int64 整数，却为 {cost.dtype}，请检查。",
                    f"Costs of offered pairs should be whole numbers (int64) smaller than {MOST}, "
                    f"but there are others ({cost.dtype}). Check them.",
                )
            )
    return offer


def _with(problem: Problem, offer: Offer) -> Problem:
    """Return the problem with offered pairs among its candidates; score parts of theirs are unknown."""
    candidates = problem.candidates
    supporter = np.concatenate((candidates.supporter, offer.supporter))
    recipient = np.concatenate((candidates.recipient, offer.recipient))
    order = np.lexsort((recipient, supporter))
    no = np.zeros(len(offer.supporter), dtype=np.bool_)
    none = np.zeros(len(offer.supporter), dtype=np.int64)

    def flags(column: Flags, new: Flags = no) -> Flags:
        return np.concatenate((column, new))[order]

    def numbers(column: Ints, new: Ints = none) -> Ints:
        return np.concatenate((column, new))[order]

    def level(old: Level, new: Ints | None) -> Level:
        if old.cost is None and new is None:
            return old
        before = np.zeros(len(candidates), dtype=np.int64) if old.cost is None else old.cost
        return replace(old, cost=numbers(before, none if new is None else new))

    return replace(
        problem,
        candidates=Candidates(
            supporter[order],
            recipient[order],
            flags(candidates.existing),
            flags(candidates.locked),
            flags(candidates.forbidden),
            {name: numbers(part) for name, part in candidates.parts.items()},
            {
                name: flags(candidates.unknown.get(name, _nobody(candidates)), ~no)
                for name in candidates.parts
            },
        ),
        levels=[level(old, new) for old, new in zip(problem.levels, offer.costs, strict=True)],
    )


def _nobody(candidates: Candidates) -> Flags:
    return np.zeros(len(candidates), dtype=np.bool_)
