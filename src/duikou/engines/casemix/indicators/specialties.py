"""Main categories (MDC) that a hospital has no case in."""

from __future__ import annotations

import ibis.expr.types as ir

from duikou.engines.casemix.indicators.arithmetic import table_of_constant, total
from duikou.engines.casemix.indicators.definitions import Settings
from duikou.engines.casemix.indicators.reference_set import reference_cells
from duikou.engines.casemix.indicators.rows import finished, reported
from duikou.engines.casemix.indicators.tables import Tables


def missing_specialties(tables: Tables, settings: Settings) -> ir.Table:
    """How many of the MDCs to be had have no case."""
    grid = _grid(tables, settings)
    units = grid.aggregate(
        numerator=total(grid.found == 0),
        denominator=grid.count().cast("int64"),
        cases=total(grid.found),
        by=settings["by"],
    )
    units = units.filter(units.denominator > 0)
    return finished(units, settings["by"], settings, value=units.numerator)


def missing_specialty_list(tables: Tables, settings: Settings) -> ir.Table:
    """Which of the MDCs to be had have no case."""
    grid = _grid(tables, settings)
    missing = grid.filter(grid.found == 0)
    missing = missing.mutate(numerator=missing.found, denominator=missing.found, cases=missing.found)
    return finished(missing, [*settings["by"], "mdc"], settings, value=missing.found)


def _grid(tables: Tables, settings: Settings) -> ir.Table:
    """Every unit with every MDC to be had, and the grouped cases found."""
    by = list(settings["by"])
    cells = reported(tables, "groups", settings, "mdc", "grouped")
    if settings["mdcs"]:
        wanted = table_of_constant("wanted", settings["mdcs"]).distinct()
    else:
        wanted = reference_cells(tables, settings, "groups", "mdc").select(wanted="mdc").distinct()
    units = cells.select(by).distinct() if by else None
    grid = wanted if units is None else units.cross_join(wanted)
    had = cells.filter(cells.grouped)
    had = had.aggregate(had_cases=total(had.cases), by=[*by, "mdc"])
    had = had.rename({f"had_{name}": name for name in [*by, "mdc"]})
    matched = [grid[name] == had[f"had_{name}"] for name in by]
    joined = grid.join(had, [*matched, grid.wanted == had.had_mdc], how="left")
    return joined.select(*by, mdc=joined.wanted, found=joined.had_cases.fill_null(0))
