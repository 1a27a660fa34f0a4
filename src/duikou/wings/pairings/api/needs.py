"""Declared needs and strengths of hospitals, one by one and as workbooks."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import File, Router, UploadedFile
from pydantic import Field

from duikou.core.rest import (
    Answer,
    Body,
    Call,
    Count,
    Id,
    Limit,
    Offset,
    Page,
    Position,
    Small,
    Versioned,
    operation,
    page_of,
)
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.pairings.actions import needs as actions
from duikou.wings.pairings.api.proposal_answers import PlanText
from duikou.wings.pairings.api.schemas import HospitalKey
from duikou.wings.pairings.models import Declaration, DeclarationBatch
from duikou.wings.pairings.queries import needs as queries
from duikou.wings.pairings.sheets import MAX_BYTES

router = Router(tags=["needs"])
DeclarationKind = Literal["need", "strength", "asked", "available"]
DeclarationMark = Literal["seed", "found", "recalled", "inferred", "entered"]
VIEW: dict[str, Any] = {"permission": "need.view"}
EDIT: dict[str, Any] = {"permission": "need.edit"}


class DeclarationItem(Answer):
    """One declared fact. `amount` weighs a need (1 to 9) or counts person-months a year."""

    id: int
    hospital_id: int
    hospital: str
    hospital_key: str
    year: int
    kind: DeclarationKind
    specialty: str
    amount: int
    source: str
    mark: DeclarationMark
    demonstration: bool


def _item(row: Declaration) -> dict[str, Any]:
    columns = ("id", "hospital_id", "year", "kind", "specialty", "amount", "source", "mark", "demonstration")
    return {
        **{name: getattr(row, name) for name in columns},
        "hospital": row.hospital.name,
        "hospital_key": row.hospital.key,
    }


@operation(
    router,
    "GET",
    "/declarations",
    response=Page[DeclarationItem],
    zh="供需填报",
    en="Declared needs and strengths",
    **VIEW,
)
def list_declarations(
    request: Call,
    hospital: Id | None = None,
    year: Small | None = None,
    kind: DeclarationKind | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Of hospitals in the caller's area. What nobody declared is not listed: it is unknown."""
    conditions = {"hospital": hospital, "year": year, "kind": kind}
    rows = queries.declarations(request.actor)
    rows = rows.filter(**{name: value for name, value in conditions.items() if value})
    return page_of(rows, limit, offset, _item)


class NewDeclaration(Body):
    """One fact of a hospital (by key) and year, with its source."""

    hospital: HospitalKey
    year: Position
    kind: DeclarationKind
    specialty: Annotated[str, Field(max_length=40, pattern=TEXT_PATTERN)] = ""
    amount: Count = 1
    source: Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT_PATTERN)]
    mark: DeclarationMark = "entered"


@operation(
    router,
    "PUT",
    "/declarations",
    response=DeclarationItem,
    zh="填报一项",
    en="Declare one fact",
    **EDIT,
)
def declare(request: Call, body: NewDeclaration) -> Any:
    """One that was declared before for the same hospital, year, kind and specialty is replaced."""
    return _item(actions.declare(actor=request.actor, **body.model_dump()))


@operation(
    router,
    "POST",
    "/declarations/{declaration_id}/remove",
    response=DeclarationItem,
    zh="删除一项填报",
    en="Take a declaration back",
    **EDIT,
)
def remove_declaration(request: Call, declaration_id: Id) -> Any:
    """The fact is unknown again; answers what was removed."""
    row = queries.declaration(request.actor, declaration_id)
    removed = _item(row)
    actions.remove_declaration(actor=request.actor, declaration=row)
    return removed


class DeclarationIssueItem(Answer):
    """What is wrong in one cell; `line` counts from 1 with the header, 0 means the whole file."""

    line: int
    column: str
    expected: PlanText
    found: str


class DeclarationRowItem(Answer):
    """One row as read."""

    line: int
    hospital: str
    name: str
    year: int
    kind: DeclarationKind
    specialty: str
    amount: int
    source: str
    mark: DeclarationMark


class DeclarationBatchItem(Answer):
    """An uploaded workbook; it can be committed when it has rows and no issues."""

    id: int
    filename: str
    sha256: str
    state: Literal["preview", "committed", "withdrawn"]
    version: int
    uploaded_by: str | None
    uploaded_at: dt.datetime
    created: int
    changed: int
    rows: list[DeclarationRowItem]
    issues: list[DeclarationIssueItem]


def _batch(batch: DeclarationBatch) -> dict[str, Any]:
    columns = (
        "id", "filename", "sha256", "state", "version", "uploaded_at", "created", "changed", "rows", "issues",
    )  # fmt: skip
    return {
        **{name: getattr(batch, name) for name in columns},
        "uploaded_by": str(batch.uploaded_by) if batch.uploaded_by else None,
    }


@operation(
    router,
    "GET",
    "/declaration-batches",
    response=Page[DeclarationBatchItem],
    zh="供需导入批次",
    en="Workbooks of declarations",
    **EDIT,
)
def list_declaration_batches(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Of the caller's area, newest first."""
    return page_of(queries.declaration_batches(request.actor), limit, offset, _batch)


@operation(
    router,
    "POST",
    "/declaration-batches",
    response=DeclarationBatchItem,
    status=201,
    zh="上传供需工作簿",
    en="Upload a workbook of declarations",
    **EDIT,
)
def upload_declarations(request: Call, file: File[UploadedFile]) -> Any:
    """.xlsx headed 医院, 年度, 类别, 专业, 数量, 来源, 依据. Nothing counts before it is committed."""
    batch = actions.upload_declarations(
        actor=request.actor, content=file.read(MAX_BYTES + 1), filename=_printable(file.name or "")
    )
    return _batch(batch)


def _printable(name: str) -> str:
    """The name of a file without what no database and no page can carry."""
    return "".join(sign for sign in name.encode("utf-8", "replace").decode() if sign.isprintable()) or "—"


ONE = "/declaration-batches/{declaration_batch_id}"


@operation(router, "GET", ONE, response=DeclarationBatchItem, zh="一个批次", en="One workbook", **EDIT)
def get_declaration_batch(request: Call, declaration_batch_id: Id) -> Any:
    """Its rows and issues."""
    return _batch(queries.declaration_batch(request.actor, declaration_batch_id))


@operation(
    router,
    "POST",
    f"{ONE}/commit",
    response=DeclarationBatchItem,
    zh="整批导入",
    en="Commit a workbook",
    **EDIT,
)
def commit_declarations(request: Call, declaration_batch_id: Id, body: Versioned) -> Any:
    """All rows or none; facts declared before are replaced."""
    batch = queries.declaration_batch(request.actor, declaration_batch_id)
    batch.version = body.version
    return _batch(actions.commit_declarations(actor=request.actor, batch=batch))


@operation(
    router,
    "POST",
    f"{ONE}/withdraw",
    response=DeclarationBatchItem,
    zh="撤回批次",
    en="Withdraw a workbook",
    **EDIT,
)
def withdraw_declarations(request: Call, declaration_batch_id: Id, body: Versioned) -> Any:
    """It stays on record."""
    batch = queries.declaration_batch(request.actor, declaration_batch_id)
    batch.version = body.version
    return _batch(actions.withdraw_declarations(actor=request.actor, batch=batch))
