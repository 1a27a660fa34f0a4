"""Duals: prices are bounds on what forcing a pair costs; a sparse optimum is proved for all pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.engines.pairing.optimise.lexicographic import solve_network
from duikou.engines.pairing.optimise.model import (
    BadProblem,
    Candidates,
    Indexes,
    Level,
    Problem,
    Status,
)
from duikou.engines.pairing.optimise.pricing import (
    Offer,
    price_omitted,
    reduced_costs,
    solve_with_duals,
)
from tests.examples import examples
from tests.unit.engines.optimise import oracle
from tests.unit.engines.optimise.invented import round_of
from tests.unit.engines.optimise.strategies import enlarged, problems

LARGE = st.sampled_from((1, 1 << 24))  # levels in one stage, or in several


def split(problem: Problem, kept: list[bool]) -> tuple[Problem, Offer]:
    """Leave some candidates out of a problem; locked, forbidden and existing ones stay."""
    pairs = problem.candidates
    stays = np.array(kept, dtype=np.bool_) | pairs.locked | pairs.forbidden | pairs.existing
    inside, outside = np.flatnonzero(stays), np.flatnonzero(~stays)
    sparse = Candidates(
        pairs.supporter[inside],
        pairs.recipient[inside],
        pairs.existing[inside],
        pairs.locked[inside],
        pairs.forbidden[inside],
    )
    levels = [_at(level, inside) for level in problem.levels]
    costs = [None if level.cost is None else level.cost[outside] for level in problem.levels]
    offer = Offer(pairs.supporter[outside], pairs.recipient[outside], costs)
    return replace(problem, candidates=sparse, levels=levels), offer


def _at(level: Level, at: Indexes) -> Level:
    return level if level.cost is None else replace(level, cost=level.cost[at])


def names(problem: Problem, chosen: Indexes) -> list[tuple[int, int]]:
    pairs = problem.candidates
    return list(zip(pairs.supporter[chosen].tolist(), pairs.recipient[chosen].tolist(), strict=True))


@settings(max_examples=examples(400), deadline=None)
@given(problems(), LARGE, st.data())
def test_a_sparse_optimum_is_proved_for_all_pairs(problem: Problem, factor: int, data: st.DataObject):
    problem = enlarged(problem, factor)
    size = len(problem.candidates)
    sparse, offer = split(problem, data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    halves = [np.arange(len(offer.supporter))[part::2] for part in (0, 1)]
    parts = [
        Offer(
            offer.supporter[at],
            offer.recipient[at],
            [None if cost is None else cost[at] for cost in offer.costs],
        )
        for at in halves
    ]
    grown, plan = price_omitted(sparse, lambda: parts)
    dense = solve_network(problem)
    assert plan.status is dense.status
    assert plan.values == dense.values
    assert names(grown, plan.chosen) == names(problem, dense.chosen)


@settings(max_examples=examples(300), deadline=None)
@given(problems(), LARGE)
def test_prices_never_exceed_what_forcing_costs(problem: Problem, factor: int):
    problem = enlarged(problem, factor)
    plan, duals = solve_with_duals(problem)
    if duals is None:
        assert plan.status is Status.INFEASIBLE
        return
    prices = np.stack(reduced_costs(problem, duals)).T
    chosen = set(plan.chosen.tolist())
    fixed = problem.candidates.locked | problem.candidates.forbidden
    for index in np.flatnonzero(~fixed).tolist():
        out = index in chosen
        forced = oracle.best(problem.edited(forbid=[index]) if out else problem.edited(lock=[index]))
        if forced is None:
            continue
        price = tuple((-prices[index] if out else prices[index]).tolist())
        assert price >= (0,) * len(price)
        worse = [new - old.value for new, old in zip(forced.values, plan.values, strict=True)]
        assert tuple(worse) >= price


def test_a_round_of_few_offers_is_the_round_of_all():
    dense = round_of(5, supporters=20, recipients=50, offers=20)
    chance = np.random.default_rng(5)
    sparse, offer = split(dense, (chance.random(len(dense.candidates)) < 0.1).tolist())
    grown, plan = price_omitted(sparse, lambda: [offer])
    best = solve_network(dense)
    assert names(grown, plan.chosen) == names(dense, best.chosen)
    assert len(sparse.candidates) < len(grown.candidates) < len(dense.candidates)


def test_added_pairs_are_marked_as_unknown_in_the_score_parts():
    dense = round_of(5, supporters=6, recipients=12, offers=6)
    sparse, offer = split(dense, [False] * len(dense.candidates))
    parts = {"travel": np.ones(len(sparse.candidates), dtype=np.int64)}
    sparse = replace(sparse, candidates=replace(sparse.candidates, parts=parts))
    grown, _ = price_omitted(sparse, lambda: [offer])
    pairs = grown.candidates
    assert (pairs.parts["travel"] == 1).sum() == len(sparse.candidates)
    assert (pairs.unknown["travel"] == (pairs.parts["travel"] == 0)).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda offer: replace(offer, costs=offer.costs[1:]), "one per level (5)"),
        (lambda offer: replace(offer, recipient=offer.recipient[1:]), "of one length"),
        (lambda offer: replace(offer, costs=[*offer.costs[:-1], offer.costs[-1] / 3]), "(float64)"),
        (
            lambda offer: replace(offer, costs=[*offer.costs[:-1], offer.costs[-1] + (1 << 60)]),
            "smaller than",
        ),
    ],
)
def test_it_refuses_wrong_columns(change: Callable[[Offer], Offer], words: str):
    dense = round_of(5, supporters=6, recipients=12, offers=6)
    sparse, offer = split(dense, [False] * len(dense.candidates))
    with pytest.raises(BadProblem) as refusal:
        price_omitted(sparse, lambda: [change(offer)])
    assert words in refusal.value.message.en
    assert "补充候选" in refusal.value.message.zh
