"""Audit a round of pairing tables against the rules of a policy pack.

`audit` is pure: the same round and rules give the same findings in the same order.
Each rule is one small function of a `checks_*` module; the slow and obvious version
of every one stands in the tests and must agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from duikou.engines.pairing import (
    checks_coverage,
    checks_fit,
    checks_load,
    checks_names,
    checks_support,
    checks_table,
)
from duikou.engines.pairing.checks_common import BadParameter, Check, Reading
from duikou.engines.pairing.model import Finding, Round, RuleSpec, Severity

__all__ = ["CHECKS", "BadParameter", "Counts", "audit", "counts"]

CHECKS: Mapping[str, Check] = {
    "PAIR-01": checks_load.load_of_supporters,
    "PAIR-02": checks_load.load_of_supporters,
    "PAIR-03": checks_coverage.county_without_recipient,
    "PAIR-04": checks_coverage.county_outside_city_tables,
    "PAIR-05": checks_support.duplicate_or_broken_support,
    "PAIR-14": checks_fit.type_mismatch,
    "PAIR-15": checks_coverage.districts_without_recipient,
    "PAIR-16": checks_fit.not_county_level,
    "PAIR-17": checks_coverage.main_hospital_not_named,
    "PAIR-18": checks_fit.cross_city,
    "DATA-01": checks_names.misspelt,
    "DATA-02": checks_names.short_or_variant,
    "DATA-03": checks_names.dated_name,
    "DATA-04": checks_names.probable_duplicates,
    "DATA-05": checks_names.unresolved_name,
    "DATA-06": checks_table.running_number,
    "DATA-07": checks_table.repeated_pair,
}

_WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def audit(round: Round, rules: Mapping[str, RuleSpec]) -> tuple[Finding, ...]:
    """Return the findings of a round: errors first, then by rule, then in order of printing.

    A rule that `rules` does not hold, or that has no check, is not evaluated. Raises
    BadParameter when a rule lacks a parameter that its check needs, and ValueError
    when two rows have the same key.
    """
    reading = Reading(round, rules)
    findings = [
        found for rule, check in CHECKS.items() if rule in rules for found in check(reading, rules[rule])
    ]
    positions = {row.key: row.position for row in reading.rows}

    def order(found: Finding) -> tuple[int, str, int, str]:
        """Coverage findings stand in the order of the units, all others in that of their first row."""
        subject = found.subject_keys[0] if found.subject_keys else ""
        place = reading.unit_order.get(subject.removeprefix("unit:"))
        if place is None:
            place = min((positions[key] for key in found.rows if key in positions), default=0)
        return _WEIGHT[found.severity], found.rule, place, found.key

    return tuple(sorted(findings, key=order))


@dataclass(frozen=True, slots=True)
class Counts:
    """Size of a round: different supporters, pairs of the two, different recipients."""

    supporters: int
    pairings: int
    recipients: int


def counts(round: Round) -> Counts:
    """Count supporters, rows and recipients; an unresolved name counts as a hospital of its own."""
    reading = Reading(round, {})
    return Counts(len(reading.supporters), len(reading.rows), len(reading.recipients))
