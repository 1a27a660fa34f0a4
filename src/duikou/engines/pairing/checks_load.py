"""PAIR-01 and PAIR-02: how many recipients a supporter has, by its kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from duikou.engines.pairing import texts_load as texts
from duikou.engines.pairing.checks_common import Party, Reading, finding, whole, words
from duikou.engines.pairing.model import Finding, Row, RuleSpec, Severity


def busiest(reading: Reading, rows: Sequence[Row], counterparts: Iterable[Party]) -> tuple[Party, ...]:
    """Return the different counterparts of the first day on which there are most of them.

    Rows without dates of their own last the whole round: then that is all of them.
    """
    parties = list(counterparts)
    spans = [reading.period(row) for row in rows]
    best: dict[str, Party] = {}
    for day in _days_of_change(spans):
        here = {
            party.identity: party
            for (start, end), party in zip(spans, parties, strict=True)
            if start <= day <= end
        }
        if len(here) > len(best):
            best = here
    return tuple(best.values())


def _days_of_change(spans: Iterable[tuple[date, date]]) -> list[date]:
    """Return the days on which something begins: the count can only rise there."""
    return sorted({start for start, _end in spans})


def loads(reading: Reading, kinds: Iterable[str]) -> Iterator[tuple[Party, tuple[Party, ...]]]:
    """Yield each supporter of the kinds with its recipients at the busiest time."""
    wanted = frozenset(kinds)
    for supporter in reading.supporters.values():
        if supporter.hospital and supporter.hospital.kind in wanted:
            recipients = (reading.recipient(row) for row in supporter.rows)
            yield supporter, busiest(reading, supporter.rows, recipients)


def load_of_supporters(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    """S1 §三(一): find supporters with more or fewer recipients than their kind's number.

    Parameters: `target`, `kinds`, `note_off_by` (a difference up to it is a note only).
    """
    target, tolerated = whole(spec, "target"), whole(spec, "note_off_by", 0)
    for supporter, recipients in loads(reading, words(spec, "kinds")):
        count = len(recipients)
        if count == target:
            continue
        wording = texts.load(
            supporter.printed,
            count=count,
            target=target,
            about=tolerated > 0,
            recipients=[recipient.printed for recipient in recipients],
            movable=_movable(reading, supporter, recipients),
            open_units=_open_units(reading, supporter),
        )
        severity = Severity.NOTE if abs(count - target) <= tolerated else Severity.WARNING
        yield finding(
            spec, severity, wording, subjects=[(supporter.identity, supporter.printed)], rows=supporter.rows
        )


def _movable(reading: Reading, supporter: Party, recipients: Iterable[Party]) -> list[tuple[str, str]]:
    """Return the recipients that another supporter supports too, each with that supporter."""
    movable = []
    for recipient in recipients:
        others = [reading.supporter(row) for row in recipient.rows]
        other = next((party for party in others if party.identity != supporter.identity), None)
        if other:
            movable.append((recipient.printed, other.printed))
    return movable


def _open_units(reading: Reading, supporter: Party) -> list[str]:
    """Return the uncovered counties that the supporter's table speaks of: its city's, or all."""
    headings = {row.group for row in supporter.rows if row.group}
    cities = {reading.city_of_heading(heading) for heading in headings}
    return [unit.name for unit in reading.uncovered if not headings or unit.city_code in cities]
