"""A round, its rules and what is known besides become a problem.

Who may support whom: a hospital of the province's table every recipient, one of a
city's table those of its own city, everybody whom it supports today; none of them
beyond the maximum distance, where one is set.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from duikou.engines.pairing.checks_common import Reading
from duikou.engines.pairing.model import Round, RuleSpec
from duikou.engines.pairing.optimise import scores
from duikou.engines.pairing.optimise import texts_problem as texts
from duikou.engines.pairing.optimise.facts import ESTIMATE, NOTHING, Distance, Facts, Newcomer
from duikou.engines.pairing.optimise.levels import check_options, levels_of
from duikou.engines.pairing.optimise.model import BadProblem, Candidates, Flags, Lost, Problem, Terms
from duikou.engines.pairing.optimise.options import DEFAULT, LEVELS, Options
from duikou.engines.pairing.optimise.parties import Parties, PartiesBuilder, hospital_of, reading_of

__all__ = ["LEVELS", "Distance", "Facts", "Newcomer", "Options", "problem_of"]

_Pairs = set[tuple[int, int]]


def problem_of(
    round: Round, rules: Mapping[str, RuleSpec], facts: Facts = NOTHING, options: Options = DEFAULT
) -> Problem:
    """The problem of proposing a better round than `round` under `rules`.

    Raises BadProblem for facts and options that make no sense (unknown hospitals, NaN …)
    and BadParameter where a rule lacks a parameter. Wishes that contradict each other
    are no error here: the solve finds and explains them.
    """
    check_options(options)
    rules = _with_parameters(rules, options)
    reading = reading_of(round, rules)
    parties = PartiesBuilder(reading, rules, facts, options).build()
    existing, lost = _present(reading, parties, facts)
    locked = _wished(parties, options.locks)
    forbidden = _wished(parties, options.prohibitions)
    pairs = sorted(_possible(parties) | existing | locked)
    s = np.array([pair[0] for pair in pairs], dtype=np.int32)
    r = np.array([pair[1] for pair in pairs], dtype=np.int32)
    length = scores.metres(parties.supporters, parties.recipients, facts, s, r)
    if options.max_distance is not None:
        near = (length <= options.max_distance) | _flags(pairs, locked)
        far = {pair for pair, kept in zip(pairs, near.tolist(), strict=True) if not kept}
        lost += _too_far(parties, sorted(far & existing))
        pairs = [pair for pair in pairs if pair not in far]
        s, r, length = s[near], r[near], length[near]
    found, unknown = scores.parts(
        parties.supporters, parties.recipients, parties.counties, rules, s, r, length
    )
    candidates = Candidates(
        supporter=s,
        recipient=r,
        existing=_flags(pairs, existing),
        locked=_flags(pairs, locked),
        forbidden=_flags(pairs, forbidden),
        parts=found,
        unknown=unknown,
    )
    return Problem(
        supporters=tuple(parties.supporters),
        recipients=tuple(parties.recipients),
        counties=tuple(parties.counties),
        candidates=candidates,
        levels=levels_of(
            candidates,
            parties.supporters,
            parties.counties,
            options,
            lost=len(lost),
            estimated=any(one.kind == ESTIMATE for one in facts.distances.values()),
        ),
        max_changes=options.max_changes,
        lost_pairs=len(lost),
        key=round.key,
        name=round.name,
        lost=tuple(lost),
        terms=_terms(reading),
    )


def _with_parameters(rules: Mapping[str, RuleSpec], options: Options) -> dict[str, RuleSpec]:
    """The rules with the planner's parameters in place of the pack's."""
    for rule in options.parameters:
        if rule not in rules:
            raise BadProblem(texts.unknown_word(texts.RULE, rule, sorted(rules)))
    return {
        rule: replace(spec, parameters={**spec.parameters, **options.parameters.get(rule, {})})
        for rule, spec in rules.items()
    }


def _possible(parties: Parties) -> _Pairs:
    """New pairs that are allowed at all, however far."""
    of_city: dict[str, list[int]] = defaultdict(list)
    for at, recipient in enumerate(parties.recipients):
        if at not in parties.fixed:
            of_city[parties.counties[recipient.county].city_code].append(at)
    everywhere = [at for ats in of_city.values() for at in ats]
    return {
        (giver, taker)
        for giver, supporter in enumerate(parties.supporters)
        for taker in (
            everywhere
            if supporter.table == scores.PROVINCE
            else of_city.get(supporter.city_code, [])
            if supporter.city_code
            else []
        )
    }


def _present(reading: Reading, parties: Parties, facts: Facts) -> tuple[_Pairs, list[Lost]]:
    """Today's pairs, and those that a closed hospital ends."""
    existing: _Pairs = set()
    lost: dict[tuple[str, str], Lost] = {}
    for row in reading.rows:
        giver, taker = reading.supporter(row), reading.recipient(row)
        at = parties.supporter_at.get(giver.identity), parties.recipient_at.get(taker.identity)
        if at[0] is not None and at[1] is not None:
            existing.add((at[0], at[1]))
            continue
        supporter, recipient = hospital_of(giver), hospital_of(taker)
        why = "supporter_closed" if supporter.key in facts.closed else "recipient_closed"
        lost[supporter.key, recipient.key] = Lost(
            supporter.key, supporter.name, recipient.key, recipient.name, why
        )
    return existing, list(lost.values())


def _too_far(parties: Parties, pairs: list[tuple[int, int]]) -> list[Lost]:
    """Present pairs beyond the maximum distance."""
    found = ((parties.supporters[giver], parties.recipients[taker]) for giver, taker in pairs)
    return [Lost(one.key, one.name, other.key, other.name, "too_far") for one, other in found]


def _wished(parties: Parties, wishes: tuple[tuple[str, str], ...]) -> _Pairs:
    return {(parties.supporter_names.find(a), parties.recipient_names.find(b)) for a, b in wishes}


def _flags(pairs: list[tuple[int, int]], wanted: _Pairs) -> Flags:
    return np.array([pair in wanted for pair in pairs], dtype=np.bool_)


def _terms(reading: Reading) -> dict[tuple[str, str], Terms]:
    """Departments and reason of present pairs that have them."""
    return {
        (hospital_of(reading.supporter(row)).key, hospital_of(reading.recipient(row)).key): Terms(
            row.departments, row.reason
        )
        for row in reading.rows
        if row.departments or row.reason
    }
