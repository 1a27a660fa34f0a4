"""First prices from the network inside the problem.

Loads, recipients and counties are a minimum-cost flow. Only what breaks the network is
priced here: person-months, departments, the change budget. Few prices settle fast, and
the flow's own duals are then good first prices of recipients for `volume`. The bound is
read off the duals alone, so that it holds whatever the flow code answered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from duikou.engines.pairing.optimise.assignment import Assignment
from duikou.engines.pairing.optimise.bounds import SCALE, Prices
from duikou.engines.pairing.optimise.columns import Columns
from duikou.engines.pairing.optimise.flow import Basis, FlowError, reduced_costs
from duikou.engines.pairing.optimise.knapsacks import NEVER
from duikou.engines.pairing.optimise.model import Level, Problem
from duikou.engines.pairing.optimise.network import PairingNetwork
from duikou.engines.pairing.optimise.volume import (
    FIRST_MIXING,
    FIRST_PACE,
    LEAST_MIXING,
    LEAST_PACE,
    MOST_AHEAD,
    MOST_PACE,
    PATIENCE,
    Floats,
)
from duikou.engines.pairing.optimise.work import Budget

STEPS = 200
"""The flow settles in about so many; the agents' own relaxation is the better one from there on."""


@dataclass(frozen=True, eq=False, slots=True)
class Flowed:
    """Where the steps ended: a bound, and prices for the agents' relaxation."""

    bound: int
    prices: Prices


@dataclass(frozen=True, eq=False, slots=True)
class _Answer:
    """A bound (scaled), the disagreement over what is priced, and what is handed on."""

    scaled: int
    disagreement: Floats
    flowed: Flowed


class _Priced:
    """The network of one level with prices on what breaks it: departments, person-months, changes."""

    def __init__(self, problem: Problem, model: Assignment, level: Level) -> None:
        self.model = model
        pairing = PairingNetwork.of(problem, Columns.of(problem))
        capacity = pairing.network.capacity.copy()
        capacity[: model.arcs] = np.where(model.allowed, capacity[: model.arcs], 0)
        self.network = replace(pairing.network, capacity=capacity)
        self.needs = slice(model.items, model.items + model.needs)
        self.meets, self.met_by = model.columns[:, self.needs].tocsr(), model.rows[self.needs].tocsr()
        self.offered = np.bincount(model.item[model.allowed], minlength=model.items) > 0
        self.own = pairing.costs(level) * SCALE
        self.nothing = _nothing(model) * SCALE
        under = model.under[0, self.needs] * SCALE
        dearest = int(np.abs(self.own).max(initial=0)) if model.step is not None else 0
        # Nothing that is priced here makes a candidate cheaper than this.
        floor = self.own.copy()
        floor[: model.arcs] -= self.meets @ under + dearest
        self.basis = Basis(self.network, floor)
        self.most = np.concatenate((under, np.full(model.agents, NEVER), [dearest])).astype(np.float64)
        self.start = np.concatenate((under / 2, np.zeros(model.agents + 1)))

    def answer(self, vector: Floats) -> _Answer:
        """Return the best flow at these prices."""
        model, network = self.model, self.network
        whole = np.rint(vector).astype(np.int64)
        row, month, change = whole[: model.needs], whole[model.needs : -1], int(whole[-1])
        cost = self.own.copy()
        cost[: model.arcs] += month[model.agent] * model.weight - self.meets @ row
        if model.step is not None:
            cost[: model.arcs] += change * model.step
        flow, potential = self.basis.solve(cost)
        reduced = reduced_costs(network, cost, potential)
        least = int((np.minimum(reduced, 0) * network.capacity).sum() - potential @ network.supply)
        scaled = self.nothing + least + int(row.sum()) - int(month @ model.capacity) - change * model.budget
        chosen = flow[: model.arcs] > 0
        lacks = 1 - self.met_by @ chosen.astype(np.int64)
        weights = np.bincount(model.agent[chosen], model.weight[chosen], minlength=model.agents)
        excess = 0 if model.step is None else int(model.step[chosen].sum()) - model.budget
        # A recipient is worth what the flow saves between it and the sink.
        item = potential[model.agents : model.agents + model.items] - potential[-1]
        prices = np.zeros(len(model.least), dtype=np.int64)
        prices[: model.items], prices[self.needs] = np.where(self.offered, item, 0), row
        return _Answer(
            scaled,
            np.concatenate((lacks, weights - model.capacity, [excess])).astype(np.float64),
            Flowed(-(-scaled // SCALE), Prices(prices, change, ())),
        )


def first_prices(
    problem: Problem, model: Assignment, level: Level, target: int, budget: Budget
) -> Flowed | None:
    """Return what the network gives for the first level; None where the flow code fails."""
    priced = _Priced(problem, model, level)
    centre = vector = priced.start
    best: _Answer | None = None
    mean = np.zeros(len(centre))
    pace, mixing, stalled = FIRST_PACE, FIRST_MIXING, 0
    for _ in range(STEPS):
        try:
            found = priced.answer(vector)
        except FlowError:
            break
        mean = found.disagreement if best is None else mean + mixing * (found.disagreement - mean)
        if best is None or found.scaled > best.scaled:
            best, centre, stalled, pace = found, vector, 0, min(pace * 1.1, MOST_PACE)
        else:
            stalled += 1
            if stalled % PATIENCE == 0:
                pace, mixing = max(pace * 0.66, LEAST_PACE), max(mixing * 0.9, LEAST_MIXING)
        if not budget.spend(model.arcs / 5000):
            break
        bound = best.flowed.bound
        ahead = max(min(target - bound, MOST_AHEAD * abs(bound)), 1.0) * SCALE
        # Prices that may not move further that way are no part of the length of the step.
        stuck = ((centre <= 0) & (mean < 0)) | ((centre >= priced.most) & (mean > 0))
        way = np.where(stuck, 0.0, mean)
        vector = np.clip(centre + pace * ahead / max(float(way @ way), 1.0) * way, 0, priced.most)
    return None if best is None else best.flowed


def _nothing(model: Assignment) -> int:
    """Return the first level's value without any pair, departments and the cities' tables left out."""
    nobody = np.zeros(model.arcs, dtype=np.bool_)
    needs = slice(model.items, model.items + model.needs)
    counties = len(model.group_least) // 2
    in_city = model.short[0, counties:] @ model.group_least[counties:]
    return model.values(nobody)[0] - int(model.under[0, needs].sum()) - int(in_city)
