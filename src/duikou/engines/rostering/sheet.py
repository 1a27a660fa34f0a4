"""A problem in columns: demands, open choices, wishes and layers of each person, for the column methods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from duikou.engines.rostering.layers import FAR, Floats, Layers, TooWide, contract, layers_of, row_to, sweep
from duikou.engines.rostering.model import Assignment, Problem
from duikou.engines.rostering.rows import Ints, allowed, wish_costs

GRAIN = 1024.0
"""Prices are whole multiples of 1/1024, so that sums of them are exact and a bound needs no tolerance."""


@dataclass(frozen=True, slots=True)
class Demands:
    """Cover in columns; `cell`: day × choices + choice; `counts[k, p]`: whether person p counts for k."""

    cell: Ints
    need: Ints
    under: Ints
    over: Ints
    counts: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`wishes[p]`: cost of each choice of each day, FAR where closed."""

    problem: Problem
    demands: Demands
    wishes: tuple[Floats, ...]
    layers: tuple[Layers, ...]
    widths: int  # choices

    @property
    def persons(self) -> range:
        """Positions of the staff."""
        return range(len(self.layers))

    def prices(self, person: int, duals: Floats) -> Floats:
        """What each choice costs a person when cover is paid for."""
        mine = self.demands.counts[:, person]
        paid = np.bincount(
            self.demands.cell[mine], weights=duals[mine], minlength=self.problem.days * self.widths
        )
        priced: Floats = self.wishes[person] - paid.reshape(self.problem.days, self.widths)
        return priced

    def clipped(self, duals: Floats) -> Floats:
        """Prices that leave neither missing nor surplus cover worth less than nothing."""
        grained = np.round(duals * GRAIN) / GRAIN
        kept: Floats = np.clip(grained, -self.demands.over, self.demands.under)
        return kept

    def covered(self, person: int, row: Ints) -> Ints:
        """The demands that a row serves."""
        cells = np.arange(len(row)) * self.widths + row
        mine = self.demands.counts[:, person] & np.isin(self.demands.cell, cells)
        return np.flatnonzero(mine)

    def row_cost(self, person: int, row: Ints) -> int:
        """What a row costs by wishes and shares."""
        total = int(self.wishes[person][np.arange(len(row)), row].sum())
        names = ["", *(shift.id for shift in self.problem.shifts)]
        for share in self.problem.staff[person].shares:
            count = sum(
                names[choice] in share.shifts
                for day, choice in enumerate(row)
                if not share.weekend_only or self.problem.is_weekend(day)
            )
            total += share.weight * max(0, share.low - count, count - share.high)
        return total

    def cost(self, rows: Sequence[Ints]) -> int:
        """What a whole roster costs."""
        demands = self.demands
        served = np.zeros(len(demands.need), dtype=np.int64)
        total = 0
        for person, row in enumerate(rows):
            served[self.covered(person, row)] += 1
            total += self.row_cost(person, row)
        total += int((demands.under * np.maximum(0, demands.need - served)).sum())
        total += int((demands.over * np.maximum(0, served - demands.need)).sum())
        return total

    def roster(self, rows: Sequence[Ints]) -> tuple[Assignment, ...]:
        """The rows as assignments."""
        problem = self.problem
        return tuple(
            Assignment(person.id, day, problem.shifts[choice - 1].id)
            for person, row in zip(problem.staff, rows, strict=True)
            for day, choice in enumerate(row)
            if choice
        )

    def rows(self, roster: Sequence[Assignment]) -> list[Ints]:
        """Assignments as rows."""
        names = {shift.id: index for index, shift in enumerate(self.problem.shifts, 1)}
        number = {person.id: index for index, person in enumerate(self.problem.staff)}
        rows = [np.zeros(self.problem.days, dtype=np.int64) for _ in self.persons]
        for cell in roster:
            rows[number[cell.staff]][cell.day] = names[cell.shift]
        return rows


@dataclass(frozen=True, slots=True)
class Priced:
    """The cheapest rows of a person at given prices. `least`: no row costs less (limits left out too)."""

    least: float
    rows: tuple[Ints, ...]


def priced(sheet: Sheet, person: int, duals: Floats, rows: int = 1) -> Priced:
    """Cheap rows of a person, each with another end, all of them lawful."""
    layers = sheet.layers[person]
    costs = sheet.prices(person, duals)
    ways = sweep(layers, costs)
    if len(ways[-1]) == 0:
        return Priced(FAR, ())
    ends = ways[-1] + layers.final
    least = float(ends.min())
    found: list[Ints] = []
    order = np.argpartition(ends, rows)[:rows] if rows < len(ends) else np.arange(len(ends))
    for node in order[np.argsort(ends[order])]:
        if ends[node] < FAR / 2:
            row = row_to(layers, costs, ways, int(node))
            if not _breaks(layers, row):
                found.append(row)
    for step in range(24):  # a limit that the layers do not count: price the shift until it is kept
        if found or least > FAR / 2:
            break
        for choice, most in layers.loose:
            if int((row == choice).sum()) > most:
                costs[:, choice] += 2.0**step
        ways = sweep(layers, costs)
        ends = ways[-1] + layers.final
        row = row_to(layers, costs, ways, int(np.argmin(ends)))
        if not _breaks(layers, row):
            found.append(row)
    return Priced(least, tuple(found))


def _breaks(layers: Layers, row: Ints) -> bool:
    return any(int((row == choice).sum()) > most for choice, most in layers.loose)


def sheet_of(problem: Problem, widest: int = 20_000, arcs: int = 12_000_000) -> Sheet:
    """The problem in columns. Raises TooWide where the layers would be too large."""
    width = len(problem.shifts) + 1
    names = {shift.id: index for index, shift in enumerate(problem.shifts, 1)}
    known: dict[object, Layers] = {}
    layers: list[Layers] = []
    wishes: list[Floats] = []
    for person in problem.staff:
        key = contract(problem, person)
        if key not in known:
            known[key] = layers_of(problem, person, widest)
            if sum(each.size for each in known.values()) > arcs:
                raise TooWide
        layers.append(known[key])
        costs = wish_costs(problem, person).astype(np.float64)
        costs[~allowed(problem, person)] = FAR
        wishes.append(costs)
    demands = Demands(
        np.array([each.day * width + names[each.shift] for each in problem.demands], dtype=np.int64),
        np.array([each.need for each in problem.demands], dtype=np.int64),
        np.array([each.under for each in problem.demands], dtype=np.int64),
        np.array([each.over for each in problem.demands], dtype=np.int64),
        np.array(
            [
                [not each.skill or each.skill in person.skills for person in problem.staff]
                for each in problem.demands
            ],
            dtype=np.bool_,
        ).reshape(len(problem.demands), len(problem.staff)),
    )
    return Sheet(problem, demands, tuple(wishes), tuple(layers), width)
