"""Every lawful row of a person as a path through layers, one layer a day; the cheapest by one sweep.

A node is a state of the automaton together with what has added up so far: weekends, hours, counts of
limited shifts and of fair shares. Arcs are numpy columns sorted by their head, so that a sweep over a
day is one addition and one `minimum.reduceat`. Leave, wishes and prices are in the costs that a sweep
is given, so persons with the same contract share their layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from math import gcd

import numpy as np
import numpy.typing as npt

from duikou.engines.rostering.model import Problem, Staff
from duikou.engines.rostering.rows import Automaton, Ints, automaton

Floats = npt.NDArray[np.float64]
FAR = 1e12
"""Cost of a closed choice; a row that costs as much is none."""


class TooWide(Exception):
    """The layers would have more nodes than is worth while."""


@dataclass(frozen=True, slots=True)
class Meter:
    """Something that adds up: what a choice of a day adds, and the most that is allowed.

    `kind` weekend: the step is added on a Sunday only if Saturday was off.
    """

    steps: Ints  # days × choices
    most: int
    least: int = 0
    weekend: bool = False
    share: tuple[int, int, int] | None = None  # low, high, weight


@dataclass(frozen=True, slots=True)
class Layer:
    """Arcs of a day. `starts`: where the arcs of each head begin; heads are 0, 1, 2 …"""

    tails: npt.NDArray[np.int32]
    choices: npt.NDArray[np.int8]
    starts: Ints


@dataclass(frozen=True, slots=True)
class Layers:
    """All rows of a contract. `final`: what each node of the last layer costs by shares.

    `loose`: positions of the limited shifts that are not counted; a row may break those.
    """

    days: tuple[Layer, ...]
    final: Floats
    loose: tuple[tuple[int, int], ...]

    @property
    def size(self) -> int:
        """Number of arcs."""
        return sum(len(layer.tails) for layer in self.days)


def contract(problem: Problem, person: Staff) -> object:
    """What the layers of a person depend on; equal for persons who can share them."""
    limits = person.limits
    closed = tuple(
        not shift.needs <= person.skills or limits.max_of.get(shift.id, 1) <= 0 for shift in problem.shifts
    )
    shares = tuple(
        (share.shifts, share.low, share.high, share.weight, share.weekend_only) for share in person.shares
    )
    plain = (limits.max_minutes, limits.min_minutes, limits.max_run, limits.min_run, limits.min_off)
    return plain, limits.max_weekends, tuple(sorted(limits.max_of.items())), closed, shares, person.before


def meters(problem: Problem, person: Staff) -> tuple[list[Meter], list[tuple[int, int, Meter]]]:
    """What must be counted, and the limited shifts (choice, most) that may be left out, tightest first."""
    limits, shifts, days = person.limits, problem.shifts, problem.days
    must: list[Meter] = []
    zero = np.zeros((days, len(shifts) + 1), dtype=np.int64)
    if limits.max_weekends is not None:
        steps = zero.copy()
        weekend = [day for day in range(days) if problem.is_weekend(day)]
        steps[weekend, 1:] = 1
        must.append(Meter(steps, limits.max_weekends, weekend=True))
    if limits.max_minutes is not None or limits.min_minutes > 0:
        unit = reduce(gcd, (shift.minutes for shift in shifts))
        steps = zero.copy()
        steps[:, 1:] = [shift.minutes // unit for shift in shifts]
        top = days * int(steps.max())
        most = top if limits.max_minutes is None else min(top, limits.max_minutes // unit)
        must.append(Meter(steps, most, -(-limits.min_minutes // unit)))
    for share in person.shares:
        steps = zero.copy()
        rows = [day for day in range(days) if not share.weekend_only or problem.is_weekend(day)]
        for index, shift in enumerate(shifts, 1):
            steps[rows, index] = int(shift.id in share.shifts)
        must.append(Meter(steps, len(rows), share=(share.low, share.high, share.weight)))
    may: list[tuple[int, int, Meter]] = []
    for index, shift in enumerate(shifts, 1):
        most = limits.max_of.get(shift.id, days)
        if 0 < most < _at_most(person, days, shift.minutes):
            steps = zero.copy()
            steps[:, index] = 1
            may.append((index, most, Meter(steps, most)))
    return must, sorted(may, key=lambda each: each[1])


def _at_most(person: Staff, days: int, minutes: int) -> int:
    """How often a shift could be worked if nothing else were."""
    limits = person.limits
    most = days if limits.max_minutes is None else min(days, limits.max_minutes // minutes)
    if limits.max_run is not None:
        cycle = limits.max_run + limits.min_off
        most = min(most, days // cycle * limits.max_run + min(days % cycle, limits.max_run))
    return most


def layers_of(problem: Problem, person: Staff, widest: int = 20_000) -> Layers:
    """The layers of a person's contract, counting as many limited shifts as fit into `widest` nodes."""
    machine = automaton(problem, person)
    must, may = meters(problem, person)
    best = _built(problem, person, machine, must, widest)
    counted = list(must)
    loose: list[tuple[int, int]] = []
    for index, most, meter in may:
        try:
            best = _built(problem, person, machine, [*counted, meter], widest)
            counted.append(meter)
        except TooWide:
            loose.append((index, most))
    return Layers(best.days, best.final, tuple(loose))


def _built(problem: Problem, person: Staff, machine: Automaton, counted: list[Meter], widest: int) -> Layers:
    """Forward over the days, then back to drop what leads nowhere."""
    radix = [meter.most + 1 for meter in counted]
    closed = [
        index
        for index, shift in enumerate(problem.shifts, 1)
        if not shift.needs <= person.skills or person.limits.max_of.get(shift.id, 1) <= 0
    ]
    choices = [choice for choice in range(len(problem.shifts) + 1) if choice not in closed]
    # What each meter can still gain, for an early end of rows that stay below the least.
    gain = [np.r_[np.cumsum(meter.steps.max(axis=1)[::-1])[::-1], 0] for meter in counted]
    keys = np.array([machine.start], dtype=np.int64)
    for size in radix:
        keys = keys * size
    found: list[tuple[Ints, Ints, Ints, int]] = []
    for day in range(problem.days):
        tails, taken, heads = _stepped(machine, counted, radix, choices, gain, keys, day)
        before = len(keys)
        keys, heads = np.unique(heads, return_inverse=True)
        if len(keys) > widest:
            raise TooWide
        found.append((tails, taken, heads.ravel(), before))
    _, values = _parts(keys, radix)
    final = np.zeros(len(keys))
    for meter, value in zip(counted, values, strict=True):
        if meter.share is not None:
            low, high, weight = meter.share
            final += weight * np.maximum(0, np.maximum(low - value, value - high))
    keep = np.ones(len(keys), dtype=np.bool_)
    days: list[Layer] = []
    for tails, taken, heads, before in reversed(found):
        used = keep[heads]
        number = np.cumsum(keep) - 1
        tails, taken, heads = tails[used], taken[used], number[heads[used]]
        keep = np.zeros(before, dtype=np.bool_)
        keep[tails] = True
        order = np.argsort(heads, kind="stable")
        starts = (
            np.flatnonzero(np.r_[True, np.diff(heads[order]) > 0]) if len(heads) else np.zeros(0, np.int64)
        )
        renumbered = (np.cumsum(keep) - 1)[tails[order]]
        days.append(Layer(renumbered.astype(np.int32), taken[order].astype(np.int8), starts))
    return Layers(tuple(reversed(days)), final, ())


def _parts(keys: Ints, radix: list[int]) -> tuple[Ints, list[Ints]]:
    """A node's state and the values of its meters."""
    values: list[Ints] = []
    for size in reversed(radix):
        keys, value = np.divmod(keys, size)
        values.append(value)
    return keys, values[::-1]


def _stepped(
    machine: Automaton,
    counted: list[Meter],
    radix: list[int],
    choices: list[int],
    gain: list[Ints],
    keys: Ints,
    day: int,
) -> tuple[Ints, Ints, Ints]:
    """Tails, choices and keys of heads of a day's arcs."""
    states, values = _parts(keys, radix)
    last = day == len(gain[0]) - 2 if gain else False
    parts: list[tuple[Ints, Ints, Ints]] = []
    for choice in choices:
        following = machine.follow[states, choice]
        fits = following >= 0
        sums = []
        for meter, value, rest in zip(counted, values, gain, strict=True):
            step = int(meter.steps[day, choice])
            if meter.weekend and step and day > 0 and meter.steps[day - 1, choice]:
                total = value + np.where(machine.works[states], 0, step)
            else:
                total = value + step
            fits &= total <= meter.most
            fits &= total + (0 if last else int(rest[day + 1])) >= meter.least
            sums.append(total)
        here = np.flatnonzero(fits)
        head = following[here]
        for size, total in zip(radix, sums, strict=True):
            head = head * size + total[here]
        parts.append((here, np.full(len(here), choice, dtype=np.int64), head))
    tails, taken, heads = (np.concatenate(part) for part in zip(*parts, strict=True))
    return tails, taken, heads


def sweep(layers: Layers, costs: Floats) -> list[Floats]:
    """The cheapest way to each node of each day, shares not yet in it; `costs`: days × choices."""
    ways = [np.zeros(1)]
    for day, layer in enumerate(layers.days):
        if len(layer.tails) == 0:
            return [np.full(0, FAR)]
        reached = ways[-1][layer.tails] + costs[day][layer.choices]
        ways.append(np.minimum.reduceat(reached, layer.starts))
    return ways


def row_to(layers: Layers, costs: Floats, ways: list[Floats], node: int) -> Ints:
    """The choices of the cheapest row that ends in a node."""
    row = np.zeros(len(layers.days), dtype=np.int64)
    for day in range(len(layers.days) - 1, -1, -1):
        layer = layers.days[day]
        first = layer.starts[node]
        end = layer.starts[node + 1] if node + 1 < len(layer.starts) else len(layer.tails)
        arcs = slice(first, end)
        reached = ways[day][layer.tails[arcs]] + costs[day][layer.choices[arcs]]
        arc = first + int(np.argmin(reached))
        row[day] = layer.choices[arc]
        node = int(layer.tails[arc])
    return row
