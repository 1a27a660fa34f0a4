"""Which hospital a file speaks of, and where that hospital lay, and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from duikou.engines.pairing.names import index_form
from duikou.wings.hospitals.models import Hospital, HospitalPlace

if TYPE_CHECKING:
    import polars as pl


def known_as(hospital: Hospital) -> frozenset[str]:
    """Every text by which a file may name this hospital: its codes, its key, its names."""
    names = (index_form(name) for name in hospital.names.values_list("name", flat=True))
    codes = hospital.discharge_codes.values_list("code", flat=True)
    return frozenset((hospital.key, index_form(hospital.name), *names, *codes))


def spelled(hospital: Hospital, found: Iterable[str]) -> list[str]:
    """Those of the texts found in a file that mean this hospital."""
    known = known_as(hospital)
    return [text for text in found if text in known or index_form(text) in known]


def hospitals_frame(hospital: Hospital, names: Iterable[str]) -> pl.DataFrame:
    """Where the hospital lay and when, for each text by which a file names it (columns `facts.HOSPITALS`)."""
    return _frame([(hospital, names)])


def all_hospitals_frame() -> pl.DataFrame:
    """The same for the whole register, each hospital by its key."""
    return _frame([(one, (one.key,)) for one in Hospital.objects.select_related("division__parent")])


def _frame(wanted: Sequence[tuple[Hospital, Iterable[str]]]) -> pl.DataFrame:
    import polars as pl

    from duikou.engines.casemix.facts import HOSPITALS

    stretches: dict[int, list[HospitalPlace]] = defaultdict(list)
    places = HospitalPlace.objects.filter(hospital__in=[hospital for hospital, _names in wanted])
    for place in places.select_related("division__parent").order_by("hospital", "valid_from"):
        stretches[place.hospital_id].append(place)
    rows = [
        {
            "hospital": name,
            "key": hospital.key,
            "county": division.code,
            "city": division.parent.code if division.parent else division.code,
            "valid_from": start,
            "valid_to": end,
        }
        for hospital, names in wanted
        for name in names
        for division, start, end in [
            (place.division, place.valid_from, place.valid_to) for place in stretches[hospital.pk]
        ]
        or [(hospital.division, None, None)]
    ]
    return pl.DataFrame(rows, schema=dict(HOSPITALS))
