"""Rosters that are made, against every possible roster of tiny departments."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.engines.rostering import (
    Assignment,
    Busy,
    Demand,
    Fixed,
    Limits,
    Problem,
    RosterFault,
    Share,
    Shift,
    Staff,
    Wish,
    check,
    cost,
    solve,
)
from duikou.engines.rostering.exact import solve_whole
from duikou.engines.rostering.sheet import sheet_of
from tests.bench import nrp
from tests.unit.engines.rostering.oracle import best_cost
from tests.unit.engines.rostering.rosters import limited, week

DAYS = 4
SHIFTS = (
    Shift("C", 8 * 60, 8 * 60, "outpatient"),
    Shift("N", 18 * 60, 14 * 60, "duty", needs=frozenset({"值班"})),
)
NAMES = st.sampled_from(["C", "N"])
SOME_DAY = st.integers(0, DAYS - 1)


@st.composite
def persons(draw: st.DrawFn, name: str) -> Staff:
    """Somebody with a few limits."""
    return Staff(
        name,
        skills=frozenset({"值班"}) if draw(st.booleans()) else frozenset(),
        limits=Limits(
            max_minutes=draw(st.sampled_from([None, 22 * 60])),
            min_minutes=draw(st.sampled_from([0, 8 * 60])),
            max_run=draw(st.sampled_from([None, 2])),
            min_run=draw(st.integers(1, 2)),
            min_off=draw(st.integers(1, 2)),
            max_weekends=draw(st.sampled_from([None, 0, 1])),
            max_of=draw(st.sampled_from([{}, {"N": 1}, {"C": 0}])),
        ),
        busy=tuple(Busy(day) for day in draw(st.sets(SOME_DAY, max_size=1))),
        shares=draw(
            st.sampled_from(
                [(), (Share(frozenset({"N"}), 1, 1, 3),), (Share(frozenset({"C", "N"}), 0, 1, 2, True),)]
            )
        ),
        before=tuple(draw(st.lists(st.sampled_from([None, "C", "N", "old"]), max_size=2))),
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Two persons, four days, two shifts."""
    staff = (draw(persons("a")), draw(persons("b")))
    cells = st.builds(Fixed, st.sampled_from(["a", "b"]), SOME_DAY, st.sampled_from(["", "C"]))
    demands = st.builds(
        Demand,
        SOME_DAY,
        NAMES,
        st.integers(0, 2),
        st.integers(0, 9),
        st.integers(0, 3),
        st.sampled_from(["", "值班"]),
    )
    wishes = st.builds(
        Wish,
        st.sampled_from(["a", "b"]),
        SOME_DAY,
        st.sampled_from(["", "C", "N"]),
        st.integers(1, 5),
        st.booleans(),
    )
    return Problem(
        dt.date(2014, 3, 3) + dt.timedelta(days=draw(st.integers(0, 6))),
        DAYS,
        SHIFTS,
        staff,
        tuple(draw(st.lists(demands, max_size=6))),
        tuple(draw(st.lists(wishes, max_size=4))),
        tuple(draw(st.lists(cells, max_size=1))),
        rest=draw(st.sampled_from([0, 11 * 60, 30 * 60])),
    )


@given(problems())
@settings(max_examples=15, deadline=None)
def test_the_roster_is_as_good_as_the_best_of_all(problem: Problem) -> None:
    best = best_cost(problem)
    if best is None:
        with pytest.raises(RosterFault) as raised:
            solve(problem, 20)
        assert raised.value.texts
        return
    solution = solve(problem, 20)
    found = check(problem, solution.roster)
    assert not [conflict for conflict in found if conflict.hard]
    assert (cost(found), solution.cost, solution.bound, solution.proved) == (best, best, best, True)
    whole = solve_whole(problem, 20)
    assert whole is not None
    assert (whole.cost, whole.bound, cost(check(problem, whole.roster))) == (best, best, best)


def test_a_limit_that_the_layers_leave_out_is_kept_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = limited(max_of={"C": 2, "W": 2})
    problem = replace(problem, demands=tuple(Demand(day, "C", 2) for day in range(7)))
    assert sheet_of(problem, widest=4).layers[0].loose
    monkeypatch.setattr(
        "duikou.engines.rostering.solving.sheet_of", lambda problem: sheet_of(problem, widest=4)
    )
    solution = solve(problem, 20)
    assert not [conflict for conflict in check(problem, solution.roster) if conflict.hard]
    assert (solution.cost, solution.proved) == (500, True)


def test_too_many_ways_go_to_the_whole_model(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = replace(limited(max_run=2), demands=(Demand(0, "C", 3), Demand(1, "N", 1)))
    monkeypatch.setattr(
        "duikou.engines.rostering.solving.sheet_of", lambda problem: sheet_of(problem, arcs=1)
    )
    solution = solve(problem, 20)
    assert (solution.cost, solution.proved) == (100, True)


def test_a_lawful_hint_is_not_made_worse() -> None:
    problem = replace(week(), demands=tuple(Demand(day, "C", 1) for day in range(7)))
    hint = tuple(Assignment("b", day, "C") for day in range(7))
    assert solve(problem, 5, hint=hint).cost == 0


def test_progress_and_cancelling() -> None:
    heard: list[tuple[int, int]] = []
    problem = replace(week(), demands=tuple(Demand(day, "N", 1) for day in range(7)))
    solution = solve(
        problem, 20, report=lambda value, bound, _: heard.append((value, bound)), cancelled=lambda: True
    )
    assert heard[-1] == (solution.cost, solution.bound)
    assert not [conflict for conflict in check(problem, solution.roster) if conflict.hard]


IMPOSSIBLE = [
    (limited(min_minutes=8 * 480, max_run=2, min_off=2), "最少工时"),
    (limited(min_run=3, max_run=2), ""),
    (replace(week(), fixed=(Fixed("a", 0, "N"), Fixed("a", 1, "C"))), "锁定"),
    (replace(week(), fixed=(Fixed("b", 0, "N"),)), "锁定"),
]


@pytest.mark.parametrize(("problem", "words"), IMPOSSIBLE)
def test_who_cannot_be_rostered_is_named(problem: Problem, words: str) -> None:
    if not words:  # runs of nothing at all are lawful
        assert solve(problem, 5).roster == ()
        return
    with pytest.raises(RosterFault) as raised:
        solve(problem, 5)
    (text,) = raised.value.texts
    assert words in text.zh
    assert "甲" in text.zh or "乙" in text.zh
    assert text.en


FAULTY = [
    week(days=0),
    week(shifts=()),
    week(staff=()),
    week(staff=(Staff("a"), Staff("a"))),
    week(shifts=(Shift("C", 0, 0),)),
    week(demands=(Demand(9, "C", 1),)),
    week(demands=(Demand(0, "C", -1),)),
    week(wishes=(Wish("z", 0, "C", 1),)),
    week(fixed=(Fixed("a", 0, "?"),)),
]


@pytest.mark.parametrize("problem", FAULTY)
def test_faulty_problems_are_refused_with_words(problem: Problem) -> None:
    with pytest.raises(RosterFault) as raised:
        solve(problem, 5)
    assert all(text.zh and text.en for text in raised.value.texts)


@pytest.mark.skipif(not nrp.path_of(1).exists(), reason=nrp.MISSING)
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_public_instances_are_proved(number: int) -> None:
    problem = nrp.read(number)
    solution = solve(problem, 120)
    found = check(problem, solution.roster)
    assert not [conflict for conflict in found if conflict.hard]
    assert (cost(found), solution.bound) == (nrp.BEST_KNOWN[number], nrp.BEST_KNOWN[number])
