"""Credits and service as counted day by day. `python -m tests.spec.credits.histories` tries 100,000."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from duikou.engines.credits import CreditRule, ServiceRule, Standing, Stay, credit_years, met_of, service
from tests.spec.credits.histories import differing, random_history


def d(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def stay(first: str, last: str, passed: tuple[int, ...] = (), failed: tuple[int, ...] = ()) -> Stay:
    return Stay(d(first), d(last), (), frozenset(passed), frozenset(failed))


@pytest.mark.parametrize("seed", range(3))
def test_random_histories_as_counted_day_by_day(seed: int) -> None:
    chance = random.Random(seed)
    assert differing([random_history(chance) for _each in range(700)]) == []


@pytest.mark.parametrize(
    ("stays", "standing", "counted"),
    [
        # three months and a passed appraisal: CME-01
        ([stay("2014-03-01", "2014-05-31", passed=(2014,))], Standing.MET, 92),
        ([stay("2014-03-01", "2014-05-30", passed=(2014,))], Standing.SHORT, 91),
        ([stay("2014-03-01", "2014-05-31")], Standing.UNAPPRAISED, 0),
        ([stay("2014-03-01", "2014-05-31", failed=(2014,))], Standing.FAILED, 0),
        ([stay("2014-03-01", "2014-05-31", passed=(2015,))], Standing.UNAPPRAISED, 0),
        # a month that failed does not lift two that were passed
        (
            [
                stay("2014-03-01", "2014-04-30", passed=(2014,)),
                stay("2014-05-01", "2014-05-31", failed=(2014,)),
            ],
            Standing.FAILED,
            61,
        ),
        # and takes nothing away from three that were passed
        (
            [
                stay("2014-03-01", "2014-05-31", passed=(2014,)),
                stay("2014-08-01", "2014-08-31", failed=(2014,)),
            ],
            Standing.MET,
            92,
        ),
        # passed and not yet appraised
        (
            [stay("2014-03-01", "2014-04-30", passed=(2014,)), stay("2014-05-01", "2014-05-31")],
            Standing.UNAPPRAISED,
            61,
        ),
    ],
)
def test_each_stay_answers_for_its_own_days(stays: list[Stay], standing: Standing, counted: int) -> None:
    (found,) = credit_years(stays, CreditRule(3))
    assert (found.standing, found.counted) == (standing, counted)


@pytest.mark.parametrize(
    ("stays", "rule", "expected"),
    [
        # PRO-01: a year, split over the years
        (["2014-01-01..2014-06-30", "2015-07-01..2015-12-31"], ServiceRule(12), (365, 365, "2015-12-31", 0)),
        (["2016-01-01..2016-12-30"], ServiceRule(12), (365, 366, None, 0)),  # a leap year has 366 days
        # PRO-03: each stay half a year; the shorter one counts nothing
        (
            ["2014-01-01..2014-06-30", "2015-01-01..2015-05-31", "2016-01-01..2016-07-31"],
            ServiceRule(12, 6),
            (394, 365, "2016-07-02", 1),
        ),
        # two that adjoin are one stay
        (
            ["2014-01-01..2014-03-31", "2014-04-01..2014-06-30"],
            ServiceRule(6, 6),
            (181, 181, "2014-06-30", 0),
        ),
        ([], ServiceRule(12), (0, None, None, 0)),
    ],
)
def test_service(
    stays: list[str], rule: ServiceRule, expected: tuple[int, int | None, str | None, int]
) -> None:
    stretches = [(d(text.split("..")[0]), d(text.split("..")[1])) for text in stays]
    found = service(stretches, [], rule)
    full = found.full_on and str(found.full_on)
    assert (found.days, found.needed, full, len(found.short)) == expected
    assert found.met == (expected[2] is not None)


def test_leave_that_counts_is_no_matter_of_columns() -> None:
    import numpy as np

    none = (np.zeros(0, np.int64),) * 3
    with pytest.raises(ValueError, match="person by person"):
        met_of(none, none, none, CreditRule(3, leave_days_allowed=2))
    assert [len(column) for column in met_of(none, none, none, CreditRule(3))] == [0] * 6
