"""One door to all regimes: the best plan, checked, whatever the shape of the problem."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from duikou.engines.pairing.optimise import solve as door
from duikou.engines.pairing.optimise.build import problem_of
from duikou.engines.pairing.optimise.lexicographic import solve_network
from duikou.engines.pairing.optimise.model import BadProblem, LevelValue, Plan, Problem, Progress, Status
from duikou.engines.pairing.optimise.options import Options
from duikou.engines.pairing.optimise.solve import better, needs_met, solve, without_side_rules
from tests.examples import examples
from tests.unit.engines.optimise import oracle
from tests.unit.engines.optimise.solvers import brute_force
from tests.unit.engines.optimise.strategies import problems
from tests.unit.engines.optimise.test_build import ROUND
from tests.unit.engines.pairing.builders import RULES


@given(problems(city_table=True, capacity=True, departments=True, max_changes=True))
@settings(max_examples=examples(200))
def test_the_best_plan(problem: Problem) -> None:
    best, found = brute_force(problem), solve(problem)
    assert found.status == best.status
    assert found.chosen.tolist() == best.chosen.tolist()
    assert found.values == best.values
    assert found.verified == (best.status is Status.OPTIMAL)


@given(problems(city_table=True, capacity=True, departments=True, max_changes=True))
def test_without_side_rules_every_plan_is_allowed_and_worth_no_more(problem: Problem) -> None:
    easy = without_side_rules(problem)
    assert not easy.breaks_network
    for chosen in oracle.allowed_sets(problem):
        assert oracle.keeps_hard_rules(easy, chosen)
        pairs = zip(oracle.values_of(easy, chosen), oracle.values_of(problem, chosen), strict=True)
        assert all(less <= value for less, value in pairs)


@given(problems(departments=True))
def test_needs_met_by_each_candidate(problem: Problem) -> None:
    alone = [oracle.met_needs(problem, frozenset({at})) for at in range(len(problem.candidates))]
    assert needs_met(problem).tolist() == alone


def test_a_network_is_solved_as_one() -> None:
    problem = problem_of(ROUND, RULES, options=Options(city_tables=False))
    assert solve(problem).regime == "network"


def test_side_rules_that_cost_nothing_leave_the_network_its_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = replace(problem_of(ROUND, RULES, options=Options(city_tables=False)), max_changes=50)

    def never(*_: object, **__: object) -> Plan:
        raise AssertionError("the network's plan should do")

    monkeypatch.setattr(door, "solve_exact", never)
    plan = solve(problem)
    assert (plan.status, plan.regime, plan.verified) == (Status.OPTIMAL, "network", True)
    assert plan.chosen.tolist() == solve_network(replace(problem, max_changes=None)).chosen.tolist()


def test_side_rules_that_bind_need_the_whole_model() -> None:
    problem = problem_of(ROUND, RULES, options=Options(max_changes=0))
    plan = solve(problem)
    assert (plan.status, plan.regime, plan.verified) == (Status.OPTIMAL, "exact", True)
    assert plan.chosen.tolist() == np.flatnonzero(problem.candidates.existing).tolist()


def test_in_a_process_of_its_own() -> None:
    problem = problem_of(ROUND, RULES)
    seen: list[Progress] = []
    here, there = solve(problem), solve(problem, isolate=True, report=seen.append)
    assert (there.status, there.verified, there.regime) == (Status.OPTIMAL, True, "exact")
    assert there.chosen.tolist() == here.chosen.tolist()
    assert there.values == here.values


def test_a_problem_that_is_not_sound_is_refused() -> None:
    problem = problem_of(ROUND, RULES)
    with pytest.raises(BadProblem):
        solve(replace(problem, levels=()))


def test_a_wrong_answer_of_a_solver_is_not_shown_as_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = problem_of(ROUND, RULES, options=Options(city_tables=False))
    real = door.solve_network

    def lies(*arguments: object, **options: object) -> Plan:
        plan = real(*arguments, **options)  # type: ignore[arg-type]
        return replace(plan, chosen=plan.chosen[1:])

    monkeypatch.setattr(door, "solve_network", lies)
    plan = solve(problem)
    assert not plan.verified
    assert plan.note is not None


def plan_of(*levels: tuple[int, int], status: Status = Status.FEASIBLE) -> Plan:
    values = tuple(LevelValue(str(at), value, bound) for at, (value, bound) in enumerate(levels))
    return Plan(status, np.array([], dtype=np.int32), values, (), "exact", "s", 0.0, 0.0)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([(5, 3), (9, 0)], [(4, 1), (99, 0)], [(4, 3), (99, 0)]),  # the first level decides
        ([(5, 3), (9, 0)], [(5, 4), (7, 2)], [(5, 4), (7, 2)]),
        ([(5, 3), (7, 1)], [(5, 4), (7, 2)], [(5, 4), (7, 1)]),  # equal: the first, with the better bound
        ([(5, 3)], [], [(5, 3)]),
        ([], [(5, 3)], [(5, 3)]),
    ],
)
def test_the_better_of_two_plans(
    one: list[tuple[int, int]], other: list[tuple[int, int]], expected: list[tuple[int, int]]
) -> None:
    found = better(plan_of(*one), plan_of(*other))
    assert [(level.value, level.bound) for level in found.values] == expected


@given(problems(capacity=True, departments=True))
@settings(max_examples=40, deadline=None)
def test_what_is_hard_as_a_whole_is_taken_apart(problem: Problem) -> None:
    """With no time for the whole model the answer still keeps the rules and its bounds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(door, "WHOLE", -1)
        found, best = solve(problem, seconds=2), brute_force(problem)
    assert (found.status is Status.INFEASIBLE) == (best.status is Status.INFEASIBLE)
    if best.status is not Status.INFEASIBLE:
        assert found.verified
        assert [level.value for level in found.values] >= [level.value for level in best.values]
        assert found.values[0].bound <= best.values[0].value if found.values else True
