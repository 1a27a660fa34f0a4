"""Which units of one day hold the territory of a unit of another day."""

from __future__ import annotations

import datetime as dt

import pytest

from duikou.wings.places.bridge import Move, Span, bridge, derivable
from duikou.wings.places.replay import history

LIST_2014 = dt.date(2014, 1, 1)
TODAY = dt.date(2026, 9, 1)
PAST = history()
SPANS = [Span(s.key, s.valid_from, s.valid_to) for s in PAST.stretches]
MOVES = [
    Move(link.event.effective_on, link.predecessor.key, link.successor.key, link.event.whole)
    for link in PAST.links
]
NAMES = {s.key: s.name for s in PAST.stretches}


def answer(name: str, start: dt.date, end: dt.date) -> set[tuple[str, str]]:
    """Bridge one unit, in names."""
    key = next(s.key for s in PAST.on(start) if s.name == name)
    return {(NAMES[piece.key], piece.extent.value) for piece in bridge(SPANS, MOVES, start, end)[key]}


# unit of 2014-01-01 → what it became by 2026
BECAME = [
    ("长兴县", {("长兴县", "same")}),
    ("富阳市", {("富阳区", "same")}),
    ("玉环县", {("玉环市", "same")}),
    ("洞头县", {("洞头区", "within")}),
    ("龙湾区", {("龙湾区", "part"), ("洞头区", "part")}),
    ("江东区", {("鄞州区", "within")}),
    ("鄞州区", {("鄞州区", "part"), ("海曙区", "part")}),
    ("海曙区", {("海曙区", "within")}),
    ("苍南县", {("苍南县", "part"), ("龙港市", "part")}),
    ("余杭区", {("余杭区", "part"), ("临平区", "part")}),
    ("上城区", {("上城区", "within")}),
    ("下城区", {("拱墅区", "within")}),
    ("拱墅区", {("拱墅区", "within")}),
    ("江干区", {("上城区", "part"), ("钱塘区", "part")}),
    ("萧山区", {("萧山区", "part"), ("钱塘区", "part")}),
    ("柯桥区", {("柯桥区", "same")}),
]


@pytest.mark.parametrize(("name", "expected"), BECAME)
def test_what_a_unit_of_2014_became(name: str, expected: set[tuple[str, str]]) -> None:
    assert answer(name, LIST_2014, TODAY) == expected


# unit of 2026 → where it came from in 2014
CAME_FROM = [
    ("钱塘区", {("江干区", "part"), ("萧山区", "part")}),
    ("临平区", {("余杭区", "within")}),
    ("拱墅区", {("下城区", "part"), ("拱墅区", "part")}),
    ("临安区", {("临安市", "same")}),
]


@pytest.mark.parametrize(("name", "expected"), CAME_FROM)
def test_where_a_unit_of_today_came_from(name: str, expected: set[tuple[str, str]]) -> None:
    assert answer(name, TODAY, LIST_2014) == expected


def test_before_the_programme() -> None:
    before = dt.date(2013, 1, 1)
    assert answer("绍兴县", before, LIST_2014) == {("柯桥区", "part"), ("越城区", "part")}
    assert answer("上虞市", before, LIST_2014) == {("上虞区", "same")}
    assert answer("上虞区", LIST_2014, before) == {("上虞市", "same")}


def test_on_one_day_every_unit_is_itself() -> None:
    for key, pieces in bridge(SPANS, MOVES, LIST_2014, LIST_2014).items():
        assert [(p.key, p.extent.value) for p in pieces] == [(key, "same")]


def test_shapes_of_2014_that_do_not_follow_from_those_of_today() -> None:
    """80 of 90 follow by renaming or exact union; these ten do not."""
    follow = derivable(bridge(SPANS, MOVES, LIST_2014, TODAY), bridge(SPANS, MOVES, TODAY, LIST_2014))
    assert {s.name for s in PAST.on(LIST_2014) if s.key not in follow} == {
        "上城区", "下城区", "江干区", "拱墅区", "萧山区", "海曙区", "江东区", "鄞州区", "龙湾区", "洞头县",
    }  # fmt: skip


def test_every_unit_of_either_day_is_bridged() -> None:
    assert set(bridge(SPANS, MOVES, LIST_2014, TODAY)) == {s.key for s in PAST.on(LIST_2014)}
    assert set(bridge(SPANS, MOVES, TODAY, LIST_2014)) == {s.key for s in PAST.on(TODAY)}
