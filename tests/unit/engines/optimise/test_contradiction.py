"""Contradictions of hard rules against brute force: found when there are any, complete, and resolvable."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.engines.pairing.optimise import relax
from duikou.engines.pairing.optimise.budget import over_budget
from duikou.engines.pairing.optimise.contradiction import Contradiction, contradiction
from duikou.engines.pairing.optimise.hard import Family, Rule, every_rule, feasible, only, without
from duikou.engines.pairing.optimise.model import Plan, Problem, Status
from duikou.engines.pairing.optimise.relax import Relaxation, Step, apply
from tests.examples import examples
from tests.unit.engines.optimise import oracle, solvers
from tests.unit.engines.optimise.strategies import problems

EXAMPLES = settings(max_examples=examples(1000), deadline=None)
ANY = problems(capacity=True, max_changes=True, max_levels=1, max_candidates=7)


@st.composite
def contradictory(draw: st.DrawFn) -> tuple[Problem, Contradiction]:
    """Draw a problem without a plan, and its explanation. Many locks make several rules fail."""
    problem = draw(ANY)
    columns = problem.candidates
    if len(columns):
        more = draw(st.sets(st.integers(0, len(columns) - 1), min_size=1, max_size=5))
        columns.locked[sorted(more)] = True
        if feasible(problem):
            columns.forbidden[min(more)] = True
    elif feasible(problem):
        problem = replace(problem, max_changes=0, lost_pairs=1)
    found = contradiction(problem)
    assert found is not None
    return problem, found


def possible(problem: Problem) -> bool:
    """Return whether any set of candidates keeps the hard rules."""
    return next(oracle.allowed_sets(problem), None) is not None


def giving_way(problem: Problem, chosen: frozenset[int]) -> int:
    """Count by how much hard rules must give way for one set of candidates."""
    candidates = problem.candidates
    units = sum(bool(candidates.locked[i]) and i not in chosen for i in range(len(candidates)))
    units += sum(bool(candidates.forbidden[i]) for i in chosen)
    for number, supporter in enumerate(problem.supporters):
        mine = oracle.recipients_of(problem, chosen, number)
        units += max(0, len(mine) - supporter.ceiling)
        if supporter.capacity_months is not None:
            months = sum(problem.recipients[one].months or 0 for one in mine)
            units += max(0, months - supporter.capacity_months)
    if problem.max_changes is not None:
        units += max(0, oracle.changes_of(problem, chosen) - problem.max_changes)
    return units


@EXAMPLES
@given(ANY)
def test_it_is_found_exactly_when_no_plan_exists(problem: Problem):
    assert feasible(problem) == possible(problem)
    assert (contradiction(problem) is None) == possible(problem)


@EXAMPLES
@given(contradictory())
def test_a_contradiction_is_explained_truly_and_in_full(case: tuple[Problem, Contradiction]):
    every_way_out_leads_out_and_the_first_is_the_cheapest(*case)
    no_way_out_asks_for_more_than_needed(*case)
    to_give_up_any_member_resolves_everything(*case)
    conflicts_are_real_and_none_of_their_rules_is_superfluous(*case)
    it_speaks_both_languages(case[1])


def every_way_out_leads_out_and_the_first_is_the_cheapest(problem: Problem, found: Contradiction) -> None:
    candidates = range(len(problem.candidates))
    cheapest = min(
        giving_way(problem, frozenset(chosen))
        for size in range(len(candidates) + 1)
        for chosen in combinations(candidates, size)
    )
    assert found.relaxations[0].cost == cheapest
    costs = [one.cost for one in found.relaxations]
    assert costs == sorted(costs)
    for one in found.relaxations:
        assert one.cost == sum(step.by for step in one.steps)
        assert possible(apply(problem, one)), one.title.en


def no_way_out_asks_for_more_than_needed(problem: Problem, found: Contradiction) -> None:
    for one in found.relaxations:
        for left_out in one.steps:
            less = [step for step in one.steps if step != left_out]
            if left_out.by > 1:
                less.append(Step(left_out.rule, left_out.by - 1))
            assert not possible(apply(problem, Relaxation(tuple(less), 0, one.title)))


def to_give_up_any_member_resolves_everything(problem: Problem, found: Contradiction) -> None:
    together: set[Rule] = set()
    for member in found.members:
        assert member.rules
        assert not together & set(member), "members share nothing"
        assert possible(without(problem, member)), member.title.en
        together |= set(member)
    assert not possible(only(problem, together)), "the members alone contradict each other"


def conflicts_are_real_and_none_of_their_rules_is_superfluous(problem: Problem, found: Contradiction) -> None:
    assert found.conflicts
    for conflict in found.conflicts:
        rules = {rule for member in conflict.members for rule in member}
        assert len(rules) == len(conflict.members)
        assert not possible(only(problem, rules)), conflict.reason.en
        for rule in rules:
            assert possible(only(problem, rules - {rule})), (conflict.reason.en, rule)


def it_speaks_both_languages(found: Contradiction) -> None:
    texts = [found.message]
    texts += [one.title for one in (*found.members, *found.relaxations)]
    texts += [conflict.reason for conflict in found.conflicts]
    for text in texts:
        assert text.zh
        assert text.en
        assert "None" not in text.zh + text.en


@settings(max_examples=examples(300), deadline=None)
@given(contradictory())
def test_where_many_rules_are_concerned_the_quick_ways_out_lead_out_too(
    case: tuple[Problem, Contradiction],
):
    problem, _ = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(relax, "_MANY", -1)
        found = relax.alternatives(problem)
    assert found
    for one in found:
        assert possible(apply(problem, one)), one.title.en


@EXAMPLES
@given(ANY)
def test_a_budget_is_exceeded_by_as_few_rules_as_possible(problem: Problem):
    fitting = {rule for rule in every_rule(problem) if rule.family is not Family.LOCKS}
    problem = only(problem, fitting)
    rules = over_budget(problem)
    assert (rules is None) == feasible(problem)
    for fewer in combinations(sorted(every_rule(problem)), len(rules or ()) - 1 if rules else 0):
        assert feasible(only(problem, fewer))


@settings(max_examples=examples(100), deadline=None)
@given(contradictory())
def test_a_solver_adds_the_plan_of_each_way_out(case: tuple[Problem, Contradiction]):
    problem, _ = case
    found = contradiction(problem, solvers.brute_force)
    assert found is not None
    for one in found.relaxations:
        assert isinstance(one.plan, Plan)
        assert one.plan.status is Status.OPTIMAL
