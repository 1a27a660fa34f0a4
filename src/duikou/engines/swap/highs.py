"""A block's model in HiGHS: one thread, a fixed seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array

from duikou.engines.swap.columns import Ints
from duikou.engines.swap.rows import FAR, Floats, Rows

VERSION = f"HiGHS {highspy.HIGHS_VERSION_MAJOR}.{highspy.HIGHS_VERSION_MINOR}.{highspy.HIGHS_VERSION_PATCH}"

WHOLE = 1e-6
"""A number this close to a whole one is whole."""


@dataclass(frozen=True, eq=False, slots=True)
class Found:
    """Chosen stays (None: none found in the time), their cost, what was proved, nodes that it took."""

    chosen: Ints | None
    cost: float
    bound: float
    nodes: int


@dataclass(frozen=True, eq=False, slots=True)
class Sheet:
    """A model in arrays. The first columns are the stays; `counts` are the columns to branch on first."""

    stays: int
    counts: Ints
    cost: Floats
    lower: Floats
    upper: Floats
    matrix: Any  # scipy's, by column
    row_lower: Floats
    row_upper: Floats

    def only(self, keep: npt.NDArray[np.bool_]) -> Sheet:
        """Return the model with these columns alone; the others are 0."""
        place = np.cumsum(keep) - 1
        return Sheet(
            stays=int(keep[: self.stays].sum()),
            counts=place[self.counts[keep[self.counts]]],
            cost=self.cost[keep],
            lower=self.lower[keep],
            upper=self.upper[keep],
            matrix=self.matrix[:, np.flatnonzero(keep)],
            row_lower=self.row_lower,
            row_upper=self.row_upper,
        )


def sheet_of(rows: Rows, cost: Floats, first: list[int]) -> Sheet:
    """A block's rows as arrays, with the cost to be made small, and the columns to branch on first."""
    row, column, value = (np.concatenate(part) for part in zip(*rows.entries, strict=True))
    matrix = coo_array((value, (row, column)), shape=(len(rows.row_lower), len(rows.cost))).tocsc()
    counts = np.array(first, np.int64)
    return Sheet(
        rows.stays,
        counts[cost[counts] > 0],
        cost,
        np.array(rows.lower),
        np.array(rows.upper),
        matrix,
        np.array(rows.row_lower),
        np.array(rows.row_upper),
    )


class Model:
    """Relaxations, each from the basis of the one before, and HiGHS's own branching."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._solver = solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("random_seed", 1)
        solver.setOptionValue("mip_rel_gap", 0.0)
        # Few columns take part at a time: searches in smaller models of them cost more than they find.
        for search in ("rens", "rins", "root_reduced_cost", "feasibility_jump"):
            solver.setOptionValue(f"mip_heuristic_run_{search}", False)
        solver.passModel(_lp(sheet))

    def only(self, keep: npt.NDArray[np.bool_]) -> Model:
        """Return a model of these columns alone that starts where this one ended: the others were 0."""
        model = Model(self.sheet.only(keep))
        ended = self._solver.getBasis()
        basis = highspy.HighsBasis()
        basis.col_status = [status for status, kept in zip(ended.col_status, keep, strict=True) if kept]
        basis.row_status = ended.row_status
        basis.valid = True
        model.start_from(basis)
        return model

    def bound(self, column: int, bounds: tuple[float, float]) -> None:
        """Change the bounds of one column."""
        self._solver.changeColBounds(column, *bounds)

    def relax(self, seconds: float, *, presolve: bool = False) -> float | None:
        """Solve the relaxation; None where there is no solution, or no time."""
        solver = self._solver
        solver.setOptionValue("presolve", "choose" if presolve else "off")
        solver.setOptionValue("time_limit", solver.getRunTime() + seconds)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        value: float = solver.getInfo().objective_function_value
        return value

    @property
    def infeasible(self) -> bool:
        """Whether the last relaxation has no solution, as against no time."""
        return bool(self._solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible)

    def values(self) -> Floats:
        """Return the values of all columns."""
        return np.array(self._solver.getSolution().col_value)

    def dearer(self) -> Floats:
        """By how much each stay would make the relaxation dearer, at least."""
        return np.array(self._solver.getSolution().col_dual[: self.sheet.stays])

    def basis(self) -> Any:
        """Where the last relaxation ended."""
        return self._solver.getBasis()

    def start_from(self, basis: Any) -> None:
        """Begin the next relaxation there."""
        self._solver.setBasis(basis)

    def branch(self, seconds: float, step: int) -> Found:
        """HiGHS's own search; costs are multiples of `step`."""
        solver, stays = self._solver, self.sheet.stays
        # Counts and slacks are whole whenever the stays are.
        kinds = np.full(stays, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        solver.changeColsIntegrality(stays, np.arange(stays, dtype=np.int32), kinds)
        solver.setOptionValue("presolve", "off")  # probing would cost more than all the rest
        solver.setOptionValue("mip_abs_gap", step - 0.5)
        solver.setOptionValue("time_limit", solver.getRunTime() + seconds)
        solver.run()
        info: Any = solver.getInfo()
        nodes = max(1, int(info.mip_node_count))
        if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return Found(None, FAR, FAR, nodes)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Found(None, FAR, info.mip_dual_bound, nodes)
        chosen = np.flatnonzero(self.values()[:stays] > 0.5)
        return Found(chosen, info.objective_function_value, info.mip_dual_bound, nodes)


def _lp(sheet: Sheet) -> Any:
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = sheet.matrix.shape
    lp.col_cost_ = sheet.cost
    lp.col_lower_ = sheet.lower
    lp.col_upper_ = _bounds(sheet.upper)
    lp.row_lower_ = _bounds(sheet.row_lower)
    lp.row_upper_ = _bounds(sheet.row_upper)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = sheet.matrix.indptr
    lp.a_matrix_.index_ = sheet.matrix.indices
    lp.a_matrix_.value_ = sheet.matrix.data
    return lp


def _bounds(values: Floats) -> Floats:
    return np.clip(values, -highspy.kHighsInf, highspy.kHighsInf)
