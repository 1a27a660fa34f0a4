"""Funnel limits: how far a unit of its size may lie from the average by chance.

After Spiegelhalter (2005). The limits are exact quantiles of the binomial or Poisson
distribution: the usual three-sigma curve is too narrow for small hospitals. Where units
differ by more than chance (overdispersion), an additive variance between units, estimated
from winsorised z-scores, widens the limits on the variance-stabilising scale.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from scipy import special

WARNING: Final = 0.95
ALARM: Final = 0.998
WINSORISED: Final = 0.1  # share of the z-scores that is drawn in at each end

Array = np.ndarray


class Kind(StrEnum):
    """What a unit's figure is."""

    PROPORTION = "proportion"  # cases among cases: binomial
    RATIO = "ratio"  # observed against expected: Poisson


@dataclass(frozen=True, slots=True)
class Point:
    """One unit in the funnel; limits are on the scale of the value."""

    value: float | None  # None of a unit without cases
    low: float  # 95 %
    high: float
    lowest: float  # 99.8 %
    highest: float

    @property
    def signal(self) -> str:
        """Where the value lies: within, low, high (beyond 95 %), lowest, highest (beyond 99.8 %)."""
        if self.value is None:
            return "within"
        if self.value > self.highest or self.value < self.lowest:
            return "highest" if self.value > self.highest else "lowest"
        if self.value > self.high or self.value < self.low:
            return "high" if self.value > self.high else "low"
        return "within"


@dataclass(frozen=True, slots=True)
class Funnel:
    """The centre, the points in the order of the units, and the variance between units."""

    centre: float
    points: tuple[Point, ...]
    dispersion: float  # mean square of the winsorised z-scores: 1 is chance alone
    between: float  # variance between units on the stabilised scale; 0 = chance explains all


def funnel(
    observed: Sequence[int],
    size: Sequence[float],
    kind: Kind = Kind.PROPORTION,
    *,
    centre: float | None = None,
    overdispersion: bool = False,
) -> Funnel:
    """Return the funnel of these units: `size` is the number of cases, or the expected number.

    Without `centre` it is the value of all units together. Raises ValueError for counts that
    cannot be, such as more deaths than cases.
    """
    y, n = np.asarray(observed, dtype=float), np.asarray(size, dtype=float)
    if y.shape != n.shape or (y < 0).any() or (n < 0).any():
        raise ValueError("observed and size must be as long and not negative")
    if kind is Kind.PROPORTION and (y > n).any():
        raise ValueError("more observed than there are cases")
    middle = float(y.sum() / n.sum()) if centre is None and n.sum() > 0 else float(centre or 0.0)
    some = n > 0
    dispersion, between = _dispersion(y[some], n[some], kind, middle)
    wide = between if overdispersion else 0.0
    limits = {level: _limits(n, kind, middle, level, wide) for level in (WARNING, ALARM)}
    points = tuple(
        Point(
            float(y[unit] / n[unit]) if n[unit] > 0 else None,
            *(float(side[unit]) for level in (WARNING, ALARM) for side in limits[level]),
        )
        for unit in range(len(y))
    )
    return Funnel(middle, points, dispersion, between)


def exact_limits(n: Array, kind: Kind, centre: float, level: float) -> tuple[Array, Array]:
    """Return the exact lower and upper limit for each size, as values."""
    tail = (1 - level) / 2
    low, high = (_quantile(chance, n, kind, centre) for chance in (tail, 1 - tail))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(n > 0, low / n, 0.0), np.where(n > 0, high / n, np.inf)


def _quantile(chance: float, n: Array, kind: Kind, centre: float) -> Array:
    """Return the smallest count whose distribution function reaches the chance."""
    if kind is Kind.PROPORTION and not 0 < centre < 1:
        return n * centre
    if kind is Kind.PROPORTION:
        count = np.ceil(np.nan_to_num(special.bdtrik(chance, n, centre)))
    else:
        count = np.ceil(np.nan_to_num(special.pdtrik(chance, n * centre)))
    while (above := (count > 0) & (_up_to(count - 1, n, kind, centre) >= chance)).any():
        count = count - above  # the search behind the guess ends near the count, on either side
    while (below := _up_to(count, n, kind, centre) < chance).any():
        count = count + below
    return count


def _up_to(count: Array, n: Array, kind: Kind, centre: float) -> Array:
    """Return the chance of so many or fewer."""
    if kind is Kind.RATIO:
        return np.where(count < 0, 0.0, special.gammaincc(np.maximum(count, 0) + 1, n * centre))
    inside = (count >= 0) & (count < n)
    k, size = np.where(inside, count, 0.0), np.where(inside, n, 1.0)
    return np.where(inside, special.betainc(size - k, k + 1, 1 - centre), np.where(count < 0, 0.0, 1.0))


def _limits(n: Array, kind: Kind, centre: float, level: float, between: float) -> tuple[Array, Array]:
    low, high = exact_limits(n, kind, centre, level)
    if not between:
        return low, high
    some = n > 0
    reach = float(special.ndtri((1 + level) / 2)) * np.sqrt(_variance(n[some]) + between)
    at = _stable(np.asarray(centre), kind)
    low[some] = np.minimum(low[some], _back(at - reach, kind))
    high[some] = np.maximum(high[some], _back(at + reach, kind))
    return low, high


def _dispersion(y: Array, n: Array, kind: Kind, centre: float) -> tuple[float, float]:
    """Return dispersion and variance between units; chance alone (1, 0) of fewer than two units."""
    if len(n) < 2:
        return 1.0, 0.0
    variance = _variance(n)
    z = (_stable(y / n, kind) - _stable(np.asarray(centre), kind)) / np.sqrt(variance)
    z = np.clip(z, *np.quantile(z, [WINSORISED, 1 - WINSORISED]))
    dispersion = float((z**2).mean())
    weight = 1 / variance
    excess = len(n) * dispersion - (len(n) - 1)
    between = excess / float(weight.sum() - (weight**2).sum() / weight.sum())
    return dispersion, max(0.0, between)


def _stable(value: Array, kind: Kind) -> Array:
    root = np.sqrt(value)
    return np.arcsin(root) if kind is Kind.PROPORTION else root


def _variance(n: Array) -> Array:
    return 1 / (4 * n)  # of the arcsine of the root as of the root


def _back(value: Array, kind: Kind) -> Array:
    if kind is Kind.PROPORTION:
        return np.sin(np.clip(value, 0, math.pi / 2)) ** 2
    return np.maximum(value, 0) ** 2
