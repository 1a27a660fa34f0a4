"""The insurer's settlements: tables, an import, taking one back, and both rates beside each other."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ninja import File, Form, Router, UploadedFile

from duikou.core.rest import Answer, Because, Call, Id, Limit, Offset, Page, operation, page_of
from duikou.engines.casemix import settlements as engine
from duikou.wings.discharges import months
from duikou.wings.discharges.actions import settlements as actions
from duikou.wings.discharges.api._common import Month
from duikou.wings.discharges.figures import Reader
from duikou.wings.discharges.models import SettlementTable
from duikou.wings.discharges.queries import settlements as queries
from duikou.wings.discharges.queries.scope import Area

router = Router(tags=["discharges"])
ALL, ONE = "/discharge-settlements", "/discharge-settlements/{settlement_id}"
VIEW: dict[str, Any] = {"permission": "discharge.view"}
MANAGE: dict[str, Any] = {"permission": "discharge.manage"}


class SettlementItem(Answer):
    """One imported table of the insurer; a `refused` one has its faults and brought nothing in."""

    id: int
    state: Literal["in_force", "refused", "retracted"]
    filename: str
    sha256: str
    rows: int
    stays: int
    first_month: str | None
    last_month: str | None
    demonstration: bool
    imported_by: str | None
    imported_at: dt.datetime


class SettlementFault(Answer):
    """What is wrong in one cell of a refused table."""

    row: int
    column: str
    found: str
    expected: str
    expected_en: str


class SettlementLineItem(Answer):
    """One county and month: settled stays by where they were."""

    county: str
    county_name: str
    month: str
    in_county: int
    in_city: int
    in_province: int
    outside: int
    in_force: bool
    replaced_by: int | None


class SettlementDetail(SettlementItem):
    """With its lines or its faults."""

    lines: list[SettlementLineItem]
    faults: list[SettlementFault]


def _item(row: SettlementTable) -> dict[str, Any]:
    plain = ("id", "state", "filename", "sha256", "rows", "stays", "demonstration", "imported_at")
    return {
        **{name: getattr(row, name) for name in plain},
        "first_month": months.shown(row.first_month) if row.first_month else None,
        "last_month": months.shown(row.last_month) if row.last_month else None,
        "imported_by": str(row.imported_by) if row.imported_by else None,
    }


def _detail(row: SettlementTable) -> dict[str, Any]:
    return {
        **_item(row),
        "lines": [
            {
                "county": line.division.code,
                "county_name": line.division.name,
                "month": line.period,
                "in_county": line.in_county,
                "in_city": line.in_city,
                "in_province": line.in_province,
                "outside": line.outside,
                "in_force": line.in_force,
                "replaced_by": line.replaced_by_id,
            }
            for line in queries.lines_of(row)
        ],
        "faults": [
            {
                **{name: one[name] for name in ("row", "column", "found")},
                "expected": one["zh"],
                "expected_en": one["en"],
            }
            for one in row.faults
        ],
    }


@operation(router, "GET", ALL, response=Page[SettlementItem], zh="医保结算表", en="Settlement tables", **VIEW)
def list_settlements(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Of the caller's area, newest first."""
    return page_of(queries.tables(request.actor), limit, offset, _item)


@operation(router, "GET", ONE, response=SettlementDetail, zh="一张结算表", en="One settlement table", **VIEW)
def get_settlement(request: Call, settlement_id: Id) -> Any:
    """Its lines, or its faults with row and column."""
    return _detail(queries.table(request.actor, settlement_id))


@operation(
    router,
    "POST",
    ALL,
    response=SettlementDetail,
    status=201,
    zh="导入医保结算表",
    en="Import settlements",
    **MANAGE,
)
def import_settlements(
    request: Call, file: File[UploadedFile], replace: Form[Literal["true", "false"]] = "false"
) -> Any:
    """All of it or nothing: see `state`. 409 where counties and months stand already, unless `replace`."""
    made = actions.import_settlements(
        actor=request.actor,
        content=file.read(actions.MAX_BYTES + 1),
        filename=file.name or "",
        replace=replace == "true",
    )
    return _detail(made)


@operation(
    router,
    "POST",
    f"{ONE}/retract",
    response=SettlementDetail,
    zh="撤回结算表",
    en="Take settlements back",
    **MANAGE,
)
def retract_settlement(request: Call, settlement_id: Id, body: Because) -> Any:
    """It stays on record; what it had replaced does not come back."""
    row = queries.table(request.actor, settlement_id)
    actions.retract(actor=request.actor, table=row, reason=body.reason)
    return _detail(row)


class SourceRate(Answer):
    """The in-county rate by one source, in percent, unrounded; null of too few stays."""

    in_county_rate: float | None
    out_of_county_rate: float | None
    reason: Literal["no_hospital"] | None  # why there is no rate
    stays_in_county: int
    stays: int


class TwoSources(Answer):
    """One county over the months that both sources have; the difference is settlements − front pages."""

    code: str
    county: str
    months: list[str]
    front_pages: SourceRate
    settlements: SourceRate
    joined: SourceRate
    stays_outside_province: int
    difference: float | None


class FormulaItem(Answer):
    """What a rate is."""

    title: str
    title_en: str
    formula: str
    formula_en: str


class TwoSourcesPage(Answer):
    """Rates of both sources, with their terms."""

    formulas: dict[str, FormulaItem]
    formulas_version: int
    limits: str
    limits_en: str
    total: int
    limit: int
    offset: int
    items: list[TwoSources]


def _rate(one: queries.Rate) -> dict[str, Any]:
    return {
        "in_county_rate": one.percent,
        "out_of_county_rate": one.away,
        "reason": one.reason or None,
        "stays_in_county": one.inside,
        "stays": one.whole,
    }


@operation(
    router,
    "GET",
    "/discharge-sources",
    response=TwoSourcesPage,
    zh="两个来源的县域内住院率",
    en="In-county rates of both sources",
    **VIEW,
)
def compare_sources(request: Call, until: Month | None = None, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Of the year up to `until`, for each county of the caller's area that has settlements."""
    with Reader() as reader:
        found = queries.compared(reader, Area(request.actor), months.parse(until) if until else None)
    definition = found.figure.definition
    formulas = {"front_pages": (definition.title, definition.formula)} | {
        name: (one.title, one.formula) for name, one in engine.FORMULAS.items()
    }

    def present(one: queries.Comparison) -> dict[str, Any]:
        return {
            "code": one.county.code,
            "county": one.county.name,
            "months": [months.shown(month) for month in one.months],
            "front_pages": _rate(one.pages),
            "settlements": _rate(one.insurer),
            "joined": _rate(one.joined),
            "stays_outside_province": one.outside,
            "difference": one.difference,
        }

    return {
        "formulas": {
            name: {"title": title.zh, "title_en": title.en, "formula": formula.zh, "formula_en": formula.en}
            for name, (title, formula) in formulas.items()
        },
        "formulas_version": engine.VERSION,
        "limits": engine.LIMITS.zh,
        "limits_en": engine.LIMITS.en,
        **page_of(found.lines, limit, offset, present),
    }
