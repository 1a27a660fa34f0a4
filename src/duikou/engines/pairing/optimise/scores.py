"""Candidates and their score parts: each in its own unit, each marked where it could not be known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from duikou.engines.pairing.checks_common import word_lists
from duikou.engines.pairing.model import HospitalKind, RuleSpec
from duikou.engines.pairing.optimise import texts_problem as texts
from duikou.engines.pairing.optimise.facts import DISTANCE_KINDS, Facts
from duikou.engines.pairing.optimise.model import (
    BadProblem,
    County,
    Flags,
    Indexes,
    Ints,
    Recipient,
    Supporter,
)
from duikou.engines.pairing.optimise.numbers import whole

KIND_RULE = "PAIR-14"
FIT, KIND, CITY, TRAVEL, PRIORITY = "fit", "kind", "city", "travel", "priority"
HUNDRED_METRES = 100
# Points against a pair: kinds that do not go together (PAIR-14); a supporter that is limited to some
# kinds and a recipient whose kind is not known.
MISMATCH, MAYBE = 2, 1
PROVINCE = "1"


def metres(
    supporters: Sequence[Supporter], recipients: Sequence[Recipient], facts: Facts, s: Indexes, r: Indexes
) -> Ints:
    """Length of the road of each candidate; −1 where unknown."""
    column = np.full(len(s), -1, dtype=np.int64)
    if not facts.distances:
        return column
    givers, takers = [one.key for one in supporters], [one.key for one in recipients]
    for at, pair in enumerate(zip(s.tolist(), r.tolist(), strict=True)):
        known = facts.distances.get((givers[pair[0]], takers[pair[1]]))
        if known is not None:
            where = f"{supporters[pair[0]].name} → {recipients[pair[1]].name}"
            if known.kind not in DISTANCE_KINDS:
                raise BadProblem(texts.unknown_word(texts.DISTANCE_KIND, known.kind, DISTANCE_KINDS))
            column[at] = whole(known.metres, texts.DISTANCE, where)
    return column


def parts(
    supporters: Sequence[Supporter],
    recipients: Sequence[Recipient],
    counties: Sequence[County],
    rules: Mapping[str, RuleSpec],
    s: Indexes,
    r: Indexes,
    length: Ints,
) -> tuple[dict[str, Ints], dict[str, Flags]]:
    """The parts that apply to this problem, and where each is unknown.

    fit: weights of needed departments that the supporter is strong in; kind: points
    against the pair; city: 1 for a municipal supporter outside its own city; travel:
    hundred metres of road; priority: the county's, where the supporter is provincial.
    """
    county = np.array([one.county for one in recipients], dtype=np.int64)[r]
    found: dict[str, Ints] = {}
    unknown: dict[str, Flags] = {}
    found[CITY] = _outside_city(supporters, counties, s, county)
    if KIND_RULE in rules:
        found[KIND], unknown[KIND] = _kinds(supporters, recipients, rules[KIND_RULE], s, r)
    if any(one.needs for one in recipients) and any(one.strengths for one in supporters):
        found[FIT], unknown[FIT] = _fit(supporters, recipients, s, r)
    if any(one.priority for one in counties):
        provincial = np.array([one.table == PROVINCE for one in supporters])
        found[PRIORITY] = np.where(provincial[s], _column(c.priority for c in counties)[county], 0)
    if (length >= 0).any():
        found[TRAVEL], unknown[TRAVEL] = _travel(length)
    return found, unknown


def _column(values: object) -> Ints:
    return np.fromiter(values, dtype=np.int64)  # type: ignore[call-overload, no-any-return]


def _travel(length: Ints) -> tuple[Ints, Flags]:
    """Hundred metres; the median of the known ones where unknown, so that not knowing is no advantage."""
    unknown = length < 0
    hundreds = np.rint(length / HUNDRED_METRES).astype(np.int64)
    hundreds[unknown] = int(np.median(hundreds[~unknown]))
    return hundreds, unknown


def _kinds(
    supporters: Sequence[Supporter], recipients: Sequence[Recipient], spec: RuleSpec, s: Indexes, r: Indexes
) -> tuple[Ints, Flags]:
    matrix = word_lists(spec, "matrix")
    kinds = list(HospitalKind)
    points = np.zeros((len(kinds), len(kinds)), dtype=np.int64)
    for row, giver in enumerate(kinds):
        accepted = matrix.get(giver)
        if accepted is not None:
            points[row] = [0 if taker in accepted else MISMATCH for taker in kinds]
            if points[row].any():
                points[row, kinds.index(HospitalKind.OTHER)] = MAYBE
    giver_at = _column(kinds.index(one.kind) for one in supporters)[s]
    taker_at = _column(kinds.index(one.kind) for one in recipients)[r]
    other = kinds.index(HospitalKind.OTHER)
    return points[giver_at, taker_at], (giver_at == other) | (taker_at == other)


def _outside_city(
    supporters: Sequence[Supporter], counties: Sequence[County], s: Indexes, county: Ints
) -> Ints:
    codes = {code: at for at, code in enumerate(dict.fromkeys(one.city_code for one in counties))}
    here = _column(codes[one.city_code] for one in counties)[county]
    home = _column(-2 if one.table == PROVINCE else codes.get(one.city_code or "", -1) for one in supporters)[
        s
    ]
    return ((home >= 0) & (home != here)).astype(np.int64)


def _fit(
    supporters: Sequence[Supporter], recipients: Sequence[Recipient], s: Indexes, r: Indexes
) -> tuple[Ints, Flags]:
    needs, strengths = [one.needs for one in recipients], [one.strengths for one in supporters]
    met = np.zeros(len(s), dtype=np.int64)
    unknown = np.zeros(len(s), dtype=np.bool_)
    for at, (giver, taker) in enumerate(zip(s.tolist(), r.tolist(), strict=True)):
        wanted, strong = needs[taker], strengths[giver]
        unknown[at] = not wanted or not strong
        if wanted and strong:
            met[at] = sum(weight for department, weight in wanted.items() if department in strong)
    return met, unknown
