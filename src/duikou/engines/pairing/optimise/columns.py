"""A problem's records as columns, and a plan's values and breaches counted with them.

Shared by the regimes, which must name values in the same way. The independent recount is
in `verify`, which uses nothing from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from duikou.engines.pairing.optimise.model import (
    CITY_TABLE,
    COVERAGE,
    DUPLICATE,
    UNBROKEN,
    Breach,
    Flags,
    Ints,
    Level,
    Problem,
)

NO_TARGET = -1


@dataclass(frozen=True, eq=False, slots=True)
class Columns:
    """Supporters, recipients and counties of a problem as arrays."""

    rules: tuple[str, ...]  # every rule that may be priced
    supporter_rule: Ints  # index into rules
    supporter_least: Ints
    supporter_target: Ints  # NO_TARGET: none
    supporter_most: Ints
    ceiling: Ints
    by_city: Flags  # the supporter stands in the cities' table
    recipient_least: Ints
    recipient_most: Ints
    county_of: Ints
    county_least: Ints
    county_least_in_city_table: Ints

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """Read the records of a problem once."""
        supporters, recipients, counties = problem.supporters, problem.recipients, problem.counties
        names = [one.rule or "load" for one in supporters]
        rules = tuple(dict.fromkeys((COVERAGE, CITY_TABLE, DUPLICATE, UNBROKEN, *names)))
        number = {rule: index for index, rule in enumerate(rules)}
        return cls(
            rules=rules,
            supporter_rule=_ints(number[name] for name in names),
            supporter_least=_ints(one.least for one in supporters),
            supporter_target=_ints(NO_TARGET if one.target is None else one.target for one in supporters),
            supporter_most=_ints(one.most for one in supporters),
            ceiling=_ints(one.ceiling for one in supporters),
            by_city=np.fromiter((one.table == "2" for one in supporters), dtype=np.bool_),
            recipient_least=_ints(one.least for one in recipients),
            recipient_most=_ints(one.most for one in recipients),
            county_of=_ints(one.county for one in recipients),
            county_least=_ints(one.least for one in counties),
            county_least_in_city_table=_ints(one.least_in_city_table for one in counties),
        )


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


@dataclass(frozen=True, eq=False, slots=True)
class Count:
    """What a set of candidates comes to: loads, and by how much each rule is broken."""

    load: Ints  # per supporter
    supporters: Ints  # per recipient: how many it has
    covered: Ints  # per county: recipients with a supporter
    covered_by_city: Ints  # per county: recipients with a supporter of the cities' table

    @classmethod
    def of(cls, problem: Problem, columns: Columns, chosen: Sequence[int] | np.ndarray) -> Self:
        """Count a set of candidates (by index)."""
        supporter = problem.candidates.supporter[chosen]
        recipient = problem.candidates.recipient[chosen]
        in_city = np.bincount(recipient[columns.by_city[supporter]], minlength=len(problem.recipients))
        supporters = np.bincount(recipient, minlength=len(problem.recipients))
        counties = len(problem.counties)
        return cls(
            load=np.bincount(supporter, minlength=len(problem.supporters)),
            supporters=supporters,
            covered=np.bincount(columns.county_of[supporters > 0], minlength=counties),
            covered_by_city=np.bincount(columns.county_of[in_city > 0], minlength=counties),
        )

    def broken(self, columns: Columns) -> Ints:
        """Return by how much each rule (an index into `columns.rules`) is broken in all."""
        by_load = _outside(self.load, columns.supporter_least, columns.supporter_most)
        total = np.bincount(columns.supporter_rule, weights=by_load, minlength=len(columns.rules))
        total = total.astype(np.int64)
        for rule, amounts in (
            (COVERAGE, columns.county_least - self.covered),
            (CITY_TABLE, columns.county_least_in_city_table - self.covered_by_city),
            (DUPLICATE, self.supporters - columns.recipient_most),
            (UNBROKEN, columns.recipient_least - self.supporters),
        ):
            total[columns.rules.index(rule)] += np.maximum(0, amounts).sum()
        return total

    def unevenness(self, columns: Columns) -> int:
        """Return how far loads are from their targets in all."""
        aimed = columns.supporter_target != NO_TARGET
        return int(np.abs(self.load - columns.supporter_target)[aimed].sum())


def _outside(values: Ints, least: Ints, most: Ints) -> Ints:
    return np.maximum(0, least - values) + np.maximum(0, values - most)


def values_of(problem: Problem, columns: Columns, chosen: Sequence[int] | np.ndarray) -> tuple[int, ...]:
    """Return the value of a set of candidates at every level."""
    count = Count.of(problem, columns, chosen)
    broken, unevenness = count.broken(columns), count.unevenness(columns)
    return tuple(_value(level, columns, chosen, broken, unevenness) - _reward(problem, level, chosen)
                 for level in problem.levels)  # fmt: skip


def _value(
    level: Level, columns: Columns, chosen: Sequence[int] | np.ndarray, broken: Ints, unevenness: int
) -> int:
    value = level.constant + level.evenness * unevenness
    if level.cost is not None:
        value += int(level.cost[chosen].sum())
    return value + sum(
        level.prices.get(rule, 0) * int(amount) for rule, amount in zip(columns.rules, broken, strict=True)
    )


def _reward(problem: Problem, level: Level, chosen: Sequence[int] | np.ndarray) -> int:
    """Return what the departments that are met take off a level."""
    if not level.coverage:
        return 0
    met = 0
    strengths: dict[int, set[str]] = {}
    candidates = problem.candidates
    for supporter, recipient in zip(candidates.supporter[chosen], candidates.recipient[chosen], strict=True):
        strengths.setdefault(int(recipient), set()).update(problem.supporters[supporter].strengths)
    for recipient, departments in strengths.items():
        needs = problem.recipients[recipient].needs
        met += sum(weight for department, weight in needs.items() if department in departments)
    return level.coverage * met


def breaches_of(problem: Problem, columns: Columns, chosen: Sequence[int] | np.ndarray) -> tuple[Breach, ...]:
    """Name every rule that a set of candidates breaks: of supporters, recipients, counties, each in order."""
    count = Count.of(problem, columns, chosen)
    breaches = []
    outside = _outside(count.load, columns.supporter_least, columns.supporter_most)
    for index in np.flatnonzero(outside).tolist():
        one = problem.supporters[index]
        breaches.append(
            Breach(one.rule or "load", f"supporter:{one.key}", one.name, int(outside[index]),
                   int(count.load[index]), one.least, one.most)
        )  # fmt: skip
    outside = _outside(count.supporters, columns.recipient_least, columns.recipient_most)
    for index in np.flatnonzero(outside).tolist():
        taker, found = problem.recipients[index], int(count.supporters[index])
        rule = DUPLICATE if found > taker.most else UNBROKEN
        breaches.append(
            Breach(
                rule,
                f"recipient:{taker.key}",
                taker.name,
                int(outside[index]),
                found,
                taker.least,
                taker.most,
            )
        )
    hospitals = np.bincount(columns.county_of, minlength=len(problem.counties))
    missing = np.maximum(0, columns.county_least - count.covered)
    missing_in_city = np.maximum(0, columns.county_least_in_city_table - count.covered_by_city)
    for index in np.flatnonzero(missing + missing_in_city).tolist():
        county = problem.counties[index]
        for rule, amount, have, least in (
            (COVERAGE, missing, count.covered, county.least),
            (CITY_TABLE, missing_in_city, count.covered_by_city, county.least_in_city_table),
        ):
            if amount[index]:
                # The most that a county can have is all of its recipients.
                breaches.append(
                    Breach(rule, f"county:{county.code}", county.name, int(amount[index]),
                           int(have[index]), least, int(hospitals[index]))
                )  # fmt: skip
    return tuple(breaches)
