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
    "work": Aggregate((*PLACE, "grouped"), ("cases", "deaths", "operated", "days", "total")),
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


def rows(name: str, stays: ir.Table, keys: Sequence[str] | None = None) -> ir.Table:
    """Return each stay as a cell of its own, without `cases`: one row is one case."""
    aggregate = AGGREGATES[name]
    if aggregate.of_grouped:
        stays = stays.filter(stays.grouped)
    if name == "lengths":
        stays = stays.filter(stays.stay_days.notnull())
    if "cost_class" in aggregate.keys:
        stays = stays.mutate(cost_class=cost_class(stays.total.fill_null(0)))
    columns = {column: SUMS[column](stays) for column in aggregate.sums if column != "cases"}
    return stays.select(**{key: stays[key] for key in keys or aggregate.keys}, **columns)


def summed(name: str, cells: ir.Table, keys: Sequence[str]) -> ir.Table:
    """Return cells summed by some of their keys, in which nothing is null any more.

    Engines group fastest by columns as they are stored, so what is null is named afterwards;
    two rows of one key can come of that, and sums of them are made again in any case.
    """
    distinct = list(dict.fromkeys(keys))
    table = cells.aggregate(_totals(name, cells), by=distinct)
    named = {key: table[key].fill_null(NOTHING[key]) for key in distinct if key in NOTHING}
    return table.mutate(**named)


def _in_whole_numbers(name: str, table: ir.Table) -> ir.Table:
    """Make sums 64 bits wide before they are kept: DuckDB's have 128, which it writes to files as fractions.

    A cast to the type that Ibis believes them to have would be left out of the statement.
    """
    columns = AGGREGATES[name].sums
    return table.mutate(**{one: table[one].cast("decimal(38, 0)").cast("int64") for one in columns})


def _sums_in(name: str, cells: ir.Table) -> list[str]:
    return [column for column in AGGREGATES[name].sums if column in cells.columns]


def _totals(name: str, cells: ir.Table) -> list[ir.Value]:
    """Sum the cells; where each is one case, counting them is cheaper."""
    found = [total(cells[column]).name(column) for column in _sums_in(name, cells)]
    return found if "cases" in cells.columns else [cells.count().cast("int64").name("cases"), *found]


def added(name: str, parts: Sequence[ir.Table], keys: Sequence[str] | None = None) -> ir.Table:
    """Return the cells of all the parts together, such as those of several provinces."""
    keys = list(keys or sum_keys(name))
    first, *others = (part.select(*keys, *_sums_in(name, part)) for part in parts)
    whole = first.union(*others, distinct=False) if others else first
    return _in_whole_numbers(name, whole.aggregate(_totals(name, whole), by=keys))


def sums(name: str, facts: ir.Table) -> ir.Table:
    """Return the sums of one aggregate over facts, with their codes as they were given."""
    return _in_whole_numbers(name, summed(name, rows(name, facts, sum_keys(name)), sum_keys(name)))


def sum_keys(name: str) -> tuple[str, ...]:
    """Return the keys of sums with codes as they were given."""
    return tuple(key for key in AGGREGATES[name].keys if key != "residence_city")


def cost_class(cost: ir.Value) -> ir.Value:
    """Return the cost rounded down to two significant digits: 90 classes in each power of ten.

    Trimming cuts between classes, so that it needs the distribution and not the stays.
    """
    steps = [(cost < 10 ** (digits + 2), cost // 10**digits * 10**digits) for digits in range(12)]
    return ibis.cases((cost < 100, cost), *steps, else_=cost // 10**12 * 10**12).cast("int64")


NOTHING: Final[dict[str, str | bool | int]] = {
    **dict.fromkeys(("hospital_county", "city", "residence", "residence_city"), ""),
    **dict.fromkeys(("mdc", "adrg", "drg", "disease", "payment"), ""),
    "grouped": False,
    "major_disease": 0,
}
"""What stands for null in a key."""

SUMS: Final[dict[str, Callable[[ir.Table], ir.Value]]] = {
    "deaths": lambda stays: stays.died.cast("int64"),
    "operated": lambda stays: stays.operated.cast("int64"),
    "days": lambda stays: stays.stay_days.cast("int64"),
    "total": lambda stays: stays.total.cast("int64"),
}
