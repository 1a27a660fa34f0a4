"""The network regime against the oracle: values, plan, both flow codes, proof, determinism."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.engines.pairing.optimise import flow as flows
from duikou.engines.pairing.optimise import lexicographic
from duikou.engines.pairing.optimise.columns import Columns
from duikou.engines.pairing.optimise.flow import CODES, CostScaling, Simplex
from duikou.engines.pairing.optimise.lexicographic import solve_network, stages_of
from duikou.engines.pairing.optimise.model import (
    BadProblem,
    Cancelled,
    Candidates,
    Ints,
    Plan,
    Problem,
    Progress,
    Status,
)
from duikou.engines.pairing.optimise.network import PairingNetwork
from duikou.engines.pairing.optimise.verify import check
from tests.examples import examples
from tests.unit.engines.optimise import oracle
from tests.unit.engines.optimise.invented import round_of
from tests.unit.engines.optimise.strategies import enlarged, problems

MANY = settings(max_examples=examples(1000), deadline=None)
SOME = settings(max_examples=examples(300), deadline=None)
BIG = 1 << 24


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
    assert check(problem, plan).verified


@MANY
@given(problems())
def test_it_finds_the_oracles_plan(problem: Problem):
    agrees(problem, solve_network(problem))


@SOME
@given(problems())
def test_the_other_code_finds_the_same_plan(problem: Problem):
    agrees(problem, solve_network(problem, codes=CODES[::-1]))


@SOME
@given(problems(), st.sampled_from(CODES))
def test_levels_in_several_stages_give_the_same_plan(problem: Problem, code: flows.Code):
    problem = enlarged(problem, BIG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(code), "limit", lambda *_: 1 << 36)
        agrees(problem, solve_network(problem, codes=[code]))


def test_levels_that_need_it_are_in_stages_of_their_own():
    problem = enlarged(round_of(1, supporters=9, recipients=20, offers=5), BIG)
    pairing = PairingNetwork.of(problem, Columns.of(problem))
    names = [stage.names for stage in stages_of(problem, pairing, 1 << 60)]
    assert [name for stage in names for name in stage] == [
        *(level.name for level in problem.levels),
        lexicographic.TIES,
    ]
    assert len(names) > 2


@SOME
@given(problems(), st.data())
def test_stages_can_be_taken_apart_into_levels(problem: Problem, data: st.DataObject):
    pairing = PairingNetwork.of(problem, Columns.of(problem))
    (stage,) = stages_of(problem, pairing, 1 << 60)
    levels = [
        data.draw(st.lists(st.integers(-reach, reach), min_size=3, max_size=3)) for reach in stage.reaches
    ]
    number = np.zeros(3, dtype=np.int64)
    for reach, digits in zip(stage.reaches, levels, strict=True):
        number = number * (2 * reach + 1) + np.array(digits)
    assert [one.tolist() for one in stage.digits(number)] == levels


@pytest.mark.parametrize("seed", range(6))
def test_both_codes_agree_on_a_province(seed: int):
    problem = round_of(seed, supporters=67, recipients=151, counties=90, offers=67)
    chance = np.random.default_rng(seed)
    some = chance.choice(len(problem.candidates), 30, replace=False)
    problem = problem.edited(lock=some[:10], forbid=some[10:])
    plans = [solve_network(problem, codes=[code]) for code in CODES]
    assert plans[0].status is Status.OPTIMAL
    assert plans[0].chosen.tolist() == plans[1].chosen.tolist()
    assert plans[0].values == plans[1].values
    assert check(problem, plans[0]).verified


@SOME
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_input_does_not_matter(problem: Problem, chance):
    givers, takers = list(range(len(problem.supporters))), list(range(len(problem.recipients)))
    chance.shuffle(givers)
    chance.shuffle(takers)
    assert _by_key(problem) == _by_key(_reordered(problem, givers, takers))


def _by_key(problem: Problem) -> tuple[object, ...]:
    plan, pairs = solve_network(problem), problem.candidates
    chosen = {
        (problem.supporters[pairs.supporter[i]].key, problem.recipients[pairs.recipient[i]].key)
        for i in plan.chosen
    }
    return plan.status, plan.values, chosen, set(plan.breaches)


def _reordered(problem: Problem, givers: list[int], takers: list[int]) -> Problem:
    pairs = problem.candidates
    supporter = np.argsort(givers)[pairs.supporter].astype(np.int32)
    recipient = np.argsort(takers)[pairs.recipient].astype(np.int32)
    order = np.lexsort((recipient, supporter))
    return replace(
        problem,
        supporters=[problem.supporters[index] for index in givers],
        recipients=[problem.recipients[index] for index in takers],
        candidates=Candidates(
            supporter[order],
            recipient[order],
            pairs.existing[order],
            pairs.locked[order],
            pairs.forbidden[order],
        ),
        levels=[
            level if level.cost is None else replace(level, cost=level.cost[order])
            for level in problem.levels
        ],
    )


def test_a_problem_without_candidates_has_an_empty_plan():
    problem = round_of(1, supporters=3, recipients=5, offers=2)
    nothing = np.zeros(0, dtype=np.int32)
    none = np.zeros(0, dtype=np.bool_)
    levels = [replace(one, cost=None if one.cost is None else one.cost[:0]) for one in problem.levels]
    empty = replace(problem, candidates=Candidates(nothing, nothing, none, none, none), levels=levels)
    plan = solve_network(empty)
    assert plan.status is Status.OPTIMAL
    assert plan.values[0].value == len(problem.counties)
    assert not len(plan.chosen)


def test_it_leaves_other_regimes_what_is_no_network():
    problem = replace(round_of(1, supporters=3, recipients=5, offers=2), max_changes=1)
    with pytest.raises(BadProblem) as refusal:
        solve_network(problem)
    assert "changes" in refusal.value.message.en


class Wrong(Simplex):
    """A code that answers with a flow that is feasible but not the cheapest: as if costs were reversed."""

    name = "wrong"

    def solve(self, network: flows.Network, cost: Ints) -> tuple[Ints, Ints | None]:
        return super().solve(network, -cost)[0], None


class Broken(Simplex):
    """A code that claims a flow which is none."""

    name = "broken"

    def solve(self, network: flows.Network, cost: Ints) -> tuple[Ints, Ints | None]:
        flow, potentials = super().solve(network, cost)
        return flow + 1, potentials


class Lost(Simplex):
    """A code that gives up."""

    name = "lost"

    def solve(self, network: flows.Network, cost: Ints) -> tuple[Ints, Ints | None]:
        raise flows.FlowError("gave up")


@pytest.mark.parametrize("bad", [Wrong(), Broken(), Lost()])
def test_an_answer_without_proof_is_asked_from_the_other_code(bad: flows.Code):
    problem = round_of(2, supporters=9, recipients=20, offers=5)
    good = solve_network(problem)
    plan = solve_network(problem, codes=[bad, CostScaling()])
    assert plan.solver == CostScaling.name
    assert plan.chosen.tolist() == good.chosen.tolist()
    alone = solve_network(problem, codes=[bad])
    assert alone.status is Status.FAILED
    assert not len(alone.chosen)
    assert alone.note is not None
    assert bad.name in alone.note.en
    assert bad.name in alone.note.zh


@pytest.mark.parametrize("stages", [0, 1, 2])
def test_a_cancelled_solve_keeps_what_it_has(stages: int):
    problem = enlarged(round_of(2, supporters=9, recipients=20, offers=5), BIG)
    seen: list[Progress] = []

    def report(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) > stages:
            raise Cancelled

    plan = solve_network(problem, report=report)
    best = solve_network(problem)
    assert plan.status is Status.CANCELLED
    if not stages:
        assert not len(plan.chosen)
        assert plan.values == ()
        return
    cut = [level.name for level in problem.levels].index(seen[-1].level)
    assert plan.values[:cut] == best.values[:cut]
    assert check(problem, plan).verified
    for cancelled, optimal in zip(plan.values[cut:], best.values[cut:], strict=True):
        assert cancelled.bound <= optimal.value
