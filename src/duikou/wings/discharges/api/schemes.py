"""Grouping schemes, their weights, and years grouped by two of them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import File, Form, Router, UploadedFile
from pydantic import BeforeValidator, Field

from duikou.core.errors import Missing
from duikou.core.models import OrgUnit
from duikou.core.rest import (
    Answer,
    Body,
    Call,
    Day,
    FormLine,
    Id,
    Limit,
    Offset,
    Page,
    Ref,
    operation,
    page_of,
)
from duikou.core.rest.types import MOST, from_address
from duikou.core.scope import Actor
from duikou.wings.discharges.actions import schemes as actions
from duikou.wings.discharges.actions import weights as weight_actions
from duikou.wings.discharges.models import Regrouping, Scheme, WeightTable
from duikou.wings.discharges.queries import schemes as queries
from duikou.wings.discharges.queries import weights as weight_queries
from duikou.wings.discharges.queries.scope import Area
from duikou.wings.discharges.wording import english

router = Router(tags=["discharges"])
ALL, ONE = "/discharge-schemes", "/discharge-schemes/{scheme_id}"
WEIGHTS, TABLE = "/discharge-weights", "/discharge-weights/{weight_table_id}"
YEARS = "/discharge-regroupings"
VIEW: dict[str, Any] = {"permission": "discharge.view"}
MANAGE: dict[str, Any] = {"permission": "discharge.manage"}
FormRef = Annotated[int, Field(ge=1, le=MOST, description="id of a record"), BeforeValidator(from_address)]


# ---------------------------------------------------------------- schemes


class SchemeItem(Answer):
    """One registered scheme; in force: the one whose `active_from` came last."""

    id: int
    key: str
    name: str
    edition: str
    title: str
    title_en: str
    checksum: str
    source: str
    official: bool
    active_from: dt.date | None
    mdc: int
    adrg: int
    drg: int
    registered_at: dt.datetime


class ImportedScheme(SchemeItem):
    """With what is doubtful about it."""

    doubts: list[str]


def _scheme(row: Scheme) -> dict[str, Any]:
    plain = ("id", "key", "name", "edition", "title_en", "checksum", "source", "official", "active_from")
    return {
        **{name: getattr(row, name) for name in plain},
        "title": row.title_zh,
        "registered_at": row.registered_at,
        **{name: int(row.counts.get(name, 0)) for name in ("mdc", "adrg", "drg")},
    }


@operation(router, "GET", ALL, response=Page[SchemeItem], zh="分组方案", en="Grouping schemes", **VIEW)
def list_schemes(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """All registered schemes: reference data, the same for everybody."""
    return page_of(queries.schemes(), limit, offset, _scheme)


@operation(router, "GET", ONE, response=SchemeItem, zh="一个分组方案", en="One grouping scheme", **VIEW)
def get_scheme(request: Call, scheme_id: Id) -> Any:
    """Its edition, source and size."""
    return _scheme(queries.scheme(scheme_id))


@operation(
    router,
    "POST",
    ALL,
    response=ImportedScheme,
    status=201,
    zh="导入分组方案",
    en="Import a scheme",
    **MANAGE,
)
def import_scheme(request: Call, file: File[UploadedFile]) -> Any:
    """A workbook as the template has it: checked, whole or not at all; not in force yet."""
    scheme, doubts = actions.import_scheme(
        actor=request.actor, content=file.read(actions.MAX_BYTES + 1), filename=file.name or ""
    )
    return {**_scheme(scheme), "doubts": [doubt.en if english() else doubt.zh for doubt in doubts]}


class FromDay(Body):
    """The first day."""

    day: Day


@operation(router, "POST", f"{ONE}/activate", response=SchemeItem, zh="启用方案", en="Activate", **MANAGE)
def activate_scheme(request: Call, scheme_id: Id, body: FromDay) -> Any:
    """In force for submissions checked from that day on; what is stored stays as it was grouped."""
    scheme = queries.scheme(scheme_id)
    actions.activate(actor=request.actor, scheme=scheme, day=body.day)
    return _scheme(scheme)


# ---------------------------------------------------------------- years by two schemes


class RegroupingItem(Answer):
    """A year grouped by another scheme; `result` is null while it is being computed (see `job_id`)."""

    id: int
    year: int
    scheme_id: int
    requested_at: dt.datetime
    job_id: str
    result: dict[str, Any] | None


class NewRegrouping(Body):
    """Which year of which province; the province may be left out where the caller keeps one alone."""

    year: Annotated[int, Field(ge=2000, le=2099)]
    org_id: Ref | None = None


def _regrouping(actor: Actor, row: Regrouping) -> dict[str, Any]:
    result = row.result
    if result:
        area = Area(actor)
        seen = [one for one in result["hospitals"] if one["hospital"] in area.hospitals]
        result = {**result, "hospitals": seen}
    plain = ("id", "year", "scheme_id", "requested_at", "job_id")
    return {**{name: getattr(row, name) for name in plain}, "result": result}


@operation(
    router,
    "POST",
    f"{ONE}/regroup",
    response=RegroupingItem,
    status=202,
    zh="重新分组对照",
    en="Regroup a year",
    **MANAGE,
)
def regroup_year(request: Call, scheme_id: Id, body: NewRegrouping) -> Any:
    """In the background, beside the scheme in force; nothing stored changes."""
    org = _managed(request.actor, body.org_id)
    scheme = queries.scheme(scheme_id)
    asked = actions.ask_for_regrouping(actor=request.actor, scheme=scheme, year=body.year, org=org)
    return _regrouping(request.actor, asked)


@operation(
    router,
    "GET",
    f"{YEARS}/{{regrouping_id}}",
    response=RegroupingItem,
    zh="一次重新分组对照",
    en="One regrouping",
    **VIEW,
)
def get_regrouping(request: Call, regrouping_id: Id) -> Any:
    """Both sides in figures, what moved, and the hospitals of the caller's area."""
    return _regrouping(request.actor, queries.regrouping(request.actor, regrouping_id))


def _managed(actor: Actor, org_id: int | None) -> OrgUnit:
    """The province that is meant; raises Missing."""
    areas = queries.managed_areas(actor)
    found = [org for org in areas if org_id in (None, org.pk)]
    if len(found) != 1:
        raise Missing(queries.no_such_province())
    return found[0]


# ---------------------------------------------------------------- weights


class WeightTableItem(Answer):
    """One table of weights; by the one in use the weighed figures of its province are computed."""

    id: int
    scheme_id: int
    name: str
    edition: str
    filename: str
    sha256: str
    groups: int
    missing: list[str]
    in_use: bool
    imported_by: str | None
    imported_at: dt.datetime


class WeightTableDetail(WeightTableItem):
    """With the weight of each group."""

    weights: dict[str, float]


def _table(row: WeightTable) -> dict[str, Any]:
    plain = ("id", "scheme_id", "name", "edition", "filename", "sha256", "missing", "in_use", "imported_at")
    return {
        **{name: getattr(row, name) for name in plain},
        "groups": len(row.weights),
        "imported_by": str(row.imported_by) if row.imported_by else None,
    }


def _table_detail(row: WeightTable) -> dict[str, Any]:
    return {**_table(row), "weights": {drg: weight / 10_000 for drg, weight in row.weights.items()}}


@operation(router, "GET", WEIGHTS, response=Page[WeightTableItem], zh="权重表", en="Weight tables", **VIEW)
def list_weight_tables(request: Call, scheme: Id | None = None, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Those that hold for the caller's area or a part of it."""
    rows = weight_queries.tables(request.actor, queries.scheme(scheme) if scheme else None)
    return page_of(rows, limit, offset, _table)


@operation(router, "GET", TABLE, response=WeightTableDetail, zh="一张权重表", en="One weight table", **VIEW)
def get_weight_table(request: Call, weight_table_id: Id) -> Any:
    """Each group with its weight, and the groups that have none."""
    return _table_detail(weight_queries.table(request.actor, weight_table_id))


@operation(
    router,
    "POST",
    f"{ONE}/weights",
    response=WeightTableDetail,
    status=201,
    zh="导入权重表",
    en="Import weights",
    **MANAGE,
)
def import_weights(
    request: Call,
    scheme_id: Id,
    file: File[UploadedFile],
    name: Form[FormLine],
    edition: Form[FormLine],
    org_id: Form[FormRef],
    allow_missing: Form[Literal["true", "false"]] = "false",
) -> Any:
    """Columns drg and weight; `org_id`: the province. Whole or not at all; not in use yet."""
    made = weight_actions.import_weights(
        actor=request.actor,
        scheme=queries.scheme(scheme_id),
        org=_managed(request.actor, org_id),
        name=name,
        edition=edition,
        content=file.read(weight_actions.MAX_BYTES + 1),
        filename=file.name or "",
        allow_missing=allow_missing == "true",
    )
    return _table_detail(made)


@operation(
    router, "POST", f"{TABLE}/use", response=WeightTableItem, zh="使用权重表", en="Use weights", **MANAGE
)
def use_weights(request: Call, weight_table_id: Id) -> Any:
    """From now on the weighed figures of its province stand on it."""
    row = weight_queries.table(request.actor, weight_table_id)
    weight_actions.use(actor=request.actor, table=row)
    return _table(row)


@operation(
    router,
    "POST",
    f"{TABLE}/stop",
    response=WeightTableItem,
    zh="停用权重表",
    en="Stop using weights",
    **MANAGE,
)
def stop_using_weights(request: Call, weight_table_id: Id) -> Any:
    """Figures stand on weights from the stays themselves again."""
    row = weight_queries.table(request.actor, weight_table_id)
    weight_actions.stop_using(actor=request.actor, table=row)
    return _table(row)
