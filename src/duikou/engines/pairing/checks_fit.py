"""PAIR-14, PAIR-16, PAIR-18: does the recipient fit its supporter, its rank and its table."""

from __future__ import annotations

from collections.abc import Iterator

from duikou.engines.pairing import texts_fit as texts
from duikou.engines.pairing.checks_common import (
    Party,
    Reading,
    finding,
    word_lists,
    words,
    yes,
)
from duikou.engines.pairing.model import Finding, HospitalKind, Row, RuleSpec, Severity, Text


def type_mismatch(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    """Find rows whose recipient is of a kind that the supporter's kind is not accepted for.

    Parameter `matrix`: supporter kind → accepted recipient kinds. A kind that the
    matrix does not name may support every kind.
    """
    matrix = word_lists(spec, "matrix")
    for row in reading.rows:
        supporter, recipient = reading.supporter(row), reading.recipient(row)
        if supporter.hospital is None or recipient.hospital is None:
            continue
        accepted = matrix.get(supporter.hospital.kind)
        if accepted is None or recipient.hospital.kind in accepted:
            continue
        yield finding(
            spec,
            Severity.WARNING,
            texts.mismatch(
                row.supporter_printed,
                texts.kind_name(supporter.hospital.kind),
                row.recipient_printed,
                texts.kind_name(recipient.hospital.kind),
                [texts.kind_name(kind) for kind in HospitalKind if kind in accepted],
            ),
            subjects=_pair(row, supporter, recipient),
            rows=[row],
        )


def not_county_level(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    """Report recipients that are not county-level hospitals.

    Parameters: `kinds` of hospital, `ownerships`, `development_zone` (true: zones count).
    """
    kinds = words(spec, "kinds")
    owners = words(spec, "ownerships")
    zones = yes(spec, "development_zone", False)
    for recipient in reading.recipients.values():
        hospital = recipient.hospital
        if hospital is None:
            continue
        reasons: list[Text] = []
        if hospital.kind in kinds:
            reasons.append(texts.kind_name(hospital.kind))
        if zones and hospital.development_zone:
            reasons.append(texts.DEVELOPMENT_ZONE)
        if hospital.ownership in owners:
            reasons.append(texts.owner_name(hospital.ownership))
        if reasons:
            yield finding(
                spec,
                Severity.NOTE,
                texts.not_county_level(recipient.printed, reasons),
                subjects=[(recipient.identity, recipient.printed)],
                rows=recipient.rows,
            )


def cross_city(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    """S1 §四(一): find rows of a city's table whose recipient lies in another city.

    Says so when the recipient's county then has no row in its own city's table.
    """
    tables = words(spec, "tables")
    at_home = {
        unit.code
        for row in reading.rows
        if row.table in tables
        and (unit := reading.unit_of(reading.recipient(row))) is not None
        and reading.city_of_heading(row.group) == unit.city_code
    }
    for row in reading.rows:
        heading = reading.city_of_heading(row.group)
        supporter, recipient = reading.supporter(row), reading.recipient(row)
        if row.table not in tables or heading is None or recipient.hospital is None:
            continue
        unit = reading.unit_of(recipient)
        city_code = unit.city_code if unit else recipient.hospital.city_code
        if city_code is None or city_code == heading:
            continue
        yield finding(
            spec,
            Severity.WARNING,
            texts.cross_city(
                row.supporter_printed,
                row.recipient_printed,
                table_city=reading.cities[heading],
                own_city=reading.cities.get(city_code, city_code),
                uncovered_unit=unit.name if unit and unit.code not in at_home else "",
            ),
            subjects=_pair(row, supporter, recipient),
            rows=[row],
        )


def _pair(row: Row, supporter: Party, recipient: Party) -> list[tuple[str, str]]:
    return [(supporter.identity, row.supporter_printed), (recipient.identity, row.recipient_printed)]
