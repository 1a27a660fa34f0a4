"""PAIR-01 and PAIR-02: how many recipients a supporter has, by its kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from duikou.engines.pairing import texts_load as texts
from duikou.engines.pairing.checks_common import Party, Reading, finding, whole, words
from duikou.engines.pairing.model import Finding, HospitalKind, Row, RuleSpec, Severity


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


PROVINCE = ""  # stands for the city of supporters of the province's table


def room_by_city(reading: Reading) -> dict[str, list[tuple[str, int]]]:
    """Return general supporters below their number with their load, least loaded first.

    They stand under the code of the city whose table lists them, those of the
    province's table under `PROVINCE`. Empty without the rule for general supporters.
    """
    rule = reading.rules.get("PAIR-01")
    if rule is None:
        return {}
    target = whole(rule, "target")
    room: dict[str, list[tuple[str, int]]] = {}
    for supporter, recipients in loads(reading, words(rule, "kinds")):
        if len(recipients) < target:
            for city in _cities(reading, supporter):
                room.setdefault(city, []).append((supporter.printed, len(recipients)))
    for supporters in room.values():
        supporters.sort(key=lambda supporter: supporter[1])
    return room


def _cities(reading: Reading, supporter: Party) -> set[str]:
    """Return the codes of the cities whose tables list the supporter, `PROVINCE` for the province's."""
    return {
        reading.city_of_heading(row.group) or PROVINCE if row.group else PROVINCE for row in supporter.rows
    }


def load_of_supporters(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    """S1 §三(一): find supporters with more or fewer recipients than their kind's number.

    Parameters: `target`, `kinds`, `note_off_by` (a difference up to it is a note only).
    """
    target, tolerated = whole(spec, "target"), whole(spec, "note_off_by", 0)
    room = room_by_city(reading)
    for supporter, recipients in loads(reading, words(spec, "kinds")):
        count = len(recipients)
        if count == target:
            continue
        general = supporter.hospital is not None and supporter.hospital.kind is HospitalKind.GENERAL
        cities = sorted(_cities(reading, supporter))
        if count > target:
            suggestion = texts.too_many(
                count - target,
                _movable(reading, supporter, recipients),
                [free for city in cities for free in room.get(city, ())] if general else [],
            )
        else:
            open_units = [
                unit.name for unit in reading.uncovered if PROVINCE in cities or unit.city_code in cities
            ]
            suggestion = texts.too_few(target - count, open_units if general else [], general=general)
        names = [recipient.printed for recipient in recipients]
        yield finding(
            spec,
            Severity.NOTE if abs(count - target) <= tolerated else Severity.WARNING,
            texts.load(supporter.printed, names, target, about=tolerated > 0, suggestion=suggestion),
            subjects=[(supporter.identity, supporter.printed)],
            rows=supporter.rows,
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
