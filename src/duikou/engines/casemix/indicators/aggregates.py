"""Small tables of sums from which every indicator is computed exactly.

Each is a table of cells: keys and sums of whole numbers. Cells of two sets of stays that
have no stay in common add up to the cells of both, so a store keeps them up to date by
replacing those of one hospital and month, and provinces can send them up instead of stays.
What is kept and sent has the division codes as they were given (`sums`); what indicators
read has those of the reporting day (`cells`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import ibis
import ibis.expr.types as ir

from duikou.engines.casemix.indicators.arithmetic import total

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


def cells(name: str, stays: ir.Table) -> ir.Table:
    """Return the cells of one aggregate over located stays."""
    return _summed(name, stays, AGGREGATES[name].keys)


def sums(name: str, facts: ir.Table) -> ir.Table:
    """Return the sums of one aggregate over facts, with their codes as they were given."""
    return _summed(name, facts, sum_keys(name))


def sum_keys(name: str) -> tuple[str, ...]:
    """Return the keys of sums with codes as they were given."""
    return tuple(key for key in AGGREGATES[name].keys if key != "residence_city")


def added(name: str, parts: Sequence[ir.Table], keys: Sequence[str] | None = None) -> ir.Table:
    """Return the sums of all the parts together, such as those of several provinces."""
    keys = list(keys or sum_keys(name))
    columns = AGGREGATES[name].sums
    first, *others = (part.select(*keys, *columns) for part in parts)
    whole = first.union(*others, distinct=False) if others else first
    return whole.aggregate([total(whole[column]).name(column) for column in columns], by=keys)


def _summed(name: str, stays: ir.Table, keys: Sequence[str]) -> ir.Table:
    aggregate = AGGREGATES[name]
    if aggregate.of_grouped:
        stays = stays.filter(stays.grouped)
    if name == "lengths":
        stays = stays.filter(stays.stay_days.notnull())
    return stays.aggregate(
        [SUMS[column](stays).name(column) for column in aggregate.sums],
        by=[KEYS[key](stays).name(key) if key in KEYS else stays[key] for key in keys],
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
    "hospital_county": _text("hospital_county"),
    "city": _text("city"),
    "residence": _text("residence"),
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
