"""DATA-01 to DATA-05: what the printed names themselves show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from duikou.engines.pairing import texts_data as texts
from duikou.engines.pairing.checks_common import UNRESOLVED, Party, Reading, finding
from duikou.engines.pairing.model import Finding, Hospital, Resolution, Row, RuleSpec, Severity
from duikou.engines.pairing.writing import folded, normalise

Printing = tuple[str, Hospital | None, Resolution, Row]


def _printings(reading: Reading) -> Iterator[Printing]:
    """Yield every printed name of the round with how it was matched, in order of printing."""
    for row in reading.rows:
        yield row.supporter_printed, row.supporter, row.supporter_resolution, row
        yield row.recipient_printed, row.recipient, row.recipient_resolution, row


def _by_hospital(
    reading: Reading, *resolutions: Resolution
) -> Iterator[tuple[Hospital, list[str], list[Row]]]:
    """Yield each hospital printed in one of the ways, with these printings and their rows."""
    found: dict[str, tuple[Hospital, list[str], list[Row]]] = {}
    for printed, hospital, resolution, row in _printings(reading):
        if hospital is None or resolution not in resolutions:
            continue
        _hospital, names, rows = found.setdefault(hospital.key, (hospital, [], []))
        if printed not in names:
            names.append(printed)
        rows.append(row)
    yield from found.values()


def misspelt(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    """Report hospitals printed with a known misspelling."""
    for hospital, names, rows in _by_hospital(reading, Resolution.TYPO):
        yield finding(
            spec,
            Severity.NOTE,
            texts.misspelt(names, hospital.name, rows),
            subjects=[(f"hospital:{hospital.key}", name) for name in names],
            rows=rows,
            about=f"hospital:{hospital.key}",
        )


def short_or_variant(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    """Report hospitals printed with a shortened or otherwise written name, one by one.

    District hospitals printed without the city before the district are so usual that
    one finding speaks for all of them.
    """
    without_city: list[tuple[str, str]] = []
    rows_without_city: list[Row] = []
    for hospital, names, rows in _by_hospital(reading, Resolution.SHORT, Resolution.VARIANT):
        city = normalise(reading.cities.get(hospital.city_code or "", ""))
        if city and all(city + normalise(name) == normalise(hospital.name) for name in names):
            without_city.extend((f"hospital:{hospital.key}", name) for name in names)
            rows_without_city.extend(rows)
            continue
        yield finding(
            spec,
            Severity.NOTE,
            texts.short_or_variant(names, hospital.name, rows),
            subjects=[(f"hospital:{hospital.key}", name) for name in names],
            rows=rows,
            about=f"hospital:{hospital.key}",
        )
    if without_city:
        yield finding(
            spec,
            Severity.NOTE,
            texts.without_city([name for _key, name in without_city]),
            subjects=without_city,
            rows=sorted({row.key: row for row in rows_without_city}.values(), key=lambda row: row.position),
            about="without-city",
        )


def dated_name(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    """Report hospitals printed under a name that had changed before the round began."""
    for hospital, names, rows in _by_hospital(reading, Resolution.OLD):
        unit = reading.units.get(hospital.unit_code or "")
        yield finding(
            spec,
            Severity.NOTE,
            texts.dated_name(names, hospital.name, unit.name if unit else "", rows),
            subjects=[(f"hospital:{hospital.key}", name) for name in names],
            rows=rows,
            about=f"hospital:{hospital.key}",
        )


_FIRST = re.compile(r"第1(?=人民医院|医院|中医院)")


def probable_duplicates(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    """Find registered hospitals of one place whose names differ only by 第一 or in writing."""
    known = [resolution for resolution in Resolution if resolution not in UNRESOLVED]
    printings = {
        hospital.key: (hospital, names, rows) for hospital, names, rows in _by_hospital(reading, *known)
    }
    alike: dict[tuple[str, str], set[str]] = {}
    for hospital, names, _rows in printings.values():
        place = hospital.unit_code or hospital.city_code or ""
        for name in (hospital.name, *names):
            alike.setdefault((place, _FIRST.sub("", folded(name))), set()).add(hospital.key)
    for keys in sorted({tuple(sorted(keys)) for keys in alike.values() if len(keys) > 1}):
        twins = sorted((printings[key] for key in keys), key=lambda twin: twin[2][0].position)
        rows = {row.key: row for _hospital, _names, rows in twins for row in rows}
        yield finding(
            spec,
            Severity.WARNING,
            texts.probable_duplicates([names[0] for _hospital, names, _rows in twins]),
            subjects=[(f"hospital:{hospital.key}", names[0]) for hospital, names, _rows in twins],
            rows=rows.values(),
            about="+".join(f"hospital:{key}" for key in keys),
        )


def unresolved_name(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    """Find names that no registered hospital was found for, or only a similar one."""
    for side, parties in (("supporter", reading.supporters), ("recipient", reading.recipients)):
        for party in parties.values():
            if party.hospital is not None:
                continue
            similar = _guesses(party, side)
            yield finding(
                spec,
                Severity.ERROR,
                texts.unresolved(party.printed, similar, party.rows),
                subjects=[(party.identity, party.printed)],
                rows=party.rows,
                apart=side,
            )


def _guesses(party: Party, side: str) -> list[str]:
    """Return the registered names that the caller proposed for an unresolved party."""
    hospitals = [row.supporter if side == "supporter" else row.recipient for row in party.rows]
    return list(dict.fromkeys(hospital.name for hospital in hospitals if hospital))
