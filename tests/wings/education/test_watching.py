"""What counts as watched: a table of reports, and properties that hold for any of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duikou.engines.attendance import Beat, Check, Rule
from duikou.wings.education import watching
from duikou.wings.education.watching import Bounds, Heard, Refused, Report, count, due_check, take

RULE, BOUNDS = Rule(gap=30, speed=1.5, slack=2, patience=60), Bounds(other_lesson=15, skew=120, longest=120)
BEFORE = Beat(100, "d1", 50)


@pytest.mark.parametrize(
    ("report", "at", "heard", "expected"),
    [
        (Report(50, 60, "d1"), 110, Heard(600, 40, own=BEFORE), [Beat(110, "d1", 60)]),
        (Report(0, 10, "d1"), 50, Heard(600, 40), [Beat(40, "d1", 0), Beat(50, "d1", 10)]),
        (Report(300, 310, "d1"), 110, Heard(600, 40, own=BEFORE),
         [Beat(100, "d1", 300), Beat(110, "d1", 310)]),
        (Report(50, 60, "d2"), 110, Heard(600, 40, own=BEFORE), Refused.DEVICE),
        (Report(50, 60, "d2"), 140, Heard(600, 40, own=BEFORE), [Beat(128, "d2", 50), Beat(140, "d2", 60)]),
        (Report(0, 10, "d1"), 110, Heard(600, 40, other=BEFORE), Refused.LESSON),
        (Report(0, 10, "d2"), 110, Heard(600, 40, other=BEFORE), Refused.DEVICE),
        (Report(50, 100, "d1"), 110, Heard(600, 40, own=BEFORE), Refused.FAST),
        (Report(0, 90, "d1"), 50, Heard(600, 40), Refused.FAST),
        (Report(60, 50, "d1"), 110, Heard(600, 40, own=BEFORE), Refused.SHAPE),
        (Report(595, 605, "d1"), 610, Heard(600, 40), Refused.SHAPE),
        (Report(0, 121, "d1"), 610, Heard(600, 40), Refused.SHAPE),
        (Report(50, 60, "d1", sent=300), 110, Heard(600, 40, own=BEFORE), Refused.CLOCK),
        (Report(50, 60, "d1"), 90, Heard(600, 40, own=BEFORE), Refused.CLOCK),
        (Report(50, 60, "d1"), 110, Heard(600, 40, own=BEFORE, open_check=Check(40)), Refused.ABSENT),
        (Report(50, 60, "d1"), 110, Heard(600, 40, own=BEFORE, open_check=Check(80)), [Beat(110, "d1", 60)]),
    ],
)  # fmt: skip
def test_reports(report: Report, at: int, heard: Heard, expected: object) -> None:
    assert take(report, at, heard, RULE, BOUNDS) == expected


def test_seen_at_once_and_a_half_speed_counts_no_more_than_the_time_that_went_by() -> None:
    beats = [Beat(at, "d1", round(at * 1.5)) for at in range(0, 101, 10)]
    found = count(beats, (), 150, RULE)
    assert (found.covered, found.credited) == (150, 100)


def test_seen_twice_counts_once() -> None:
    beats = [Beat(at, "d1", at) for at in range(0, 51, 10)] + [
        Beat(60 + at, "d1", at) for at in range(0, 51, 10)
    ]
    assert count(beats, (), 50, RULE) == watching.Count(50, 50)


def test_checks_come_once_at_each_planned_place() -> None:
    first = due_check(1800, 600, 7, [], 1800)
    assert first is not None
    assert due_check(1800, 600, 7, [], first - 1) is None
    assert due_check(1800, 600, 7, [first], first) is None
    assert due_check(500, 600, 7, [], 500) is None  # too short a lesson for any


STEPS = st.lists(
    st.tuples(
        st.integers(0, 45),  # seconds of the server's clock since the report before
        st.sampled_from([0, 1]),  # of which lesson
        st.sampled_from(["d1", "d2"]),
        st.integers(0, 320),
        st.integers(-5, 60),
    ),
    max_size=40,
)


@given(STEPS)
def test_credit_is_never_more_than_the_clock_nor_than_the_lesson(
    steps: list[tuple[int, int, str, int, int]],
) -> None:
    """Whatever two devices say of two lessons of one person, at whatever moments."""
    length, opened, at = 300, 1000, 1000
    heard: dict[int, list[Beat]] = {0: [], 1: []}
    for passed, lesson, device, start, moved in steps:
        at += passed
        own = max(heard[lesson], key=lambda beat: beat.at, default=None)
        other = max(heard[1 - lesson], key=lambda beat: beat.at, default=None)
        taken = take(
            Report(start, start + moved, device), at, Heard(length, opened, own, other), RULE, BOUNDS
        )
        if not isinstance(taken, Refused):
            heard[lesson] += taken
    counts = [count(beats, (), length, RULE) for beats in heard.values()]
    assert all(one.credited <= one.covered <= length for one in counts)
    assert sum(one.credited for one in counts) <= at - opened


@given(STEPS, st.integers(0, 40))
def test_an_honest_viewer_gets_all(steps: list[tuple[int, int, str, int, int]], first: int) -> None:
    """Watched at normal speed from some second to the end, the rest of the lesson counts whole."""
    length, opened = 300, 1000
    beats: list[Beat] = []
    at, place = opened + 5, first
    while place < length:
        at, after = at + 10, min(place + 10, length)
        own = beats[-1] if beats else None
        taken = take(Report(place, after, "d1"), at, Heard(length, opened, own), RULE, BOUNDS)
        assert isinstance(taken, list)
        beats += taken
        place = after
    assert count(beats, (), length, RULE).covered == length - first
