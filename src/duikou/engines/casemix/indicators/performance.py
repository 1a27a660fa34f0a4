"""What hospitals do: volume, weight, cost, time and death, by group."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from duikou.engines.casemix.indicators.aggregates import AGGREGATES, summed
from duikou.engines.casemix.indicators.arithmetic import (
    MICRO,
    WEIGHT,
    quantised,
    quotient,
    ratio,
    total,
)
from duikou.engines.casemix.indicators.definitions import Settings
from duikou.engines.casemix.indicators.reference_set import (
    LOW,
    MID_LOW,
    inside_cells,
    reference_cells,
    risk_of_groups,
    sums_of_groups,
    trimmed,
    weights_of_groups,
)
from duikou.engines.casemix.indicators.rows import finished, reported
from duikou.engines.casemix.indicators.tables import Tables


def cases(tables: Tables, settings: Settings) -> ir.Table:
    """Stays."""
    cells = _work(tables, settings)
    units = cells.aggregate(cases=total(cells.cases), by=settings["by"])
    units = units.mutate(numerator=units.cases, denominator=units.cases)
    return finished(units, settings["by"], settings, value=units.cases)


def _work(tables: Tables, settings: Settings, *keys: str) -> ir.Table:
    """Sums of stays; from the larger table of groups only where rows by group are asked for."""
    small = {*settings["by"], *keys} <= {*AGGREGATES["work"].keys, "year"}
    return reported(tables, "work" if small else "groups", settings, *keys)


def groups(tables: Tables, settings: Settings) -> ir.Table:
    """Distinct groups with a case."""
    each = reported(tables, "groups", settings, "drg", grouped=True)
    units = each.aggregate(numerator=each.count().cast("int64"), cases=total(each.cases), by=settings["by"])
    units = units.mutate(denominator=units.cases)
    return finished(units, settings["by"], settings, value=units.numerator)


def grouping_rate(tables: Tables, settings: Settings) -> ir.Table:
    """Grouped among all stays."""
    cells = _work(tables, settings, "grouped")
    units = cells.aggregate(
        numerator=total(cells.cases, where=cells.grouped), cases=total(cells.cases), by=settings["by"]
    )
    return _share(units, settings)


def weights(tables: Tables, settings: Settings) -> ir.Table:
    """Weight of each group from the reference set."""
    each = weights_of_groups(tables, settings)
    each = each.mutate(
        numerator=each.reference_total, denominator=each.reference_cases, cases=each.reference_cases
    )
    return finished(each, ["drg"], settings, value=each.weight)


def total_weight(tables: Tables, settings: Settings) -> ir.Table:
    """Sum of the weights of grouped cases."""
    units = _weighed(tables, settings)
    return finished(units, settings["by"], settings, value=units.numerator)


def cmi(tables: Tables, settings: Settings) -> ir.Table:
    """Mean weight of the grouped cases that have one."""
    units = _weighed(tables, settings)
    value = ratio(units.numerator, units.denominator, MICRO // WEIGHT)
    return finished(units, settings["by"], settings, value=value, counted="denominator")


def _weighed(tables: Tables, settings: Settings) -> ir.Table:
    each = reported(tables, "groups", settings, "drg", grouped=True)
    weight = weights_of_groups(tables, settings, each).select("drg", "weight")
    joined = each.join(weight, "drg", how="left").select(each, weight.weight)
    return joined.aggregate(
        numerator=total(joined.weight * joined.cases),
        denominator=total(joined.cases, where=joined.weight.notnull()),
        cases=total(joined.cases),
        by=settings["by"],
    )


def cost_index(tables: Tables, settings: Settings) -> ir.Table:
    """Own mean cost against the reference, group by group."""
    return _index(tables, settings, "total", "reference_total")


def time_index(tables: Tables, settings: Settings) -> ir.Table:
    """Own mean stay against the reference, group by group."""
    return _index(tables, settings, "days", "reference_days")


def _index(tables: Tables, settings: Settings, own: str, reference: str) -> ir.Table:
    """Each unit and group gives a quotient in millionths; they are summed by their cases."""
    if trimmed(settings):
        cells = inside_cells(tables, reported(tables, "costs", settings, "drg", "cost_class"), settings)
        each = summed("costs", cells, [*settings["by"], "drg"])
    else:
        each = reported(tables, "groups", settings, "drg", grouped=True)
    means = sums_of_groups(tables, settings, each)
    means = means.filter(means.reference_cases >= settings["minimum_group"])
    joined = each.join(means, "drg").select(each, means.reference_cases, means[reference])
    norm = quotient(joined[reference], joined.reference_cases)
    joined = joined.mutate(
        index=quantised(quotient(joined[own], joined.cases) / norm.nullif(0) * float(MICRO))
    )
    joined = joined.filter(joined.index.notnull())
    units = joined.aggregate(
        numerator=total(joined.index * joined.cases), cases=total(joined.cases), by=settings["by"]
    )
    units = units.mutate(denominator=units.cases)
    return finished(units, settings["by"], settings, value=ratio(units.numerator, units.cases, 1))


def risk_classes(tables: Tables, settings: Settings) -> ir.Table:
    """Risk class of each group."""
    each = risk_of_groups(tables, settings)
    each = each.mutate(
        numerator=each.reference_deaths, denominator=each.reference_cases, cases=each.reference_cases
    )
    return finished(each, ["drg"], settings, value=each.risk)


def low_risk_mortality(tables: Tables, settings: Settings) -> ir.Table:
    """Deaths in groups of low risk."""
    return _mortality_of_class(tables, settings, LOW)


def mid_low_risk_mortality(tables: Tables, settings: Settings) -> ir.Table:
    """Deaths in groups of mid-low risk."""
    return _mortality_of_class(tables, settings, MID_LOW)


def _mortality_of_class(tables: Tables, settings: Settings, risk: int) -> ir.Table:
    cells = reported(tables, "groups", settings, "drg", grouped=True)
    classes = risk_of_groups(tables, settings, cells)
    members = classes.filter(classes.risk == risk).select("drg")
    cells = cells.semi_join(members, "drg")
    units = cells.aggregate(numerator=total(cells.deaths), cases=total(cells.cases), by=settings["by"])
    return _share(units, settings)


def mortality_ratio(tables: Tables, settings: Settings) -> ir.Table:
    """Deaths against those expected by the groups."""
    units = _expected(tables, settings)
    return finished(units, settings["by"], settings, value=ratio(units.numerator * MICRO, units.denominator))


def standardised_mortality(tables: Tables, settings: Settings) -> ir.Table:
    """Deaths against those expected, times the mortality of the reference set."""
    units = _expected(tables, settings)
    cells = reference_cells(tables, settings, "groups")
    norm = cells.aggregate(all_deaths=total(cells.deaths), all_cases=total(cells.cases))
    units = units.cross_join(norm)
    smr = quotient(units.numerator * MICRO, units.denominator)
    value = quantised(smr * quotient(units.all_deaths, units.all_cases) * float(MICRO))
    return finished(units, settings["by"], settings, value=value)


def _expected(tables: Tables, settings: Settings) -> ir.Table:
    """Return deaths as numerator and expected deaths in millionths as denominator."""
    each = reported(tables, "groups", settings, "drg", grouped=True)
    norm = risk_of_groups(tables, settings, each)
    norm = norm.select("drg", expected=ratio(norm.reference_deaths, norm.reference_cases))
    joined = each.join(norm, "drg").select(each, norm.expected)
    return joined.aggregate(
        numerator=total(joined.deaths),
        denominator=total(joined.expected * joined.cases),
        cases=total(joined.cases),
        by=settings["by"],
    )


def average_stay(tables: Tables, settings: Settings) -> ir.Table:
    """Mean days of stay."""
    return _per_stay(tables, settings, "days")


def average_cost(tables: Tables, settings: Settings) -> ir.Table:
    """Mean cost, in fen."""
    return _per_stay(tables, settings, "total", scale=1)


def operation_share(tables: Tables, settings: Settings) -> ir.Table:
    """Stays with an operation."""
    return _per_stay(tables, settings, "operated")


def mortality(tables: Tables, settings: Settings) -> ir.Table:
    """Stays that ended in death."""
    return _per_stay(tables, settings, "deaths")


def _per_stay(tables: Tables, settings: Settings, column: str, scale: int = MICRO) -> ir.Table:
    cells = _work(tables, settings)
    units = cells.aggregate(numerator=total(cells[column]), cases=total(cells.cases), by=settings["by"])
    return _share(units, settings, scale)


def _share(units: ir.Table, settings: Settings, scale: int = MICRO) -> ir.Table:
    units = units.mutate(denominator=units.cases)
    value = ratio(units.numerator, units.denominator, scale)
    return finished(units, settings["by"], settings, value=value)


def median_stay(tables: Tables, settings: Settings) -> ir.Table:
    """Median days of stay, exact from the histogram: the mean of the middle two."""
    by = list(settings["by"])
    cells = reported(tables, "lengths", settings, "stay_days")
    each = cells.aggregate(cases=total(cells.cases), by=[*by, "stay_days"])
    each = each.mutate(
        below=each.cases.sum().over(ibis.cumulative_window(group_by=by, order_by="stay_days")).cast("int64"),
        all=each.cases.sum().over(ibis.window(group_by=by)).cast("int64"),
    )
    units = each.aggregate(
        lower=each.stay_days.min(where=each.below * 2 >= each["all"]),
        upper=each.stay_days.min(where=each.below * 2 > each["all"]),
        cases=total(each.cases),
        by=by,
    )
    units = units.filter(units.cases > 0)
    units = units.mutate(numerator=units.lower.cast("int64") + units.upper, denominator=2)
    value = ratio(units.numerator, units.denominator)
    return finished(units, by, settings, value=value)
