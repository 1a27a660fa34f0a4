"""From stays to credits: which rule holds for a person's year, and where the credit stands."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from duikou.engines.credits import CreditYear, Standing, credit_years, met_of
from duikou.engines.credits.bulk import Ints
from duikou.engines.credits.standing import counting_parts, standing_of
from duikou.wings.credits.histories import Part
from duikou.wings.credits.rules import CreditTerms, credit_terms

EPOCH = dt.date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Credit:
    """A year's credit of a person as it stands now. `parts` are the stays of that kind in the year."""

    person_id: int
    kind: str  # posting or training
    terms: CreditTerms
    result: CreditYear
    parts: tuple[Part, ...]

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.result.year

    @property
    def met(self) -> bool:
        """Whether the credit may be recognised."""
        return self.result.standing is Standing.MET

    @property
    def last(self) -> Part:
        """The last stay of the year: its hospital is the one that the credit belongs to."""
        return self.parts[-1]


def credits_in(parts: Sequence[Part], year: int) -> list[Credit]:
    """The credit of everybody who was away on a day of the year, kind by kind, in columns.

    A day in one year says nothing of another: `parts` need only hold the stays that touch the year. A
    person whose stays fall under different packs is judged by that of the last one.
    """
    groups: dict[tuple[int, str], list[Part]] = defaultdict(list)
    for part in parts:
        if part.first.year <= year <= part.last.year:
            groups[part.person_id, part.kind].append(part)
    by_terms: dict[tuple[str, CreditTerms], list[tuple[int, str]]] = defaultdict(list)
    for key, own in groups.items():
        if terms := credit_terms(own[-1].pack, own[-1].kind, year):
            by_terms[own[-1].kind, terms].append(key)
    found: dict[tuple[int, str], Credit] = {}
    for (_kind, terms), keys in by_terms.items():
        judge = _one_by_one if terms.rule.leave_days_allowed else _in_columns
        for key, result in judge(terms, {key: groups[key] for key in keys}, year):
            found[key] = Credit(key[0], key[1], terms, result, tuple(groups[key]))
    return [found[key] for key in groups if key in found]


Own = dict[tuple[int, str], list[Part]]


def _one_by_one(terms: CreditTerms, groups: Own, year: int) -> Iterable[tuple[tuple[int, str], CreditYear]]:
    for key, own in groups.items():
        for result in credit_years([part.stay for part in own], terms.rule):
            if result.year == year:
                yield key, result


def _in_columns(terms: CreditTerms, groups: Own, year: int) -> Iterable[tuple[tuple[int, str], CreditYear]]:
    """All of one kind of stay: a person stands in such a group once."""
    stays, leaves, counting = [], [], []
    for (person, _kind), own in groups.items():
        for part in own:
            stays.append((person, part.first, part.last))
            leaves += [(person, first, last) for first, last in part.stay.leaves]
            counting += [(person, first, last) for first, last in counting_parts(part.stay, terms.rule)]
    kinds = dict(groups.keys())
    columns = met_of(_columns(stays), _columns(leaves), _columns(counting), terms.rule)
    for person, of, days, counted, needed, met in zip(*(one.tolist() for one in columns), strict=True):
        if of != year:
            continue
        key = (person, kinds[person])
        failed = any(year in part.stay.failed for part in groups[key])
        standing = standing_of(met=bool(met), enough=days >= needed, failed=failed)
        # The day on which they were full is worked out where one person's year is looked at.
        yield key, CreditYear(year, days, counted, needed, None, standing)


def _columns(rows: list[tuple[int, dt.date, dt.date]]) -> tuple[Ints, Ints, Ints]:
    table = np.array(
        [(person, first.toordinal() - EPOCH, last.toordinal() - EPOCH) for person, first, last in rows],
        dtype=np.int64,
    ).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def credits_of_person(parts: Sequence[Part]) -> list[Credit]:
    """Every year of one person, kind by kind, newest first, with the day on which the days were full."""
    found = []
    for kind in sorted({part.kind for part in parts}):
        own = [part for part in parts if part.kind == kind]
        for year in sorted({y for part in own for y in range(part.first.year, part.last.year + 1)}):
            inside = tuple(part for part in own if part.first.year <= year <= part.last.year)
            terms = credit_terms(inside[-1].pack, kind, year)
            if terms is None:
                continue
            for result in credit_years([part.stay for part in inside], terms.rule):
                if result.year == year:
                    found.append(Credit(inside[0].person_id, kind, terms, result, inside))
    return sorted(found, key=lambda credit: (-credit.year, credit.kind))
