"""Shrunken rates worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.engines.casemix.indicators.small import shrunken_rates, shrunken_ratios
from tests.examples import examples


def test_marshall_by_hand() -> None:
    """1, 2 and 9 deaths of 100 each: mean 0.04, variance 0.0012667, chance 0.0004, kept 0.684211."""
    found = shrunken_ratios([1, 2, 9], [100, 100, 100])

    assert found.mean == pytest.approx(0.04)
    assert found.between == pytest.approx(0.0008666667)
    assert found.rates == pytest.approx((0.01947368, 0.02631579, 0.07421053))


def test_beta_binomial_by_hand() -> None:
    """Chance 0.0384/100; between (0.0012667 - 0.000384)/0.99 = 0.000891582; prior worth 42.07 cases."""
    found = shrunken_rates([1, 2, 9], [100, 100, 100])

    size = 0.04 * 0.96 / 0.000891582 - 1
    assert found.between == pytest.approx(0.000891582, rel=1e-6)
    assert found.rates[0] == pytest.approx((1 + 0.04 * size) / (100 + size), rel=1e-6)


def test_units_that_differ_by_chance_alone_get_the_mean() -> None:
    found = shrunken_rates([2, 3, 2], [100, 110, 90])

    assert found.between == 0
    assert found.rates == (7 / 300,) * 3


def test_small_units_move_more() -> None:
    found = shrunken_ratios([4, 400, 0, 10], [20, 2000, 500, 500])

    assert abs(found.rates[0] - 0.2) > abs(found.rates[1] - 0.2)


@pytest.mark.parametrize("shrink", [shrunken_rates, shrunken_ratios])
def test_nothing_happened(shrink: object) -> None:
    assert callable(shrink)
    assert shrink([0, 0], [10, 20]).rates == (0.0, 0.0)


def test_all_or_nothing() -> None:
    """Two units without and two with all of their cases."""
    found = shrunken_rates([0, 0, 50, 50], [50] * 4)

    assert found.rates == pytest.approx((0, 0, 1, 1), abs=1e-6)


units = st.lists(
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=12
)


@pytest.mark.parametrize("shrink", [shrunken_rates, shrunken_ratios])
@given(counts=units)
@settings(max_examples=examples(100), deadline=None)
def test_a_shrunken_rate_lies_between_its_own_and_the_mean(
    shrink: object, counts: list[tuple[int, int]]
) -> None:
    assert callable(shrink)
    observed, cases = zip(*counts, strict=True)
    found = shrink(observed, cases)

    for rate, low, high, y, n in zip(found.rates, found.low, found.high, observed, cases, strict=True):
        assert min(y / n, found.mean) - 1e-9 <= rate <= max(y / n, found.mean) + 1e-9
        assert low <= high


@pytest.mark.parametrize(("observed", "size"), [([2], [1]), ([-1], [1]), ([1], [0])])
def test_impossible_counts_are_refused(observed: list[int], size: list[int]) -> None:
    with pytest.raises(ValueError, match="observed"):
        shrunken_rates(observed, size)
