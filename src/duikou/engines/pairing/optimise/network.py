"""A pairing problem as a minimum-cost flow.

Each unit of flow is one pair: source → supporter → recipient → (county →) sink. What is
not a pair are *slack arcs*, parallel arcs that price each further unit at a node:

- source → supporter: the units below `least`, towards `target`, above `most`, each group
  of equal price one arc, up to `ceiling` or to what the supporter has candidates for;
- recipient → county (capacity 1): the first supporter, the only one that can count as
  coverage; recipient → sink: every further one;
- county → sink: the units that coverage wants, then the rest;
- source → sink: the units that are not needed.

At every node the prices rise from arc to arc (breach, then nothing, then breach), so that a
cheapest flow fills them in order and its cost is the level's value. The order is the same
at all levels, hence also when one level is minimised after the other. Everything
is built by whole columns; nothing loops over candidates.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np

from duikou.engines.pairing.optimise.columns import NO_TARGET, Columns
from duikou.engines.pairing.optimise.flow import Network
from duikou.engines.pairing.optimise.model import (
    COVERAGE,
    DUPLICATE,
    UNBROKEN,
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
        """Put groups of slack arcs behind one another, without those that have no width."""
        columns = [
            np.concatenate([getattr(part, name)[part.width > 0] for part in parts])
            for name in ("tail", "head", "width", "rule", "sign", "even")
        ]
        return cls(*columns)


@dataclass(frozen=True, eq=False, slots=True)
class PairingNetwork:
    """The network of a problem: first the arcs of the candidates, then the slack arcs."""

    network: Network
    candidates: int
    slacks: Slacks
    columns: Columns

    @classmethod
    def of(cls, problem: Problem, columns: Columns) -> Self:
        """Build the network; locks and prohibitions are left to the caller."""
        supporters, recipients = len(problem.supporters), len(problem.recipients)
        counties, pairs = len(problem.counties), problem.candidates
        sink = supporters + recipients + counties + 1
        choices = np.bincount(pairs.supporter, minlength=supporters)
        offers = np.bincount(pairs.recipient, minlength=recipients)
        top = np.minimum(columns.ceiling, choices)
        total = int(min(top.sum(), len(pairs)))
        slacks = Slacks.joined(
            [
                _of_supporters(columns, top, sink - 1),
                _of_recipients(columns, offers, supporters, sink),
                _of_counties(columns, offers, supporters + recipients, sink),
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
        return cls(network, len(pairs), slacks, columns)

    def costs(self, level: Level) -> Ints:
        """Return what one unit on each arc costs at a level."""
        slacks = self.slacks
        prices = np.array([level.prices.get(rule, 0) for rule in self.columns.rules], dtype=np.int64)
        costs = np.zeros(len(self.network.tail), dtype=np.int64)
        if level.cost is not None:
            costs[: self.candidates] = level.cost
        costs[self.candidates :] = slacks.sign * prices[slacks.rule] + level.evenness * slacks.even
        return costs

    def reach(self, costs: Ints) -> int:
        """Return more than the cost of any simple cycle or path can come to.

        A simple cycle meets a node once: two arcs at the source, two at the sink, and
        two arcs per supporter and per recipient between them.
        """
        layer, network = self.network.layer, self.network
        steps = {
            (SOURCE, SUPPORTERS): 2,
            (SUPPORTERS, RECIPIENTS): 2 * int(min((layer == SUPPORTERS).sum(), (layer == RECIPIENTS).sum())),
            (RECIPIENTS, COUNTIES): 2 * int(min((layer == RECIPIENTS).sum(), (layer == COUNTIES).sum())),
            (RECIPIENTS, SINK): 2,
            (COUNTIES, SINK): 2,
        }
        tails, heads = layer[network.tail], layer[network.head]
        total = 0
        for (tail, head), arcs in steps.items():
            size = np.abs(costs[(tails == tail) & (heads == head)]).max(initial=0)
            total += arcs * int(size)
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


def _of_recipients(columns: Columns, offers: Ints, first: int, sink: int) -> Slacks:
    """The first supporter goes to the county where it counts; further ones straight to the sink."""
    least, most = columns.recipient_least, columns.recipient_most
    recipients = np.arange(len(offers), dtype=np.int64)
    county = first + len(offers) + columns.county_of
    counted = columns.county_least[columns.county_of] > 0
    one = np.ones_like(offers)
    marks = np.stack((0 * one, one, np.maximum(least, 1), np.maximum(most, 1), offers))
    marks = np.sort(np.minimum(marks, offers), axis=0)
    duplicate, unbroken = columns.rules.index(DUPLICATE), columns.rules.index(UNBROKEN)
    groups = []
    for low, high in pairwise(marks):
        sign = (low >= most).astype(np.int64) - (high <= least)
        head = np.where(counted & (low == 0), county, sink)
        rule = np.where(sign > 0, duplicate, unbroken)
        groups.append(_group(first + recipients, head, high - low, rule, sign))
    return Slacks.joined(groups)


def _of_counties(columns: Columns, offers: Ints, first: int, sink: int) -> Slacks:
    """A county pays off its coverage first; what comes beyond it counts nothing."""
    counties = np.arange(len(columns.county_least), dtype=np.int64)
    hospitals = np.bincount(columns.county_of[offers > 0], minlength=len(counties))
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
