"""A part of the model as a mixed-integer program for HiGHS: some arcs free, all others as they are.

With every arc free it is the whole model. Only rows that a free arc touches are stated,
less what the fixed arcs already give them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

import highspy
import numpy as np
import scipy.sparse as sp

from duikou.engines.pairing.optimise.assignment import Assignment
from duikou.engines.pairing.optimise.model import Cancelled, Flags, Ints
from duikou.engines.pairing.optimise.work import Budget

ITERATIONS_PER_UNIT = 10
"""Simplex iterations that are booked as one unit of work."""
UNITS_PER_LOOK = 50
"""HiGHS looks up at points that are the same in every run; so many units may pass between two."""


class Ended(StrEnum):
    """Why HiGHS stopped."""

    PROVED = "proved"
    LIMIT = "limit"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, eq=False, slots=True)
class Answer:
    """What HiGHS found."""

    ended: Ended
    chosen: Flags | None
    bound: int | None  # for the arcs left free; lowered by what floating point may have lost


def run(highs: highspy.Highs, budget: Budget, work: float) -> highspy.HighsInfo:
    """Let HiGHS run for at most `work` units, book what it used, and pass a cancelling on."""
    looks = 0
    stopped: list[BaseException] = []

    def look(event: highspy.highs.HighsCallbackEvent) -> None:
        nonlocal looks
        looks += 1
        if looks * UNITS_PER_LOOK > work or budget.over:
            event.interrupt()
        elif budget.pulse is not None:
            try:
                budget.pulse()
            except Cancelled as reason:  # must not pass through the solver's own code
                stopped.append(reason)
                event.interrupt()

    highs.cbMipInterrupt += look
    if budget.seconds < float("inf") and budget.clock is time.monotonic:
        highs.setOptionValue("time_limit", max(0.1, budget.seconds - budget.elapsed))
    highs.solve()
    if stopped:
        raise stopped[0]
    info = highs.getInfo()
    budget.spent += max(0, int(info.simplex_iteration_count)) / ITERATIONS_PER_UNIT
    return info


def quiet() -> highspy.Highs:
    """Return HiGHS silent, single-threaded and asked for proofs."""
    highs = highspy.Highs()
    highs.silent()
    # Values are whole: a distance below one is none.
    for name, value in (("threads", 1), ("random_seed", 0), ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.0)):
        highs.setOptionValue(name, value)
    return highs


class _Writer:
    """Collects columns and rows."""

    def __init__(self) -> None:
        self.columns: list[tuple[np.ndarray, float]] = []  # prices by level, upper bound
        self.entries: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self.low: list[np.ndarray] = []
        self.high: list[np.ndarray] = []
        self.rows = 0

    def add(self, count: int, low: object, high: object) -> Ints:
        """Open rows with these limits; return their numbers."""
        self.low.append(np.broadcast_to(np.asarray(low, dtype=np.float64), count))
        self.high.append(np.broadcast_to(np.asarray(high, dtype=np.float64), count))
        self.rows += count
        return np.arange(self.rows - count, self.rows)

    def put(self, rows: np.ndarray, columns: np.ndarray, values: object) -> None:
        """Put coefficients into rows."""
        rows = np.asarray(rows)
        self.entries.append((rows, columns, np.broadcast_to(np.asarray(values, dtype=np.float64), len(rows))))


class Submodel:
    """The program for some free arcs beside a choice that is kept elsewhere."""

    def __init__(self, model: Assignment, kept: Sequence[int], free: Ints, chosen: Flags) -> None:
        self.model, self.free, self.base = model, free, chosen.copy()
        self.base[free] = False
        self.start = chosen
        self.levels = len(kept) + 1
        self.kept = kept
        self.prices = [model.cost[: self.levels, free]]
        self.upper = [np.ones(len(free))]
        self.width = len(free)
        self.writer = _Writer()
        self.change_row = -1
        self.level_rows: list[int] = []
        self._agents()
        self._rows()
        self._shared()

    def _columns(self, prices: Ints, upper: np.ndarray) -> Ints:
        """Add continuous columns; return their numbers."""
        self.prices.append(prices)
        self.upper.append(upper)
        self.width += prices.shape[1]
        return np.arange(self.width - prices.shape[1], self.width)

    def _agents(self) -> None:
        """State ceilings, prices of loads and capacities of the agents with free arcs."""
        model, writer, free = self.model, self.writer, self.free
        agents, where = np.unique(model.agent[free], return_inverse=True)
        number = np.arange(len(free))
        has = model.counts(self.base)[agents]
        degree = np.bincount(where, minlength=len(agents))
        most = np.minimum(model.ceiling[agents] - has, degree)
        table = model.load[: self.levels, agents]
        rise = np.diff(table, axis=2)
        step = np.arange(rise.shape[2])
        inside = (step >= has[:, None]) & (step < (has + most)[:, None])
        begin = inside & (step == has[:, None])
        begin[:, 1:] |= inside[:, 1:] & (rise[:, :, 1:] != rise[:, :, :-1]).any(axis=0)
        priced = (np.abs(rise).sum(axis=0) * inside).any(axis=1)
        begin &= priced[:, None]
        at, first = np.nonzero(begin)
        following = np.append(first[1:], 0)
        last = np.append(at[1:] != at[:-1], True) if len(at) else np.zeros(0, dtype=np.bool_)
        length = np.where(last, (has + most)[at], following) - first
        segments = self._columns(rise[:, at, first], length.astype(np.float64))
        bound = np.flatnonzero(priced)
        row = np.full(len(agents), -1)
        row[bound] = writer.add(len(bound), 0, 0)
        some = np.flatnonzero(row[where] >= 0)
        writer.put(row[where[some]], number[some], 1)
        writer.put(row[at], segments, -1)
        tight = np.flatnonzero(~priced & (most < degree))
        row[:] = -1
        row[tight] = writer.add(len(tight), -np.inf, most[tight])
        some = np.flatnonzero(row[where] >= 0)
        writer.put(row[where[some]], number[some], 1)
        self._capacities(agents, where)

    def _capacities(self, agents: Ints, where: Ints) -> None:
        model, writer, free = self.model, self.writer, self.free
        weight = model.weight[free]
        used = np.bincount(model.agent[self.base], model.weight[self.base], minlength=model.agents)[agents]
        room = model.capacity[agents] - used.astype(np.int64)
        binds = np.flatnonzero(np.bincount(where, weight, minlength=len(agents)) > room)
        row = np.full(len(agents), -1)
        opened = model.openings is not None
        open_row = writer.add(len(binds), -np.inf, 0 if opened else room[binds])
        row[binds] = open_row
        some = np.flatnonzero((row[where] >= 0) & (weight > 0))
        writer.put(row[where[some]], some, weight[some])
        if model.openings is None:
            return
        already = (model.counts(self.base)[agents] > 0).astype(np.float64)
        switch = self._columns(np.zeros((self.levels, len(agents)), dtype=np.int64), np.ones(len(agents)))
        self.switch, self.switch_low = switch, already
        writer.put(open_row, switch[binds], -room[binds])
        each = writer.add(len(free), -np.inf, 0)
        writer.put(each, np.arange(len(free)), 1)
        writer.put(each, switch[where], -1)
        elsewhere = np.count_nonzero(np.delete(model.counts(self.base), agents))
        total = writer.add(1, -np.inf, model.openings - elsewhere)
        writer.put(np.repeat(total, len(switch)), switch, 1)

    def _rows(self) -> None:
        """State the rows that free arcs touch, and their groups."""
        model, writer, levels = self.model, self.writer, self.levels
        part = model.columns[self.free].tocoo()
        rows, at = np.unique(part.col, return_inverse=True)
        fixed = (model.rows @ self.base.astype(np.int64))[rows]
        size = np.bincount(at, minlength=len(rows))
        below, above = model.least[rows] - fixed, model.most[rows] - fixed
        under = (model.under[:levels, rows].any(axis=0)) & (below > 0)
        over = (model.over[:levels, rows].any(axis=0)) & (above < size)
        used = np.flatnonzero(under | over)
        line = np.full(len(rows), -1)
        self.lines, self.flags = np.full((2, len(model.least)), -1)
        line[used] = writer.add(
            len(used), np.where(under, below, -np.inf)[used], np.where(over, above, np.inf)[used]
        )
        self.lines[rows] = line
        some = np.flatnonzero(line[at] >= 0)
        writer.put(line[at[some]], part.row[some], 1)
        for which, prices, sign in ((under, model.under, 1), (over, model.over, -1)):
            here = np.flatnonzero(which)
            helper = self._columns(prices[:levels, rows[here]], np.full(len(here), np.inf))
            writer.put(line[here], helper, sign)
        self._groups(rows, at, part.row, fixed)

    def _groups(self, rows: Ints, at: Ints, column: Ints, fixed: Ints) -> None:
        model, writer, levels = self.model, self.writer, self.levels
        if not len(model.group_least):
            return
        group = model.group[rows]
        priced = model.short[:levels].max(axis=0) > 0
        wanted = (group >= 0) & (fixed == 0) & priced[group]
        flagged = np.flatnonzero(wanted)
        if not len(flagged):
            return
        found = model.rows @ self.base.astype(np.int64)
        reached = model.reached(found)
        groups, where = np.unique(group[flagged], return_inverse=True)
        flag = self._columns(np.zeros((levels, len(flagged)), dtype=np.int64), np.ones(len(flagged)))
        line = np.full(len(rows), -1)
        line[flagged] = writer.add(len(flagged), 0, np.inf)
        self.flags[rows] = line
        some = np.flatnonzero(line[at] >= 0)
        writer.put(line[at[some]], column[some], 1)
        writer.put(line[flagged], flag, -1)
        short = self._columns(model.short[:levels, groups], np.full(len(groups), np.inf))
        total = writer.add(len(groups), model.group_least[groups] - reached[groups], np.inf)
        writer.put(total[where], flag, 1)
        writer.put(total, short, 1)

    def _shared(self) -> None:
        """State the change budget and what earlier levels may cost."""
        model, writer, free = self.model, self.writer, self.free
        number = np.arange(len(free))
        if model.step is not None:
            row = writer.add(1, -np.inf, model.budget - int(model.step[self.base].sum()))
            self.change_row = int(row[0])
            writer.put(np.repeat(row, len(free)), number, model.step[free])
        prices = np.concatenate(self.prices, axis=1)
        self.offset = self._elsewhere()
        for level, value in enumerate(self.kept):
            some = np.flatnonzero(prices[level])
            row = writer.add(1, -np.inf, value - self.offset[level])
            self.level_rows.append(int(row[0]))
            writer.put(np.repeat(row, len(some)), some, prices[level, some])
        self.cost = prices[-1].astype(np.float64)

    def _elsewhere(self) -> Ints:
        """Return, per level, what the parts that are not stated here cost.

        Parts that are stated and touched count their fixed share: the base choice has
        each breach at its worst, and the columns for breaches begin from zero, so the
        stated columns' value at the base is taken off again.
        """
        model, levels = self.model, self.levels
        base = np.array(model.values(self.base)[:levels], dtype=np.int64)
        part = model.columns[self.free].tocoo()
        rows = np.unique(part.col)
        fixed = (model.rows @ self.base.astype(np.int64))[rows]
        base -= model.under[:levels, rows] @ np.maximum(model.least[rows] - fixed, 0)
        stated_over = (
            fixed + np.bincount(np.searchsorted(rows, part.col), minlength=len(rows)) > model.most[rows]
        )
        base -= model.over[:levels, rows] @ (np.maximum(fixed - model.most[rows], 0) * stated_over)
        group = model.group[rows]
        touched = np.unique(group[(group >= 0) & (fixed == 0)])
        found = model.rows @ self.base.astype(np.int64)
        reached = model.reached(found)
        base -= model.short[:levels, touched] @ np.maximum(model.group_least[touched] - reached[touched], 0)
        return base

    def solve(self, budget: Budget, *, work: float) -> Answer:
        """Run HiGHS for at most `work` units; what it used is booked."""
        highs = self.stated()
        info = run(highs, budget, work)
        budget.spend(5 + len(self.free) / 200)
        return self._read(highs, info)

    def matrix(self) -> sp.csc_array:
        """Return rows × columns."""
        row, column, value = (np.concatenate(part) for part in zip(*self.writer.entries, strict=True))
        return sp.csc_array((value, (row, column)), shape=(self.writer.rows, self.width))

    def stated(self) -> highspy.Highs:
        """Return HiGHS with the program and the present choice as its first solution."""
        model, writer = self.model, self.writer
        highs = quiet()
        low = np.zeros(self.width)
        low[: len(self.free)] = model.locked[self.free]
        if model.openings is not None:
            low[self.switch] = self.switch_low
        matrix = self.matrix()
        # Breaches are whole by themselves, yet HiGHS 1.14 must be told: with continuous columns its
        # presolve has been seen to lose the optimum (four columns, four rows; see the tests).
        whole = np.ones(self.width, dtype=np.int32)
        highs.passModel(
            self.width, writer.rows, matrix.nnz, 1, 1, float(self.offset[-1]),
            self.cost, low, np.concatenate(self.upper),
            np.concatenate(writer.low), np.concatenate(writer.high),
            matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data, whole,
        )  # fmt: skip
        given = np.arange(len(self.free), dtype=np.int32)
        highs.setSolution(len(given), given, self.start[self.free].astype(np.float64))
        return highs

    def _read(self, highs: highspy.Highs, info: highspy.HighsInfo) -> Answer:
        status = highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return Answer(Ended.IMPOSSIBLE, None, None)
        proved = status == highspy.HighsModelStatus.kOptimal
        chosen = None
        if info.primal_solution_status == 2:
            values = np.asarray(highs.getSolution().col_value)[: len(self.free)]
            chosen = self.base.copy()
            chosen[self.free[values > 0.5]] = True
        dual = info.mip_dual_bound
        bound = None
        if np.isfinite(dual) and abs(dual) < 2.0**50:
            bound = ceil(dual - 1e-4 - abs(dual) * 1e-9)
        return Answer(Ended.PROVED if proved else Ended.LIMIT, chosen, bound)
