"""Between the database and the optimiser: a round with all that is on record for a proposal. Set-based.

What is not on record stays unknown (see `engines/pairing/optimise/facts.py`); a caller
may add facts of its own.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Q, Sum
from django.utils import timezone

from duikou.core.scope import SYSTEM
from duikou.engines.pairing import model as engine
from duikou.engines.pairing.optimise.build import problem_of
from duikou.engines.pairing.optimise.facts import Distance, Facts, Newcomer
from duikou.engines.pairing.optimise.model import Problem
from duikou.engines.pairing.optimise.options import DEFAULT, Options
from duikou.engines.pairing.optimise.parties import assumed_key
from duikou.engines.pairing.optimise.reach import empty_counties, pairs_to_measure
from duikou.wings.hospitals.distances import hospital_places
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.hospitals.queries import engine_hospitals
from duikou.wings.pairings.models import AidLoad, Round
from duikou.wings.pairings.translate import engine_round, rules_for
from duikou.wings.places.distance import Leg, Place
from duikou.wings.places.models import Division
from duikou.wings.places.travel import division_place, legs

NEEDED = (Department.State.WEAK, Department.State.MISSING)
NEED = 1  # the register knows of no degrees: every declared need weighs the same


def problem_for(
    round_: Round,
    options: Options = DEFAULT,
    *,
    as_of: dt.date | None = None,
    facts: Facts | None = None,
) -> Problem:
    """The problem of a better round; `facts`: instead of those on record (start from `facts_for`).

    Raises BadProblem for options that make no sense.
    """
    tables = engine_round(round_, as_of)
    return problem_of(tables, rules_for(round_), facts or facts_for(round_, tables, as_of), options)


def facts_for(round_: Round, tables: engine.Round, as_of: dt.date | None = None) -> Facts:
    """What the register, the places and the aid programmes say about the hospitals of a round.

    Divisions are those of the round's division date (or of `as_of`); departments, aid
    loads and closures are those of today, brought inside the round for aid loads.
    """
    day = as_of or round_.divisions_on
    newcomers = _newcomers(tables, day)
    hospitals = _hospitals(tables)
    keys = {*hospitals, *(newcomer.hospital.key for newcomer in newcomers)}
    ids = dict(Hospital.objects.filter(key__in=keys).values_list("key", "pk"))
    weak, strong = _departments(ids.values(), timezone.localdate())
    supporters = {row.supporter.key for row in tables.rows if row.supporter}
    during = min(max(timezone.localdate(), round_.start), round_.end)
    return Facts(
        distances=_distances(tables, newcomers, ids, day),
        needs={key: dict.fromkeys(words, NEED) for key, words in weak.items() if key not in supporters},
        strengths={key: frozenset(words) for key, words in strong.items() if key in supporters},
        aid_months=_aid_months(ids, as_of or during),
        newcomers=newcomers,
        closed=_closed(ids),
    )


def _hospitals(tables: engine.Round) -> dict[str, engine.Hospital]:
    return {
        hospital.key: hospital
        for row in tables.rows
        for hospital in (row.supporter, row.recipient)
        if hospital is not None
    }


def _newcomers(tables: engine.Round, day: dt.date) -> list[Newcomer]:
    """Registered county hospitals of the counties that the round leaves without any recipient."""
    empty = empty_counties(tables)
    named = _hospitals(tables).keys()
    fit = Hospital.objects.filter(state=Hospital.State.ACTIVE, tier=Hospital.Tier.COUNTY).exclude(
        kind=Hospital.Kind.TOWNSHIP
    )
    there = set(fit.filter(places__division__code__in=empty).values_list("pk", flat=True))
    if not there:
        return []
    return [
        Newcomer(hospital)
        for pk, hospital in engine_hospitals(day).items()
        if pk in there and hospital.unit_code in empty and hospital.key not in named
    ]


def _departments(ids: Iterable[int], day: dt.date) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Specialties by hospital key, of a day: those that are weak or missing, and those that are there."""
    weak: dict[str, list[str]] = defaultdict(list)
    strong: dict[str, list[str]] = defaultdict(list)
    rows = Department.objects.filter(
        Q(closed_on__isnull=True) | Q(closed_on__gt=day),
        Q(opened_on__isnull=True) | Q(opened_on__lte=day),
        hospital__in=list(ids),
    )
    for key, specialty, state in rows.order_by("pk").values_list("hospital__key", "specialty", "state"):
        (weak if state in NEEDED else strong)[key].append(specialty)
    return weak, strong


def _aid_months(ids: Mapping[str, int], day: dt.date) -> dict[str, int]:
    """Person-months a year that other aid programmes take; tasks without a figure are not counted."""
    rows = AidLoad.objects.filter(
        Q(end__isnull=True) | Q(end__gte=day),
        start__lte=day,
        hospital__in=list(ids.values()),
        person_months__isnull=False,
    )
    return dict(rows.values_list("hospital__key").annotate(total=Sum("person_months")).order_by())


def _closed(ids: Mapping[str, int]) -> frozenset[str]:
    rows = Hospital.objects.filter(
        pk__in=list(ids.values()), state=Hospital.State.CLOSED, closed_on__lte=timezone.localdate()
    )
    return frozenset(rows.values_list("key", flat=True))


def _distances(
    tables: engine.Round, newcomers: Iterable[Newcomer], ids: Mapping[str, int], day: dt.date
) -> dict[tuple[str, str], Distance]:
    """Roads from every supporter to every recipient that it may get."""
    by_id = hospital_places(SYSTEM, ids.values(), day)
    places = {key: by_id[pk] for key, pk in ids.items()}
    recipients = {row.recipient.key for row in tables.rows if row.recipient}
    recipients |= {newcomer.hospital.key for newcomer in newcomers}
    givers = {row.supporter.key: places[row.supporter.key] for row in tables.rows if row.supporter}
    takers = {key: places[key] for key in sorted(recipients)} | _seats(tables, day)
    pairs = pairs_to_measure(
        tables,
        {key: place.city_code for key, place in givers.items()},
        {key: place.city_code for key, place in takers.items()},
    )
    found = legs((givers[giver], takers[taker]) for giver, taker in pairs)
    return {pair: known for pair, leg in zip(pairs, found, strict=True) if (known := _distance(leg))}


def _seats(tables: engine.Round, day: dt.date) -> dict[str, Place]:
    """Seats of the counties, for recipients that are still to be named there."""
    seats = Division.objects.on(day).filter(level=Division.Level.COUNTY, code__in=empty_counties(tables))
    return {assumed_key(seat.code): division_place(seat, day) for seat in seats.select_related("parent")}


def _distance(leg: Leg) -> Distance | None:
    return None if leg.km is None else Distance(round(leg.km * 1000), leg.kind)
