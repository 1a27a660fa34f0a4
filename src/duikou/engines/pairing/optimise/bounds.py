"""Bounds below which no plan can go, from prices on what agents have in common.

Every row has a price (paid to each chosen arc of the row), every earlier level a weight,
the change budget a price. With them the problem falls apart: each agent takes its
cheapest pattern (`knapsacks`), each row and group answers for itself in closed form.
Whatever the prices are, the sum is a bound: proved in whole numbers, since the prices
are whole multiples of 1/`SCALE` and the sum is rounded up only at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from duikou.engines.pairing.optimise.assignment import Assignment, Objective
from duikou.engines.pairing.optimise.knapsacks import NEVER, Knapsacks, Patterns
from duikou.engines.pairing.optimise.model import Flags, Ints
from duikou.engines.pairing.optimise.recipients import Recipients, joined

SCALE = 64
"""Prices are multiples of 1/64: finer ones move a nation's bound by less than a unit in a million."""


@dataclass(frozen=True, eq=False, slots=True)
class Prices:
    """What is dualised, in units of 1/`SCALE`."""

    row: Ints
    change: int  # ≥ 0, per change
    level: tuple[int, ...]  # ≥ 0, per unit of each earlier level
    arc: Ints | None = None  # beside the rows' prices, where recipients choose whole supporters


@dataclass(frozen=True, eq=False, slots=True)
class Relaxed:
    """The answer to prices: a bound and who wanted what."""

    prices: Prices
    scaled: int  # bound × SCALE, before rounding up
    patterns: Patterns
    agent_value: Ints  # per agent, scaled
    cost: Ints  # per arc after prices, scaled
    load: Ints
    wanted: Ints  # per row: the count that its price calls for
    disagreement: Ints  # per row: wanted − taken
    asked: Flags | None = None  # per arc: what recipients choose, where they choose whole supporters
    item_value: Ints | None = None  # per recipient, scaled, likewise

    @property
    def bound(self) -> int:
        """The whole number below which no plan's value can lie."""
        return -(-self.scaled // SCALE)


class Relaxation:
    """One level of a model with the values that earlier levels must keep."""

    def __init__(self, model: Assignment, kept: Sequence[int] = (), *, tight: bool = False) -> None:
        self.model = model
        self.recipients = Recipients(model) if tight and Recipients.worthwhile(model) else None
        self.kept = tuple(kept)
        self.knapsacks = Knapsacks(model)
        self.possible = not bool(self.knapsacks.impossible.any())
        allowed = model.allowed.astype(np.int64)
        self.fewest = model.rows @ model.locked.astype(np.int64)
        self.size = model.rows @ allowed
        self.own = model.merged((0,) * len(self.kept) + (1,))

    def neutral(self) -> Prices:
        """Return prices of nothing."""
        return Prices(np.zeros(len(self.model.least), dtype=np.int64), 0, (0,) * len(self.kept))

    def objective(self, level_prices: Sequence[int]) -> Objective:
        """Return the level with earlier ones priced, scaled, what they may cost taken off."""
        merged = self.model.merged((*level_prices, SCALE))
        allowance = sum(price * value for price, value in zip(level_prices, self.kept, strict=True))
        return replace(merged, constant=merged.constant - allowance)

    def answer(self, prices: Prices) -> Relaxed:
        """Return the bound under these prices."""
        model = self.model
        objective = self.objective(prices.level)
        cost = objective.cost - model.columns @ prices.row
        if prices.arc is not None:
            cost = cost - prices.arc
        constant = objective.constant
        if model.step is not None:
            cost = cost + prices.change * model.step
            constant -= prices.change * model.budget
        patterns = self.knapsacks.solve(cost, objective.load)
        agent_value = patterns.value
        chosen = patterns.chosen
        if model.openings is not None:
            closed = np.argsort(agent_value, kind="stable")[model.openings :]
            shut = np.zeros(model.agents, dtype=np.bool_)
            shut[closed] = True
            agent_value = np.where(shut, 0, agent_value)
            chosen = chosen & ~shut[model.agent]
            patterns = replace(patterns, chosen=chosen)
        wanted, value, asked, item_value = self._rows(objective, prices)
        taken = model.rows @ chosen.astype(np.int64)
        scaled = int(agent_value.sum()) + value + constant
        return Relaxed(
            prices, scaled, patterns, agent_value, cost, objective.load, wanted, wanted - taken,
            asked, item_value,
        )  # fmt: skip

    def _paid(self, prices: Prices) -> Ints:
        """Return what recipients pay per arc."""
        model, upto = self.model, self.model.items + self.model.needs
        paid = model.columns[:, :upto] @ prices.row[:upto]
        return paid if prices.arc is None else paid + prices.arc

    def _rows(self, objective: Objective, prices: Prices) -> tuple[Ints, int, Flags | None, Ints | None]:
        """Return the count that each row wants at its price, and the value of all rows and groups.

        Where recipients choose whole supporters, also the arcs that they ask for and their values.
        """
        model, price = self.model, prices.row
        points = np.stack([self.fewest, np.maximum(self.fewest, 1), model.least, model.most, self.size])
        points = np.clip(points, self.fewest, self.size)
        values = (
            objective.under * np.maximum(model.least - points, 0)
            + objective.over * np.maximum(points - model.most, 0)
            + price * points
        )
        best = values.argmin(axis=0)
        every = np.arange(len(best))
        wanted, value = points[best, every], values[best, every]
        reached = np.where(points > 0, values, NEVER)
        best_reached = reached.argmin(axis=0)
        extra = np.where(wanted > 0, 0, np.minimum(reached[best_reached, every], NEVER) - value)
        wishes = None
        if self.recipients is not None:
            items, upto = model.items, model.items + model.needs
            wishes = self.recipients.wish(objective, self._paid(prices))
            value[:upto] = 0
            value[:items] = np.minimum(wishes.none, wishes.some)
            extra[:items] = wishes.some - value[:items]
            takes = wishes.some < wishes.none
        total = int(value.sum())
        members = np.flatnonzero(model.group >= 0)
        if len(members):
            group = model.group[members]
            order = members[np.lexsort((extra[members], group))]
            group = model.group[order]
            begin = np.flatnonzero(np.concatenate(([True], np.diff(group) != 0)))
            rank = np.arange(len(order)) - np.repeat(begin, np.diff(np.append(begin, len(order))))
            bought = (rank < model.group_least[group]) & (extra[order] < objective.short[group])
            total += int(extra[order][bought].sum())
            take = order[bought & (extra[order] > 0)]
            wanted[take] = points[best_reached[take], take]
            if wishes is not None:
                takes[take[take < model.items]] = True
            served = np.bincount(group[bought], minlength=len(model.group_least))
        else:
            served = np.zeros(len(model.group_least), dtype=np.int64)
        total += int((objective.short * (model.group_least - served)).sum())
        if wishes is None:
            return wanted, total, None, None
        asked = joined(model, wishes, takes)
        wanted[:upto] = (model.rows @ asked.astype(np.int64))[:upto]
        return wanted, total, asked, value[:items]

    def forced(self, relaxed: Relaxed) -> Ints:
        """Return, per arc, a bound (scaled) on every plan that has it."""
        model = self.model
        at = self.knapsacks.width - model.weight
        with_arc = relaxed.cost + relaxed.patterns.room[model.agent, np.maximum(at, 0)]
        instead = relaxed.patterns.value
        if model.openings is not None and model.openings < model.agents:
            # One more agent takes the place of the last that may be open.
            instead = np.minimum(instead, np.sort(instead)[model.openings - 1])
        return relaxed.scaled + np.where(model.allowed, with_arc - instead[model.agent], NEVER)

    def slack(self, relaxed: Relaxed, chosen: Flags) -> Ints:
        """Return, per agent, its part of the distance between a plan and the bound (scaled)."""
        model = self.model
        cost = np.bincount(model.agent[chosen], relaxed.cost[chosen], minlength=model.agents)
        load = relaxed.load[np.arange(model.agents), model.counts(chosen)]
        own = cost.astype(np.int64) + load - relaxed.agent_value
        rows = self._row_slack(relaxed, chosen)
        shared = np.zeros(model.agents, dtype=np.int64)
        np.add.at(shared, model.agent[chosen], (model.columns @ rows)[chosen])
        return own + shared

    def _row_slack(self, relaxed: Relaxed, chosen: Flags) -> Ints:
        model = self.model
        objective = self.objective(relaxed.prices.level)
        found = model.rows @ chosen.astype(np.int64)

        def worth(count: Ints) -> Ints:
            return objective.under * np.maximum(model.least - count, 0) + objective.over * np.maximum(
                count - model.most, 0
            )

        if relaxed.item_value is None:
            here = worth(found) + relaxed.prices.row * found
            return np.maximum(here - worth(relaxed.wanted) - relaxed.prices.row * relaxed.wanted, 0)
        items, upto = model.items, model.items + model.needs
        mine = worth(found)
        paid = np.bincount(model.item[chosen], self._paid(relaxed.prices)[chosen], minlength=items)
        here = mine[:items] + paid.astype(np.int64)
        np.add.at(here, self.recipients_of_needs, mine[items:upto])
        slack = np.zeros(len(found), dtype=np.int64)
        slack[:items] = np.maximum(here - relaxed.item_value, 0)
        return slack

    def excess(self, relaxed: Relaxed) -> Ints:
        """Return by how much an answer exceeds the change budget and what earlier levels may cost."""
        model, count = self.model, len(self.kept)
        chosen, wanted = relaxed.patterns.chosen, relaxed.wanted
        changes = 0 if model.step is None else int(model.step[chosen].sum()) - model.budget
        if not count:
            return np.array([changes])
        loads = model.counts(chosen)
        below, above = np.maximum(model.least - wanted, 0), np.maximum(wanted - model.most, 0)
        value = (
            model.cost[:count, chosen].sum(axis=1)
            + model.load[:count, np.arange(model.agents), loads].sum(axis=1)
            + model.under[:count] @ below
            + model.over[:count] @ above
            + model.short[:count] @ np.maximum(model.group_least - model.reached(wanted), 0)
            + model.constant[:count]
        )
        return np.concatenate(([changes], value - np.array(self.kept)))

    @cached_property
    def recipients_of_needs(self) -> Ints:
        """The recipient of each row of a department."""
        rows = self.model.rows
        start = rows.indptr[self.model.items : self.model.items + self.model.needs]
        return self.model.item[rows.indices[start]]
