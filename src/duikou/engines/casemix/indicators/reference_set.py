"""What the reference set says of each group: cases, means, weights, risk of death."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from duikou.engines.casemix.indicators.aggregates import summed
from duikou.engines.casemix.indicators.arithmetic import LOGARITHM, WEIGHT, quantised, quotient, total
from duikou.engines.casemix.indicators.definitions import BadParameter, Settings
from duikou.engines.casemix.indicators.tables import Tables

NONE, LOW, MID_LOW, MID_HIGH, HIGH = range(5)  # risk classes


def reference_cells(tables: Tables, settings: Settings, name: str, *keys: str) -> ir.Table:
    """Return the grouped cells of the reference set and period, summed by these keys."""
    listed = settings["reference"] == "listed"
    table = tables.over(name, settings["reference_from"], settings["reference_to"], places=listed)
    if name == "groups":
        table = table.filter(table.grouped)
    if listed:
        if tables.reference is None:
            raise BadParameter(
                "reference 为 listed 时须给出参照医院名单",
                "a list of the reference hospitals is needed where reference is listed",
            )
        table = table.semi_join(tables.reference.distinct(), "hospital")
    return summed(name, table, keys)


def trimmed(settings: Settings) -> bool:
    """Whether cases are left out of the means."""
    return bool(settings.get("trim_low", 0) > 0 or settings.get("trim_high", 100) < 100)


def kept_classes(tables: Tables, settings: Settings) -> ir.Table:
    """Return, for each group, the lowest and highest class of cost that trimming keeps.

    A class is kept from the one in which the low percentile of the reference set lies to the
    one in which the high percentile lies.
    """
    cells = reference_cells(tables, settings, "costs", "drg", "cost_class")
    by_class = cells.aggregate(cases=total(cells.cases), by=["drg", "cost_class"])
    within = ibis.window(group_by="drg")
    upward = ibis.cumulative_window(group_by="drg", order_by="cost_class")
    by_class = by_class.mutate(
        below=by_class.cases.sum().over(upward).cast("int64"),
        all=by_class.cases.sum().over(within).cast("int64"),
    )
    return by_class.aggregate(
        lowest=by_class.cost_class.min(where=by_class.below * 100 >= by_class["all"] * settings["trim_low"]),
        highest=by_class.cost_class.min(
            where=by_class.below * 100 >= by_class["all"] * settings["trim_high"]
        ),
        by="drg",
    )


def inside_cells(tables: Tables, cells: ir.Table, settings: Settings) -> ir.Table:
    """Keep those cells of `costs` that trimming leaves in."""
    kept = kept_classes(tables, settings)
    joined = cells.join(kept, "drg").select(cells, kept.lowest, kept.highest)
    inside = (joined.cost_class >= joined.lowest) & (joined.cost_class <= joined.highest)
    return joined.filter(inside).drop("lowest", "highest")


def same_stays(settings: Settings) -> bool:
    """Whether the reference set is just what is reported on, so that one look at it will do."""
    periods = (("from_month", "reference_from"), ("to_month", "reference_to"))
    return (
        settings["reference"] == "all"
        and not trimmed(settings)
        and all(settings.get(reported) == settings[reference] for reported, reference in periods)
    )


def sums_of_groups(tables: Tables, settings: Settings, own: ir.Table | None = None) -> ir.Table:
    """Return cases, cost and days of each group in the reference set, trimmed as set.

    `own` are the grouped cells reported on, summed in any way that keeps the groups apart.
    """
    if own is not None and same_stays(settings):
        cells = own
    elif trimmed(settings):
        cells = inside_cells(
            tables, reference_cells(tables, settings, "costs", "drg", "cost_class"), settings
        )
    else:
        cells = reference_cells(tables, settings, "groups", "drg")
    return cells.aggregate(
        reference_cases=total(cells.cases),
        reference_total=total(cells.total),
        reference_days=total(cells.days),
        by="drg",
    )


def weights_of_groups(tables: Tables, settings: Settings, own: ir.Table | None = None) -> ir.Table:
    """Return the weight (1e-4) of each group that has one: imported, or from the reference set.

    `own` as in `sums_of_groups`.
    """
    if settings.get("weights") == "imported":
        if tables.weights is None:
            raise BadParameter(
                "weights 为 imported 时须给出权重表",
                "a table of weights is needed where weights is imported",
            )
        return tables.weights.select("drg", weight=tables.weights.weight.cast("int64"))
    groups = sums_of_groups(tables, settings, own)
    everything = groups.aggregate(
        all_cases=total(groups.reference_cases), all_total=total(groups.reference_total)
    )
    both = groups.filter(groups.reference_cases >= settings["minimum_group"]).cross_join(everything)
    mean = quotient(both.reference_total, both.reference_cases)
    overall = quotient(both.all_total, both.all_cases)
    return both.mutate(weight=quantised(mean / overall.nullif(0) * float(WEIGHT)))


def risk_of_groups(tables: Tables, settings: Settings, own: ir.Table | None = None) -> ir.Table:
    """Return cases, deaths and risk class of each group with enough cases in the reference set.

    `own` as in `sums_of_groups`.
    """
    if own is not None and same_stays(settings):
        cells = own
    else:
        cells = reference_cells(tables, settings, "groups", "drg")
    groups = cells.aggregate(
        reference_cases=total(cells.cases), reference_deaths=total(cells.deaths), by="drg"
    )
    groups = groups.filter(groups.reference_cases >= settings["minimum_group"])
    mortal = groups.reference_deaths > 0
    logarithm = quantised(
        quotient(groups.reference_deaths, groups.reference_cases).nullif(0).ln() * float(LOGARITHM)
    )
    groups = groups.mutate(logarithm=ibis.cases((mortal, logarithm), else_=None).cast("int64"))
    cuts = _cuts(groups)
    both = groups.cross_join(cuts)
    no_deaths = LOW if settings.get("zero_deaths") == "low" else NONE
    risk = ibis.cases(
        (both.logarithm.isnull(), no_deaths),
        (both.logarithm < both.mean - both.deviation, LOW),
        (both.logarithm < both.mean, MID_LOW),
        (both.logarithm < both.mean + both.deviation, MID_HIGH),
        else_=HIGH,
    )
    return both.mutate(risk=risk.cast("int64")).drop("mean", "deviation")


def _cuts(groups: ir.Table) -> ir.Table:
    """Return mean and sample standard deviation of the logarithms, quantised; 0 of one group."""
    some = groups.filter(groups.logarithm.notnull())
    sums = some.aggregate(
        n=some.count().cast("int64"),
        first=total(some.logarithm),
        second=total(some.logarithm * some.logarithm),
    )
    spread = sums.n * sums.second - sums["first"] * sums["first"]
    variance = quotient(spread, sums.n * (sums.n - 1)).coalesce(0.0)
    return sums.select(
        mean=quantised(quotient(sums["first"], sums.n)).coalesce(0),
        deviation=quantised(variance.sqrt()),
    )
