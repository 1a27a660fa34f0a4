"""The obvious oracle of an invented province: plain counts over the rows of its files.

Nothing here uses the engine: rows are what a csv reader gives, all values text.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction

Row = Mapping[str, str]

MICRO, WEIGHT = 1_000_000, 10_000
SMALLEST_GROUP = 5  # cases that a group needs to have a weight


def rounded(value: Fraction) -> int:
    """The nearest whole number, halves upward."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def in_county(rows: Iterable[Row], county_of: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """For each county of residence: stays in hospitals of the county, all stays."""
    inside: Counter[str] = Counter()
    everywhere: Counter[str] = Counter()
    for row in rows:
        everywhere[row["residence"]] += 1
        inside[row["residence"]] += county_of[row["hospital"]] == row["residence"]
    return {county: (inside[county], number) for county, number in everywhere.items()}


def most_referred_out(
    rows: Iterable[Row], county_of: Mapping[str, str], most: int = 5
) -> dict[str, list[tuple[str, int]]]:
    """For each county the diseases (three characters) with most stays outside; equals by their code."""
    outside: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if county_of[row["hospital"]] != row["residence"]:
            outside[row["residence"]][row["pdx"][:3]] += 1
    return {
        county: sorted(diseases.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
        for county, diseases in outside.items()
    }


def destinations(rows: Iterable[Row], county_of: Mapping[str, str]) -> Counter[tuple[str, str]]:
    """How many residents of a county were treated in which hospital outside."""
    flows: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if county_of[row["hospital"]] != row["residence"]:
            flows[row["residence"], row["hospital"]] += 1
    return flows


def case_mix(rows: Iterable[Row], group_of: Mapping[str, str]) -> dict[str, int]:
    """CMI of each hospital in millionths, weights from all these stays; `group_of` a record number."""
    cost: Counter[str] = Counter()
    cases: Counter[str] = Counter()
    of_hospital: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        group = group_of.get(row["record_no"])
        if group is None:
            continue
        yuan, fen = row["total"].split(".")
        cost[group] += 100 * int(yuan) + int(fen)
        cases[group] += 1
        of_hospital[row["hospital"]][group] += 1
    overall = Fraction(cost.total(), cases.total())
    weights = {
        group: rounded(Fraction(cost[group], number) / overall * WEIGHT)
        for group, number in cases.items()
        if number >= SMALLEST_GROUP
    }
    found = {}
    for hospital, groups in of_hospital.items():
        weighed = sum(number for group, number in groups.items() if group in weights)
        if weighed:
            total = sum(weights[group] * number for group, number in groups.items() if group in weights)
            found[hospital] = rounded(Fraction(total, weighed) * (MICRO // WEIGHT))
    return found
