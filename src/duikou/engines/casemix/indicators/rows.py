"""What every expression does alike: choose the months, form the units, finish the rows."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from duikou.engines.casemix.indicators.aggregates import summed
from duikou.engines.casemix.indicators.definitions import BadParameter, Settings
from duikou.engines.casemix.indicators.tables import Tables

RESULT = ("numerator", "denominator", "value", "cases", "suppressed")
"""Columns of every result, after its units and details and before its extra columns."""


def reported(tables: Tables, name: str, settings: Settings, *keys: str, grouped: bool = False) -> ir.Table:
    """Return cells of the months reported on, summed by the units and these keys."""
    table = cells_reported(tables, name, settings)
    if grouped:
        table = table.filter(table.grouped)
    return summed(name, table, [*settings["by"], *keys])


def cells_reported(tables: Tables, name: str, settings: Settings) -> ir.Table:
    """Return cells of the months reported on, as they are."""
    by = settings["by"]
    if "month" in by and tables.by_year:
        raise BadParameter("数据按整年汇总，不能按月列出", "the sums are of whole years: no rows by month")
    cells = tables.of if "month" in by or "year" in by else tables.over
    table = cells(name, settings.get("from_month"), settings.get("to_month"))
    return table.mutate(year=(table.month // 100).cast("int64")) if "year" in by else table


def ranked(table: ir.Table, within: Sequence[str], most: str, key: str) -> ir.Table:
    """Number the rows of each unit from 1, the most first; the key decides between equals."""
    window = ibis.window(group_by=list(within), order_by=[table[most].desc(), table[key].asc()])
    return table.mutate(rank=(ibis.row_number().over(window) + 1).cast("int64"))


def finished(
    table: ir.Table,
    keys: Sequence[str],
    settings: Settings,
    *,
    value: ir.Value,
    counted: str = "cases",
    extra: Sequence[str] = (),
    hidden: Sequence[str] = (),
) -> ir.Table:
    """Return the columns of a result in order; a value of too few cases is not shown.

    `counted` is the column whose size the small-number rule looks at; `hidden` are extra
    columns that are as little shown as the value.
    """
    small = table[counted] < settings["minimum"]
    marked = table.mutate(
        numerator=table.numerator.cast("int64"),
        denominator=table.denominator.cast("int64"),
        value=ibis.cases((small, None), else_=value.cast("int64")).cast("int64"),
        cases=table.cases.cast("int64"),
        suppressed=small,
        **{name: ibis.cases((small, None), else_=table[name]) for name in hidden},
    )
    ordered = marked.select(*keys, *RESULT, *extra)
    return ordered.order_by([ordered[key] for key in keys]) if keys else ordered
