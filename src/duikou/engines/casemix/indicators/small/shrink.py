"""Rates of small units drawn towards the mean of all, by as much as chance makes of them.

Empirical Bayes with moments after Marshall (1991): the variance between units is what is
left of the weighted variance when chance is taken off; a unit keeps the more of its own rate
the more cases it has. Where nothing is left, all units get the mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Shrunken:
    """Shrunken rates in the order of the units, with an interval of 95 %."""

    mean: float
    between: float  # variance between units
    rates: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def shrunken_ratios(observed: Sequence[int], expected: Sequence[float]) -> Shrunken:
    """Shrink observed/expected, or events per time at risk (gamma-Poisson)."""
    y, n = _arrays(observed, expected)
    mean, spread = _moments(y, n)
    between = max(0.0, spread - mean / n.mean()) if mean else 0.0
    if not between:
        return _all_mean(mean, len(y))
    shape, rate = mean**2 / between, mean / between
    after, per = y + shape, n + rate
    return Shrunken(
        mean,
        between,
        _floats(after / per),
        _floats(special.gammaincinv(after, 0.025) / per),
        _floats(special.gammaincinv(after, 0.975) / per),
    )


def shrunken_rates(observed: Sequence[int], cases: Sequence[int]) -> Shrunken:
    """Shrink shares of cases (beta-binomial)."""
    y, n = _arrays(observed, cases)
    if (y > n).any():
        raise ValueError("more observed than there are cases")
    mean, spread = _moments(y, n)
    chance = mean * (1 - mean)
    between = 0.0
    if chance and n.mean() > 1:
        between = max(0.0, (spread - chance / n.mean()) / (1 - 1 / n.mean()))
    if not between:
        return _all_mean(mean, len(y))
    between = min(between, chance * (1 - 1e-9))  # units that are all or nothing
    size = chance / between - 1
    yes, no = y + mean * size, n - y + (1 - mean) * size
    return Shrunken(
        mean,
        between,
        _floats(yes / (yes + no)),
        _floats(special.betaincinv(yes, no, 0.025)),
        _floats(special.betaincinv(yes, no, 0.975)),
    )


def _arrays(observed: Sequence[int], size: Sequence[float]) -> tuple[Array, Array]:
    y, n = np.asarray(observed, dtype=float), np.asarray(size, dtype=float)
    if y.shape != n.shape or (y < 0).any() or (n <= 0).any():
        raise ValueError("observed and size must be as long, not negative, and size above 0")
    return y, n


def _moments(y: Array, n: Array) -> tuple[float, float]:
    """Return the rate of all units together and the weighted variance about it."""
    if not len(y):
        return 0.0, 0.0
    mean = float(y.sum() / n.sum())
    return mean, float((n * (y / n - mean) ** 2).sum() / n.sum())


def _all_mean(mean: float, units: int) -> Shrunken:
    same = (mean,) * units
    return Shrunken(mean, 0.0, same, same, same)


def _floats(values: Array) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
