"""PAIR-14, PAIR-16, PAIR-18: does the recipient fit its supporter, its rank and its table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from duikou.engines.pairing import texts_fit as texts
from duikou.engines.pairing.checks_common import (
    Party,
    Reading,
    finding,
    word_lists,
    words,
    yes,
)
from duikou.engines.pairing.model import Finding, HospitalKind, Row, RuleSpec, Severity
from duikou.engines.text import Text


def type_mismatch(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    """Find rows whose recipient is of a kind that the supporter's kind is not accepted for.

    Parameter `matrix`: supporter kind → accepted recipient kinds. A kind that the
    matrix does not name may support every kind.
    """
    matrix = word_lists(spec, "matrix")
    for (supporter, recipient), rows in _pairs(reading, reading.rows):
        giver, taker = supporter.hospital, recipient.hospital
        if giver is None or taker is None:
            continue
        accepted = matrix.get(giver.kind)
        if accepted is None or taker.kind in accepted:
            continue
        yield finding(
            spec,
            Severity.WARNING,
            texts.mismatch(
                rows[0].supporter_printed,
                texts.kind_name(giver.kind),
                rows[0].recipient_printed,
                texts.kind_name(taker.kind),
                [texts.kind_name(kind) for kind in HospitalKind if kind in accepted],
            ),
            subjects=_subjects(supporter, recipient, rows[0]),
            rows=rows,
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
    strays: list[Row] = []
    for row in reading.rows:
        heading = reading.city_of_heading(row.group)
        if row.table in tables and heading and _city(reading, reading.recipient(row)) not in (None, heading):
            strays.append(row)
    for (supporter, recipient), rows in _pairs(reading, strays):
        unit = reading.unit_of(recipient)
        own_city = _city(reading, recipient) or ""
        yield finding(
            spec,
            Severity.WARNING,
            texts.cross_city(
                rows[0].supporter_printed,
                rows[0].recipient_printed,
                table_city=rows[0].group or "",
                own_city=reading.cities.get(own_city, own_city),
                uncovered_unit=unit.name if unit and unit.code not in at_home else "",
            ),
            subjects=_subjects(supporter, recipient, rows[0]),
            rows=rows,
        )


def _city(reading: Reading, party: Party) -> str | None:
    """Return the code of the city that a resolved party lies in, as far as it is known."""
    unit = reading.unit_of(party)
    if unit is not None:
        return unit.city_code
    return party.hospital.city_code if party.hospital else None


def _pairs(reading: Reading, rows: Iterable[Row]) -> Iterator[tuple[tuple[Party, Party], list[Row]]]:
    """Yield each pair of supporter and recipient with its rows, so that a repeated row is one finding."""
    pairs: dict[tuple[str, str], tuple[tuple[Party, Party], list[Row]]] = {}
    for row in rows:
        supporter, recipient = reading.supporter(row), reading.recipient(row)
        pair = pairs.setdefault((supporter.identity, recipient.identity), ((supporter, recipient), []))
        pair[1].append(row)
    yield from pairs.values()


def _subjects(supporter: Party, recipient: Party, row: Row) -> list[tuple[str, str]]:
    return [(supporter.identity, row.supporter_printed), (recipient.identity, row.recipient_printed)]
