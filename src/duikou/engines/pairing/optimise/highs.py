"""HiGHS as the exact regime uses it: relaxations from a warm basis, branching, stopping.

One thread and a fixed seed: equal input gives equal output. Costs are scaled by powers
of two (which rounds nothing) so that the solver's tolerances stay small beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

from duikou.engines.pairing.optimise.model import Ints
from duikou.engines.pairing.optimise.proof import Box
from duikou.engines.pairing.optimise.rows import Rows
from duikou.engines.pairing.optimise.sheet import FAR

Floats = npt.NDArray[np.float64]

VERSION = f"HiGHS {highspy.HIGHS_VERSION_MAJOR}.{highspy.HIGHS_VERSION_MINOR}.{highspy.HIGHS_VERSION_PATCH}"

Watch = Callable[[float | None, float | None, Floats | None], bool]
"""Called during a solve with incumbent, bound and, if it is new, the incumbent's columns; True stops it."""

_COST_BITS = 20  # largest cost that HiGHS is shown, in bits
_callbacks = highspy.cb.HighsCallbackType


@dataclass(frozen=True, eq=False, slots=True)
class Branched:
    """How branching ended: the best columns found, and what it proved."""

    columns: Floats | None
    bound: float
    finished: bool


class Relaxation:
    """The linear relaxation of a model, solved again and again with changed costs and bounds."""

    def __init__(self, rows: Rows) -> None:
        self._solver = solver = _quiet()
        # Several levels in one cost: the least of them must still count.
        solver.setOptionValue("dual_feasibility_tolerance", 1e-9)
        self._every = np.arange(rows.columns, dtype=np.int32)
        self._base = len(rows.row_lower)
        self._basis: Any = None
        self._all_rows = np.arange(self._base, dtype=np.int32)
        solver.passModel(
            rows.columns, self._base, len(rows.index), int(highspy.MatrixFormat.kColwise),
            int(highspy.ObjSense.kMinimize), 0.0, np.zeros(rows.columns),
            rows.lower.astype(np.float64), rows.upper.astype(np.float64),
            _bounds(rows.row_lower), _bounds(rows.row_upper),
            rows.start[:-1], rows.index, rows.entry.astype(np.float64),
            np.zeros(rows.columns, dtype=np.int32),
        )  # fmt: skip

    def bound(self, box: Box) -> None:
        """Set the bounds of all columns and rows."""
        self._solver.changeColsBounds(
            len(self._every), self._every, box.lower.astype(np.float64), box.upper.astype(np.float64)
        )
        self._solver.changeRowsBounds(
            len(box.row_lower), np.arange(len(box.row_lower), dtype=np.int32),
            _bounds(box.row_lower), _bounds(box.row_upper),
        )  # fmt: skip

    def keep(self, cost: Ints, most: int) -> None:
        """Add a row: this level's cost stays within `most`."""
        at = np.flatnonzero(cost).astype(np.int32)
        self._solver.addRow(-highspy.kHighsInf, float(most), len(at), at, cost[at].astype(np.float64))

    def restart(self) -> None:
        """Drop the rows that were added; go on from the last basis without them."""
        rows = self._solver.getNumRow()
        if rows > self._base:
            self._solver.deleteRows(rows - self._base, np.arange(self._base, rows, dtype=np.int32))
        if self._basis is not None:
            self._solver.setBasis(self._basis)

    def minimise(self, cost: Ints, seconds: float, watch: Watch) -> Floats | None:
        """Return the columns at the optimum, None where it was stopped before."""
        solver = self._solver
        scale = _scale(cost)
        solver.changeColsCost(len(self._every), self._every, cost * scale)
        solver.setOptionValue("time_limit", solver.getRunTime() + max(seconds, 0.0))
        _run(solver, watch)
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        if solver.getNumRow() == self._base:
            self._basis = solver.getBasis()
        return np.array(solver.getSolution().col_value)

    def prices(self, cost: Ints) -> Floats | None:
        """Return the prices of the rows that the present basis gives to any cost."""
        if not self._solver.getNumNz():
            # HiGHS sets up no basis then, and to ask for one brings the process down.
            return np.zeros(self._solver.getNumRow())
        status, basic = self._solver.getBasicVariables()
        if status != highspy.HighsStatus.kOk:
            return None
        basic = np.array(basic)  # −1 − row for rows, which cost nothing
        own = np.where(basic >= 0, cost[np.maximum(basic, 0)], 0).astype(np.float64)
        status, prices = self._solver.getBasisTransposeSolve(own)[:2]
        return np.array(prices) if status == highspy.HighsStatus.kOk else None


def branch(
    rows: Rows, box: Box, cost: Ints, incumbent: Ints, target: int, seconds: float, watch: Watch
) -> Branched:
    """Search whole-number columns of least cost; done when one costs no more than `target`."""
    scale = _scale(cost)
    solver = _quiet()
    solver.passModel(
        rows.columns, len(rows.row_lower), len(rows.index), int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize), 0.0, cost * scale,
        box.lower.astype(np.float64), box.upper.astype(np.float64),
        _bounds(box.row_lower), _bounds(box.row_upper),
        rows.start[:-1], rows.index, rows.entry.astype(np.float64),
        np.ones(rows.columns, dtype=np.int32),
    )  # fmt: skip
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 0.5 * scale)
    solver.setOptionValue("objective_target", (target + 0.5) * scale)
    solver.setOptionValue("time_limit", max(seconds, 0.0))
    solver.setSolution(rows.columns, np.arange(rows.columns, dtype=np.int32), incumbent.astype(np.float64))

    def scaled(best: float | None, bound: float | None, columns: Floats | None) -> bool:
        return watch(
            None if best is None else best / scale, None if bound is None else bound / scale, columns
        )

    _run(solver, scaled)
    status = solver.getModelStatus()
    found = solver.getInfo().primal_solution_status == highspy.kSolutionStatusFeasible
    return Branched(
        np.array(solver.getSolution().col_value) if found else None,
        solver.getInfo().mip_dual_bound / scale,
        status == highspy.HighsModelStatus.kOptimal,
    )


def _quiet() -> Any:
    solver = highspy._Highs()
    for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 1), ("parallel", "off")):
        solver.setOptionValue(option, value)
    return solver


def _run(solver: Any, watch: Watch) -> None:
    """Solve, and let `watch` see what is going on and stop it."""
    # The foreign side keeps the function that it calls, where no garbage collection looks. It must
    # not keep `watch` too: that may belong to who holds the solver, and both would stay for ever.
    ears = [watch]

    def called(kind: int, message: str, out: Any, into: Any, data: object) -> None:
        kind = int(kind)
        if kind == int(_callbacks.kCallbackSimplexInterrupt):
            stop = ears[0](None, None, None)
        elif kind == int(_callbacks.kCallbackMipImprovingSolution):
            stop = ears[0](out.objective_function_value, out.mip_dual_bound, np.array(out.mip_solution))
        else:
            stop = ears[0](out.mip_primal_bound, out.mip_dual_bound, None)
        if into is not None and stop:
            into.user_interrupt = True

    solver.setCallback(called, None)
    for kind in (
        _callbacks.kCallbackSimplexInterrupt,
        _callbacks.kCallbackMipInterrupt,
        _callbacks.kCallbackMipImprovingSolution,
    ):
        solver.startCallback(kind)
    solver.run()
    ears.clear()


def _scale(cost: Ints) -> float:
    largest = int(np.abs(cost).max(initial=0))
    return 2.0 ** -max(0, largest.bit_length() - _COST_BITS)


def _bounds(values: Ints) -> Floats:
    floats = values.astype(np.float64)
    floats[values <= -FAR] = -highspy.kHighsInf
    floats[values >= FAR] = highspy.kHighsInf
    return floats
