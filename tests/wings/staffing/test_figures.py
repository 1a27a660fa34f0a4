"""Sums of a month against counting day by day: the plain oracle of the overview."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.engines.credits import Days
from duikou.wings.staffing import figures
from duikou.wings.staffing.figures import Continuity, Month, Promise, Stay
from duikou.wings.staffing.gaps import upcoming
from tests.examples import examples

DAY = dt.timedelta(days=1)
BASE = dt.date(2015, 11, 1)  # the months after it hold a turn of the year and a leap day


def days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    while first <= last:
        yield first
        first += DAY


@st.composite
def stretches(draw: st.DrawFn, longest: int = 90) -> tuple[dt.date, dt.date]:
    start = BASE + draw(st.integers(0, 200)) * DAY
    return start, start + draw(st.integers(0, longest)) * DAY


@st.composite
def stays(draw: st.DrawFn) -> Stay:
    real = draw(stretches())
    return Stay(
        person=draw(st.integers(1, 3)),
        supporter=1,
        recipient=draw(st.integers(1, 2)),
        pairing=draw(st.integers(1, 3)),
        title=draw(st.sampled_from(["主任医师", "副主任医师"])),
        specialty=draw(st.sampled_from(["cardiology", "icu"])),
        office=draw(st.sampled_from(["", "head"])),
        planned=draw(st.one_of(st.just(real), stretches())),
        days=real,
        served=draw(st.booleans()),
        leave=tuple(draw(st.lists(stretches(12), max_size=2))),
    )


months = st.builds(
    lambda add, into: (
        Month(2015, 11, dt.date(2100, 1, 1)).moved(add)
        if not into
        else Month(*divmod_month(add), today_in(add, into))
    ),
    st.integers(0, 9),
    st.integers(0, 28),
)


def divmod_month(add: int) -> tuple[int, int]:
    moved = Month(2015, 11, BASE).moved(add)
    return moved.year, moved.number


def today_in(add: int, day: int) -> dt.date:
    """A day inside the month: the rest of it has not come yet."""
    return dt.date(*divmod_month(add), day)


def there(stay: Stay, day: dt.date) -> bool:
    return stay.served and stay.days[0] <= day <= stay.days[1]


def works(stay: Stay, day: dt.date) -> bool:
    return there(stay, day) and not any(first <= day <= last for first, last in stay.leave)


def part(day: dt.date) -> Fraction:
    return Fraction(1, calendar.monthrange(day.year, day.month)[1])


@settings(max_examples=examples(150))
@given(st.lists(stays(), max_size=6), months)
def test_sums_are_those_of_counting_day_by_day(rows: list[Stay], month: Month) -> None:
    found = figures.tally([figures.counted(stay, month) for stay in rows], lambda stay: stay.title)
    inside = list(days(month.first, month.until))
    for title in {stay.title for stay in rows}:
        those = [stay for stay in rows if stay.title == title]
        tally = found.get(title, figures.Tally())
        assert tally.persons == {s.person for s in those if any(there(s, day) for day in inside)}
        assert tally.managers == {
            s.person for s in those if s.office and any(there(s, day) for day in inside)
        }
        assert tally.month == sum((part(d) for s in those for d in inside if works(s, d)), Fraction(0))
        year = list(days(month.year_first, month.until))
        assert tally.year == sum((part(d) for s in those for d in year if works(s, d)), Fraction(0))
        due = [(s, d) for s in those for d in inside if s.planned[0] <= d <= s.planned[1]]
        assert (tally.due_days, tally.kept_days) == (len(due), sum(works(s, d) for s, d in due))


@settings(max_examples=examples(150))
@given(st.lists(stays(), max_size=5), months, st.integers(0, 300))
def test_continuity_counts_each_day_with_somebody_there(rows: list[Stay], month: Month, ends: int) -> None:
    end = BASE + ends * DAY
    begun = min((stay.days[0] for stay in rows if stay.served), default=None)
    found = figures.continuity(rows, month, begun, end)
    if begun is None:
        assert found == Continuity()
        return
    window = list(days(max(begun, month.year_first), min(month.until, end)))
    manned = [day for day in window if any(there(stay, day) for stay in rows)]
    assert (found.days, found.covered) == (len(window), len(manned))
    bare = [day for first, last in found.breaks for day in days(first, last)]
    assert bare == [day for day in window if day not in manned]


@settings(max_examples=examples(100))
@given(
    st.lists(stays(), max_size=5),
    months,
    st.lists(
        st.tuples(st.integers(1, 3), stretches(400), st.one_of(st.none(), st.integers(0, 30))), max_size=4
    ),
)
def test_delivered_against_agreed(rows: list[Stay], month: Month, asked: list[tuple]) -> None:
    promises = [Promise(pairing, *span, target) for pairing, span, target in asked]
    found = figures.against([1, 2, 3], promises, rows, month.until)
    for pairing in (1, 2, 3):
        numbered = [one for one in promises if one.pairing == pairing and one.target is not None]
        line = found[pairing]
        assert (line.agreed, line.open) == ((1, 0) if numbered else (0, 1))
        assert line.target == sum(one.target or 0 for one in numbered)
        delivered = sum(
            (
                part(day)
                for stay in rows
                if stay.pairing == pairing
                for day in days(*stay.days)
                if day <= month.until and works(stay, day)
                if any(one.start <= day <= one.end for one in numbered)
            ),
            Fraction(0),
        )
        assert line.done == delivered
    whole = figures.summed(found, [1, 2, 3])
    assert (whole.agreed + whole.open, whole.done) == (
        3,
        sum((one.done for one in found.values()), Fraction(0)),
    )


@settings(max_examples=examples(150))
@given(st.lists(stays(), max_size=5), st.integers(0, 150), st.integers(30, 300))
def test_gaps_are_the_days_that_nobody_of_a_specialty_covers(rows: list[Stay], at: int, ends: int) -> None:
    day, end = BASE + at * DAY, BASE + ends * DAY
    terms = {1: (BASE, end), 2: (BASE, end)}
    found = upcoming(rows, terms, day, horizon=60)
    last = min(end, day + 60 * DAY)
    for recipient in terms:
        those = [stay for stay in rows if stay.recipient == recipient]

        def covers(one: dt.date, specialty: str, those: list[Stay] = those) -> bool:
            return any(
                stay.days[0] <= one <= stay.days[1] and (not specialty or stay.specialty == specialty)
                for stay in those
            )

        named = {(g.specialty, d) for g in found if g.recipient == recipient for d in days(g.first, g.last)}
        for one in days(day + DAY, last):
            for specialty in ("cardiology", "icu"):
                # Somebody of it was there at the day or has come since: only then is somebody missed.
                had = any(covers(past, specialty) for past in days(day, one))
                missed = had and not covers(one, specialty)
                assert ((specialty, one) in named) == missed
            if not covers(one, ""):
                assert any(g.unmanned and g.first <= one <= g.last for g in found if g.recipient == recipient)
        for gap in (g for g in found if g.recipient == recipient):
            assert gap.unmanned == any(not covers(one, "") for one in days(gap.first, gap.last))
            if gap.after:
                assert gap.after.days[1] < gap.first


@settings(max_examples=examples(100))
@given(st.lists(stays(), max_size=5), st.lists(stays(), max_size=4), months)
def test_swaps_are_days_of_training_with_the_specialty_posted(
    sent: list[Stay], studying: list[Stay], month: Month
) -> None:
    away = [(s, d) for s in studying for d in days(month.first, month.until) if there(s, d)]
    replaced = [
        (s, d)
        for s, d in away
        if any((p.pairing, p.specialty) == (s.pairing, s.specialty) and there(p, d) for p in sent)
    ]
    found = figures.swap(sent, studying, month)
    assert (found.days, found.replaced) == (len(away), len(replaced))


def test_a_month_ends_today_while_it_runs() -> None:
    month = Month(2016, 2, dt.date(2016, 2, 10))
    stay = Stay(1, 1, 1, 1, "", "icu", "", *[(dt.date(2016, 2, 1), dt.date(2016, 3, 31))] * 2, served=True)
    one = figures.counted(stay, month)
    assert (one.month, one.due_days, one.kept_days) == (Fraction(10, 29), 10, 10)
    assert figures.person_months(Days(((dt.date(2016, 2, 1), dt.date(2016, 3, 31)),))) == 2
    assert month.moved(1).is_possible is False
    assert month.moved(-2).name == "2015-12"


def test_halves_are_rounded_up_and_nothing_has_no_share() -> None:
    assert str(figures.rounded(Fraction(1, 20))) == "0.1"
    assert str(figures.rounded(Fraction(1, 3))) == "0.3"
    assert str(figures.percent(1, 8)) == "12.5"
    assert figures.percent(0, 0) is None
