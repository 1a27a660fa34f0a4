"""The planner against the slow one that tries everything; `fuzz` does the same thousands of times."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from duikou.engines.swap import search, tallies
from tests.examples import examples
from tests.unit.engines.swap.fuzz import differences


@settings(max_examples=examples(120), deadline=None)
@given(seed=st.integers(0, 10**9))
@example(seed=803)
def test_a_plan_is_the_best_of_all_and_so_is_the_answer_to_an_absence(seed: int) -> None:
    told = differences(seed)
    assume(told is not None)
    assert told == []


@pytest.mark.parametrize("seed", range(40))
def test_the_search_of_the_solver_alone_finds_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks that need more relaxations than are allowed, and persons with too many tallies."""
    monkeypatch.setattr(search, "_NODES", 0)
    monkeypatch.setattr(tallies, "MOST", seed % 3)
    assert not differences(seed)
