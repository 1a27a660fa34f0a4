"""The program of the sessions: who sees which request in which session, hours within a session left open.

It is a relaxation: what it asks of a session is that the lengths fit in, which is not enough where several
experts must meet or an hour is due. `Master.cut` adds what `placing` has found impossible.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array

from duikou.engines.scheduling.choices import Choices, Ints
from duikou.engines.scheduling.model import Problem

VERSION = f"HiGHS {highspy.HIGHS_VERSION_MAJOR}.{highspy.HIGHS_VERSION_MINOR}.{highspy.HIGHS_VERSION_PATCH}"
FAR = math.inf

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Found:
    """Chosen columns (None: none in the time), their cost, and what every plan costs at least.

    `whole` says that every column took part.
    """

    chosen: Ints | None
    cost: float
    bound: float
    whole: bool


class Rows:
    """Rows in the making: entries, and bounds of each."""

    def __init__(self) -> None:
        self.entries: list[tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]] = []
        self.lower: list[float] = []
        self.upper: list[float] = []

    def add(self, columns: Ints, values: npt.ArrayLike, lower: float, upper: float) -> None:
        """One row."""
        row = np.full(len(columns), len(self.lower))
        self.entries.append((row, columns, np.broadcast_to(np.asarray(values, np.float64), len(columns))))
        self.lower.append(lower)
        self.upper.append(upper)


class Master:
    """The program of one part: a column for each choice, then one for each expert beyond a share.

    Costs are counted from nobody being served on: a served request gives its price back.
    """

    def __init__(self, problem: Problem, choices: Choices) -> None:
        self._problem, self._choices = problem, choices
        urgency = np.array([request.urgency for request in problem.requests], np.int64)[choices.request]
        served = problem.weights.unserved * urgency * (choices.seat == 0)
        self._cost = (choices.cost - served).astype(np.float64)
        self._upper = [1.0] * len(choices)
        self._rows = Rows()
        self._requests()
        self._sessions()
        self._shares()
        whole = [round(cost) for cost in self._cost]
        self.step = math.gcd(*whole) or 1
        self._within = float(_FIRST * self.step)
        self._relaxed: tuple[_Sheet, float, Floats] | None = None

    def _requests(self) -> None:
        """Each request once; its seats in the same hours; no expert on two of them."""
        choices = self._choices
        for request, at in _by(choices.request):
            seats = choices.seat[at]
            self._rows.add(at[seats == 0], 1.0, -FAR, 1.0)
            number = len(self._problem.requests[request].seats)
            if number == 1:
                continue
            for _, same in _by(choices.group[at]):
                first = at[same][seats[same] == 0]
                for seat in range(1, number):
                    other = at[same][seats[same] == seat]
                    signs = np.r_[np.ones(len(first)), -np.ones(len(other))]
                    self._rows.add(np.r_[first, other], signs, 0.0, 0.0)
            for _, same in _by(choices.expert[at]):
                if len(set(seats[same].tolist())) > 1:
                    self._rows.add(at[same], 1.0, -FAR, 1.0)

    def _sessions(self) -> None:
        """What fits into a session, and into an expert's day."""
        problem, choices = self._problem, self._choices
        length = np.array([request.length for request in problem.requests], np.int64)[choices.request]
        days: dict[tuple[int, int], list[Ints]] = defaultdict(list)
        for number, at in _by(choices.session):
            session = choices.sessions[number]
            days[session.expert, session.day].append(at)
            buffer = problem.experts[session.expert].buffer
            self._windows(at, length[at], buffer)
        for day, sessions in days.items():
            at = np.concatenate(sessions)
            if len(at) > choices.room[day]:
                self._rows.add(at, 1.0, -FAR, choices.room[day])

    def _windows(self, at: Ints, length: Ints, buffer: int) -> None:
        """What must be over between two hours fits between them: the session's, and each release and due."""
        choices = self._choices
        low, end = choices.low[at], choices.high[at] + length
        first, last = int(low.min()), int(end.max())
        spans = (
            {(first, last)} | {(one, last) for one in low.tolist()} | {(first, one) for one in end.tolist()}
        )
        spans |= {(one, two) for one, two in zip(low.tolist(), end.tolist(), strict=True)}
        for one, two in sorted(spans):
            inside = (low >= one) & (end <= two)
            size, room = length[inside] + buffer, two - one + buffer
            if size.sum() > room:
                self._rows.add(at[inside], size, -FAR, room)
                # As many as there would be of the shortest: tighter than the lengths for halves of requests.
                self._rows.add(at[inside], 1.0, -FAR, room // size.min())

    def _shares(self) -> None:
        """A column for the consultations of an expert beyond the share."""
        cost, problem = self._cost.tolist(), self._problem
        for number, at in _by(self._choices.expert):
            expert = problem.experts[number]
            if expert.share is None:
                continue
            left = max(0, expert.share - expert.served - self._choices.load[number])
            if len(at) > left:
                cost.append(problem.weights.unfair)
                self._upper.append(FAR)
                both = np.r_[at, len(cost) - 1]
                self._rows.add(both, np.r_[np.ones(len(at)), -1.0], -FAR, left)
        self._cost = np.array(cost, np.float64)

    def cut(self, columns: Ints) -> None:
        """These columns, by position, never all together."""
        self._rows.add(columns, 1.0, -FAR, len(columns) - 1)
        self._relaxed = None

    def solve(self, seconds: float) -> Found:
        """The best choice of the cheap columns under the rows so far, and what any choice costs at least.

        The relaxation says by how much each column makes a plan dearer at least: those beyond `within` do
        not take part, and the bound says what every plan with one of them costs at least.
        """
        ends = time.process_time() + seconds
        if self._relaxed is None:
            self._relaxed = _relax(self._sheet(), seconds)
        sheet, relaxed, dearer = self._relaxed
        if relaxed == -FAR:
            return Found(None, FAR, -FAR, whole=True)
        out = dearer > self._within
        out[len(self._choices) :] = False
        left_out = relaxed + float(dearer[out].min()) if out.any() else FAR
        left = max(0.1, ends - time.process_time())
        chosen, cost, bound = _branch(sheet, np.flatnonzero(~out), self.step, left)
        if chosen is not None:
            chosen = chosen[chosen < len(self._choices)]
        return Found(chosen, cost, max(relaxed, min(bound, left_out)), whole=not out.any())

    def widen(self, cost: float) -> None:
        """Let all columns take part with which a plan could be cheaper than that."""
        if cost < FAR and self._relaxed is not None:
            self._within = max(cost - self._relaxed[1], self._within)
        else:
            self._within *= _WIDER

    def _sheet(self) -> _Sheet:
        rows = self._rows
        row, column, value = (np.concatenate(part) for part in zip(*rows.entries, strict=True))
        matrix = coo_array((value, (row, column)), shape=(len(rows.lower), len(self._cost))).tocsc()
        return _Sheet(self._cost, np.array(self._upper), matrix, np.array(rows.lower), np.array(rows.upper))


_FIRST = 10  # steps beyond the relaxation up to which columns take part at first
_WIDER = 8


@dataclass(frozen=True, eq=False, slots=True)
class _Sheet:
    """The program in arrays."""

    cost: Floats
    upper: Floats
    matrix: Any  # scipy's, by column
    row_lower: Floats
    row_upper: Floats

    def lp(self) -> Any:
        """The program as HiGHS takes it."""
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = self.matrix.shape
        lp.col_cost_ = self.cost
        lp.col_lower_ = np.zeros(len(self.cost))
        lp.col_upper_ = _bounds(self.upper)
        lp.row_lower_ = _bounds(self.row_lower)
        lp.row_upper_ = _bounds(self.row_upper)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = self.matrix.indptr
        lp.a_matrix_.index_ = self.matrix.indices
        lp.a_matrix_.value_ = self.matrix.data
        return lp


def _relax(sheet: _Sheet, seconds: float) -> tuple[_Sheet, float, Floats]:
    """The relaxation's value (-FAR: the time was over), and how much dearer each column makes it."""
    solver = _quiet(seconds)
    solver.passModel(sheet.lp())
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return sheet, -FAR, np.zeros(len(sheet.cost))
    return sheet, solver.getInfo().objective_function_value, np.array(solver.getSolution().col_dual)


def _branch(sheet: _Sheet, columns: Ints, step: int, seconds: float) -> tuple[Ints | None, float, float]:
    """The best of these columns alone, its cost, and what every choice of them costs at least."""
    if not len(columns):
        return columns, 0.0, 0.0  # nobody is served; HiGHS would call an empty model none
    few = replace(
        sheet, cost=sheet.cost[columns], upper=sheet.upper[columns], matrix=sheet.matrix[:, columns]
    )
    lp = few.lp()
    # Whole numbers throughout: beside continuous columns HiGHS 1.14's presolve loses optimal plans.
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(columns)
    solver = _quiet(seconds)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", step - 0.5)
    solver.passModel(lp)
    solver.run()
    info: Any = solver.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None, FAR, info.mip_dual_bound
    values = np.array(solver.getSolution().col_value)
    return columns[np.flatnonzero(values > 0.5)], info.objective_function_value, info.mip_dual_bound


def _quiet(seconds: float) -> Any:
    solver = highspy.Highs()
    for name, value in (("output_flag", False), ("threads", 1), ("random_seed", 1), ("time_limit", seconds)):
        solver.setOptionValue(name, value)
    return solver


def _by(values: Ints) -> list[tuple[int, Ints]]:
    """The positions of each value."""
    order = np.argsort(values, kind="stable")
    cuts = np.flatnonzero(np.diff(values[order])) + 1
    return [(int(values[at[0]]), at) for at in np.split(order, cuts) if len(at)]


def _bounds(values: Floats) -> Floats:
    return np.clip(values, -highspy.kHighsInf, highspy.kHighsInf)
