"""Supporter patterns as columns: the strongest bound, and plans made of whole patterns.

A pattern is all that one agent takes. The linear program over known patterns gives
prices; the knapsacks answer with each agent's best pattern under them; new ones become
columns until no pattern would help. Every round also gives a bound in whole numbers, so
that the program may stop at any moment. It is best at provincial size: some hundred
agents with few arcs each.
"""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import numpy as np
import scipy.sparse as sp

from duikou.engines.pairing.optimise.bounds import SCALE, Prices, Relaxation, Relaxed
from duikou.engines.pairing.optimise.model import Flags, Ints
from duikou.engines.pairing.optimise.submodel import Submodel, quiet, run
from duikou.engines.pairing.optimise.work import Budget

SMOOTHING = 0.5
"""How much of the best prices so far stays in the next ones: prices of early programs swing wildly."""


class _Shared(Submodel):
    """The rows that agents share, without the agents' own."""

    def _agents(self) -> None:
        pass


class Master:
    """The linear program over the patterns known so far."""

    def __init__(self, relaxation: Relaxation, kept: Sequence[int], start: Flags) -> None:
        model = relaxation.model
        self.relaxation, self.model = relaxation, model
        nothing = np.zeros(model.arcs, dtype=np.bool_)
        self.free = np.flatnonzero(model.allowed)
        self.shared = _Shared(model, kept, self.free, nothing)
        matrix = self.shared.matrix()
        self.arcs = matrix[:, : len(self.free)].tocsr()
        self.helpers = matrix[:, len(self.free) :].tocsc()
        rows = self.shared.writer.rows
        self.agent_row = rows + np.arange(model.agents)
        self.open_row = rows + model.agents if model.openings is not None else None
        self.known: dict[tuple[int, bytes], int] = {}
        self.members: list[Ints] = []
        self.owner: list[int] = []
        self.prices: list[float] = []
        self.columns: list[sp.csc_array] = []
        self.highs = self._stated()
        self.add(start)

    def _stated(self) -> highspy.Highs:
        """Return HiGHS with the shared rows, the columns of breaches, and one row per agent."""
        shared, model = self.shared, self.model
        low = [np.concatenate(shared.writer.low), np.ones(model.agents)]
        high = [np.concatenate(shared.writer.high), np.ones(model.agents)]
        if self.open_row is not None:
            low.append(np.array([-np.inf]))
            high.append(np.array([float(model.openings or 0)]))
        self.low, self.high = np.concatenate(low), np.concatenate(high)
        rows = len(self.low)
        count = self.helpers.shape[1]
        self.helpers_full = sp.csc_array(
            (self.helpers.data, self.helpers.indices, self.helpers.indptr), shape=(rows, count)
        )
        highs = quiet()
        highs.passModel(
            count, rows, self.helpers.nnz, 1, 1, float(shared.offset[-1]),
            shared.cost[len(self.free) :], np.zeros(count), np.concatenate(shared.upper)[len(self.free) :],
            self.low, self.high,
            self.helpers.indptr.astype(np.int32), self.helpers.indices.astype(np.int32), self.helpers.data,
            np.zeros(count, dtype=np.int32),
        )  # fmt: skip
        return highs

    def add(self, chosen: Flags) -> int:
        """Make columns of the patterns in a choice; return how many were new."""
        model = self.model
        arcs = np.flatnonzero(chosen)
        begin = np.searchsorted(model.agent[arcs], np.arange(model.agents + 1))
        fresh = []
        for agent in range(model.agents):
            members = arcs[begin[agent] : begin[agent + 1]]
            key = (agent, members.tobytes())
            if key not in self.known:
                self.known[key] = len(self.members)
                self.members.append(members)
                self.owner.append(agent)
                fresh.append((agent, members))
        if fresh:
            self._append(fresh)
        return len(fresh)

    def _append(self, fresh: list[tuple[int, Ints]]) -> None:
        model, shared = self.model, self.shared
        agents = np.array([agent for agent, _ in fresh])
        sizes = np.array([len(members) for _, members in fresh])
        arcs = np.searchsorted(self.free, np.concatenate([members for _, members in fresh]))
        pick = sp.csr_array(
            (np.ones(len(arcs)), (arcs, np.repeat(np.arange(len(fresh)), sizes))),
            shape=(len(self.free), len(fresh)),
        )
        body = (self.arcs @ pick).tolil() if shared.level_rows else self.arcs @ pick
        load = model.load[:, agents, sizes] - model.load[:, agents, 0]
        for level, row in enumerate(shared.level_rows):
            body[row] = body[[row]].toarray() + load[level]
        parts = [body, sp.csr_array((np.ones(len(fresh)), (agents, np.arange(len(fresh)))),
                                    shape=(model.agents, len(fresh)))]  # fmt: skip
        if self.open_row is not None:
            parts.append(sp.csr_array((sizes > 0).astype(np.float64)[None, :]))
        matrix = sp.vstack(parts).tocsc()
        self.columns.append(matrix)
        cost = pick.T @ shared.cost[: len(self.free)] + load[shared.levels - 1]
        self.prices.extend(cost)
        self.highs.addCols(
            len(fresh), cost, np.zeros(len(fresh)), np.full(len(fresh), np.inf), matrix.nnz,
            matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data,
        )  # fmt: skip

    def solve(self) -> Prices | None:
        """Return the prices of the program; None when its rows cannot all be kept yet."""
        self.highs.solve()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        dual = np.asarray(self.highs.getSolution().row_dual)
        shared = self.shared
        row = np.zeros(len(self.model.least))
        for lines in (shared.lines, shared.flags):
            stated = np.flatnonzero(lines >= 0)
            row[stated] += dual[lines[stated]]
        change = -dual[shared.change_row] if shared.change_row >= 0 else 0.0
        return Prices(
            np.rint(row * SCALE).astype(np.int64),
            max(0, round(change * SCALE)),
            tuple(max(0, round(-dual[line] * SCALE)) for line in shared.level_rows),
        )

    def whole(
        self, budget: Budget, relaxed: Relaxed, incumbent: Flags, *, room: int, work: float
    ) -> Flags | None:
        """Return the best plan made of known patterns that lie within `room` (scaled) of the prices."""
        own = self.add_known(incumbent)
        far = self._distance(relaxed)
        keep = np.flatnonzero((far < room) | own)
        matrix = sp.hstack([self.helpers_full, sp.hstack(self.columns, format="csc")[:, keep]], format="csc")
        helpers, width = self.helpers.shape[1], self.helpers.shape[1] + len(keep)
        free = len(self.free)
        whole = np.ones(width, dtype=np.int32)
        highs = quiet()
        highs.passModel(
            width, matrix.shape[0], matrix.nnz, 1, 1, float(self.shared.offset[-1]),
            np.concatenate((self.shared.cost[free:], np.array(self.prices)[keep])),
            np.zeros(width),
            np.concatenate((np.concatenate(self.shared.upper)[free:], np.ones(len(keep)))),
            self.low, self.high,
            matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data, whole,
        )  # fmt: skip
        columns = np.arange(helpers, width, dtype=np.int32)
        highs.setSolution(len(columns), columns, own[keep].astype(np.float64))
        info = run(highs, budget, work)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        values = np.asarray(highs.getSolution().col_value)[helpers:]
        chosen = np.zeros(self.model.arcs, dtype=np.bool_)
        for index in keep[values > 0.5]:
            chosen[self.members[index]] = True
        return chosen

    def add_known(self, chosen: Flags) -> Flags:
        """Return which patterns make up a choice, new ones added."""
        self.add(chosen)
        arcs = np.flatnonzero(chosen)
        begin = np.searchsorted(self.model.agent[arcs], np.arange(self.model.agents + 1))
        mine = np.zeros(len(self.members), dtype=np.bool_)
        for agent in range(self.model.agents):
            mine[self.known[agent, arcs[begin[agent] : begin[agent + 1]].tobytes()]] = True
        return mine

    def _distance(self, relaxed: Relaxed) -> Ints:
        """Return by how much each pattern is dearer than its agent's cheapest (scaled)."""
        sizes = np.array([len(members) for members in self.members])
        owner = np.array(self.owner)
        total = np.concatenate(([0], np.cumsum(relaxed.cost[np.concatenate(self.members)])))
        ends = np.cumsum(sizes)
        cost = total[ends] - total[ends - sizes]
        return cost + relaxed.load[owner, sizes] - relaxed.patterns.value[owner]


def blended(old: Prices, new: Prices, keep: float) -> Prices:
    """Return prices between two."""
    return Prices(
        np.rint(keep * old.row + (1 - keep) * new.row).astype(np.int64),
        round(keep * old.change + (1 - keep) * new.change),
        tuple(round(keep * a + (1 - keep) * b) for a, b in zip(old.level, new.level, strict=True)),
    )


def generate(master: Master, best: Relaxed, budget: Budget, *, rounds: int, target: int) -> Relaxed:
    """Add patterns until none helps, the bound meets the target, or the budget is used up."""
    relaxation = master.relaxation
    for _ in range(rounds):
        prices = master.solve()
        if prices is None or best.bound >= target:
            return best
        smooth = relaxation.answer(blended(best.prices, prices, SMOOTHING))
        fresh = master.add(smooth.patterns.chosen)
        if smooth.scaled > best.scaled:
            best = smooth
        sharp = relaxation.answer(prices)
        fresh += master.add(sharp.patterns.chosen)
        if sharp.scaled > best.scaled:
            best = sharp
        # A program of patterns costs about as much as its columns.
        if not fresh or not budget.spend(10 + len(master.members) / 100):
            return best
    return best
