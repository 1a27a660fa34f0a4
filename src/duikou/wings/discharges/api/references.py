"""Codes of hospitals, residences to decide on, mappings of codes between editions."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ninja import File, Form, Router, UploadedFile

from duikou.core.rest import (
    Answer,
    Body,
    Call,
    DivisionCode,
    Id,
    Limit,
    Line,
    Offset,
    Page,
    Ref,
    operation,
    page_of,
)
from duikou.wings.discharges.actions import references as actions
from duikou.wings.discharges.models import CodeMapping, HospitalCode, ResidenceReview
from duikou.wings.discharges.queries import references as queries

router = Router(tags=["discharges"])
CODES, RESIDENCES, MAPPINGS = "/discharge-codes", "/discharge-residences", "/discharge-mappings"
VIEW: dict[str, Any] = {"permission": "discharge.view"}
MANAGE: dict[str, Any] = {"permission": "discharge.manage"}


class CodeItem(Answer):
    """A code by which a hospital calls itself in its files."""

    id: int
    hospital_id: int
    hospital: str
    code: str
    recorded_at: dt.datetime


class NewCode(Body):
    """Which hospital has which code."""

    hospital_id: Ref
    code: Line


def _code(row: HospitalCode) -> dict[str, Any]:
    return {
        "id": row.pk,
        "hospital_id": row.hospital_id,
        "hospital": row.hospital.name,
        "code": row.code,
        "recorded_at": row.recorded_at,
    }


@operation(router, "GET", CODES, response=Page[CodeItem], zh="组织机构代码", en="Organisation codes", **VIEW)
def list_hospital_codes(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Of hospitals of the caller's area."""
    return page_of(queries.hospital_codes(request.actor), limit, offset, _code)


@operation(
    router,
    "POST",
    CODES,
    response=CodeItem,
    status=201,
    zh="登记组织机构代码",
    en="Record a code",
    **MANAGE,
)
def record_hospital_code(request: Call, body: NewCode) -> Any:
    """Files may call the hospital by it from now on; 409 where another hospital has it."""
    return _code(actions.record_code(actor=request.actor, **body.model_dump()))


class ResidenceItem(Answer):
    """A way of writing a residence that nobody has decided on: its beginning alone."""

    id: int
    text: str
    count: int


class ResidenceDecision(Body):
    """The county that is meant; 000000 for one outside the province."""

    division: DivisionCode


class Decided(Answer):
    """How many waiting entries the decision has settled."""

    settled: int


@operation(
    router,
    "GET",
    RESIDENCES,
    response=Page[ResidenceItem],
    zh="现住址待裁定",
    en="Residences to decide on",
    **MANAGE,
)
def list_residences(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """The most frequent first."""

    def present(row: ResidenceReview) -> dict[str, Any]:
        return {"id": row.pk, "text": row.text, "count": row.count}

    return page_of(queries.waiting_residences(request.actor), limit, offset, present)


@operation(
    router,
    "POST",
    f"{RESIDENCES}/{{residence_id}}/decide",
    response=Decided,
    zh="裁定现住址",
    en="Decide on a residence",
    **MANAGE,
)
def decide_residence(request: Call, residence_id: Id, body: ResidenceDecision) -> Any:
    """Learnt for all files to come."""
    review = queries.residence(request.actor, residence_id)
    settled = actions.decide_residence(actor=request.actor, review=review, division_code=body.division)
    return {"settled": settled}


class MappingItem(Answer):
    """A table that turns codes of one edition into those of another."""

    id: int
    kind: Literal["dx", "px"]
    name: str
    checksum: str
    pairs: int
    active: bool
    registered_at: dt.datetime


def _mapping(row: CodeMapping) -> dict[str, Any]:
    return {name: getattr(row, name) for name in MappingItem.model_fields}


@operation(router, "GET", MAPPINGS, response=Page[MappingItem], zh="编码映射表", en="Code mappings", **VIEW)
def list_mappings(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """All imported ones: reference data; of each kind one is in use at most."""
    return page_of(queries.mappings(), limit, offset, _mapping)


@operation(
    router,
    "POST",
    MAPPINGS,
    response=MappingItem,
    status=201,
    zh="导入编码映射表",
    en="Import a code mapping",
    **MANAGE,
)
def import_mapping(request: Call, file: File[UploadedFile], kind: Form[Literal["dx", "px"]]) -> Any:
    """It takes the place of the one in use, for files that are checked from now on."""
    made = actions.import_mapping(
        actor=request.actor,
        kind=kind,
        content=file.read(actions.MAX_BYTES + 1),
        filename=file.name or "",
    )
    return _mapping(made)
