"""Explanations against brute force: swaps, costs of wishes, lower bounds, prices of rules, broken rules."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from duikou.engines.pairing.optimise.costs import Certainty, to_force, to_remove
from duikou.engines.pairing.optimise.counties import breach_cards, county_cards
from duikou.engines.pairing.optimise.explain import NEXT_BEST, pair_cards, why_not
from duikou.engines.pairing.optimise.instant import lower_bounds, warm_solver
from duikou.engines.pairing.optimise.model import CITY_TABLE, COVERAGE, Plan, Problem, Status
from duikou.engines.pairing.optimise.prices import blocking_pairs, rule_prices, without_rule
from duikou.engines.pairing.optimise.standing import Standing
from tests.examples import examples
from tests.unit.engines.optimise import oracle
from tests.unit.engines.optimise.solvers import brute_force
from tests.unit.engines.optimise.strategies import edits, problems

FEW = settings(max_examples=examples(200), deadline=None)
SOME = settings(max_examples=examples(300), deadline=None)
ANY = problems(city_table=True, capacity=True, departments=True, max_changes=True, max_candidates=7)
NETWORKS = problems(max_candidates=7)


def solved(problem: Problem) -> Plan:
    """Return the best plan, for problems that have one with at least one pair to speak of."""
    plan = brute_force(problem)
    assume(plan.status is Status.OPTIMAL)
    assume(len(problem.candidates) > 0)
    return plan


def minus(after: tuple[int, ...], before: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(new - old for new, old in zip(after, before, strict=True))


def values(plan: Plan) -> tuple[int, ...]:
    return tuple(level.value for level in plan.values)


@SOME
@given(ANY, st.data())
def test_a_change_is_valued_as_the_whole_plan_would_be(problem: Problem, data: st.DataObject):
    plan = solved(problem)
    chosen = frozenset(plan.chosen.tolist())
    others = set(range(len(problem.candidates))) - chosen
    drop = data.draw(st.sets(st.sampled_from(sorted(chosen)))) if chosen else set()
    add = data.draw(st.sets(st.sampled_from(sorted(others)))) if others else set()
    standing = Standing(problem, chosen)
    after = chosen - drop | add
    assert standing.difference(drop, add) == minus(oracle.values_of(problem, after), values(plan))
    assert (not standing.refusals(drop, add)) == oracle.keeps_hard_rules(problem, after)
    assert standing.difference() == (0,) * len(problem.levels), "asking changes nothing"


@SOME
@given(ANY, st.data())
def test_what_a_wish_costs_is_what_the_best_plan_with_it_costs(problem: Problem, data: st.DataObject):
    plan = solved(problem)
    candidate = data.draw(st.integers(0, len(problem.candidates) - 1))
    wanted = candidate not in plan.chosen
    cost = (to_force if wanted else to_remove)(problem, plan, candidate, brute_force)
    free = problem.edited(free=[candidate])
    with_it = [one for one in oracle.allowed_sets(free) if (candidate in one) == wanted]
    if not with_it:
        assert cost.certainty is Certainty.IMPOSSIBLE
        assert cost.text.zh.startswith("做不到：")
        assert len(cost.text.zh) > len("做不到：")
        return
    best = min(oracle.values_of(problem, one) for one in with_it)
    assert cost.certainty is Certainty.EXACT
    assert cost.difference == minus(best, values(plan))
    moved = {move.candidate: move.added for move in cost.moves}
    assert cost.moves[0].candidate == candidate
    assert moved[candidate] == wanted
    after = set(plan.chosen.tolist()) ^ set(moved)
    assert all((i in after) == added for i, added in moved.items())
    assert oracle.values_of(problem, frozenset(after)) == best


@SOME
@given(NETWORKS)
def test_a_lower_bound_is_never_above_the_cost(problem: Problem):
    plan = solved(problem)
    bound = lower_bounds(problem)
    assert bound is not None
    for candidate in range(len(problem.candidates)):
        least = bound(candidate)
        held = problem.candidates.locked[candidate] or problem.candidates.forbidden[candidate]
        assert (least is None) == bool(held)
        if least is None:
            continue
        chosen = candidate in plan.chosen
        cost = (to_remove if chosen else to_force)(problem, plan, candidate, brute_force)
        assert least >= (0,) * len(least), "no wish improves the best plan"
        if cost.certainty is Certainty.EXACT:
            assert least <= cost.difference


@FEW
@given(ANY)
def test_no_lower_bound_is_claimed_for_what_is_no_network(problem: Problem):
    assume(problem.breaks_network or brute_force(problem).status is Status.INFEASIBLE)
    assert lower_bounds(problem) is None


@FEW
@given(ANY, st.data())
def test_a_warm_solver_answers_as_a_cold_one(problem: Problem, data: st.DataObject):
    warm = warm_solver(problem)
    for _ in range(3):
        edited = problem.edited(**data.draw(edits(problem)))
        found, expected = warm(edited), brute_force(edited)
        assert found.chosen.tolist() == expected.chosen.tolist()
        assert values(found) == values(expected)


@FEW
@given(ANY)
def test_a_warm_solver_leaves_a_pair_that_is_locked_and_forbidden(problem: Problem):
    assume(len(problem.candidates))
    both = problem.edited(lock=[0])
    both.candidates.forbidden[0] = True
    warm = warm_solver(both)
    assert warm(both).status is Status.INFEASIBLE
    for edit in ({"forbid": [0]}, {"lock": [0]}, {"free": [0]}):
        assert values(warm(both)) == ()
        assert values(warm(both.edited(**edit))) == values(brute_force(both.edited(**edit)))


@SOME
@given(ANY)
def test_the_next_best_are_the_best_swaps(problem: Problem):
    plan = solved(problem)
    chosen = frozenset(plan.chosen.tolist())
    columns = problem.candidates
    cards = pair_cards(problem, plan)
    assert [card.candidate for card in cards] == sorted(chosen)
    for card in cards:
        assert card.removal.certainty is Certainty.UNKNOWN, "nobody asked for costs"
        for side, found in ((columns.recipient, card.supporters), (columns.supporter, card.recipients)):
            swaps = {
                i: chosen - {card.candidate} | {i}
                for i in range(len(columns))
                if i not in chosen and side[i] == side[card.candidate]
            }
            expected = sorted(
                (not oracle.keeps_hard_rules(problem, after),
                 minus(oracle.values_of(problem, after), values(plan)), i)
                for i, after in swaps.items()
            )  # fmt: skip
            said = [(bool(one.refused), one.difference, one.candidate) for one in found]
            assert said == expected[:NEXT_BEST]


@FEW
@given(ANY, st.data())
def test_why_not_names_the_pair_that_would_best_give_way(problem: Problem, data: st.DataObject):
    plan = solved(problem)
    chosen = frozenset(plan.chosen.tolist())
    others = [i for i in range(len(problem.candidates)) if i not in chosen]
    assume(others)
    candidate = data.draw(st.sampled_from(others))
    card = why_not(problem, plan, candidate, solver=brute_force)
    for one in card.swaps:
        after = chosen - {one.candidate} | {candidate}
        assert one.difference == minus(oracle.values_of(problem, after), values(plan))
        assert (not one.refused) == oracle.keeps_hard_rules(problem, after)
    assert card.forcing.certainty in (Certainty.EXACT, Certainty.IMPOSSIBLE)


@FEW
@given(ANY)
def test_a_rule_costs_what_the_best_plan_without_it_gains(problem: Problem):
    plan = solved(problem)
    prices = {one.rule: one for one in rule_prices(problem, plan, brute_force)}
    for level in problem.levels:
        for rule, price in level.prices.items():
            assert (rule in prices) or not price
    for rule, found in prices.items():
        if rule in {name for level in problem.levels for name in level.prices}:
            loose = without_rule(problem, rule)
            best = min(oracle.values_of(loose, one) for one in oracle.allowed_sets(loose))
            assert found.gain == minus(best, oracle.values_of(loose, frozenset(plan.chosen.tolist())))
        assert found.gain <= (0,) * len(problem.levels)


@SOME
@given(ANY)
def test_blocking_pairs_would_please_both_sides(problem: Problem):
    plan = solved(problem)
    chosen = set(plan.chosen.tolist())
    columns = problem.candidates

    def rank(i: int) -> tuple[int, ...]:
        return tuple(int(level.cost[i]) for level in problem.levels if level.cost is not None)

    expected = set()
    for i in set(range(len(columns))) - chosen:
        given_ = [j for j in chosen if columns.supporter[j] == columns.supporter[i]]
        taken = [j for j in chosen if columns.recipient[j] == columns.recipient[i]]
        room = len(given_) < problem.supporters[columns.supporter[i]].most
        gives = room or any(rank(i) < rank(j) for j in given_)
        takes = not taken or any(rank(i) < rank(j) for j in taken)
        if gives and takes and not columns.forbidden[i] and rank(i):
            expected.add(i)
    found = blocking_pairs(problem, plan)
    assert {one.candidate for one in found} == expected
    for one in found:
        after = frozenset(chosen - set(one.instead_of) | {one.candidate})
        assert one.difference == minus(oracle.values_of(problem, after), values(plan))


@SOME
@given(ANY)
def test_every_broken_rule_has_a_reason_and_a_remedy_mends_it(problem: Problem):
    plan = solved(problem)
    cards = breach_cards(problem, plan)
    assert [card.breach for card in cards] == list(plan.breaches)
    for card in cards:
        assert card.reasons
        if card.remedy is None:
            continue
        after = frozenset({*plan.chosen.tolist()} ^ {card.remedy})
        assert (card.remedy in after) == card.added
        assert oracle.keeps_hard_rules(problem, after)
        assert card.difference == minus(oracle.values_of(problem, after), values(plan))
        key = (card.breach.rule, card.breach.subject)
        left = {(one.rule, one.subject): one.amount for one in oracle.breaches_of(problem, after)}
        assert left.get(key, 0) == card.breach.amount - 1


@FEW
@given(ANY)
def test_an_uncovered_county_without_a_remedy_cannot_be_helped_by_one_pair(problem: Problem):
    plan = solved(problem)
    for card in breach_cards(problem, plan):
        if card.remedy is None and card.breach.rule in (COVERAGE, CITY_TABLE):
            for i in set(range(len(problem.candidates))) - set(plan.chosen.tolist()):
                after = frozenset({*plan.chosen.tolist(), i})
                left = {(one.rule, one.subject): one.amount for one in oracle.breaches_of(problem, after)}
                mended = left.get((card.breach.rule, card.breach.subject), 0) < card.breach.amount
                assert not (mended and oracle.keeps_hard_rules(problem, after))


@FEW
@given(ANY)
def test_counties_count_what_they_have(problem: Problem):
    plan = solved(problem)
    columns = problem.candidates
    for number, card in enumerate(county_cards(problem, plan)):
        mine = [i for i in range(len(columns)) if problem.recipients[columns.recipient[i]].county == number]
        assert card.candidates == len(mine)
        assert card.chosen == tuple(i for i in mine if i in plan.chosen)
        assert card.covered == len({int(columns.recipient[i]) for i in card.chosen})
        by_city = {
            int(columns.recipient[i])
            for i in card.chosen
            if problem.supporters[columns.supporter[i]].table == "2"
        }
        assert card.covered_by_city == len(by_city)
