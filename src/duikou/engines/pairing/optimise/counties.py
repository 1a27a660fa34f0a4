"""Counties: what each could have at best and what it got; and why a rule stays broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from duikou.engines.pairing.optimise import texts_why as texts
from duikou.engines.pairing.optimise.model import (
    CITY_TABLE,
    COVERAGE,
    Breach,
    Plan,
    Problem,
)
from duikou.engines.pairing.optimise.standing import Difference, Refusal, Standing
from duikou.engines.text import Text


@dataclass(frozen=True, slots=True)
class Reach:
    """One score part of a county: the best among its candidates and the best in the plan; None: unknown."""

    name: str
    title: Text
    unit: Text
    possible: int | None
    got: int | None


@dataclass(frozen=True, slots=True)
class CountyCard:
    """What one county could have and what it has."""

    county: int
    name: str
    candidates: int
    chosen: tuple[int, ...]
    covered: int
    least: int
    covered_by_city: int
    least_in_city_table: int
    reaches: tuple[Reach, ...]


@dataclass(frozen=True, slots=True)
class BreachCard:
    """A broken rule, why it stays broken, and the best single remedy where there is one."""

    breach: Breach
    reasons: tuple[Text, ...]
    remedy: int | None  # candidate
    added: bool  # whether the remedy is put in (or taken out)
    difference: Difference  # what the remedy does to every level; empty without one


def county_cards(problem: Problem, plan: Plan) -> tuple[CountyCard, ...]:
    """Return one card for each county, in the problem's order."""
    standing = Standing(problem, plan.chosen)
    columns = problem.candidates
    county_of = np.array([one.county for one in problem.recipients], dtype=np.int64)[columns.recipient]
    order = np.argsort(county_of, kind="stable")
    ends = np.searchsorted(county_of[order], np.arange(len(problem.counties) + 1))
    cards = []
    for number, county in enumerate(problem.counties):
        mine = order[ends[number] : ends[number + 1]].tolist()
        chosen = [i for i in mine if i in standing.chosen]
        open_ = [i for i in mine if i in standing.chosen or not columns.forbidden[i]]
        cards.append(
            CountyCard(
                number,
                county.name,
                len(mine),
                tuple(chosen),
                standing.covered(number),
                county.least,
                standing.covered_by_city(number),
                county.least_in_city_table,
                tuple(_reaches(problem, open_, chosen)),
            )
        )
    return tuple(cards)


def _reaches(problem: Problem, open_: list[int], chosen: list[int]) -> Iterator[Reach]:
    for name in problem.candidates.parts:
        kind = texts.part(name)
        best = _best(problem, name, open_, more=kind.more)
        yield Reach(name, kind.title, kind.unit, best, _best(problem, name, chosen, more=kind.more))


def _best(problem: Problem, name: str, among: list[int], *, more: bool) -> int | None:
    unknown = problem.candidates.unknown.get(name)
    values = [int(problem.candidates.parts[name][i]) for i in among if unknown is None or not unknown[i]]
    return (max if more else min)(values, default=None)


def breach_cards(problem: Problem, plan: Plan) -> tuple[BreachCard, ...]:
    """Explain every rule that the plan breaks."""
    standing = Standing(problem, plan.chosen)
    places = {f"supporter:{one.key}": i for i, one in enumerate(problem.supporters)}
    places |= {f"recipient:{one.key}": i for i, one in enumerate(problem.recipients)}
    places |= {f"county:{one.code}": i for i, one in enumerate(problem.counties)}
    return tuple(_explained(standing, breach, places[breach.subject]) for breach in plan.breaches)


def _explained(standing: Standing, breach: Breach, place: int) -> BreachCard:
    problem = standing.problem
    reasons: list[Text] = []
    if breach.rule in (COVERAGE, CITY_TABLE):
        hospitals = len(standing.recipients_in[place])
        if not hospitals:
            reasons.append(texts.no_recipient(breach.name))
        elif hospitals < breach.least:
            reasons.append(texts.too_few_recipients(breach.name, hospitals, breach.least))
    added = breach.found < breach.least
    helpful = _helpful(standing, breach, place)
    if added and not helpful and not reasons:
        reasons.append(texts.no_candidate(breach.name))
    moves = {i: ([], [i]) if added else ([i], []) for i in helpful}
    refused = {i: standing.refusals(*move) for i, move in moves.items()}
    possible = sorted((standing.difference(*moves[i]), i) for i in helpful if not refused[i])
    if possible:
        difference, best = possible[0]
        remedy = texts.remedy(texts.pair(problem, best), added)
        reasons.append(texts.would_cost(remedy, texts.difference(problem, difference)))
        return BreachCard(breach, tuple(reasons), best, added, difference)
    if helpful:
        reasons.append(texts.all_refused(breach.name, _by_reason(standing, breach, refused)))
    return BreachCard(breach, tuple(reasons), None, added, ())


def _helpful(standing: Standing, breach: Breach, place: int) -> list[int]:
    """Return the candidates that would mend a breach when put in (too few) or taken out (too many)."""
    if breach.rule in (COVERAGE, CITY_TABLE):
        return _covering(standing, place, by_city=breach.rule == CITY_TABLE)
    if breach.subject.startswith("supporter:"):
        mine = standing.candidates_of_supporter(place)
    else:
        mine = standing.candidates_of_recipient(place)
    wanted_out = breach.found > breach.most
    return [i for i in mine if (i in standing.chosen) == wanted_out]


def _covering(standing: Standing, county: int, *, by_city: bool) -> list[int]:
    """Return the candidates that would bring one more hospital of a county under support."""
    found = []
    for recipient in standing.recipients_in[county]:
        mine = standing.of_recipient[recipient]
        if by_city and any(standing.of_cities(i) for i in mine):
            continue
        if not by_city and mine:
            continue
        found += [
            i for i in standing.candidates_of_recipient(recipient) if standing.of_cities(i) or not by_city
        ]
    return found


def _by_reason(
    standing: Standing, breach: Breach, refused: dict[int, tuple[Refusal, ...]]
) -> list[tuple[Refusal, list[str]]]:
    """Group the candidates that are ruled out by the hard rule that does it, with the other side's names."""
    problem, grouped = standing.problem, dict[Refusal, list[str]]()
    for i, rules in refused.items():
        if breach.subject.startswith("supporter:"):
            name = problem.recipients[standing.takers[i]].name
        else:
            name = problem.supporters[standing.givers[i]].name
        for one in rules:
            names = grouped.setdefault(one, [])
            if name not in names:
                names.append(name)
    return list(grouped.items())
