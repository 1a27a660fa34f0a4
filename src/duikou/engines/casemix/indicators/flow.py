"""Where the residents of a county go: shares in county and city, outflow, top lists."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from duikou.engines.casemix.indicators.aggregates import summed
from duikou.engines.casemix.indicators.arithmetic import ratio, total
from duikou.engines.casemix.indicators.definitions import Settings
from duikou.engines.casemix.indicators.places import ELSEWHERE, UNKNOWN
from duikou.engines.casemix.indicators.rows import cells_reported, finished, ranked, reported
from duikou.engines.casemix.indicators.tables import Tables

FLOW = ("residence", "away")
GOAL_SCALE = 10_000  # a goal in percent, in millionths


def known(cells: ir.Table) -> ir.Value:
    """Cells of stays whose flow is known: residence and place of the hospital."""
    return (cells.residence != UNKNOWN) & cells.away.notnull()


def in_county(cells: ir.Table) -> ir.Value:
    """Cells of stays in the county of residence."""
    return ~cells.away


def in_county_rate(tables: Tables, settings: Settings) -> ir.Table:
    """Stays in the own county."""
    cells = _residents(tables, settings)
    return _reached(_share(cells, settings, in_county(cells)), settings)


def in_county_insured_rate(tables: Tables, settings: Settings) -> ir.Table:
    """Stays of the insured in the own county."""
    cells = _residents(tables, settings, "payment")
    cells = cells.filter(cells.payment.isin(list(settings["payments"])))
    return _reached(_share(cells, settings, in_county(cells)), settings)


def in_county_cost_share(tables: Tables, settings: Settings) -> ir.Table:
    """Cost of the stays in the own county."""
    cells = _residents(tables, settings)
    return _share(cells, settings, in_county(cells), "total")


def out_of_county_rate(tables: Tables, settings: Settings) -> ir.Table:
    """Stays outside the own county."""
    cells = _residents(tables, settings)
    return _share(cells, settings, ~in_county(cells))


def in_city_rate(tables: Tables, settings: Settings) -> ir.Table:
    """Stays in the own city, the county included."""
    cells = _residents(tables, settings, "city", "residence_city")
    return _share(cells, settings, in_county(cells) | (cells.city == cells.residence_city))


def residence_coverage(tables: Tables, settings: Settings) -> ir.Table:
    """Stays whose residence is known."""
    cells = reported(tables, "residents", settings, "residence")
    units = cells.aggregate(
        numerator=total(cells.cases, where=cells.residence != UNKNOWN),
        cases=total(cells.cases),
        by=settings["by"],
    )
    units = units.mutate(denominator=units.cases)
    value = ratio(units.numerator, units.denominator)
    return finished(units, settings["by"], settings, value=value)


def _residents(tables: Tables, settings: Settings, *keys: str) -> ir.Table:
    cells = reported(tables, "residents", settings, *FLOW, *keys)
    return cells.filter(cells.residence != ELSEWHERE)


def _share(cells: ir.Table, settings: Settings, chosen: ir.Value, column: str = "cases") -> ir.Table:
    """The chosen among stays of known flow; those of unknown residence are a row of cases alone."""
    counted = known(cells)
    units = cells.aggregate(
        numerator=total(cells[column], where=counted & chosen),
        denominator=total(cells[column], where=counted),
        counted=total(cells.cases, where=counted),
        cases=total(cells.cases),
        by=settings["by"],
    )
    value = ratio(units.numerator, units.denominator)
    return finished(units, settings["by"], settings, value=value, counted="counted")


def _reached(result: ir.Table, settings: Settings) -> ir.Table:
    """Say whether the goal is reached."""
    return result.mutate(reached=result.value >= settings["goal"] * GOAL_SCALE)


def outflow_destinations(tables: Tables, settings: Settings) -> ir.Table:
    """Hospitals outside that the residents go to."""
    cells = _residents(tables, settings, "hospital")
    cells = cells.filter(known(cells) & ~in_county(cells))
    by = list(settings["by"])
    each = cells.aggregate(numerator=total(cells.cases), by=[*by, "hospital"])
    each = _with_whole(each, by, denominator=each.numerator)
    each = ranked(each.mutate(cases=each.numerator), by, "numerator", "hospital")
    value = ratio(each.numerator, each.denominator)
    return finished(each, [*by, "hospital"], settings, value=value, extra=["rank"])


def outflow_diseases(tables: Tables, settings: Settings) -> ir.Table:
    """Stays outside among all of the disease."""
    return _outflow(
        _diseases(reported(tables, "diseases", settings, *FLOW, "disease"), settings), settings, "disease"
    )


def outflow_groups(tables: Tables, settings: Settings) -> ir.Table:
    """Stays outside among all of the group."""
    return _outflow(_of_residents(reported(tables, "referrals", settings, *FLOW, "drg")), settings, "drg")


def _of_residents(cells: ir.Table) -> ir.Table:
    return cells.filter(known(cells) & (cells.residence != ELSEWHERE))


def _diseases(cells: ir.Table, settings: Settings) -> ir.Table:
    cells = _of_residents(cells).filter(cells.disease != "")
    for beginning in settings["exclude"]:
        cells = cells.filter(~cells.disease.startswith(beginning))
    return cells


def _outside(cells: ir.Table, by: Sequence[str], key: str) -> ir.Table:
    """Stays outside and all stays of each unit and key."""
    return cells.aggregate(
        numerator=total(cells.cases, where=~in_county(cells)), cases=total(cells.cases), by=[*by, key]
    )


def _outflow(cells: ir.Table, settings: Settings, key: str) -> ir.Table:
    by = list(settings["by"])
    each = _outside(cells, by, key)
    each = ranked(each.filter(each.numerator > 0), by, "numerator", key)
    each = each.mutate(denominator=each.cases)
    value = ratio(each.numerator, each.denominator)
    return finished(each, [*by, key], settings, value=value, extra=["rank"])


def out_referral_list(tables: Tables, settings: Settings) -> ir.Table:
    """The diseases with most stays outside in the years up to the last month."""
    by = list(settings["by"])
    cells = tables.of("diseases", None, settings["to_month"])
    if settings["to_month"] is not None:
        cells = cells.filter(cells.month > settings["to_month"] - 100 * settings["years"])
    else:
        last = cells.aggregate(last=cells.month.max()).as_scalar()
        cells = cells.filter(cells.month > last - 100 * settings["years"])
    cells = summed("diseases", cells, [*by, *FLOW, "disease"])
    each = _outside(_diseases(cells, settings), by, "disease")
    each = _with_whole(each, by, denominator=each.numerator)
    each = ranked(each.filter(each.numerator > 0), by, "numerator", "disease")
    each = each.filter(each["rank"] <= settings["k"])
    value = ratio(each.numerator, each.denominator)
    return finished(each, [*by, "disease"], settings, value=value, extra=["rank"])


def _with_whole(each: ir.Table, by: Sequence[str], **sums: ir.Value) -> ir.Table:
    """Add to each row the sum over its unit."""
    window = ibis.window(group_by=list(by))
    return each.mutate(**{name: value.sum().over(window).cast("int64") for name, value in sums.items()})


def major_diseases_in_county(tables: Tables, settings: Settings) -> ir.Table:
    """Stays in the own county among those for each major disease."""
    cells = _of_residents(reported(tables, "diseases", settings, *FLOW, "major_disease"))
    cells = cells.filter(cells.major_disease > 0)
    by = [*settings["by"], "major_disease"]
    units = _outside(cells, settings["by"], "major_disease")
    units = units.mutate(numerator=units.cases - units.numerator, denominator=units.cases)
    return finished(units, by, settings, value=ratio(units.numerator, units.denominator))


def down_referral_candidates(tables: Tables, settings: Settings) -> ir.Table:
    """Groups that county hospitals treat as safely and more cheaply, and who goes elsewhere for them.

    County care is a stay in a county-level hospital where these are named, else a stay in
    the county of residence.
    """
    by = list(settings["by"])
    cells = cells_reported(tables, "referrals", settings)
    if tables.county_hospitals is None:
        cells = _of_residents(cells)
        cells = cells.mutate(county_care=in_county(cells))
    else:
        named = tables.county_hospitals.select(named="hospital").distinct()
        joined = cells.join(named, cells.hospital == named.named, how="left").select(cells, named.named)
        cells = joined.mutate(county_care=joined.named.notnull()).drop("named")
    cells = summed("referrals", cells, [*by, *FLOW, "drg", "county_care"])
    groups = _candidates(cells, settings)
    residents = _of_residents(cells)
    each = residents.aggregate(
        numerator=total(residents.cases, where=~in_county(residents) & ~residents.county_care),
        cases=total(residents.cases),
        by=[*by, "drg"],
    )
    joined = each.join(groups, "drg").select(each, groups.cost_ratio, groups.inside_mean, groups.outside_mean)
    joined = joined.filter(joined.numerator > 0)
    joined = joined.mutate(
        denominator=joined.cases, saving=(joined.outside_mean - joined.inside_mean) * joined.numerator
    )
    value = ratio(joined.numerator, joined.denominator)
    return finished(
        joined, [*by, "drg"], settings, value=value, extra=["cost_ratio", "saving"], hidden=["saving"]
    )


def _candidates(cells: ir.Table, settings: Settings) -> ir.Table:
    """The groups that qualify, with their mean costs (fen) and the ratio of these."""
    sums = {"n": cells.cases, "deaths": cells.deaths, "total": cells.total}
    sides = {"inside": cells.county_care, "outside": ~cells.county_care}
    each = cells.aggregate(
        **{
            f"{side}_{name}": total(column, where=chosen)
            for side, chosen in sides.items()
            for name, column in sums.items()
        },
        by="drg",
    )
    each = each.mutate(
        inside_mean=ratio(each.inside_total, each.inside_n, 1),
        outside_mean=ratio(each.outside_total, each.outside_n, 1),
    )
    each = each.filter(
        (each.inside_n >= settings["minimum_inside"])
        & (each.outside_n >= settings["minimum_outside"])
        & (each.inside_deaths * each.outside_n <= each.outside_deaths * each.inside_n)
        & (each.inside_mean < each.outside_mean)
    )
    return each.mutate(cost_ratio=ratio(each.inside_mean, each.outside_mean))
