"""The decomposition regime against the oracle: plans, bounds, limits, cancelling."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import highspy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.engines.pairing.optimise import search
from duikou.engines.pairing.optimise.bounds import SCALE, Prices, Relaxation
from duikou.engines.pairing.optimise.decompose import solve_large
from duikou.engines.pairing.optimise.flowbound import first_prices
from duikou.engines.pairing.optimise.model import Cancelled, Plan, Problem, Progress, Status
from duikou.engines.pairing.optimise.restate import restated
from duikou.engines.pairing.optimise.submodel import Submodel
from duikou.engines.pairing.optimise.verify import check
from tests.bench.side_instances import Size, invented
from tests.examples import examples
from tests.unit.engines.optimise import oracle
from tests.unit.engines.optimise.strategies import problems

SMALL = Size("small", 12, 9, 20, None)
EVERY_RULE = problems(city_table=True, capacity=True, departments=True, max_changes=True)
ONE_LEVEL = problems(city_table=True, capacity=True, departments=True, max_changes=True, max_levels=1)
HUNDREDS = settings(max_examples=examples(150), deadline=None)


def agrees(problem: Problem, plan: Plan) -> None:
    """Compare a plan with the oracle's: the same pairs, the same values, each proved."""
    answer = oracle.best(problem)
    if answer is None:
        assert plan.status is Status.INFEASIBLE
        assert len(plan.chosen) == 0
        return
    assert plan.status is Status.OPTIMAL
    assert tuple(plan.chosen.tolist()) == answer.chosen
    assert tuple(level.value for level in plan.values) == answer.values
    assert list(plan.breaches) == oracle.breaches_of(problem, frozenset(answer.chosen))
    assert check(problem, plan).verified


@HUNDREDS
@given(EVERY_RULE)
def test_it_finds_the_oracles_plan(problem: Problem):
    agrees(problem, solve_large(problem))


@pytest.fixture
def in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send tiny problems the long way: prices, patterns, blocks, and the whole last of all."""
    monkeypatch.setattr(search, "TINY", -1)
    monkeypatch.setattr(search, "STEPS", 40)
    monkeypatch.setattr(search, "ARCS_OF_WHOLE", 2)


@pytest.mark.usefixtures("in_small_steps")
def test_it_finds_the_oracles_plan_the_long_way():
    @settings(max_examples=50, deadline=None)
    @given(EVERY_RULE)
    def each(problem: Problem) -> None:
        agrees(problem, solve_large(problem))

    each()


@HUNDREDS
@given(ONE_LEVEL, st.integers(0, 10**6), st.sampled_from((0, 3, 200)), st.booleans())
def test_no_prices_give_a_bound_above_a_plan(problem: Problem, seed: int, size: int, tight: bool):
    """Nor is what is said of plans with a certain pair above any such plan."""
    model = restated(problem, problem.levels)
    relaxation = Relaxation(model, tight=tight)
    plans = list(oracle.allowed_sets(problem))
    if not plans or not relaxation.possible:
        assert not plans
        return
    random = np.random.default_rng(seed)
    answer = relaxation.answer(
        Prices(
            random.integers(-size, size + 1, len(model.least)),
            int(random.integers(0, size + 1)) if model.step is not None else 0,
            (),
            random.integers(-size, size + 1, model.arcs) if relaxation.recipients is not None else None,
        )
    )
    forced = relaxation.forced(answer)
    for plan in plans:
        (value,) = oracle.values_of(problem, plan)
        assert answer.bound <= value
        assert all(forced[pair] <= value * SCALE for pair in plan if not model.locked[pair])
        chosen = np.zeros(model.arcs, dtype=np.bool_)
        chosen[list(plan)] = True
        assert (relaxation.slack(answer, chosen) >= 0).all()


@HUNDREDS
@given(ONE_LEVEL)
def test_the_network_inside_gives_no_bound_above_the_best(problem: Problem):
    answer = oracle.best(problem)
    if answer is None or not len(problem.candidates):
        return
    model = restated(problem, problem.levels)
    flowed = first_prices(problem, model, problem.levels[0], answer.values[0], search.Budget(work=20))
    assert flowed is not None
    assert flowed.bound <= answer.values[0]
    assert Relaxation(model).answer(flowed.prices).bound <= answer.values[0]


@HUNDREDS
@given(EVERY_RULE, st.integers(0, 255))
def test_the_thin_model_counts_like_the_oracle(problem: Problem, bits: int):
    model = restated(problem, problem.levels)
    chosen = np.array([bool(bits >> pair & 1) for pair in range(model.arcs)], dtype=np.bool_)
    plan = frozenset(np.flatnonzero(chosen).tolist())
    assert model.allows(chosen) == oracle.keeps_hard_rules(problem, plan)
    if model.allows(chosen):
        assert model.values(chosen) == oracle.values_of(problem, plan)


@HUNDREDS
@given(ONE_LEVEL, st.integers(0, 255))
def test_a_block_leaves_the_rest_as_it_is_and_counts_it(problem: Problem, bits: int):
    model = restated(problem, problem.levels)
    plans = list(islice(oracle.allowed_sets(problem), 64))
    free = np.flatnonzero([bool(bits >> pair & 1) and model.allowed[pair] for pair in range(model.arcs)])
    if not plans or not len(free):
        return
    kept = plans[bits % len(plans)]
    chosen = np.zeros(model.arcs, dtype=np.bool_)
    chosen[list(kept)] = True
    answer = Submodel(model, (), free, chosen).solve(search.Budget(), work=float("inf"))
    outside = kept - set(free.tolist())
    best = min(
        oracle.values_of(problem, plan)[0]
        for plan in oracle.allowed_sets(problem)
        if plan - set(free.tolist()) == outside
    )
    assert answer.chosen is not None
    assert model.values(answer.chosen)[0] == best == answer.bound


def test_highs_is_told_that_every_column_is_whole():
    """With the two breaches continuous HiGHS 1.14 answers 2 here, and the best is 1."""
    solver = highspy.Highs()
    solver.silent()
    solver.passModel(
        4, 4, 8, 1, 1, 0.0,
        np.array([0.0, 2, 0, 1]), np.zeros(4), np.array([1, 1, 1, np.inf]),
        np.array([-np.inf, 0, 1, -np.inf]), np.array([1, np.inf, np.inf, 0]),
        np.array([0, 2, 5, 7, 8], dtype=np.int32), np.array([0, 3, 0, 1, 3, 1, 2, 2], dtype=np.int32),
        np.array([1.0, 1, 1, 1, -1, -1, 1, 1]), np.ones(4, dtype=np.int32),
    )  # fmt: skip
    solver.solve()
    assert solver.getInfo().objective_function_value == pytest.approx(1)


def test_equal_input_and_equal_work_give_the_equal_plan():
    first, second = (solve_large(invented(SMALL), seconds=float("inf"), work=2000) for _ in range(2))
    assert first.chosen.tolist() == second.chosen.tolist()
    assert first.values == second.values
    assert [point[1:] for point in first.curve] == [point[1:] for point in second.curve]


def test_the_curve_never_turns_back():
    plan = solve_large(invented(SMALL), seconds=float("inf"), work=2000)
    incumbents = [point.incumbent for point in plan.curve]
    bounds = [point.bound for point in plan.curve]
    assert incumbents == sorted(incumbents, reverse=True)
    assert bounds == sorted(bounds)
    assert plan.values[0].bound <= plan.values[0].value
    assert check(invented(SMALL), plan).verified


def test_cancelling_keeps_the_best_plan():
    seen: list[Progress] = []

    def report(point: Progress) -> None:
        seen.append(point)
        if len(seen) == 4:
            raise Cancelled

    problem = invented(SMALL)
    plan = solve_large(problem, report=report)
    assert plan.status is Status.CANCELLED
    assert plan.values[0].value == seen[-1].incumbent
    assert plan.values[0].bound <= plan.values[0].value
    assert check(problem, plan).verified


def test_no_time_at_all_still_gives_a_plan_and_a_bound_of_every_level():
    problem = invented(SMALL)
    problem = replace(problem, levels=[problem.levels[0], replace(problem.levels[0], name="again")])
    plan = solve_large(problem, seconds=0)
    assert plan.status is Status.FEASIBLE
    assert [level.name for level in plan.values] == ["weighted", "again"]
    assert all(level.bound <= level.value for level in plan.values)
    assert check(problem, plan).verified
