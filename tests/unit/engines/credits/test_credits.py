"""Days on post and credits: a table a reader can check, and a day-by-day oracle for random histories."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duikou.engines.credits import CreditRule, Days, add_months, credits_of, year_credits
from duikou.engines.credits.days import Stretch, days_of_months

POSTING, TRAINING = CreditRule(3), CreditRule(6)
EPOCH = dt.date(1970, 1, 1).toordinal()


def d(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def s(text: str) -> list[Stretch]:
    """`2014-03-01..2014-05-31, …`"""
    return [(d(a), d(b)) for a, b in (part.split("..") for part in text.split(", ") if part)]


@pytest.mark.parametrize(
    ("stays", "leaves", "rule", "expected"),
    [
        # three calendar months, whatever their number of days
        ("2015-02-01..2015-04-30", "", POSTING, [(2015, 89, 89, "2015-04-30", True)]),
        ("2016-02-01..2016-04-30", "", POSTING, [(2016, 90, 90, "2016-04-30", True)]),  # leap year
        ("2015-02-01..2015-04-29", "", POSTING, [(2015, 88, 89, None, False)]),
        ("2015-07-01..2015-09-30", "", POSTING, [(2015, 92, 92, "2015-09-30", True)]),
        # split stays add up; overlapping batches count once
        ("2015-03-01..2015-03-31, 2015-06-01..2015-07-31", "", POSTING, [(2015, 92, 92, "2015-07-31", True)]),
        ("2015-03-01..2015-04-30, 2015-04-01..2015-05-31", "", POSTING, [(2015, 92, 92, "2015-05-31", True)]),
        # leave does not count, and must be made up for
        ("2015-03-01..2015-05-31", "2015-05-01..2015-05-07", POSTING, [(2015, 85, 92, None, False)]),
        ("2015-03-01..2015-06-07", "2015-05-01..2015-05-07", POSTING, [(2015, 92, 92, "2015-06-07", True)]),
        ("2015-03-01..2015-05-31", "2015-02-01..2015-02-28", POSTING, [(2015, 92, 92, "2015-05-31", True)]),
        # each year stands for itself
        (
            "2015-11-01..2016-01-31",
            "",
            POSTING,
            [(2015, 61, 92, None, False), (2016, 31, 91, None, False)],
        ),
        (
            "2015-01-01..2016-12-31",
            "",
            TRAINING,
            [(2015, 365, 181, "2015-06-30", True), (2016, 366, 182, "2016-06-30", True)],
        ),
        ("2016-08-31..2016-11-30", "", POSTING, [(2016, 92, 91, "2016-11-29", True)]),  # to 30 November
        ("", "", POSTING, []),
        ("2015-03-01..2015-03-05", "2015-03-01..2015-03-05", POSTING, []),
    ],
)
def test_years(
    stays: str, leaves: str, rule: CreditRule, expected: list[tuple[int, int, int, str | None, bool]]
) -> None:
    found = year_credits(s(stays), s(leaves), rule, frozenset(range(2010, 2020)))
    assert [(c.year, c.days, c.needed, c.full_on and str(c.full_on), c.met) for c in found] == expected


def test_without_a_passed_appraisal_nothing_is_met() -> None:
    stays = s("2015-03-01..2015-05-31")
    (credit,) = year_credits(stays, [], POSTING, frozenset({2014}))
    assert (credit.full_on, credit.passed, credit.met) == (d("2015-05-31"), False, False)
    (credit,) = year_credits(stays, [], CreditRule(3, appraisal_required=False))
    assert credit.met


def test_some_leave_may_count() -> None:
    stays, leave = s("2015-03-01..2015-05-31"), s("2015-03-10..2015-03-12, 2015-04-01..2015-04-04")
    for allowed, days in ((0, 85), (2, 87), (3, 88), (5, 90), (7, 92), (99, 92)):
        (credit,) = year_credits(stays, leave, CreditRule(3, leave_days_allowed=allowed), frozenset({2015}))
        assert credit.days == days, allowed


def test_months_end_where_months_end() -> None:
    assert add_months(d("2015-01-31"), 1) == d("2015-02-28")
    assert add_months(d("2016-01-31"), 1) == d("2016-02-29")
    assert add_months(d("2015-11-30"), 3) == d("2016-02-29")
    assert days_of_months(d("2016-02-29"), 12) == 365


def test_reversed_days_are_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        Days.of([(d("2015-02-01"), d("2015-01-01"))])
    columns = (np.array([1]), np.array([10]), np.array([9]))
    none = (np.zeros(0, np.int64),) * 3
    with pytest.raises(ValueError, match="ends before"):
        credits_of(columns, none, POSTING)
    with pytest.raises(ValueError, match="person by person"):
        credits_of(none, none, CreditRule(3, leave_days_allowed=1))


# ---------------------------------------------------------------- against counting day by day


def oracle(stays: list[Stretch], leaves: list[Stretch], months: int) -> list[tuple[int, int, int]]:
    """(year, days, needed), by looking at every single day."""
    on = {start.toordinal() + n for start, end in stays for n in range((end - start).days + 1)}
    on -= {start.toordinal() + n for start, end in leaves for n in range((end - start).days + 1)}
    years: dict[int, list[dt.date]] = {}
    for number in sorted(on):
        day = dt.date.fromordinal(number)
        years.setdefault(day.year, []).append(day)
    found = []
    for year, days in years.items():
        end, left = days[0], months
        while left:  # month by month: the same day number, or the month's last
            ahead = dt.date(end.year + (end.month == 12), end.month % 12 + 1, 1)
            left -= 1
            end = ahead
        final = end
        for number in range(days[0].day - 1):
            following = end + dt.timedelta(days=number + 1)
            if following.month != end.month:
                break
            final = following
        found.append((year, len(days), (final - days[0]).days))
    return found


STRETCH = st.tuples(st.dates(d("2013-06-01"), d("2017-03-01")), st.integers(0, 420)).map(
    lambda pair: (pair[0], pair[0] + dt.timedelta(days=pair[1]))
)
HISTORY = st.tuples(st.lists(STRETCH, max_size=5), st.lists(STRETCH, max_size=4), st.integers(1, 12))


@given(HISTORY)
def test_one_person_as_counted_day_by_day(history: tuple[list[Stretch], list[Stretch], int]) -> None:
    stays, leaves, months = history
    found = year_credits(stays, leaves, CreditRule(months))
    assert [(c.year, c.days, c.needed) for c in found] == oracle(stays, leaves, months)
    for credit in found:
        assert (credit.full_on is not None) == (credit.days >= credit.needed)


def columns(histories: list[list[Stretch]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = [
        (person, start.toordinal() - EPOCH, end.toordinal() - EPOCH)
        for person, history in enumerate(histories)
        for start, end in history
    ]
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


@pytest.mark.parametrize("seed", range(5))
def test_twenty_thousand_histories_in_columns_as_counted_one_by_one(seed: int) -> None:
    chance = random.Random(seed)

    def stretches(most: int) -> list[Stretch]:
        found = []
        for _each in range(chance.randint(0, most)):
            start = d("2014-01-01") + dt.timedelta(days=chance.randrange(1100))
            found.append((start, start + dt.timedelta(days=chance.randrange(400))))
        return found

    stays, leaves = [stretches(4) for _ in range(20_000)], [stretches(3) for _ in range(20_000)]
    person, year, days, needed = credits_of(columns(stays), columns(leaves), POSTING)
    expected = [
        (number, c.year, c.days, c.needed)
        for number in range(20_000)
        for c in year_credits(stays[number], leaves[number], POSTING)
    ]
    assert list(zip(person.tolist(), year.tolist(), days.tolist(), needed.tolist(), strict=True)) == expected
