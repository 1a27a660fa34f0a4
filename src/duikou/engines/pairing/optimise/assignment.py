"""The thin model under the decomposition: agents take items, rows count what is taken.

A pairing problem, generalised assignment and the capacitated p-median are the same to
it. *Arcs* may be chosen; an *agent* (supporter) limits number and weight of its arcs and
pays by their number; a *row* counts chosen arcs and pays for counts below `least` and
above `most`; a *group* pays for having too few rows with a count of at least one. The
first `items` rows are the recipients: each arc is in exactly one of them. Departments
that a recipient needs, and recipients as the city's table sees them, are further rows.

One array per idea and one leading axis for the levels, so that levels are merged by a
product. All numbers are whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from duikou.engines.pairing.optimise.model import Flags, Ints

FREE = np.int64(1) << 40  # a capacity, ceiling or `most` that limits nothing


@dataclass(frozen=True, eq=False, slots=True)
class Objective:
    """What is minimised: one level, or several merged with whole weights."""

    cost: Ints  # per arc
    load: Ints  # per agent and number of its arcs; convex in the number
    under: Ints  # per row and unit below `least`
    over: Ints  # per row and unit above `most`
    short: Ints  # per group and unit below `group_least`
    constant: int

    @property
    def span(self) -> int:
        """An upper bound of how much any two values can differ; keeps sums inside 64 bits."""
        parts = (np.abs(self.cost), np.abs(self.load), self.under, self.over, self.short)
        return int(sum(int(part.sum(dtype=np.float64)) for part in parts)) + abs(self.constant) + 1


@dataclass(frozen=True, eq=False)
class Assignment:
    """Arcs, their limits, and the levels of what is wanted (first axis of the price arrays)."""

    agents: int
    items: int
    agent: Ints  # per arc, ascending
    item: Ints  # per arc: the one of the first `items` rows that it is in
    weight: Ints  # per arc, ≥ 0
    locked: Flags
    allowed: Flags
    capacity: Ints  # per agent: most weight
    ceiling: Ints  # per agent: most arcs
    rows: sp.csr_array  # rows × arcs, ones
    least: Ints
    most: Ints
    group: Ints  # per row; −1: in no group
    group_least: Ints
    cost: Ints  # levels × arcs
    load: Ints  # levels × agents × (0 … most arcs of any agent)
    under: Ints  # levels × rows
    over: Ints
    short: Ints  # levels × groups
    constant: Ints  # levels
    needs: int = 0  # rows after the first `items`: one for each department a recipient needs
    step: Ints | None = None  # per arc: what choosing it adds to the changes
    budget: int = 0  # Σ step over chosen arcs ≤ budget
    openings: int | None = None  # most agents that may have an arc

    @property
    def arcs(self) -> int:
        """Number of arcs."""
        return len(self.agent)

    @property
    def levels(self) -> int:
        """Number of levels."""
        return len(self.constant)

    @cached_property
    def columns(self) -> sp.csr_array:
        """Arcs × rows."""
        return self.rows.T.tocsr()

    def merged(self, weights: Sequence[int]) -> Objective:
        """Return Σ weight × level over the first `len(weights)` levels."""
        by = np.array(weights, dtype=np.int64)
        upto = len(by)
        return Objective(
            by @ self.cost[:upto],
            np.tensordot(by, self.load[:upto], axes=1),
            by @ self.under[:upto],
            by @ self.over[:upto],
            by @ self.short[:upto],
            int(by @ self.constant[:upto]),
        )

    def counts(self, chosen: Flags) -> Ints:
        """Return the number of chosen arcs per agent."""
        return np.bincount(self.agent[chosen], minlength=self.agents)

    def reached(self, found: Ints) -> Ints:
        """Return, per group, how many of its rows count at least one."""
        return np.bincount(self.group[(found > 0) & (self.group >= 0)], minlength=len(self.group_least))

    def values(self, chosen: Flags) -> tuple[int, ...]:
        """Return the value of a choice at every level."""
        found = self.rows @ chosen.astype(np.int64)
        loads = self.counts(chosen)
        below, above = np.maximum(self.least - found, 0), np.maximum(found - self.most, 0)
        reached = self.reached(found)
        missing = np.maximum(self.group_least - reached, 0)
        total = (
            self.cost[:, chosen].sum(axis=1)
            + self.load[:, np.arange(self.agents), loads].sum(axis=1)
            + self.under @ below
            + self.over @ above
            + self.short @ missing
            + self.constant
        )
        return tuple(int(value) for value in total)

    def allows(self, chosen: Flags) -> bool:
        """Return whether a choice keeps every hard rule."""
        weights = np.bincount(self.agent[chosen], self.weight[chosen], minlength=self.agents)
        loads = self.counts(chosen)
        return bool(
            not (self.locked & ~chosen).any()
            and not (chosen & ~self.allowed).any()
            and (weights <= self.capacity).all()
            and (loads <= self.ceiling).all()
            and (self.step is None or int(self.step[chosen].sum()) <= self.budget)
            and (self.openings is None or np.count_nonzero(loads) <= self.openings)
        )


def one_each(
    agent: Ints, item: Ints, cost: Ints, weight: Ints, capacity: Ints, *, openings: int | None = None
) -> Assignment:
    """Return generalised assignment (or, with `openings`, the capacitated p-median) at least cost.

    Leaving an item out costs more than the dearest whole assignment, so that the optimum
    gives each item to exactly one agent whenever that is possible.
    """
    order = np.lexsort((item, agent))
    agent, item, cost, weight = agent[order], item[order], cost[order], weight[order]
    arcs, agents, items = len(agent), len(capacity), int(item.max()) + 1
    dearest = np.zeros(items, dtype=np.int64)
    np.maximum.at(dearest, item, np.abs(cost))
    price = 2 * int(dearest.sum()) + 1
    each = np.ones(items, dtype=np.int64)
    none = np.zeros(0, dtype=np.int64)
    return Assignment(
        agents,
        items,
        agent,
        item,
        weight,
        np.zeros(arcs, dtype=np.bool_),
        weight <= capacity[agent],
        capacity,
        np.full(agents, FREE),
        sp.csr_array((np.ones(arcs, dtype=np.int64), (item, np.arange(arcs))), shape=(items, arcs)),
        each,
        each,
        -each,
        none,
        cost[None, :],
        np.zeros((1, agents, int(np.bincount(agent, minlength=agents).max()) + 1), dtype=np.int64),
        price * each[None, :],
        price * each[None, :],
        none[None, :],
        np.zeros(1, dtype=np.int64),
        openings=openings,
    )
