"""Distances between many pairs at once: stored values first, estimates for the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from duikou.wings.places.distance import Leg, Place, TravelRules, estimate, travel_rules
from duikou.wings.places.models import Division, TravelTime

Stored = dict[tuple[str, str], Leg]
# Best kind first; a stored estimate (from a routing program) still beats a computed one.
_RANK = {TravelTime.Kind.MEASURED: 0, TravelTime.Kind.MATRIX: 1, TravelTime.Kind.ESTIMATE: 2}


def division_place(division: Division, day: dt.date) -> Place:
    """The seat of a division as a point for distances; `division.parent` should be loaded."""
    return Place(
        keys=(f"division:{division.code}",),
        lon=division.seat_lon,
        lat=division.seat_lat,
        unit_code=division.code,
        city_code=division.parent.code if division.parent else "",
        ferry=division.needs_ferry(day),
    )


def legs(
    pairs: Iterable[tuple[Place, Place]], *, mode: str = "road", rules: TravelRules | None = None
) -> list[Leg]:
    """Distance and time of every pair, in order; one query for all of them.

    The best kind wins: measured, matrix, stored estimate, computed estimate. A value
    stored for the opposite direction counts when there is none for this one; a value
    between county seats counts when there is none between the places themselves.
    """
    pairs = list(pairs)
    rules = rules or travel_rules()
    stored = _stored(pairs, mode)
    return [_best(a, b, stored) or estimate(a, b, rules) for a, b in pairs]


def _stored(pairs: list[tuple[Place, Place]], mode: str) -> Stored:
    keys = {key for pair in pairs for place in pair for key in place.keys}
    rows = TravelTime.objects.filter(mode=mode, origin__in=keys, destination__in=keys)
    found: dict[tuple[str, str], TravelTime] = {}
    for row in rows:
        pair = (row.origin, row.destination)
        if pair not in found or _RANK[TravelTime.Kind(row.kind)] < _RANK[TravelTime.Kind(found[pair].kind)]:
            found[pair] = row
    return {
        pair: Leg(kind=row.kind, km=row.km, minutes=row.minutes, source=row.source, as_of=row.as_of)
        for pair, row in found.items()
    }


def _best(a: Place, b: Place, stored: Stored) -> Leg | None:
    if not stored:
        return None
    for level, (from_key, to_key) in enumerate(zip(a.keys, b.keys, strict=False)):
        leg = stored.get((from_key, to_key)) or stored.get((to_key, from_key))
        if leg is None:
            continue
        by_seat = level > 0
        return Leg(
            kind=leg.kind,
            km=leg.km,
            minutes=leg.minutes,
            needs_value=leg.minutes is None,
            by_seat=by_seat,
            source=leg.source,
            as_of=leg.as_of,
        )
    return None
