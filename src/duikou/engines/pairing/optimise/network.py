"""A pairing problem as a minimum-cost flow.

Each unit of flow is one pair: source → supporter → recipient → (county →) sink. What is
not a pair are *slack arcs*, parallel arcs that price each further unit at a node:

- source → supporter: the units below `least`, towards `target`, above `most`, each group
  of equal price one arc, up to `ceiling`;
- recipient → county (capacity 1): the first supporter, the only one that can count as
  coverage; recipient → sink: every further one;
- county → sink: the units that coverage wants, then the rest;
- source → sink: the units that are not needed.

At every node the prices rise from arc to arc (breach, then nothing, then breach), so that a
cheapest flow fills them in order and its cost is the level's value. The order is the same
at all levels, hence also when one level is minimised after the other. Everything
is built by whole columns; nothing loops over candidates. Slack arcs are as wide as any set of
candidates may need, so that duals also price pairs that are no candidates.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np

from duikou.engines.pairing.optimise.columns import NO_TARGET, Columns, values_of
from duikou.engines.pairing.optimise.flow import Network
from duikou.engines.pairing.optimise.model import (
    COVERAGE,
    DUPLICATE,
    UNBROKEN,
    Indexes,
    Ints,
    Level,
    Problem,
)

SOURCE, SUPPORTERS, RECIPIENTS, COUNTIES, SINK = range(5)
"""Layers of the network."""


@dataclass(frozen=True, eq=False, slots=True)
class Slacks:
    """Arcs that are not candidates: where they lead, how wide they are, what prices them."""

    tail: Ints
    head: Ints
    width: Ints
    rule: Ints  # index into Columns.rules
    sign: Ints  # −1: one unit mends a breach of the rule, +1: it is one, 0: neither
    even: Ints  # −1: one unit leads towards the target, +1: away from it

    @classmethod
    def joined(cls, parts: list[Slacks]) -> Slacks:
        """Put groups of slack arcs together, sorted by tail and head, without those that have no width."""
        columns = [
            np.concatenate([getattr(part, name)[part.width > 0] for part in parts])
            for name in ("tail", "head", "width", "rule", "sign", "even")
        ]
        order = np.lexsort((columns[1], columns[0]))
        return cls(*(column[order] for column in columns))


@dataclass(frozen=True, eq=False, slots=True)
class PairingNetwork:
    """The network of a problem: first the arcs of the candidates, then slack arcs, each sorted."""

    network: Network
    candidates: int
    slacks: Slacks
    columns: Columns
    nothing: tuple[int, ...]  # each level's value when no pair is chosen: what a flow of cost 0 is worth

    @classmethod
    def of(cls, problem: Problem, columns: Columns) -> Self:
        """Build the network; locks and prohibitions are left to the caller."""
        supporters, recipients = len(problem.supporters), len(problem.recipients)
        counties, pairs = len(problem.counties), problem.candidates
        sink = supporters + recipients + counties + 1
        top = np.minimum(columns.ceiling, recipients)
        total = int(top.sum())
        slacks = Slacks.joined(
            [
                _of_supporters(columns, top, sink - 1),
                _of_recipients(columns, supporters, sink),
                _of_counties(columns, supporters + recipients, sink),
                _group(np.array([sink - 1]), sink, np.array([total]), 0, np.array([0])),
            ]
        )
        layer = np.repeat(
            np.array([SUPPORTERS, RECIPIENTS, COUNTIES, SOURCE, SINK], dtype=np.int32),
            [supporters, recipients, counties, 1, 1],
        )
        supply = np.zeros(sink + 1, dtype=np.int64)
        supply[sink - 1], supply[sink] = total, -total
        network = Network(
            layer,
            np.concatenate((pairs.supporter, slacks.tail), dtype=np.int32),
            np.concatenate((pairs.recipient + np.int32(supporters), slacks.head), dtype=np.int32),
            np.concatenate((np.ones(len(pairs), dtype=np.int64), slacks.width)),
            supply,
        )
        return cls(network, len(pairs), slacks, columns, values_of(problem, columns, []))

    def costs(self, level: Level) -> Ints:
        """Return what one unit on each arc costs at a level."""
        costs = np.zeros(len(self.network.tail), dtype=np.int64)
        if level.cost is not None:
            costs[: self.candidates] = level.cost
        costs[self.candidates :] = self._slack_costs(level)
        return costs

    def value(self, level: Level, flow: Ints, chosen: Indexes) -> int:
        """Return what a flow costs at a level; `chosen` are the candidates that it uses."""
        pairs = 0 if level.cost is None else int(level.cost[chosen].sum())
        return pairs + int(self._slack_costs(level) @ flow[self.candidates :])

    def _slack_costs(self, level: Level) -> Ints:
        slacks = self.slacks
        prices = np.array([level.prices.get(rule, 0) for rule in self.columns.rules], dtype=np.int64)
        return slacks.sign * prices[slacks.rule] + level.evenness * slacks.even

    @property
    def steps(self) -> int:
        """Return how many arcs a simple path has at most."""
        size = np.bincount(self.network.layer, minlength=5)
        pairs = min(size[SUPPORTERS], size[RECIPIENTS]) + min(size[RECIPIENTS], size[COUNTIES])
        return 2 * int(pairs) + 4

    def reach(self, costs: Ints) -> int:
        """Return what the costs along a simple cycle or path add up to at most.

        It meets source and sink once, so it has two arcs at each. From the supporters' layer to the
        recipients' it goes forth and back by turns, paying one cost and getting another
        back, at most once per supporter and recipient, and so from recipients to counties.
        """
        network, layer = self.network, self.network.layer
        tails, heads = layer[network.tail], layer[network.head]
        size = np.bincount(layer, minlength=5)
        total = 0
        for tail, head in ((SUPPORTERS, RECIPIENTS), (RECIPIENTS, COUNTIES)):
            between = costs[(tails == tail) & (heads == head)]
            if len(between):
                highest, lowest = int(between.max()), int(between.min())
                turns = int(min(size[tail], size[head]))
                total += turns * (highest - lowest) + max(abs(highest), abs(lowest))
        for arcs in (tails == SOURCE, heads == SINK):
            total += 2 * int(np.abs(costs[arcs]).max(initial=0))
        return total


def _group(
    tail: Ints, head: Ints | int, width: Ints, rule: Ints | int, sign: Ints, even: Ints | int = 0
) -> Slacks:
    """Make slack arcs; a number stands for a column of it."""
    full = [np.broadcast_to(np.asarray(one, dtype=np.int64), tail.shape) for one in (head, rule, even)]
    return Slacks(tail, full[0], width, full[1], sign, full[2])


def _of_supporters(columns: Columns, top: Ints, source: int) -> Slacks:
    """Cut each supporter's possible load where its price changes: at least, target and most."""
    least, most, target = columns.supporter_least, columns.supporter_most, columns.supporter_target
    aimed = target != NO_TARGET
    marks = np.stack((np.zeros_like(top), least, np.where(aimed, target, 0), most, top))
    marks = np.sort(np.minimum(marks, top), axis=0)
    groups = []
    supporters = np.arange(len(top), dtype=np.int64)
    for low, high in pairwise(marks):
        sign = (low >= most).astype(np.int64) - (high <= least)
        even = np.where(aimed, np.where(high <= target, -1, 1), 0)
        groups.append(
            _group(
                np.full_like(supporters, source), supporters, high - low, columns.supporter_rule, sign, even
            )
        )
    return Slacks.joined(groups)


def _of_recipients(columns: Columns, supporters: int, sink: int) -> Slacks:
    """The first supporter goes to the county where it counts; further ones straight to the sink."""
    least, most = columns.recipient_least, columns.recipient_most
    recipients = np.arange(len(least), dtype=np.int64)
    county = supporters + len(least) + columns.county_of
    counted = columns.county_least[columns.county_of] > 0
    one = np.ones_like(least)
    marks = np.stack((0 * one, one, np.maximum(least, 1), np.maximum(most, 1), supporters * one))
    marks = np.sort(np.minimum(marks, supporters), axis=0)
    duplicate, unbroken = columns.rules.index(DUPLICATE), columns.rules.index(UNBROKEN)
    groups = []
    for low, high in pairwise(marks):
        sign = (low >= most).astype(np.int64) - (high <= least)
        head = np.where(counted & (low == 0), county, sink)
        rule = np.where(sign > 0, duplicate, unbroken)
        groups.append(_group(supporters + recipients, head, high - low, rule, sign))
    return Slacks.joined(groups)


def _of_counties(columns: Columns, first: int, sink: int) -> Slacks:
    """A county pays off its coverage first; what comes beyond it counts nothing."""
    counties = np.arange(len(columns.county_least), dtype=np.int64)
    hospitals = np.bincount(columns.county_of, minlength=len(counties))
    hospitals[columns.county_least == 0] = 0
    wanted = np.minimum(columns.county_least, hospitals)
    coverage = columns.rules.index(COVERAGE)
    mending, neither = np.full_like(counties, -1), np.zeros_like(counties)
    return Slacks.joined(
        [
            _group(first + counties, sink, wanted, coverage, mending),
            _group(first + counties, sink, hospitals - wanted, coverage, neither),
        ]
    )
