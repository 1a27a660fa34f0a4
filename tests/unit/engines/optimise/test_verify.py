"""The check of a plan: it accepts what is right, and every wrong claim is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from duikou.engines.pairing.optimise.model import Breach, LevelValue, Plan, Problem, Status
from duikou.engines.pairing.optimise.verify import check
from tests.unit.engines.optimise import oracle
from tests.unit.engines.optimise.solvers import brute_force
from tests.unit.engines.optimise.strategies import problems

EVERYTHING: dict[str, Any] = {
    "city_table": True, "capacity": True, "departments": True, "max_changes": True, "max_candidates": 7,
}  # fmt: skip


def stated(problem: Problem, chosen: list[int], status: Status = Status.FEASIBLE) -> Plan:
    """A plan that claims for any pairs what the oracle counts."""
    values = oracle.values_of(problem, frozenset(chosen))
    return Plan(
        status=status,
        chosen=np.array(chosen, dtype=np.int32),
        values=tuple(
            LevelValue(one.name, value, value) for one, value in zip(problem.levels, values, strict=True)
        ),
        breaches=tuple(oracle.breaches_of(problem, frozenset(chosen))),
        regime="exact",
        solver="test",
        seconds=0.0,
        cpu_seconds=0.0,
    )


@given(problems(**EVERYTHING))
def test_the_best_plan_is_accepted(problem: Problem) -> None:
    plan = brute_force(problem)
    assume(plan.status is Status.OPTIMAL)
    checked = check(problem, plan)
    assert checked.verified, checked.note
    assert checked.note is None


@given(problems(**EVERYTHING), st.data())
def test_any_pairs_are_accepted_exactly_when_they_keep_the_hard_rules(
    problem: Problem, data: st.DataObject
) -> None:
    chosen = sorted(data.draw(st.sets(st.integers(0, max(0, len(problem.candidates) - 1)))))
    assume(len(problem.candidates))
    checked = check(problem, stated(problem, chosen))
    assert checked.verified == oracle.keeps_hard_rules(problem, frozenset(chosen)), checked.note
    assert (checked.note is None) == checked.verified


@given(problems(**EVERYTHING), st.data())
def test_a_wrong_value_is_found(problem: Problem, data: st.DataObject) -> None:
    plan = brute_force(problem)
    assume(plan.status is Status.OPTIMAL)
    at = data.draw(st.integers(0, len(plan.values) - 1))
    by = data.draw(st.integers(-3, 3).filter(bool))
    values = list(plan.values)
    values[at] = LevelValue(values[at].name, values[at].value + by, values[at].bound + by)
    checked = check(problem, replace(plan, values=tuple(values)))
    assert not checked.verified
    assert checked.note is not None
    assert values[at].name in checked.note.en


@given(problems(**EVERYTHING))
def test_a_hidden_or_invented_breach_is_found(problem: Problem) -> None:
    plan = brute_force(problem)
    assume(plan.status is Status.OPTIMAL)
    invented = Breach("PAIR-01", "supporter:nobody", "无", 1, 1, 2, 4)
    assert not check(problem, replace(plan, breaches=(*plan.breaches, invented))).verified
    if plan.breaches:
        assert not check(problem, replace(plan, breaches=plan.breaches[1:])).verified
        more = replace(plan.breaches[0], amount=plan.breaches[0].amount + 1)
        assert not check(problem, replace(plan, breaches=(more, *plan.breaches[1:]))).verified


@given(problems())
def test_pairs_out_of_range_or_repeated_are_found(problem: Problem) -> None:
    plan = brute_force(problem)
    assume(plan.status is Status.OPTIMAL)
    assume(len(plan.chosen))
    for chosen in ([len(problem.candidates)], [-1], [int(plan.chosen[0])] * 2):
        assert not check(problem, replace(plan, chosen=np.array(chosen, dtype=np.int32))).verified


@given(problems())
def test_optimal_needs_every_bound(problem: Problem) -> None:
    plan = brute_force(problem)
    assume(plan.status is Status.OPTIMAL)
    first = plan.values[0]
    loose = (LevelValue(first.name, first.value, first.bound - 1), *plan.values[1:])
    crossed = (LevelValue(first.name, first.value, first.bound + 1), *plan.values[1:])
    assert not check(problem, replace(plan, values=loose)).verified
    assert check(problem, replace(plan, values=loose, status=Status.FEASIBLE)).verified
    assert not check(problem, replace(plan, values=crossed, status=Status.FEASIBLE)).verified
    assert not check(problem, replace(plan, values=plan.values[1:])).verified


@pytest.mark.parametrize("status", [Status.INFEASIBLE, Status.FAILED])
@given(problem=problems())
def test_where_nothing_is_claimed_there_is_nothing_to_check(status: Status, problem: Problem) -> None:
    plan = replace(brute_force(problem), status=status)
    assert check(problem, plan) is plan
