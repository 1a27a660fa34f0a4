"""Figures of front pages: definitions, rows of one indicator, the table of counties."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from duikou.core.errors import Invalid, Missing
from duikou.core.rest import Answer, Call, DivisionCode, Id, Limit, Line, Offset, Page, operation, page_of
from duikou.wings.discharges import months, wording
from duikou.wings.discharges.api._common import Month
from duikou.wings.discharges.queries import boards
from duikou.wings.discharges.queries import figures as queries
from duikou.wings.discharges.queries.scope import Area
from duikou.wings.discharges.queries.weights import reader_for

router = Router(tags=["discharges"])
VIEW: dict[str, Any] = {"permission": "discharge.view"}
Name = Annotated[str, Field(pattern=r"^[a-z_]+$", max_length=60)]
Units = Annotated[
    str, Field(pattern=r"^[a-z_]+(,[a-z_]+)*$", max_length=80, description="columns with commas between them")
]
Cell = str | int | float | bool | None


class DefinitionItem(Answer):
    """One indicator: `value` of its rows counts in units of 10^-decimals."""

    id: str
    version: int
    title: str
    title_en: str
    formula: str
    formula_en: str
    unit: str
    unit_en: str
    decimals: int
    better: Literal["higher", "lower", "none"]
    clause: str
    mark: str
    by: list[str]
    default_by: list[str]
    limits: str | None
    limits_en: str | None


def _definition(one: Any) -> dict[str, Any]:
    return {
        "id": one.id,
        "version": one.version,
        "title": one.title.zh,
        "title_en": one.title.en,
        "formula": one.formula.zh,
        "formula_en": one.formula.en,
        "unit": one.unit.zh,
        "unit_en": one.unit.en,
        "decimals": one.decimals,
        "better": one.better,
        "clause": one.clause,
        "mark": one.mark,
        "by": list(one.by),
        "default_by": list(one.default_by),
        "limits": one.limits.zh if one.limits else None,
        "limits_en": one.limits.en if one.limits else None,
    }


@operation(
    router,
    "GET",
    "/discharge-indicators",
    response=Page[DefinitionItem],
    zh="指标定义",
    en="Indicators",
    **VIEW,
)
def list_indicators(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Formula, unit, direction, source and what it does not say."""
    from duikou.engines.casemix.indicators import DEFINITIONS

    return page_of(list(DEFINITIONS.values()), limit, offset, _definition)


class WeightsItem(Answer):
    """The imported weights that a figure was computed with."""

    id: int
    name: str
    edition: str
    sha256: str


class FigurePage(Answer):
    """Rows of an indicator that the caller may see, and how they came about."""

    definition: DefinitionItem
    settings: dict[str, Any]
    weight_table: WeightsItem | None
    store_version: int
    divisions_on: dt.date
    submissions: int
    total: int
    limit: int
    offset: int
    items: list[dict[str, Cell]]


@operation(
    router,
    "GET",
    "/discharge-figures/{indicator}",
    response=FigurePage,
    zh="一个指标的数值",
    en="Rows of an indicator",
    **VIEW,
)
def get_figure(
    request: Call,
    indicator: Name,
    from_month: Month | None = None,
    to_month: Month | None = None,
    by: Units | None = None,
    hospital: Line = "",
    hospital_county: DivisionCode | None = None,
    residence: DivisionCode | None = None,
    weight_table: Id | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Of the caller's area: hospitals by their key, counties by their code. `suppressed`: too few stays.

    Weighed by `weight_table`, else by the table in use, else by weights from the stays.
    """
    asked = {
        "from_month": from_month,
        "to_month": to_month,
        "by": by,
        "hospital": hospital,
        "hospital_county": hospital_county,
        "residence": residence,
    }
    wanted = {name: value for name, value in asked.items() if value}
    area = Area(request.actor)
    with reader_for(request.actor, str(weight_table or "")) as reader:
        try:
            found = queries.figure(reader, indicator, wanted)
        except queries.Unknown as error:
            raise Missing(str(error)) from None
        except queries.BadParameters as error:
            raise Invalid(str(error.args[2])) from None
        rows = queries.narrowed(area, found, wanted)
        return {
            "definition": _definition(found.definition),
            "settings": dict(found.settings),
            "weight_table": found.weights,
            "store_version": found.basis.version,
            "divisions_on": found.basis.day,
            "submissions": queries.batch_count(request.actor, area, found, wanted),
            **page_of(rows, limit, offset, dict),
        }


class NeedItem(Answer):
    """One of a county's top out-referral diseases of three years."""

    rank: int
    disease: str
    name: str
    stays_outside: int
    share: float | None


class CountyItem(Answer):
    """One county: the same numbers as on its page. Rates in percent, unrounded.

    A county without a registered hospital has no in-county care by definition: no rate, with the reason.
    """

    code: str
    county: str
    city: str
    in_county_rate: float | None
    in_county_reason: Literal["no_hospital"] | None  # why there is no rate
    stays_in_county: int | None
    stays: int | None
    goal_reached: bool | None
    cmi: float | None
    weight_table: int | None  # by which the index was computed; null: weights from the stays
    needs: list[NeedItem]


@operation(
    router,
    "GET",
    "/discharge-counties",
    response=Page[CountyItem],
    zh="各县指标",
    en="Figures of counties",
    **VIEW,
)
def list_county_figures(
    request: Call, until: Month | None = None, limit: Limit = 50, offset: Offset = 0
) -> Any:
    """In-county rate and case-mix index of the year up to `until`, and the needs of three years."""
    with reader_for(request.actor) as reader:
        board = boards.province_board(reader, Area(request.actor), months.parse(until) if until else None)
    rate, cmi, needs = (figure.definition for figure in (board.rate, board.cmi, board.needs))

    def present(one: boards.CountyLine) -> dict[str, Any]:
        return {
            "code": one.county.code,
            "county": one.county.name,
            "city": one.county.parent.name if one.county.parent else "",
            "in_county_rate": wording.number(rate, one.rate["value"]) if one.rate else None,
            "in_county_reason": one.rate.get("reason") if one.rate else None,
            "stays_in_county": one.rate["numerator"] if one.rate else None,
            "stays": one.rate["denominator"] if one.rate else None,
            "goal_reached": one.rate["reached"] if one.rate else None,
            "cmi": wording.number(cmi, one.cmi["value"]) if one.cmi else None,
            "weight_table": board.cmi.weights.pk if board.cmi.weights else None,
            "needs": [
                {
                    "rank": row["rank"],
                    "disease": row["disease"],
                    "name": wording.disease(row["disease"]),
                    "stays_outside": row["numerator"],
                    "share": wording.number(needs, row["value"]),
                }
                for row in one.needs
            ],
        }

    return page_of(board.lines, limit, offset, present)
