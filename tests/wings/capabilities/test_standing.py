"""How a hospital stands with a technique: a table that a domain reader can check, and properties."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duikou.wings.capabilities.standing import Done, Leave, standing

OWN, PARTNER, MASTERED = Leave(own=True), Leave(own=False), Leave(own=True, independent=True)
MAY, JUNE = dt.date(2015, 5, 1), dt.date(2015, 6, 1)
TAUGHT, ALONE = Done(MAY, own=False), Done(JUNE, own=True)


@pytest.mark.parametrize(
    ("leaves", "done", "state", "first"),
    [
        # approvals in force             cases            state          first case
        ([], [], "none", None),
        ([OWN], [], "none", None),
        ([PARTNER], [], "none", None),
        ([OWN, PARTNER], [], "learning", None),
        ([OWN, PARTNER], [TAUGHT], "learning", MAY),
        ([OWN, PARTNER], [TAUGHT, ALONE], "learning", MAY),
        ([OWN, PARTNER, MASTERED], [TAUGHT, ALONE], "independent", MAY),
        ([OWN, MASTERED], [ALONE], "independent", JUNE),
        ([OWN, PARTNER, MASTERED], [TAUGHT], "learning", MAY),  # its only own case was withdrawn
        ([PARTNER, MASTERED], [TAUGHT, ALONE], "none", None),  # the own approval has ended
        ([OWN], [TAUGHT], "none", None),  # the supporter's approval has ended
    ],
)
def test_the_standing_follows_from_approvals_and_cases(
    leaves: list[Leave], done: list[Done], state: str, first: dt.date | None
) -> None:
    found = standing(leaves, done)
    assert (found.state, found.first_case_on) == (state, first)
    assert found.approved_here == (OWN in leaves)
    assert found.approved_by_supporter == (PARTNER in leaves)


LEAVES = st.lists(st.builds(Leave, st.booleans(), st.booleans()).filter(lambda x: x.own or not x.independent))
DONE = st.lists(st.builds(Done, st.dates(dt.date(2014, 1, 1), dt.date(2017, 1, 1)), st.booleans()))


@given(LEAVES, DONE)
def test_nothing_is_practised_without_the_own_approval(leaves: list[Leave], done: list[Done]) -> None:
    found = standing(leaves, done)
    if found.state != "none":
        assert found.approved_here
    if found.state == "learning":
        assert found.approved_by_supporter
    if found.first_case_on is not None:
        assert found.first_case_on == sorted(case.on for case in done)[0]


@given(LEAVES, DONE, st.randoms())
def test_the_order_of_the_rows_does_not_matter(leaves: list[Leave], done: list[Done], chance: object) -> None:
    before = standing(leaves, done)
    chance.shuffle(leaves)  # type: ignore[attr-defined]
    chance.shuffle(done)  # type: ignore[attr-defined]
    assert standing(leaves, done) == before
