"""The planner against the slow one that tries everything; `fuzz` does the same thousands of times."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from duikou.engines.scheduling import master, plan
from tests.examples import examples
from tests.unit.engines.scheduling.fuzz import differences, judged
from tests.unit.engines.scheduling.invented import tiny


@settings(max_examples=examples(100), deadline=None)
@given(seed=st.integers(0, 10**9))
@example(seed=6)  # beside a continuous column, presolve called a plan the best that was not
def test_a_plan_is_the_best_of_all_and_so_is_the_answer_to_an_absence(seed: int) -> None:
    told = differences(seed)
    assume(told is not None)
    assert told == []


@pytest.mark.parametrize("seed", range(30))
def test_columns_left_out_at_first_come_in_where_a_plan_needs_them(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(master, "_FIRST", 0)
    problem = tiny(seed)
    assert judged(problem, plan(problem)) == []
