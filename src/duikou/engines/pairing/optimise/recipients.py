"""What a recipient would take at given prices, when supporters complete one another.

Rows alone let half a supporter bring half of each department, and four halves look like
two whole ones. Here a recipient chooses none, one or two whole supporters, all pairs
looked at, so that departments which both bring count once. More than two cannot be
better by more than a bound that is taken off; where a third supporter breaks a rule
that bound is nearly always nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from duikou.engines.pairing.optimise.assignment import Assignment, Objective
from duikou.engines.pairing.optimise.knapsacks import NEVER
from duikou.engines.pairing.optimise.model import Flags, Ints

MOST_CELLS = 60_000_000
"""Beyond so many (recipient, supporter, supporter) cells the table of overlaps is not made."""
MOST_TRIPLES = 20_000_000
"""Recipients with so many circles of three that this is passed get a coarse bound, the widest first."""


@dataclass(frozen=True, eq=False, slots=True)
class Wishes:
    """Per recipient: the value of taking nobody and of its best choice of somebody."""

    none: Ints
    some: Ints
    first: Ints  # arcs of that choice; −1: no such
    second: Ints


class Recipients:
    """Arcs by recipient in a rectangle, prepared once."""

    def __init__(self, model: Assignment) -> None:
        self.model = model
        arcs = np.flatnonzero(model.allowed)
        arcs = arcs[np.argsort(model.item[arcs], kind="stable")]
        item = model.item[arcs]
        degree = np.bincount(item, minlength=model.items)
        self.width = int(degree.max(initial=0))
        place = np.arange(len(arcs)) - np.repeat(np.cumsum(degree) - degree, degree)
        self.arc = np.full((model.items, self.width), -1, dtype=np.int64)
        self.arc[item, place] = arcs
        self.real = self.arc >= 0
        self.weights = np.zeros(0, dtype=np.int64)
        self.pair = np.zeros((0, 0, 0), dtype=np.int64)
        self.alone = np.zeros((0, 0), dtype=np.int64)
        self.total = np.zeros(0, dtype=np.int64)

    @staticmethod
    def worthwhile(model: Assignment) -> bool:
        """Whether there are departments to complete and room for the table."""
        degree = int(np.bincount(model.item[model.allowed], minlength=1).max(initial=0))
        return model.needs > 0 and 0 < model.items * degree * degree <= MOST_CELLS

    def _weigh(self, objective: Objective) -> None:
        """Work out what each supporter brings alone and what two bring twice."""
        model = self.model
        weights = objective.under[model.items : model.items + model.needs]
        if np.array_equal(weights, self.weights):
            return
        self.weights = weights
        met = model.columns[:, model.items : model.items + model.needs].tocsr()
        alone = met @ weights
        self.alone = np.where(self.real, alone[self.arc], 0)
        self.pair = np.zeros((model.items, self.width, self.width), dtype=np.int64)
        every = model.rows[model.items : model.items + model.needs].tocsr()
        owner = model.item[every.indices[every.indptr[:-1]]]
        self.total = np.bincount(owner, weights, minlength=model.items).astype(np.int64)
        place = np.zeros(model.arcs, dtype=np.int64)
        place[self.arc[self.real]] = np.nonzero(self.real)[1]
        order = np.argsort(owner, kind="stable")
        for row in order:
            at = place[every.indices[every.indptr[row] : every.indptr[row + 1]]]
            self.pair[owner[row]][np.ix_(at, at)] += weights[row]
        self.pair[:, np.arange(self.width), np.arange(self.width)] = NEVER

    def wish(self, objective: Objective, price: Ints) -> Wishes:
        """Return what each recipient takes when it pays `price` per arc (negative: is paid)."""
        model = self.model
        self._weigh(objective)
        items = slice(0, model.items)
        least, most = model.least[items], model.most[items]
        under, over = objective.under[items], objective.over[items]

        def breach(count: int) -> Ints:
            return under * np.maximum(least - count, 0) + over * np.maximum(count - most, 0)

        paid = np.where(self.real, price[self.arc], NEVER // 4)
        single = paid - self.alone
        one = single.argmin(axis=1)
        every = np.arange(model.items)
        best_one = single[every, one] + breach(1)
        pairs = single[:, :, None] + single[:, None, :] + self.pair
        flat = pairs.reshape(model.items, -1).argmin(axis=1)
        left, right = np.divmod(flat, self.width)
        two = pairs[every, left, right]
        best_two = two + breach(2)
        more = self._more(paid, single, two, np.where(most <= 2, over, 0), most)
        base = self.total
        some = np.minimum(np.minimum(best_one, best_two), more) + base
        takes_two = best_two < best_one
        first = self.arc[every, np.where(takes_two, left, one)]
        second = np.where(takes_two, self.arc[every, right], -1)
        return Wishes(breach(0) + base, np.minimum(some, NEVER), first, second)

    def _more(self, paid: Ints, single: Ints, two: Ints, over: Ints, most: Ints) -> Ints:
        """Return a value that no choice of three or more falls below.

        `over` is what each beyond the second costs at least. In a best choice of three or
        more each must be worth more than it costs beside any one of the others, so only
        such circles matter; a circle is worth at most two of it, and what each other one
        brings beside the nearer of the two.
        """
        more = np.full(len(two), NEVER)
        step = single + over[:, None]
        worth = step < 0
        count = worth.sum(axis=1)
        order = np.argsort(count, kind="stable")
        cells = np.cumsum((count[order] >= 3).astype(np.int64)) * count[order] ** 3
        crude = np.zeros(len(two), dtype=np.bool_)
        crude[order[cells > MOST_TRIPLES]] = True
        gain = np.minimum(step, 0).sum(axis=1)
        more[crude] = (two + gain)[crude]
        fine = np.flatnonzero((count >= 3) & ~crude)
        if not len(fine):
            return more
        width = int(count[fine].max())
        place = np.argsort(step[fine], axis=1, kind="stable")[:, :width]
        own = np.take_along_axis(step[fine], place, axis=1)
        both = self.pair[fine[:, None, None], place[:, :, None], place[:, None, :]]
        beside = own[:, :, None] + both
        circle = (beside < 0) & (beside.transpose(0, 2, 1) < 0)
        third = np.minimum(np.maximum(beside[:, :, :, None], beside[:, :, None, :]), 0)
        third = np.where(circle[:, :, :, None] & circle[:, :, None, :], third, 0).sum(axis=1)
        alone = np.take_along_axis(single[fine], place, axis=1)
        pairs = alone[:, :, None] + alone[:, None, :] + both + third
        least = np.where(circle & (third < 0), pairs, NEVER).reshape(len(fine), -1).min(axis=1)
        more[fine] = least + (over * np.maximum(2 - most, 0))[fine]
        return more


def joined(model: Assignment, wishes: Wishes, takes: Flags) -> Flags:
    """Return the arcs that those recipients take."""
    chosen = np.zeros(model.arcs, dtype=np.bool_)
    for part in (wishes.first, wishes.second):
        chosen[part[takes & (part >= 0)]] = True
    return chosen
