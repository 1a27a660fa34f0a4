"""Why this pair, and why not that one: score parts, the next best on both sides, what binds, what it costs.

Alternatives are compared as swaps: one pair is put in another's place and all others stay,
which is counted on the spot. What a wish costs when everything may move is found by
solving again (`solver`), or at least proved from below by duals (`bound`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from duikou.engines.pairing.optimise import texts_why as texts
from duikou.engines.pairing.optimise.costs import Cost, LowerBound, Solver, at_least, to_force, to_remove
from duikou.engines.pairing.optimise.model import Plan, Problem
from duikou.engines.pairing.optimise.standing import Difference, Refusal, Standing
from duikou.engines.text import Text

NEXT_BEST = 3
"""So many alternatives are shown on each side."""


@dataclass(frozen=True, slots=True)
class Part:
    """One score part of a pair; `value` is None where it is unknown."""

    name: str
    title: Text
    unit: Text
    value: int | None


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another pair in a pair's place; `refused` names the hard rules that forbid the bare swap."""

    candidate: int
    difference: Difference
    refused: tuple[Refusal, ...]
    text: Text


@dataclass(frozen=True, slots=True)
class PairCard:
    """All that explains one chosen pair."""

    candidate: int
    title: Text
    existing: bool
    locked: bool
    parts: tuple[Part, ...]
    supporters: tuple[Alternative, ...]  # others for this recipient, best first
    recipients: tuple[Alternative, ...]  # others for this supporter, best first
    binding: tuple[Text, ...]
    removal: Cost


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a candidate was not chosen, and what it would cost to force it."""

    candidate: int
    title: Text
    parts: tuple[Part, ...]
    binding: tuple[Text, ...]
    swaps: tuple[Alternative, ...]  # which chosen pair would best give way to it
    forcing: Cost


def pair_cards(
    problem: Problem,
    plan: Plan,
    which: Iterable[int] | None = None,
    *,
    solver: Solver | None = None,
    bound: LowerBound | None = None,
) -> tuple[PairCard, ...]:
    """Explain chosen pairs (all, or those in `which`); costs by solving again where a solver is given."""
    standing = Standing(problem, plan.chosen)
    wanted = sorted(standing.chosen) if which is None else which
    return tuple(_card(standing, plan, i, solver, bound) for i in wanted)


def why_not(
    problem: Problem,
    plan: Plan,
    candidate: int,
    *,
    solver: Solver | None = None,
    bound: LowerBound | None = None,
) -> WhyNot:
    """Explain why a candidate is not in the plan."""
    standing = Standing(problem, plan.chosen)
    rivals = (
        standing.of_supporter[standing.givers[candidate]] | standing.of_recipient[standing.takers[candidate]]
    )
    return WhyNot(
        candidate,
        texts.pair(problem, candidate),
        parts_of(problem, candidate),
        tuple(_in_the_way(standing, candidate)),
        _best_first([_alternative(standing, out, candidate, shown=out) for out in rivals]),
        to_force(problem, plan, candidate, solver) if solver else at_least(problem, candidate, bound),
    )


def parts_of(problem: Problem, candidate: int) -> tuple[Part, ...]:
    """Return the score parts of a candidate, unknown ones without a value."""
    found = []
    for name, column in problem.candidates.parts.items():
        missing = problem.candidates.unknown.get(name)
        known = missing is None or not missing[candidate]
        kind = texts.part(name)
        found.append(Part(name, kind.title, kind.unit, int(column[candidate]) if known else None))
    return tuple(found)


def _card(
    standing: Standing, plan: Plan, candidate: int, solver: Solver | None, bound: LowerBound | None
) -> PairCard:
    problem = standing.problem
    giver, taker = standing.givers[candidate], standing.takers[candidate]
    others = [i for i in standing.candidates_of_recipient(taker) if i not in standing.chosen]
    further = [i for i in standing.candidates_of_supporter(giver) if i not in standing.chosen]
    return PairCard(
        candidate,
        texts.pair(problem, candidate),
        bool(problem.candidates.existing[candidate]),
        bool(problem.candidates.locked[candidate]),
        parts_of(problem, candidate),
        _best_first([_alternative(standing, candidate, i, shown=i) for i in others]),
        _best_first([_alternative(standing, candidate, i, shown=i) for i in further]),
        tuple(_holding(standing, candidate)),
        to_remove(problem, plan, candidate, solver) if solver else at_least(problem, candidate, bound),
    )


def _alternative(standing: Standing, out: int, into: int, shown: int) -> Alternative:
    difference = standing.difference(drop=[out], add=[into])
    refused = standing.refusals(drop=[out], add=[into])
    name = texts.pair(standing.problem, shown)
    return Alternative(shown, difference, refused, texts.swapped(standing.problem, name, difference, refused))


def _best_first(found: list[Alternative]) -> tuple[Alternative, ...]:
    found.sort(key=lambda one: (bool(one.refused), one.difference, one.candidate))
    return tuple(found[:NEXT_BEST])


def _holding(standing: Standing, candidate: int) -> Iterator[Text]:
    """Say which bounds hold a chosen pair in its place, or keep its hospitals from doing more."""
    problem = standing.problem
    giver, taker = standing.givers[candidate], standing.takers[candidate]
    recipient = problem.recipients[taker]
    if problem.candidates.locked[candidate]:
        yield texts.locked()
    yield from _full(standing, giver)
    supporter, load = problem.supporters[giver], len(standing.of_supporter[giver])
    if load == supporter.least:
        yield texts.at_fewest(supporter.name, load)
    if len(standing.of_recipient[taker]) == 1:
        yield texts.only_supporter(recipient.name)
        if standing.covered(recipient.county) == problem.counties[recipient.county].least:
            yield texts.only_cover(problem.counties[recipient.county].name, city=False)
    county = problem.counties[recipient.county]
    by_city = [i for i in standing.of_recipient[taker] if standing.of_cities(i)]
    if by_city == [candidate] and standing.covered_by_city(recipient.county) == county.least_in_city_table:
        yield texts.only_cover(county.name, city=True)
    if problem.max_changes is not None and standing.changes == problem.max_changes:
        yield texts.changes_used_up(problem.max_changes)


def _in_the_way(standing: Standing, candidate: int) -> Iterator[Text]:
    """Say which bounds keep a candidate out."""
    problem = standing.problem
    giver, taker = standing.givers[candidate], standing.takers[candidate]
    recipient, others = problem.recipients[taker], sorted(standing.of_recipient[taker])
    if problem.candidates.forbidden[candidate]:
        yield texts.forbidden()
    yield from _full(standing, giver)
    if len(others) >= recipient.most:
        names = [problem.supporters[standing.givers[i]].name for i in others]
        yield texts.has_supporters(recipient.name, names)
    if problem.max_changes is not None and standing.changes == problem.max_changes:
        yield texts.changes_used_up(problem.max_changes)


def _full(standing: Standing, giver: int) -> Iterator[Text]:
    """Say which bounds keep a supporter from taking another recipient."""
    supporter, load = standing.problem.supporters[giver], len(standing.of_supporter[giver])
    if load >= supporter.ceiling:
        yield texts.at_ceiling(supporter.name, load)
    elif load >= supporter.most:
        yield texts.at_most(supporter.name, load)
    if supporter.capacity_months is not None:
        left = supporter.capacity_months - standing.months(giver)
        further = [i for i in standing.candidates_of_supporter(giver) if i not in standing.chosen]
        asked = [standing.problem.recipients[standing.takers[i]].months or 0 for i in further]
        if asked and min(asked) > left:
            yield texts.no_months(supporter.name, left)
