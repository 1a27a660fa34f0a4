"""The verdicts on the corpus of changed agreements, against what is written beside each."""

from __future__ import annotations

import pytest

from tests.spec.clauses.corpus import GOALS, HELD_OUT_GOALS, PARTS, Case, cases, group, judged, right

KINDS = {
    "removed",
    "number",
    "softened",
    "moved",
    "cut",
    "exception",
    "negated",
    "scope",
    "deadline",
    "condition",
    "override",
    "rank",
    "addition",
    "rewording",
}
EVERY = {part: list(cases(part)) for part in PARTS}


def test_the_corpus_is_large_enough_and_holds_every_kind() -> None:
    every = [case for part in PARTS for case in EVERY[part]]
    assert sum(case.expect != "accepted" for case in every) >= 200
    assert sum(case.expect == "accepted" for case in every) >= 100
    kinds = {case.kind for case in every}
    assert kinds >= KINDS
    assert len({(c.template, c.clause, c.old, c.new) for c in every}) == len(every)


@pytest.fixture(scope="module")
def wrong() -> list[Case]:
    """Every case that came out wrong."""
    return [case for part in PARTS for case in EVERY[part] if not right(case, judged(case))]


@pytest.mark.parametrize("name", GOALS)
def test_goals_are_met_on_all_and_on_the_held_out_part(wrong: list[Case], name: str) -> None:
    bad = [case for case in wrong if group(case) == name]
    for parts, goal in ((PARTS, GOALS[name]), (("held_out",), HELD_OUT_GOALS[name])):
        total = sum(group(case) == name for part in parts for case in EVERY[part])
        found = sum(case.part in parts for case in bad)
        assert total >= 5
        assert 1 - found / total >= goal, "\n".join(map(str, bad))
