"""Proposals without a database: facts from the package's own tables, and the audit of a plan file."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from duikou.cli.offline import divisions_on, packaged_hospitals, register_lines
from duikou.engines.pairing.model import Hospital, HospitalKind, Round, Row, Unit
from duikou.engines.pairing.optimise.facts import Distance, Facts, Newcomer
from duikou.engines.pairing.optimise.parties import assumed_key
from duikou.engines.pairing.optimise.planfile import Pair, PlanFile
from duikou.engines.pairing.optimise.reach import empty_counties, pairs_to_measure
from duikou.wings.places.distance import Place, estimate, travel_rules
from duikou.wings.places.replay import history

_CITY = "2"


def facts_on(tables: Round, day: dt.date) -> Facts:
    """Distances estimated from the packaged points; registered hospitals of counties without recipient."""
    seats = {one.code: one for one in history().on(day)}
    empty = empty_counties(tables)
    known, points = packaged_hospitals(divisions_on(day)[1]), register_lines()
    named = {
        hospital.key: hospital
        for row in tables.rows
        for hospital in (row.supporter, row.recipient)
        if hospital is not None
    }
    newcomers = [
        Newcomer(hospital)
        for key, hospital in known.items()
        if hospital.unit_code in empty
        and key not in named
        and points[key]["region"] == "county"
        and hospital.kind is not HospitalKind.TOWNSHIP
    ]
    places = {
        key: _place(hospital, points[key])
        for key, hospital in {**named, **{one.hospital.key: one.hospital for one in newcomers}}.items()
        if key in points
    }
    recipients = {row.recipient.key for row in tables.rows if row.recipient}
    recipients |= {one.hospital.key for one in newcomers}
    givers = {
        row.supporter.key: places[row.supporter.key]
        for row in tables.rows
        if row.supporter and row.supporter.key in places
    }
    takers = {key: places[key] for key in sorted(recipients) if key in places}
    for code in sorted(empty):
        seat = seats[code]
        takers[assumed_key(code)] = Place((), seat.seat_lon, seat.seat_lat, code, seat.city_code)
    rules = travel_rules()
    pairs = pairs_to_measure(
        tables,
        {key: place.city_code for key, place in givers.items()},
        {key: place.city_code for key, place in takers.items()},
    )
    distances = {}
    for giver, taker in pairs:
        leg = estimate(givers[giver], takers[taker], rules)
        if leg.km is not None:
            distances[giver, taker] = Distance(round(leg.km * 1000), leg.kind)
    return Facts(distances=distances, newcomers=newcomers)


def _place(hospital: Hospital, line: dict[str, str]) -> Place:
    return Place(
        keys=(),
        lon=float(line["lon"]) if line["lon"] else None,
        lat=float(line["lat"]) if line["lat"] else None,
        unit_code=hospital.unit_code or "",
        city_code=hospital.city_code or "",
    )


def round_of_plan(plan: PlanFile, start: dt.date, end: dt.date) -> Round:
    """The proposed pairs as a round that can be audited.

    What the plan does not say of a hospital (ownership, main county hospital …) is
    taken from the packaged register, where that has the hospital.
    """
    units = tuple(
        Unit(one.code, one.name, one.kind, one.city_code, one.city) for one in plan.coverage if one.code
    )
    unit_of = {unit.code: unit for unit in units}
    city_of = {unit.city_code: unit.city for unit in units}
    known = packaged_hospitals(divisions_on(start)[1])
    givers = {one.key: one for one in plan.loads}
    supporters = {
        one.key: _hospital(known, Hospital(one.key, one.name, one.kind, city_code=one.city_code))
        for one in plan.loads
    }
    recipients = {}
    for one in plan.recipients:
        unit = unit_of.get(one.county)
        place = (unit.code, unit.city_code) if unit else (None, None)
        recipients[one.key] = _hospital(known, Hospital(one.key, one.name, one.kind, *place))
    order = {key: at for at, key in enumerate(givers)}

    def printed(pair: Pair) -> tuple[bool, str, int]:
        """Pairs for some departments only stand last, as those of a second supporter should."""
        return bool(pair.departments), givers[pair.supporter_key].table, order[pair.supporter_key]

    rows = [
        Row(
            key=str(position),
            table=givers[pair.supporter_key].table,
            group=city_of.get(givers[pair.supporter_key].city_code or "")
            if givers[pair.supporter_key].table == _CITY
            else None,
            position=position,
            running_number=None,
            supporter_printed=pair.supporter,
            recipient_printed=pair.recipient,
            supporter=supporters[pair.supporter_key],
            recipient=recipients[pair.recipient_key],
            departments=pair.departments,
            reason=pair.terms,
        )
        for position, pair in enumerate(sorted((*plan.kept, *plan.added), key=printed), start=1)
    ]
    return Round(plan.problem.key, plan.problem.name, start, end, tuple(rows), units)


def _hospital(known: dict[str, Hospital], said: Hospital) -> Hospital:
    """What the plan says, with what the register knows besides."""
    other = known.get(said.key)
    if other is None:
        return said
    return replace(
        said,
        unit_code=said.unit_code or other.unit_code,
        ownership=other.ownership,
        development_zone=other.development_zone,
        main_county_hospital=other.main_county_hospital,
    )
