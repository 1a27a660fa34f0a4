"""The verdicts on the corpus of changed agreements, against what is written beside each."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.spec.clauses.corpus import GOALS, PARTS, Case, cases, group, judged, right

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


@pytest.fixture(scope="module", params=PARTS)
def wrong(request: pytest.FixtureRequest) -> tuple[str, list[Case]]:
    part = request.param
    return part, [case for case in EVERY[part] if not right(case, judged(case))]


@pytest.mark.parametrize("name", GOALS)
def test_goals_are_met_on_each_part(wrong: tuple[str, list[Case]], name: str) -> None:
    part, cases_wrong = wrong
    total = Counter(group(case) for case in EVERY[part])[name]
    bad = [case for case in cases_wrong if group(case) == name]
    assert total >= 5
    assert 1 - len(bad) / total >= GOALS[name], "\n".join(map(str, bad))
