"""The network regime against the oracle: values, plan, both flow codes, proof."""

from __future__ import annotations

from hypothesis import given, settings

from duikou.engines.pairing.optimise.flow import CODES
from duikou.engines.pairing.optimise.lexicographic import solve_network
from duikou.engines.pairing.optimise.model import Plan, Problem, Status
from tests.unit.engines.optimise import oracle
from tests.unit.engines.optimise.strategies import problems

THOUSANDS = settings(max_examples=600, deadline=None)


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
    assert tuple(level.bound for level in plan.values) == answer.values
    assert list(plan.breaches) == oracle.breaches_of(problem, frozenset(answer.chosen))


@THOUSANDS
@given(problems())
def test_it_finds_the_oracles_plan(problem: Problem):
    agrees(problem, solve_network(problem))


@THOUSANDS
@given(problems())
def test_the_other_code_finds_the_same_plan(problem: Problem):
    agrees(problem, solve_network(problem, codes=CODES[::-1]))
