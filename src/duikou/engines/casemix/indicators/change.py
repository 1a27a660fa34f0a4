"""What made a hospital's case-mix index change: the mix, the coding, services begun or ended."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from duikou.engines.casemix.indicators.aggregates import summed
from duikou.engines.casemix.indicators.arithmetic import MICRO, WEIGHT, quantised, quotient, ratio, total
from duikou.engines.casemix.indicators.definitions import BadParameter, Settings
from duikou.engines.casemix.indicators.reference_set import weights_of_groups
from duikou.engines.casemix.indicators.rows import finished
from duikou.engines.casemix.indicators.tables import Tables

SCALE = MICRO // WEIGHT
PERIODS = ("base_from", "base_to", "from_month", "to_month")


def cmi_change(tables: Tables, settings: Settings) -> ir.Table:
    """Split the change between two periods into parts that add up to it exactly.

    The ADRGs of both periods are compared with one another; how those of only one period
    move the index is the part of services begun or ended. The mix takes what rounding the
    depth of each ADRG leaves, at most half a millionth for each.
    """
    by = list(settings["by"])
    each = _of_adrgs(tables, settings)
    both = (each.n0 > 0) & (each.n1 > 0)
    units = each.aggregate(
        n0=total(each.n0),
        n1=total(each.n1),
        w0=total(each.w0),
        w1=total(each.w1),
        common_n0=total(each.n0, where=both),
        common_n1=total(each.n1, where=both),
        common_w0=total(each.w0, where=both),
        common_w1=total(each.w1, where=both),
        by=by,
    )
    units = units.filter((units.n0 > 0) & (units.n1 > 0))
    units = units.mutate(
        before=ratio(units.w0, units.n0, SCALE),
        after=ratio(units.w1, units.n1, SCALE),
        common_before=ratio(units.common_w0, units.common_n0, SCALE),
        common_after=ratio(units.common_w1, units.common_n1, SCALE),
    )
    units = _with_depth(units, each, by)
    nothing_common = units.common_n0 == 0
    change = units.after - units.before
    begun = ibis.cases((nothing_common, change), else_=units.after - units.common_after)
    ended = ibis.cases((nothing_common, 0), else_=units.common_before - units.before)
    units = units.mutate(
        numerator=units.w1,
        denominator=units.n1,
        cases=units.n1,
        counted=ibis.least(units.n0, units.n1),
        change=change,
        begun=begun.cast("int64"),
        ended=ended.cast("int64"),
    )
    units = units.mutate(mix=units.change - units.depth - units.begun - units.ended)
    parts = ["before", "after", "mix", "depth", "begun", "ended"]
    return finished(units, by, settings, value=units.change, counted="counted", extra=parts, hidden=parts)


def _of_adrgs(tables: Tables, settings: Settings) -> ir.Table:
    """Cases (n) and weight (w) of each unit and ADRG, before (0) and after (1)."""
    tables.check_months(settings["base_from"], settings["base_to"])
    tables.check_months(settings["from_month"], settings["to_month"])
    cells = tables.of("groups")
    cells = summed("groups", cells.filter(cells.grouped), [*settings["by"], "adrg", "drg", "month"])
    cells = _with_periods(cells, settings)
    each = cells.aggregate(
        n0=total(cells.cases, where=cells.is_before),
        n1=total(cells.cases, where=cells.is_after),
        by=[*settings["by"], "adrg", "drg"],
    )
    weights = weights_of_groups(tables, settings).select("drg", "weight")
    joined = each.join(weights, "drg").select(each, weights.weight)
    joined = joined.filter(joined.weight.notnull())
    return joined.aggregate(
        n0=total(joined.n0),
        n1=total(joined.n1),
        w0=total(joined.n0 * joined.weight),
        w1=total(joined.n1 * joined.weight),
        by=[*settings["by"], "adrg"],
    )


def _with_periods(cells: ir.Table, settings: Settings) -> ir.Table:
    """Mark the cells of the earlier and of the later period."""
    given = [settings[name] for name in PERIODS]
    if all(month is not None for month in given):
        base_from, base_to, first, last = given
        return cells.mutate(
            is_before=cells.month.between(base_from, base_to), is_after=cells.month.between(first, last)
        )
    if any(month is not None for month in given):
        raise BadParameter(
            f"两个时期的四个月份（{'、'.join(PERIODS)}）须同时给出或都不给",
            f"the four months of the two periods ({', '.join(PERIODS)}) go together: give all or none",
        )
    last_month = cells.aggregate(last_month=cells.month.max())
    both = cells.cross_join(last_month)
    year, last_year = both.month // 100, both.last_month // 100
    return both.mutate(is_before=year == last_year - 1, is_after=year == last_year).drop("last_month")


def _with_depth(units: ir.Table, each: ir.Table, by: list[str]) -> ir.Table:
    """Add to each unit the sum over its common ADRGs of change of weight × mean share."""
    common = each.filter((each.n0 > 0) & (each.n1 > 0))
    if by:
        whole = units.select(*by, "common_n0", "common_n1")
        joined = common.join(whole, by).select(common, whole.common_n0, whole.common_n1)
    else:
        joined = common.cross_join(units.select("common_n0", "common_n1"))
    weight = quotient(joined.w1, joined.n1) - quotient(joined.w0, joined.n0)
    share = quotient(joined.n0, joined.common_n0) + quotient(joined.n1, joined.common_n1)
    joined = joined.mutate(depth=quantised(weight * share / 2.0 * float(SCALE)))
    depths = joined.aggregate(depth=total(joined.depth), by=by)
    if not by:
        return units.cross_join(depths)
    return units.join(depths, by, how="left").select(units, depth=depths.depth.fill_null(0))
