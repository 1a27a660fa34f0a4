"""What whole-number prices of the rows prove: a bound, and which columns the best plans cannot use.

A solver's prices are floating point. Rounded to whole multiples of 1/`GRAIN` they are
still prices, and *any* prices give a valid bound (Lagrange), which is then computed
without rounding. So a bound is never on the wrong side, whatever the solver did.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from duikou.engines.pairing.optimise.model import Ints
from duikou.engines.pairing.optimise.rows import Rows
from duikou.engines.pairing.optimise.sheet import FAR

GRAINS = (720720, 5040, 12, 1)
"""Halves, thirds … are whole multiples of the first; the others serve where numbers would overflow."""

_ROOM = 1 << 61


@dataclass(frozen=True, eq=False, slots=True)
class Box:
    """Bounds of columns and rows, tightened as levels are fixed."""

    lower: Ints
    upper: Ints
    row_lower: Ints
    row_upper: Ints


@dataclass(frozen=True, eq=False, slots=True)
class Proof:
    """Prices of the rows and what is left of each column's cost, in units of 1/`grain`; and the bound."""

    grain: int
    rows: Ints
    reduced: Ints
    total: int  # the bound, in units of 1/grain, without the level's constant

    @property
    def bound(self) -> int:
        """No choice costs less than this: the bound, rounded up, since all costs are whole."""
        return -(-self.total // self.grain)


def prove(rows: Rows, box: Box, cost: Ints, prices: npt.NDArray[np.float64] | None) -> Proof:
    """Return the proof that a solver's prices give; without prices that of the bounds of the columns."""
    if prices is None or not np.isfinite(prices).all():
        prices = np.zeros(len(box.row_lower))
    size = _size(rows, box, cost, prices)
    grain = next((grain for grain in GRAINS if size * grain < _ROOM), None)
    if grain is None:
        return Proof(1, np.zeros_like(box.row_lower), cost, _python_total(cost, box))
    whole = np.rint(prices * grain).astype(np.int64)
    whole[(whole > 0) & (box.row_lower <= -FAR)] = 0
    whole[(whole < 0) & (box.row_upper >= FAR)] = 0
    reduced = cost * grain - rows.transposed(whole)
    total = int((reduced * np.where(reduced > 0, box.lower, box.upper)).sum())
    side = np.where(whole > 0, box.row_lower, box.row_upper)
    total += int((whole * np.where(whole == 0, 0, side)).sum())
    return Proof(grain, whole, reduced, total)


def tightened(box: Box, proof: Proof, cost: int) -> Box:
    """Return the box without what no choice can use that costs at most `cost`.

    Each unit by which a column or row leaves the side where its price holds it costs
    that price. Where `cost` equals the bound, what is left are exactly the best choices.
    """
    slack = cost * proof.grain - proof.total
    lower, upper = _side(box.lower, box.upper, proof.reduced, slack)
    row_lower, row_upper = _side(box.row_lower, box.row_upper, proof.rows, slack)
    return Box(lower, upper, row_lower, row_upper)


def exact(proof: Proof, cost: int) -> bool:
    """Whether the tightened box holds only choices that cost at most `cost`."""
    return cost * proof.grain == proof.total


def _side(lower: Ints, upper: Ints, price: Ints, slack: int) -> tuple[Ints, Ints]:
    reach = slack // np.maximum(np.abs(price), 1)
    new_upper = np.where(price > 0, np.minimum(upper, lower + reach), upper)
    new_lower = np.where(price < 0, np.maximum(lower, upper - reach), lower)
    return new_lower, new_upper


def _size(rows: Rows, box: Box, cost: Ints, prices: npt.NDArray[np.float64]) -> float:
    """Return a number that no sum of the proof exceeds, per unit of grain."""
    reach = np.maximum(np.abs(box.lower), np.abs(box.upper)).astype(np.float64)
    entries = np.abs(rows.entry).astype(np.float64)
    dear = np.abs(prices) + 1
    per_entry = dear[rows.index] * entries
    side = np.where(np.abs(box.row_upper) < FAR, np.abs(box.row_upper), 0)
    side = np.maximum(side, np.where(np.abs(box.row_lower) < FAR, np.abs(box.row_lower), 0))
    return float(
        (np.abs(cost) * (reach + 1)).sum()
        + (per_entry * np.repeat(reach + 1, np.diff(rows.start))).sum()
        + (dear * (side + 1.0)).sum()
    )


def _python_total(cost: Ints, box: Box) -> int:
    """Return the bound of the columns alone, in numbers of any size."""
    reach = np.where(cost > 0, box.lower, box.upper)
    return sum(one * side for one, side in zip(cost.tolist(), reach.tolist(), strict=True))
