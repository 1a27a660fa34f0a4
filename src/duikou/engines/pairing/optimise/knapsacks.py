"""The best pattern of every agent at once: a knapsack with a price on the number of arcs.

One dynamic program runs over all agents together (an array agents × number × weight).
Arcs are visited weight by weight and, within a weight, from the cheapest on, so that one
step is the same shift for everybody: a slice and a minimum. An arc that cannot pay for
itself is never visited, which after a few steps of the multipliers are nearly all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from duikou.engines.pairing.optimise.assignment import Assignment
from duikou.engines.pairing.optimise.model import Flags, Ints

NEVER = np.int64(1) << 60  # no pattern; two of them still fit into 64 bits


@dataclass(frozen=True, eq=False, slots=True)
class Patterns:
    """The cheapest pattern of each agent."""

    value: Ints  # per agent
    chosen: Flags  # per arc
    room: Ints  # agents × weight: least cost of one more arc's company that fits into this weight


class Knapsacks:
    """Agents' limits, prepared once; `solve` is called with many prices."""

    def __init__(self, model: Assignment) -> None:
        self.model = model
        agents = model.agents
        locked = np.flatnonzero(model.locked)
        self.free = np.flatnonzero(model.allowed & ~model.locked)
        self.counted = bool(model.load.any()) or bool(
            (model.ceiling < np.bincount(model.agent[model.allowed], minlength=agents)).any()
        )
        self.start_count = np.bincount(model.agent[locked], minlength=agents)
        weight = np.bincount(model.agent[locked], model.weight[locked], minlength=agents).astype(np.int64)
        self.width = int(model.capacity.max(initial=0))
        # Everybody's knapsack ends at the same cell, so smaller ones start later.
        self.start_weight = self.width - model.capacity + weight
        self.high = min(model.load.shape[2] - 1, int(model.ceiling.max(initial=0))) if self.counted else 0
        self.impossible = (self.start_weight > self.width) | (self.start_count > model.ceiling)
        self.locked = locked
        free_agent, free_weight = model.agent[self.free], model.weight[self.free]
        order = np.lexsort((free_agent, free_weight))
        self.free = self.free[order]
        self.agent, self.weight = free_agent[order], free_weight[order]
        fits = np.where(
            self.weight > 0,
            (self.width - self.start_weight[self.agent]) // np.maximum(self.weight, 1),
            len(self.free),
        )
        if self.counted:
            fits = np.minimum(fits, (model.ceiling - self.start_count)[self.agent])
        self.fits = np.maximum(fits, 0)

    def solve(self, cost: Ints, load: Ints) -> Patterns:
        """Return the cheapest patterns under these costs per arc and per number of arcs."""
        model, agents = self.model, self.model.agents
        high = self.high + 1
        if self.counted:
            load = load[:, :high].copy()
            load[np.arange(high) > model.ceiling[:, None]] = NEVER
        else:
            load = np.zeros((agents, 1), dtype=np.int64)
        table = np.full((agents, high, self.width + 1), 2 * NEVER, dtype=np.int64)
        first = np.zeros(agents, dtype=np.int64)
        np.add.at(first, model.agent[self.locked], cost[self.locked])
        fine = np.flatnonzero(~self.impossible)
        table[fine, self.start_count[fine] if self.counted else 0, self.start_weight[fine]] = first[fine]
        steps = self._steps(cost, load)
        taken = [self._visit(table, *step) for step in steps]
        ended = table + load[:, :, None]
        flat = ended.reshape(agents, -1)
        best = flat.argmin(axis=1)
        value = flat[np.arange(agents), best]
        chosen = self._chosen(steps, taken, best)
        return Patterns(value, chosen, self._room(table, load))

    def _steps(self, cost: Ints, load: Ints) -> list[tuple[int, Ints, Ints, Ints]]:
        """Return (weight, agents, their arcs, costs) in the order of the visits."""
        price = cost[self.free]
        if self.counted and load.shape[1] > 1:
            # Giving an arc up saves its cost and raises the load's price at most by this.
            falls = np.where(load[:, 1:] < NEVER, load[:, :-1] - load[:, 1:], 0)
            pays = np.flatnonzero(price < np.maximum(falls.max(axis=1), 0)[self.agent])
        else:
            pays = np.flatnonzero(price < 0)
        if not len(pays):
            return []
        agent, weight = self.agent[pays], self.weight[pays]
        group = np.concatenate(([True], (np.diff(agent) != 0) | (np.diff(weight) != 0)))
        number = np.cumsum(group) - 1
        order = np.lexsort((price[pays], number))
        begin = np.flatnonzero(group)
        rank = np.arange(len(pays)) - begin[number]
        pays = pays[order]
        keep = rank < self.fits[pays]
        pays, rank, weight = pays[keep], rank[keep], self.weight[pays][keep]
        order = np.lexsort((self.agent[pays], rank, weight))
        pays, rank, weight = pays[order], rank[order], weight[order]
        cuts = np.flatnonzero((np.diff(rank) != 0) | (np.diff(weight) != 0)) + 1
        return [
            (int(self.weight[part[0]]), self.agent[part], self.free[part], price[part])
            for part in np.split(pays, cuts)
            if len(part)
        ]

    def _visit(self, table: Ints, weight: int, agents: Ints, arcs: Ints, price: Ints) -> Flags:
        """Offer one arc to each of these agents; return where it was taken."""
        everybody = len(agents) == len(table)
        part = table if everybody else table[agents]
        up = 1 if self.counted else 0
        end = part.shape[2] - weight
        offer = part[:, : part.shape[1] - up, :end] + price[:, None, None]
        target = part[:, up:, weight:]
        took = offer < target
        np.copyto(target, offer, where=took)
        if not everybody:
            table[agents] = part
        return took

    def _chosen(self, steps: list[tuple[int, Ints, Ints, Ints]], taken: list[Flags], best: Ints) -> Flags:
        """Walk back from the best cells to the arcs that were taken."""
        chosen = self.model.locked.copy()
        count, weight = np.divmod(best, self.width + 1)
        up = 1 if self.counted else 0
        for (heavy, agents, arcs, _), took in zip(reversed(steps), reversed(taken), strict=True):
            at_count, at_weight = count[agents] - up, weight[agents] - heavy
            inside = np.flatnonzero((at_count >= 0) & (at_weight >= 0))
            hit = inside[took[inside, at_count[inside], at_weight[inside]]]
            chosen[arcs[hit]] = True
            count[agents[hit]] -= up
            weight[agents[hit]] -= heavy
        return chosen

    def _room(self, table: Ints, load: Ints) -> Ints:
        """Return, per agent and weight, the least cost of what still leaves place for one more arc."""
        if self.counted:
            after = np.full_like(load, NEVER)
            after[:, :-1] = load[:, 1:]
            table = table + after[:, :, None]
        return np.minimum.accumulate(table.min(axis=1), axis=1)
