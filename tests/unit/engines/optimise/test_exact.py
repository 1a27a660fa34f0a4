"""The exact regime against the oracle with every side rule; bounds, stopping, edits."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duikou.engines.pairing.optimise.exact import ExactSession, solve_exact
from duikou.engines.pairing.optimise.first import first_plan
from duikou.engines.pairing.optimise.lexicographic import solve_network
from duikou.engines.pairing.optimise.model import (
    CITY_TABLE,
    BadProblem,
    Cancelled,
    Candidates,
    Indexes,
    Plan,
    Problem,
    Progress,
    Status,
)
from duikou.engines.pairing.optimise.proof import Box, prove, tightened
from duikou.engines.pairing.optimise.rows import rows_of
from tests.examples import examples
from tests.unit.engines.optimise import oracle
from tests.unit.engines.optimise.hard_cases import hard_problem
from tests.unit.engines.optimise.invented import round_of
from tests.unit.engines.optimise.strategies import edits, problems

every_rule = problems(city_table=True, capacity=True, departments=True, max_changes=True)
thorough = settings(max_examples=examples(1500), deadline=None, suppress_health_check=[HealthCheck.too_slow])


def assert_best(problem: Problem, plan: Plan) -> None:
    """The plan is what the oracle finds, to the last tie, and says so; or both find none."""
    answer = oracle.best(problem)
    if answer is None:
        assert plan.status is Status.INFEASIBLE
        assert len(plan.chosen) == 0
        assert plan.note is not None
        return
    assert plan.status is Status.OPTIMAL
    assert tuple(plan.chosen) == answer.chosen
    assert tuple(level.value for level in plan.values) == answer.values
    assert tuple(level.bound for level in plan.values) == answer.values
    assert list(plan.breaches) == oracle.breaches_of(problem, frozenset(answer.chosen))


@thorough
@given(every_rule)
def test_it_finds_what_trying_everything_finds(problem: Problem) -> None:
    assert_best(problem, solve_exact(problem))


@settings(max_examples=examples(400), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(every_rule, st.data())
def test_an_edited_session_is_as_good_as_a_new_one(problem: Problem, data: st.DataObject) -> None:
    session = ExactSession(problem)
    for _ in range(3):
        plan = session.edit(**data.draw(edits(session.problem)))
        assert_best(session.problem, plan)


@pytest.mark.parametrize("seed", range(4))
def test_both_regimes_give_the_identical_plan(seed: int) -> None:
    problem = round_of(seed, supporters=12, recipients=40, offers=8, ceiling=4)
    exact, network = solve_exact(problem), solve_network(problem)
    assert exact.status is network.status is Status.OPTIMAL
    assert exact.chosen.tolist() == network.chosen.tolist()
    assert exact.values == network.values
    assert exact.breaches == network.breaches


def test_a_long_session_is_as_good_as_new_solves() -> None:
    """With the rule of the cities' tables, which the network cannot hold."""
    problem = round_of(3, supporters=20, recipients=50, offers=20)
    first, *others = problem.levels
    session = ExactSession(
        replace(
            problem,
            supporters=[replace(one, table="12"[i % 2]) for i, one in enumerate(problem.supporters)],
            counties=[replace(one, least_in_city_table=1) for one in problem.counties],
            levels=[replace(first, prices={**first.prices, CITY_TABLE: 1}), *others],
        )
    )
    chance = np.random.default_rng(3)
    for number in range(24):
        before = session.plan
        if number % 3 == 0:
            plan = session.edit(forbid=[int(chance.choice(before.chosen))])
        elif number % 3 == 1:
            plan = session.edit(lock=[int(chance.integers(len(problem.candidates)))])
        else:
            now = session.problem.candidates
            plan = session.edit(free=np.flatnonzero(now.locked | now.forbidden)[:1].tolist())
        fresh = solve_exact(session.problem)
        assert plan.status is Status.OPTIMAL
        assert (plan.chosen.tolist(), plan.values) == (fresh.chosen.tolist(), fresh.values)
        assert set(session.difference.added) == set(plan.chosen) - set(before.chosen)
        assert set(session.difference.dropped) == set(before.chosen) - set(plan.chosen)


def test_a_senseless_edit_is_refused_and_changes_nothing() -> None:
    session = ExactSession(hard_problem(1, 3, 4))
    before = session.problem
    for edit in ({"lock": [len(before.candidates)]}, {"forbid": [-1]}, {"lock": [0], "free": [0]}):
        with pytest.raises(BadProblem):
            session.edit(**edit)
    assert session.problem is before


@settings(max_examples=examples(300), deadline=None)
@given(every_rule)
def test_rows_count_as_the_oracle_counts(problem: Problem) -> None:
    rows = rows_of(problem)
    for chosen in oracle.allowed_sets(problem):
        columns = rows.complete(sorted(chosen))
        assert rows.allow(columns)
        values = tuple(rows.value(level, columns) for level in range(len(problem.levels)))
        assert values == oracle.values_of(problem, chosen)


@settings(max_examples=examples(300), deadline=None)
@given(every_rule)
def test_rows_forbid_what_the_oracle_forbids(problem: Problem) -> None:
    unlocked = problem.edited(free=range(len(problem.candidates)))
    rows = rows_of(unlocked)
    allowed = set(oracle.allowed_sets(unlocked))
    for number in range(2 ** len(unlocked.candidates)):
        chosen = frozenset(i for i in range(len(unlocked.candidates)) if number >> i & 1)
        assert rows.allow(rows.complete(sorted(chosen))) == (chosen in allowed)


@settings(max_examples=examples(400), deadline=None)
@given(problems(capacity=True, max_changes=True))
def test_hard_rules_are_decided_by_counting(problem: Problem) -> None:
    plan = first_plan(problem)
    allowed = set(oracle.allowed_sets(problem))
    if plan is None:
        assert not allowed
        return
    assert frozenset(plan.tolist()) in allowed
    fewest = min(oracle.changes_of(problem, chosen) for chosen in allowed)
    assert oracle.changes_of(problem, frozenset(plan.tolist())) == fewest


@settings(max_examples=examples(400), deadline=None)
@given(every_rule, st.data())
def test_any_prices_prove_no_more_than_is_true(problem: Problem, data: st.DataObject) -> None:
    answer = oracle.best(problem)
    if answer is None:
        return
    rows = rows_of(problem)
    box = Box(rows.lower, rows.upper, rows.row_lower, rows.row_upper)
    price = st.floats(-9, 9) | st.sampled_from((1e200, float("nan"), 1 / 3))
    prices = np.array([data.draw(price) for _ in rows.row_lower])
    proof = prove(rows, box, rows.costs[0], prices)
    assert proof.bound + rows.constants[0] <= answer.values[0]
    best = rows.complete(answer.chosen)
    left = tightened(box, proof, answer.values[0] - rows.constants[0])
    assert (left.lower <= best).all()
    assert (best <= left.upper).all()
    assert (left.row_lower <= rows.activity(best)).all()
    assert (rows.activity(best) <= left.row_upper).all()


def test_costs_beyond_all_measure_still_give_a_bound() -> None:
    rows = rows_of(hard_problem(1, 3, 6))
    box = Box(rows.lower, rows.upper, rows.row_lower, rows.row_upper)
    cost = np.full(rows.columns, -(1 << 60))
    total = -(1 << 60) * int(rows.upper.sum())
    assert prove(rows, box, cost, None).bound == total


def test_equal_input_gives_equal_plans() -> None:
    problem = hard_problem(5, 8, 14)
    first, second = solve_exact(problem), solve_exact(problem)
    assert first.status is Status.OPTIMAL
    assert first.chosen.tolist() == second.chosen.tolist()
    assert first.values == second.values


def test_a_problem_without_candidates_is_solved() -> None:
    problem = hard_problem(1, 2, 2)
    none = np.zeros(0, dtype=np.int32)
    no = np.zeros(0, dtype=np.bool_)
    empty = replace(
        problem,
        candidates=Candidates(none, none, no, no, no),
        levels=[replace(level, cost=None) for level in problem.levels],
    )
    for case in (empty, replace(empty, supporters=(), recipients=(), counties=())):
        plan = solve_exact(case)
        assert plan.status is Status.OPTIMAL
        assert plan.chosen.tolist() == []


def test_a_wrong_problem_is_refused() -> None:
    with pytest.raises(BadProblem):
        solve_exact(replace(hard_problem(1, 2, 2), levels=()))


def test_a_session_that_is_let_go_leaves_nothing() -> None:
    session = ExactSession(hard_problem(1, 3, 4))
    gone = weakref.ref(session)
    del session
    gc.collect()
    assert gone() is None


class Ears:
    """A report that remembers, and stops the solve at the first point that it is told to stop at."""

    def __init__(self, stop_at: Callable[[Progress], bool] = lambda point: False) -> None:
        self.points: list[Progress] = []
        self.kept: list[list[int]] = []
        self._stop_at = stop_at

    def __call__(self, progress: Progress) -> None:
        self.points.append(progress)
        if self._stop_at(progress):
            raise Cancelled

    def keep(self, chosen: Indexes) -> None:
        self.kept.append(chosen.tolist())


def test_a_cancelled_solve_keeps_the_best_plan() -> None:
    """It is stopped in the midst of branching, at the level that cannot be proved fast."""
    problem = hard_problem(2)
    ears = Ears(lambda point: point.level == "fit" and point.bound is not None)
    plan = solve_exact(problem, seconds=600, report=ears)
    assert plan.status is Status.CANCELLED
    assert oracle.keeps_hard_rules(problem, frozenset(plan.chosen.tolist()))
    assert plan.chosen.tolist() == ears.kept[-1]
    assert [level.value for level in plan.values] == list(
        oracle.values_of(problem, frozenset(plan.chosen.tolist()))
    )
    assert all(level.bound <= level.value for level in plan.values)
    assert plan.values[0].proved
    assert plan.gap > 0


def test_a_solve_cancelled_at_once_has_the_present_round() -> None:
    problem = hard_problem(2)
    plan = solve_exact(problem, report=Ears(lambda point: True))
    assert plan.status is Status.CANCELLED
    assert set(plan.chosen.tolist()) <= set(np.flatnonzero(problem.candidates.existing).tolist())
    assert all(level.bound <= level.value for level in plan.values)


def test_the_time_limit_gives_a_plan_and_a_bound() -> None:
    problem = hard_problem(2)
    plan = solve_exact(problem, seconds=1)
    assert plan.status is Status.FEASIBLE
    assert oracle.keeps_hard_rules(problem, frozenset(plan.chosen.tolist()))
    assert all(level.bound <= level.value for level in plan.values)
    assert len(plan.curve) > 1


@settings(max_examples=examples(150), deadline=None)
@given(every_rule, st.integers(0, 12))
def test_wherever_it_is_stopped_the_bound_is_on_the_right_side(problem: Problem, after: int) -> None:
    answer = oracle.best(problem)
    if answer is None:
        return
    ears = Ears(lambda point: len(ears.points) > after)
    plan = solve_exact(problem, report=ears)
    assert oracle.keeps_hard_rules(problem, frozenset(plan.chosen.tolist()))
    for level, best in zip(plan.values, answer.values, strict=True):
        assert level.bound <= level.value
        assert level.bound <= best
        if not level.proved:
            break  # from here on the oracle speaks of other plans
        assert level.value == best


@pytest.mark.parametrize("at", [0, 3])
def test_an_error_of_the_report_is_the_callers(at: int) -> None:
    def broken(progress: Progress) -> None:
        if broken_after.pop():
            raise LookupError("the caller's own")

    broken_after = [True, *([False] * at)]
    with pytest.raises(LookupError, match="own"):
        solve_exact(hard_problem(2), report=broken)


def test_the_curve_only_gets_better() -> None:
    ears = Ears()
    solve_exact(hard_problem(2), seconds=2, report=ears)
    for level in ("quotas", "fit"):
        points = [point for point in ears.points if point.level == level]
        incumbents = [point.incumbent for point in points]
        assert incumbents == sorted(incumbents, reverse=True)
        assert all(point.bound is None or point.bound <= point.incumbent for point in points)
