"""Funnel limits against given figures, a plain oracle and hand-worked dispersion."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.engines.casemix.indicators.small.funnel import ALARM, Kind, exact_limits, funnel
from tests.examples import examples


@pytest.mark.parametrize(("n", "upper"), [(50, 0.10), (100, 0.07), (500, 0.042), (2000, 0.0305)])
def test_exact_upper_limits_of_two_per_cent(n: int, upper: float) -> None:
    """The normal curve would give 0.0794, 0.062, 0.0388, 0.0294: too narrow for small hospitals."""
    _, high = exact_limits(np.array([float(n)]), Kind.PROPORTION, 0.02, ALARM)

    assert high[0] == pytest.approx(upper, abs=1e-12)


def smallest_reaching(chance: float, chances: list[float]) -> int:
    """The smallest count whose summed chances reach the chance, added up one by one."""
    so_far = 0.0
    for count, one in enumerate(chances):
        so_far += one
        if so_far >= chance:
            return count
    return len(chances) - 1


@given(st.integers(1, 80), st.floats(0.005, 0.6))
@settings(max_examples=examples(100), deadline=None)
def test_limits_of_proportions_equal_added_up_chances(n: int, rate: float) -> None:
    chances = [math.comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(n + 1)]

    low, high = exact_limits(np.array([float(n)]), Kind.PROPORTION, rate, 0.95)

    assert round(low[0] * n) == smallest_reaching(0.025, chances)
    assert round(high[0] * n) == smallest_reaching(0.975, chances)


@given(st.floats(0.05, 40))
@settings(max_examples=examples(100), deadline=None)
def test_limits_of_ratios_equal_added_up_chances(expected: float) -> None:
    chances = [math.exp(-expected + k * math.log(expected) - math.lgamma(k + 1)) for k in range(150)]

    low, high = exact_limits(np.array([expected]), Kind.RATIO, 1.0, ALARM)

    assert round(low[0] * expected) == smallest_reaching(0.001, chances)
    assert round(high[0] * expected) == smallest_reaching(0.999, chances)


def test_signals() -> None:
    """Of 100 cases at 2 %: up to 5 within 95 %, up to 7 within 99.8 %."""
    found = funnel([0, 5, 6, 7, 8], [100] * 5, centre=0.02)

    assert [point.signal for point in found.points] == ["within", "within", "high", "high", "highest"]
    low = funnel([0], [1000], centre=0.02).points[0]
    assert low.signal == "lowest"


def test_centre_is_all_units_together() -> None:
    assert funnel([1, 9], [100, 400]).centre == 0.02


def test_units_without_cases_have_no_value_and_no_limits() -> None:
    point = funnel([0, 2], [0, 100]).points[0]

    assert (point.value, point.low, point.high, point.signal) == (None, 0.0, math.inf, "within")


def test_a_rate_of_nothing_or_of_all() -> None:
    assert funnel([0, 0], [10, 20]).points[0].signal == "within"
    assert funnel([10, 20], [10, 20]).points[1].signal == "within"


def test_dispersion_by_hand() -> None:
    """Ten ratios with 25 expected each: z is 10 (root - 1).

    Five units with 16 (z = -2), five with 36 (z = 2): winsorising moves nothing, the mean
    square is 4; variance of a root is 1/100, so between = (10·4 - 9) / (1000 - 100) = 31/900.
    """
    found = funnel([16] * 5 + [36] * 5, [25.0] * 10, Kind.RATIO, centre=1.0)

    assert found.dispersion == pytest.approx(4.0)
    assert found.between == pytest.approx(31 / 900)


def test_winsorising_draws_in_one_wild_unit() -> None:
    """Eleven units: ten at the centre, one far off: its z becomes that of the others, 0."""
    found = funnel([25] * 10 + [100], [25.0] * 11, Kind.RATIO, centre=1.0)

    assert (found.dispersion, found.between) == (0.0, 0.0)


def test_overdispersion_widens_and_never_narrows() -> None:
    observed, expected = [16] * 5 + [36] * 5, [25.0] * 10
    plain = funnel(observed, expected, Kind.RATIO, centre=1.0).points[0]
    wide = funnel(observed, expected, Kind.RATIO, centre=1.0, overdispersion=True).points[0]

    reach = 3.0902 * math.sqrt(0.01 + 31 / 900)
    assert wide.highest == pytest.approx((1 + reach) ** 2, rel=1e-4)
    assert wide.highest > plain.highest
    assert wide.lowest <= plain.lowest
    calm = funnel([25] * 10, expected, Kind.RATIO, overdispersion=True)
    assert calm.points == funnel([25] * 10, expected, Kind.RATIO).points


def test_proportions_spread_on_the_arcsine_scale() -> None:
    """Of 100 cases the variance is 1/400; shares 0.1 and 0.9 about a half lie z = 20·0.6435·… apart."""
    found = funnel([10] * 5 + [90] * 5, [100] * 10, centre=0.5)
    z = 20 * (math.asin(math.sqrt(0.9)) - math.asin(math.sqrt(0.5)))

    assert found.dispersion == pytest.approx(z**2)


@pytest.mark.parametrize(("observed", "size"), [([2], [1]), ([-1], [1]), ([1], [-1]), ([1, 2], [3])])
def test_impossible_counts_are_refused(observed: list[int], size: list[float]) -> None:
    with pytest.raises(ValueError, match="observed"):
        funnel(observed, size)
