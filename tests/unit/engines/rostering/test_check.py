"""Each rule of a roster, kept and broken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from duikou.engines.rostering import (
    Assignment,
    Busy,
    Demand,
    Fixed,
    Problem,
    Share,
    Wish,
    check,
    cost,
    fair_share,
)
from tests.unit.engines.rostering.rosters import limited, row, week


def broken(problem: Problem, *rows: tuple[Assignment, ...]) -> list[tuple[str, int | None]]:
    """Rule and day of each conflict."""
    return [(found.rule, found.day) for found in check(problem, [cell for line in rows for cell in line])]


def changed(problem: Problem, person: str, **changes: Any) -> Problem:
    """The problem with another person in that place."""
    staff = [replace(each, **changes) if each.id == person else each for each in problem.staff]
    return replace(problem, staff=tuple(staff))


HARD = [
    ("nothing", week(), "CC.WW..", []),
    ("two days of work after night duty rest", week(), "N.C....", []),
    ("clinic on the morning after night duty", week(), "NC.....", [("rest", 1)]),
    ("too long a run", limited(max_run=3), "CCCC...", [("max_run", 3)]),
    ("as long as allowed", limited(max_run=3), "CCC.CCC", []),
    ("too short a run", limited(min_run=2), ".C.....", [("min_run", 1)]),
    ("short runs at both edges may go on outside", limited(min_run=2), "C.....C", []),
    ("too short a break", limited(min_off=2), "CC.CC..", [("min_off", 2)]),
    ("short breaks at both edges may go on outside", limited(min_off=2), ".CCCCC.", []),
    ("one weekend too many", limited(days=14, max_weekends=1), ".....C.....CC.", [("max_weekends", None)]),
    ("both days of one weekend", limited(max_weekends=1), ".....CC", []),
    ("a shift too often", limited(max_of={"W": 1}), "W.W....", [("max_of", None)]),
    ("a shift that is closed", limited(max_of={"W": 0}), "W......", [("max_of", None)]),
    ("too many hours", limited(max_minutes=960), "CCC....", [("max_minutes", None)]),
    ("too few hours", limited(min_minutes=1440), "CC.....", [("min_minutes", None)]),
    ("on leave", changed(week(), "a", busy=(Busy(2),)), "..C....", [("busy", 2)]),
    ("duty that runs into leave", changed(week(), "a", busy=(Busy(3),)), "..N....", [("busy", 2)]),
    (
        "an afternoon at home, the night duty after it",
        changed(week(), "a", busy=(Busy(2, "home", 13 * 60, 240),)),
        "..N....",
        [],
    ),
    (
        "an afternoon at home, the clinic before it",
        changed(week(), "a", busy=(Busy(2, "home", 13 * 60, 240),)),
        "..C....",
        [("busy", 2)],
    ),
    ("night duty of yesterday's month", changed(week(), "a", before=("N",)), "C......", [("rest", 0)]),
    (
        "a run out of the month before",
        changed(limited(max_run=3), "a", before=("C", "C")),
        "CC.....",
        [("max_run", 1)],
    ),
    (
        "a run of the month before that stops too soon",
        changed(limited(min_run=3), "a", before=(None, "C", "C")),
        ".......",
        [("min_run", 0)],
    ),
    ("what was long ago", changed(limited(min_run=3), "a", before=(None, "C", None)), ".......", []),
]


@pytest.mark.parametrize(("name", "problem", "line", "expected"), HARD, ids=[case[0] for case in HARD])
def test_rules_that_a_roster_keeps(
    name: str, problem: Problem, line: str, expected: list[tuple[str, int | None]]
) -> None:
    assert broken(problem, row("a", line)) == expected, name
    assert all(found.hard and found.cost == 0 for found in check(problem, row("a", line)))


def test_a_skill_that_is_missing() -> None:
    assert broken(week(), row("b", "N......")) == [("skill", 0)]


def test_two_shifts_on_a_day() -> None:
    assert broken(week(), row("a", "C......"), row("a", "W......")) == [("one_a_day", 0)]


def test_a_forbidden_succession_without_regard_to_hours() -> None:
    problem = week()
    clinic, *others = problem.shifts
    problem = replace(problem, shifts=(replace(clinic, barred_next=frozenset({"W"})), *others))
    assert broken(problem, row("a", "CW.....")) == [("sequence", 1)]
    assert broken(problem, row("a", "WC.....")) == []


def test_rest_reaches_over_more_than_one_day() -> None:
    long = replace(week(), rest=40 * 60)
    assert broken(long, row("a", "N.C....")) == [("rest", 2)]
    assert broken(long, row("a", "N..C...")) == []


@pytest.mark.parametrize("cell", [Assignment("z", 0, "C"), Assignment("a", 7, "C"), Assignment("a", 0, "X")])
def test_cells_that_are_unknown(cell: Assignment) -> None:
    assert broken(week(), (cell,)) == [("unknown", cell.day)]


def test_settled_cells() -> None:
    problem = week(fixed=(Fixed("a", 0, "C"), Fixed("a", 1, "")))
    assert broken(problem, row("a", "C......")) == []
    assert broken(problem, row("a", "WW.....")) == [("fixed", 0), ("fixed", 1)]


def test_cover_costs_what_is_missing_and_what_is_too_much() -> None:
    problem = week(demands=(Demand(0, "C", 1, 100, 3), Demand(1, "C", 2, 100, 3)))
    found = check(problem, row("a", "CC.....") + row("b", "C......"))
    assert [(each.rule, each.day, each.cost, each.hard) for each in found] == [
        ("surplus", 0, 3, False),
        ("short", 1, 100, False),
    ]
    assert cost(found) == 103


def test_cover_by_those_with_a_skill_only() -> None:
    problem = week(demands=(Demand(0, "C", 1, 50, 0, skill="值班"),))
    assert broken(problem, row("b", "C......")) == [("short", 0)]
    assert broken(problem, row("a", "C......")) == []


def test_wishes() -> None:
    wishes = (Wish("a", 0, "C", 2), Wish("a", 1, "W", 3, wanted=False), Wish("a", 2, "", 5, wanted=False))
    problem = week(wishes=wishes)
    assert cost(check(problem, row("a", "C......"))) == 0
    assert cost(check(problem, row("a", "......."))) == 2
    assert cost(check(problem, row("a", "CWN...."))) == 8


def test_fair_shares_follow_the_days_that_one_is_there() -> None:
    problem = week(demands=tuple(Demand(day, "N", 1) for day in range(7)))
    problem = changed(problem, "b", busy=tuple(Busy(day) for day in range(4)))
    shares = fair_share(problem, frozenset({"N"}), ["a", "b"], 4)
    assert [(share.low, share.high) for share in shares.values()] == [(4, 5), (2, 3)]
    assert sum(share.low for share in shares.values()) <= 7 <= sum(share.high for share in shares.values())


def test_a_share_costs_each_shift_outside() -> None:
    share = Share(frozenset({"C", "W"}), 1, 2, 7, weekend_only=True)
    problem = changed(week(), "a", shares=(share,))
    assert cost(check(problem, row("a", "CCCCC.."))) == 7
    assert cost(check(problem, row("a", ".....CW"))) == 0
    lone = changed(week(), "a", shares=(replace(share, high=1),))
    assert cost(check(lone, row("a", ".....CW"))) == 7


def test_the_words_name_person_day_and_rule() -> None:
    (found,) = check(week(), row("a", "NC....."))
    assert found.text.zh == "甲 3 月 4 日门诊与3 月 3 日夜班之间休息 0 小时，至少 10 小时。"
    assert found.text.en == "甲 rests 0 hours between 夜班 of 3 March and 门诊 of 4 March; 10 are due."
