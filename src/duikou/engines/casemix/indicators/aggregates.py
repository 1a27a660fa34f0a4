"""Small tables of sums from which every indicator is computed exactly.

Each is a table of cells: keys and sums of whole numbers. Cells of two sets of stays that
have no stay in common add up to the cells of both, so a store keeps them up to date by
replacing those of one hospital and month, and provinces can send them up instead of stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import ibis
import ibis.expr.types as ir

from duikou.engines.casemix.indicators.arithmetic import total

UNKNOWN: Final = ""  # residence not known: a class of its own, always shown
ELSEWHERE: Final = "other"  # residence known, outside the divisions of the crosswalk

PLACE: Final = ("hospital", "hospital_county", "city", "month")
HOME: Final = ("residence", "residence_city")


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One table of cells: which stays it is of, its keys, its sums."""

    keys: tuple[str, ...]
    sums: tuple[str, ...]
    of_grouped: bool = False  # only stays with a group
    of_residents: bool = False  # also the stays outside the area that a second source knows


AGGREGATES: Final = {
    "groups": Aggregate(
        (*PLACE, "mdc", "adrg", "drg", "grouped"), ("cases", "deaths", "operated", "days", "total")
    ),
    "residents": Aggregate((*PLACE, *HOME, "payment"), ("cases", "total"), of_residents=True),
    "diseases": Aggregate((*PLACE, *HOME, "disease", "major_disease"), ("cases",), of_residents=True),
    "referrals": Aggregate((*PLACE, *HOME, "drg"), ("cases", "deaths", "total"), of_grouped=True),
    "lengths": Aggregate((*PLACE, "stay_days"), ("cases",)),
    "costs": Aggregate((*PLACE, "drg", "cost_class"), ("cases", "days", "total"), of_grouped=True),
}
"""`lengths` and `costs` are histograms: medians and trimming need the distribution."""


def located(facts: ir.Table, crosswalk: ir.Table | None) -> ir.Table:
    """Read the division codes of stays as on the reporting day; without crosswalk as they are.

    The crosswalk has, for each code and stretch of time (`valid_from`, and `valid_to`, the
    first day after it; null = open), the `county` and `city` on the reporting day. A hospital
    outside it keeps its codes; a resident of a place outside it lives elsewhere.
    """
    if crosswalk is None:
        home = facts.residence.fill_null(UNKNOWN)
        return facts.mutate(
            hospital_county=facts.hospital_county.fill_null(""),
            city=facts.city.fill_null(""),
            residence=home,
            residence_city=ibis.cases((home == UNKNOWN, UNKNOWN), else_=home.substr(0, 4) + "00"),
        )
    place, living = _spans(crosswalk, "place"), _spans(crosswalk, "home")
    stays = facts.join(
        place,
        [facts.hospital_county == place.place_code, *_within(facts, place, "place")],
        how="left",
    ).select(facts, place.place_county, place.place_city)
    stays = stays.join(
        living, [stays.residence == living.home_code, *_within(stays, living, "home")], how="left"
    ).select(stays, living.home_county, living.home_city)
    unknown = stays.residence.fill_null(UNKNOWN) == UNKNOWN
    return stays.mutate(
        hospital_county=stays.place_county.coalesce(stays.hospital_county, ""),
        city=stays.place_city.coalesce(stays.city, ""),
        residence=ibis.cases((unknown, UNKNOWN), else_=stays.home_county.coalesce(ELSEWHERE)),
        residence_city=ibis.cases((unknown, UNKNOWN), else_=stays.home_city.coalesce(ELSEWHERE)),
    ).drop("place_county", "place_city", "home_county", "home_city")


def _spans(crosswalk: ir.Table, prefix: str) -> ir.Table:
    return crosswalk.select(
        **{
            f"{prefix}_code": crosswalk.code,
            f"{prefix}_since": crosswalk.valid_from.coalesce(ibis.date(1900, 1, 1)),
            f"{prefix}_until": crosswalk.valid_to.coalesce(ibis.date(9999, 12, 31)),
            f"{prefix}_county": crosswalk.county,
            f"{prefix}_city": crosswalk.city,
        }
    )


def _within(stays: ir.Table, spans: ir.Table, prefix: str) -> list[ir.Value]:
    return [stays.discharged >= spans[f"{prefix}_since"], stays.discharged < spans[f"{prefix}_until"]]


def cells(name: str, stays: ir.Table) -> ir.Table:
    """Return the cells of one aggregate over located stays."""
    aggregate = AGGREGATES[name]
    if aggregate.of_grouped:
        stays = stays.filter(stays.grouped)
    if name == "lengths":
        stays = stays.filter(stays.stay_days.notnull())
    keys = {key: KEYS[key](stays) if key in KEYS else stays[key] for key in aggregate.keys}
    return stays.aggregate(
        [SUMS[column](stays).name(column) for column in aggregate.sums],
        by=[value.name(key) for key, value in keys.items()],
    )


def added(name: str, parts: Sequence[ir.Table]) -> ir.Table:
    """Return the cells of all the parts together, such as those of several provinces."""
    aggregate = AGGREGATES[name]
    columns = (*aggregate.keys, *aggregate.sums)
    first, *others = (part.select(*columns) for part in parts)
    whole = first.union(*others, distinct=False) if others else first
    return whole.aggregate(
        [total(whole[column]).name(column) for column in aggregate.sums], by=aggregate.keys
    )


def cost_class(cost: ir.Value) -> ir.Value:
    """Return the cost rounded down to two significant digits: 90 classes in each power of ten.

    Trimming cuts between classes, so that it needs the distribution and not the stays.
    """
    steps = [(cost < 10 ** (digits + 2), cost // 10**digits * 10**digits) for digits in range(12)]
    return ibis.cases((cost < 100, cost), *steps, else_=cost // 10**12 * 10**12).cast("int64")


def _text(column: str) -> Callable[[ir.Table], ir.Value]:
    return lambda stays: stays[column].fill_null("")


KEYS: Final[dict[str, Callable[[ir.Table], ir.Value]]] = {
    "mdc": _text("mdc"),
    "adrg": _text("adrg"),
    "drg": _text("drg"),
    "disease": _text("disease"),
    "payment": _text("payment"),
    "grouped": lambda stays: stays.grouped.fill_null(False),
    "major_disease": lambda stays: stays.major_disease.fill_null(0),
    "cost_class": lambda stays: cost_class(stays.total.fill_null(0)),
}

SUMS: Final[dict[str, Callable[[ir.Table], ir.Value]]] = {
    "cases": lambda stays: stays.count().cast("int64"),
    "deaths": lambda stays: total(stays.died),
    "operated": lambda stays: total(stays.operated),
    "days": lambda stays: total(stays.stay_days),
    "total": lambda stays: total(stays.total),
}
