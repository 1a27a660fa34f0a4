"""Drawing at once against the obvious loop."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.engines.casemix.columns import FEES
from duikou.engines.casemix.generate.drawing import Shares, age_in_years
from duikou.engines.casemix.generate.fees import PARTS, split
from tests.examples import examples

TABLES = st.integers(1, 6).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0, 7.25]), min_size=width, max_size=width).filter(any),
        min_size=1,
        max_size=5,
    )
)
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31))


@given(TABLES, st.integers(0, 2**32 - 1), st.data())
@settings(max_examples=examples(100))
def test_shares_draw_what_a_walk_along_the_row_finds(
    table: list[list[float]], seed: int, data: st.DataObject
) -> None:
    rows = np.array(data.draw(st.lists(st.integers(0, len(table) - 1), min_size=1, max_size=30)))
    drawn = Shares(table).draw(np.random.default_rng(seed), rows, len(rows))
    numbers = np.random.default_rng(seed).random(len(rows))
    for row, number, column in zip(rows, numbers, drawn, strict=True):
        frequencies = table[row]
        left = number * sum(frequencies)
        walked = 0
        while left >= frequencies[walked] and walked < len(frequencies) - 1:
            left -= frequencies[walked]
            walked += 1
        assert frequencies[column] > 0
        near_an_edge = min(abs(left), abs(left - frequencies[walked])) < 1e-9
        assert column == walked or near_an_edge


def test_shares_are_met_in_the_long_run() -> None:
    drawn = Shares([[1, 0, 3], [0, 5, 5]]).draw(np.random.default_rng(1), np.repeat([0, 1], 40_000), 80_000)
    for row, expected in ((drawn[:40_000], [0.25, 0, 0.75]), (drawn[40_000:], [0, 0.5, 0.5])):
        counted = np.bincount(row, minlength=3) / 40_000
        assert counted == pytest.approx(expected, abs=0.01)


@given(st.lists(st.tuples(DAYS, DAYS).map(sorted), min_size=1, max_size=20))
@settings(max_examples=examples(100))
def test_ages_are_full_years_of_the_calendar(pairs: list[list[dt.date]]) -> None:
    births, days = (np.array([pair[place] for pair in pairs], dtype="datetime64[D]") for place in (0, 1))
    plain = [
        day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day)) for birth, day in pairs
    ]
    assert age_in_years(births, days).tolist() == plain


@given(
    st.lists(st.tuples(st.floats(50, 500_000), st.booleans()), min_size=1, max_size=20), st.integers(0, 1000)
)
@settings(max_examples=examples(100))
def test_items_add_up_to_about_the_cost(stays: list[tuple[float, bool]], seed: int) -> None:
    cost, operated = np.array([stay[0] for stay in stays]), np.array([stay[1] for stay in stays])
    items, total = split(np.random.default_rng(seed), cost, operated)
    names = dict(zip(FEES, items, strict=True))
    for place, (yuan, operation) in enumerate(stays):
        whole = sum(int(names[name][place]) for name in FEES if name not in PARTS)
        assert total[place] == whole
        assert yuan * 100 - len(FEES) <= whole <= yuan * 100 + 1
        assert (names["surgical"][place] > 0) == operation
        assert min(names[name][place] for name in FEES) >= 0
