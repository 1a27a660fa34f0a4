"""Small rosters for the tests: a week of two shifts and a night duty."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from duikou.engines.rostering import Assignment, Limits, Problem, Shift, Staff

MONDAY = dt.date(2014, 3, 3)
CLINIC = Shift("C", 8 * 60, 8 * 60, "outpatient", "门诊")
WARD = Shift("W", 8 * 60, 8 * 60, "ward", "病房")
NIGHT = Shift("N", 18 * 60, 14 * 60, "duty", "夜班", frozenset({"值班"}))


def week(**changes: Any) -> Problem:
    """A week from Monday with the doctors 甲 (who has the skill of night duty) and 乙."""
    staff = (Staff("a", "甲", skills=frozenset({"值班"})), Staff("b", "乙"))
    return replace(Problem(MONDAY, 7, (CLINIC, WARD, NIGHT), staff, rest=10 * 60), **changes)


def limited(person: str = "a", days: int = 7, **limits: Any) -> Problem:
    """The week with limits of one person."""
    problem = week(days=days)
    staff = [replace(each, limits=Limits(**limits)) if each.id == person else each for each in problem.staff]
    return replace(problem, staff=tuple(staff))


def row(person: str, line: str) -> tuple[Assignment, ...]:
    """Assignments out of a line of one letter a day; a point is a day off."""
    return tuple(Assignment(person, day, letter) for day, letter in enumerate(line) if letter != ".")
