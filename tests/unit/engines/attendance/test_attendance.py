"""What counts as seen: followed by eye on small lessons, and against a count second by second."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.engines.attendance import Beat, Check, Rule, Seconds, schedule, watched
from tests.examples import examples
from tests.unit.engines.attendance.oracle import seen

LENGTH = 200


def played(first: int, last: int, *, at: int = 0, device: str = "phone", every: int = 10) -> list[Beat]:
    return [Beat(at + second - first, device, second) for second in range(first, last + 1, every)]


def test_what_is_played_through_counts_once() -> None:
    found = watched([*played(0, 100), *played(50, 150, at=200)])
    assert found.seconds.stretches == ((0, 150),)
    assert found.seconds.share(LENGTH) == 0.75
    assert found.seconds.missing(LENGTH).stretches == ((150, 200),)


def test_a_total_of_the_client_or_a_jump_to_the_end_counts_for_nothing() -> None:
    found = watched([Beat(0, "phone", 0), Beat(10, "phone", 190), Beat(20, "phone", 200)])
    assert found.seconds.stretches == ((190, 200),)
    assert found.skipped == 1
    assert watched([Beat(0, "phone", 0), Beat(10, "phone", 20)]).seconds.stretches == ()  # twice as fast
    assert watched([Beat(0, "phone", 0), Beat(10, "phone", 15)]).seconds.stretches == ((0, 15),)


def test_a_pause_without_beats_does_not_count() -> None:
    found = watched([*played(0, 20), *played(60, 80, at=300)])
    assert found.seconds.stretches == ((0, 20), (60, 80))
    assert watched([Beat(0, "phone", 0), Beat(31, "phone", 31)]).seconds.stretches == ()


def test_two_devices_at_a_time_are_one() -> None:
    both = [*played(0, 100), *played(100, 200, at=1, device="desk")]
    found = watched(both)
    assert found.seconds.stretches == ((0, 100),)
    assert found.elsewhere > 0
    after = [*played(0, 100), *played(100, 200, at=131, device="desk")]
    assert watched(after).seconds.stretches == ((0, 200),)


def test_an_unanswered_check_stops_the_count_until_it_is_answered() -> None:
    beats = played(0, 200)
    assert watched(beats, [Check(20)]).seconds.stretches == ((0, 80),)
    assert watched(beats, [Check(20, 70)]).seconds.stretches == ((0, 200),)
    late = watched(beats, [Check(20, 120)])
    assert late.seconds.stretches == ((0, 80), (120, 200))
    assert late.absent == 4


def test_order_and_doubles_change_nothing() -> None:
    beats = played(0, 90)
    assert watched([*reversed(beats), *beats]) == watched(beats)
    assert watched([]).seconds.share(LENGTH) == 0


@settings(max_examples=examples(400), deadline=None)
@given(
    beats=st.lists(
        st.builds(
            Beat, st.integers(0, 240), st.sampled_from(["phone", "desk"]), st.integers(-5, LENGTH + 20)
        ),
        max_size=25,
    ),
    walk=st.lists(st.tuples(st.integers(1, 40), st.integers(-3, 30)), max_size=25),
    checks=st.lists(
        st.tuples(st.integers(0, 200), st.one_of(st.none(), st.integers(0, 150))).map(
            lambda pair: Check(pair[0], None if pair[1] is None else pair[0] + pair[1])
        ),
        max_size=3,
    ),
    rule=st.builds(
        Rule, st.integers(5, 40), st.sampled_from([1.0, 1.5, 2.0]), st.integers(0, 3), st.integers(0, 60)
    ),
)
def test_the_seconds_are_those_of_a_count_second_by_second(
    beats: list[Beat], walk: list[tuple[int, int]], checks: list[Check], rule: Rule
) -> None:
    """Beats at random, and a player that mostly goes on."""
    at = place = 0
    for passed, moved in walk:
        at, place = at + passed, place + moved
        beats = [*beats, Beat(at, "phone", place)]
    found = watched(beats, checks, rule).seconds
    right = seen(beats, checks, rule, LENGTH)
    assert {second for start, end in found.within(LENGTH).stretches for second in range(start, end)} == right
    assert len(found.within(LENGTH)) == len(right)
    assert found.share(LENGTH) == len(right) / LENGTH
    missing = found.missing(LENGTH)
    assert {second for start, end in missing.stretches for second in range(start, end)} == (
        set(range(LENGTH)) - right
    )


@given(st.lists(st.tuples(st.integers(-20, 60), st.integers(0, 20)).map(lambda one: (one[0], sum(one)))))
def test_a_union_is_sorted_and_apart(stretches: list[tuple[int, int]]) -> None:
    found = Seconds.of(stretches)
    assert {second for start, end in stretches for second in range(start, end)} == {
        second for start, end in found.stretches for second in range(start, end)
    }
    ends = [number for stretch in found.stretches for number in stretch]
    assert ends == sorted(set(ends))


def test_a_stretch_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        Seconds.of([(5, 4)])


@given(st.integers(0, 4000), st.integers(20, 900), st.integers(0, 10**6))
def test_checks_are_spread_and_the_same_after_a_reload(length: int, every: int, seed: int) -> None:
    found = schedule(length, every, seed)
    assert found == schedule(length, every, seed)
    assert len(found) == max(0, length // every)
    assert all(5 <= place <= length - 6 for place in found)
    assert all(second - first >= every // 4 for first, second in itertools.pairwise(found))


def test_checks_without_end_are_refused() -> None:
    with pytest.raises(ValueError, match="no lesson"):
        schedule(600, 5, 1)
    assert len({schedule(3600, 600, seed) for seed in range(20)}) == 20
