"""A duty is cut into dated periods."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duikou.engines.clauses.model import Party
from duikou.engines.text import Text
from duikou.policy.agreements import Measure, Period
from duikou.policy.vocabulary import Mark
from duikou.wings.agreements.duties import Duty
from duikou.wings.obligations.periods import months_after, periods

D = dt.date


def duty(start: dt.date, end: dt.date, period: Period | None) -> Duty:
    measure = Measure("case", 1, period, Mark.INFERRED) if period else None
    text = Text("条款", "clause")
    return Duty("k", text, text, Party.SUPPORTER, Party.RECIPIENT, "AGR-09", "S1", start, end, measure)


# first day, last day, period → (first day, last day, due) of each piece
TABLE = [
    # three years are three years, wherever they begin
    ("2014-02-15", "2017-02-14", Period.YEAR, [
        ("2014-02-15", "2015-02-14", "2015-02-14"),
        ("2015-02-15", "2016-02-14", "2016-02-14"),
        ("2016-02-15", "2017-02-14", "2017-02-14"),
    ]),
    ("2014-01-01", "2014-12-31", Period.QUARTER, [
        ("2014-01-01", "2014-03-31", "2014-03-31"),
        ("2014-04-01", "2014-06-30", "2014-06-30"),
        ("2014-07-01", "2014-09-30", "2014-09-30"),
        ("2014-10-01", "2014-12-31", "2014-12-31"),
    ]),
    # a month that is too short ends early, and the next begins where it should
    ("2014-01-31", "2014-05-01", Period.MONTH, [
        ("2014-01-31", "2014-02-27", "2014-02-27"),
        ("2014-02-28", "2014-03-30", "2014-03-30"),
        ("2014-03-31", "2014-04-29", "2014-04-29"),
        ("2014-04-30", "2014-05-01", "2014-05-01"),
    ]),
    # the 29th of February comes back only in a leap year
    ("2016-02-29", "2018-02-28", Period.YEAR, [
        ("2016-02-29", "2017-02-27", "2017-02-27"),
        ("2017-02-28", "2018-02-27", "2018-02-27"),
        ("2018-02-28", "2018-02-28", "2018-02-28"),
    ]),
    # a last piece that the end of the duty cuts short
    ("2014-02-15", "2014-06-30", Period.QUARTER, [
        ("2014-02-15", "2014-05-14", "2014-05-14"),
        ("2014-05-15", "2014-06-30", "2014-06-30"),
    ]),
    ("2014-02-15", "2014-02-15", Period.MONTH, [("2014-02-15", "2014-02-15", "2014-02-15")]),
    ("2014-02-15", "2017-02-14", Period.TERM, [("2014-02-15", "2017-02-14", "2017-02-14")]),
    ("2014-02-15", "2014-12-31", Period.ONCE, [("2014-02-15", "2014-12-31", "2014-12-31")]),
    # nothing falls due by itself
    ("2014-02-15", "2017-02-14", Period.EVENT, [("2014-02-15", "2017-02-14", None)]),
    ("2014-02-15", "2017-02-14", Period.STANDING, [("2014-02-15", "2017-02-14", None)]),
    ("2014-02-15", "2017-02-14", None, [("2014-02-15", "2017-02-14", None)]),
    # a duty without a day
    ("2014-02-15", "2014-02-14", Period.MONTH, []),
]  # fmt: skip


@pytest.mark.parametrize(("start", "end", "period", "expected"), TABLE)
def test_periods(start: str, end: str, period: Period | None, expected: list[tuple[str, str, str]]) -> None:
    found = periods(duty(D.fromisoformat(start), D.fromisoformat(end), period))
    shown = [(s.start.isoformat(), s.end.isoformat(), s.due and s.due.isoformat()) for s in found]
    assert shown == expected
    assert [s.number for s in found] == list(range(1, len(found) + 1))


days = st.dates(D(2000, 1, 1), D(2060, 12, 31))


@given(days, st.integers(0, 2500), st.sampled_from([*Period, None]))
def test_the_periods_are_all_days_of_the_duty_and_none_twice(
    start: dt.date, length: int, period: Period | None
) -> None:
    end = start + dt.timedelta(days=length)
    found = periods(duty(start, end, period))
    covered = [s.start + dt.timedelta(days=n) for s in found for n in range((s.end - s.start).days + 1)]
    assert covered == [start + dt.timedelta(days=n) for n in range(length + 1)]
    assert all(s.due in (None, s.end) for s in found)
    assert len({s.name for s in found}) == len(found)


@given(days, st.integers(1, 2500), st.sampled_from(list(Period)), st.integers(1, 2500))
def test_a_longer_duty_keeps_the_periods_that_it_had(
    start: dt.date, length: int, period: Period, more: int
) -> None:
    """Extending an agreement must not give its obligations new names: their evidence hangs on them."""
    short = periods(duty(start, start + dt.timedelta(days=length), period))
    long = periods(duty(start, start + dt.timedelta(days=length + more), period))
    assert [s.name for s in long[: len(short)]] == [s.name for s in short]
    assert long[: len(short) - 1] == short[:-1]


def test_a_day_some_months_later() -> None:
    assert months_after(D(2014, 1, 31), 1) == D(2014, 2, 28)
    assert months_after(D(2015, 11, 30), 3) == D(2016, 2, 29)
    assert months_after(D(2014, 12, 15), 12) == D(2015, 12, 15)
    assert months_after(D(2014, 12, 15), 0) == D(2014, 12, 15)
