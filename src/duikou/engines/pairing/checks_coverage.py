"""PAIR-03, PAIR-04, PAIR-15, PAIR-17: which counties and districts the tables reach."""

from __future__ import annotations

from collections.abc import Iterator

from duikou.engines.pairing import texts_coverage as texts
from duikou.engines.pairing.checks_common import (
    Reading,
    finding,
    uncovered_units,
    whole,
    words,
)
from duikou.engines.pairing.checks_load import PROVINCE, room_by_city
from duikou.engines.pairing.model import Finding, RuleSpec, Severity, Unit


def county_without_recipient(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    """S1 §一(一), §三(一): find counties with fewer recipients, in any table, than `minimum`."""
    minimum = whole(spec, "minimum")
    room = room_by_city(reading)
    for unit in uncovered_units(reading, spec):
        yield finding(
            spec,
            Severity.ERROR,
            texts.uncovered(
                unit.name,
                unit.city,
                minimum=minimum,
                count=len(reading.recipients_of_unit.get(unit.code, ())),
                free=room.get(unit.city_code) or room.get(PROVINCE, []),
            ),
            subjects=[_subject(unit)],
        )


def county_outside_city_tables(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    """S1 §四(一): find counties without a row in the cities' tables, whatever the province's gives."""
    tables, minimum = words(spec, "tables"), whole(spec, "minimum", 1)
    covering = reading.recipients_in_tables(tables)
    for unit in uncovered_units(reading, spec):
        rows = [row for party in reading.recipients_of_unit.get(unit.code, ()) for row in party.rows]
        elsewhere = [
            (row.supporter_printed, row.recipient_printed) for row in rows if row.table not in tables
        ]
        count = len(covering.get(unit.code, ()))
        yield finding(
            spec,
            Severity.WARNING,
            texts.not_in_city_table(unit.name, unit.city, count, minimum, elsewhere),
            subjects=[_subject(unit)],
            rows=rows,
        )


def districts_without_recipient(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    """Report districts without a recipient in one finding: the goal speaks of counties only."""
    kinds = words(spec, "unit_kinds")
    districts = [unit for unit in reading.units.values() if unit.kind in kinds]
    missing = uncovered_units(reading, spec)
    if missing:
        yield finding(
            spec,
            Severity.NOTE,
            texts.districts_apart([unit.name for unit in missing], len(districts)),
            subjects=[_subject(unit) for unit in missing],
            about="districts",
        )


def main_hospital_not_named(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    """Report covered counties whose main people's hospital is not among the recipients."""
    kinds = words(spec, "unit_kinds")
    for unit in reading.units.values():
        parties = reading.recipients_of_unit.get(unit.code, ())
        if unit.kind not in kinds or not parties:
            continue
        if any(party.hospital and party.hospital.main_county_hospital for party in parties):
            continue
        yield finding(
            spec,
            Severity.NOTE,
            texts.main_hospital_missing(unit.name, [party.printed for party in parties]),
            subjects=[_subject(unit)],
            rows=[row for party in parties for row in party.rows],
        )


def _subject(unit: Unit) -> tuple[str, str]:
    return f"unit:{unit.code}", unit.name
