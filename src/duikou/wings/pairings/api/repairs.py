"""Repairing the rows of an uploaded table in preview, one act at a time."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from duikou.core.rest import (
    Answer,
    Call,
    Id,
    Position,
    Small,
    Versioned,
    operation,
)
from duikou.core.rest.types import TEXT_PATTERN
from duikou.engines.pairing.annex import Field as Column
from duikou.wings.pairings.actions import repairs
from duikou.wings.pairings.api.imports import IMPORT, ONE, BatchDetail, batch_answer
from duikou.wings.pairings.api.schemas import HospitalKey
from duikou.wings.pairings.queries import imports as queries

router = Router(tags=["imports"])


class Repairs(Versioned):
    """Which offered repairs to make: those of a row, of a code, or all."""

    position: Position | None = None
    code: Annotated[str, Field(max_length=80, pattern=r"^[A-Za-z0-9_.\-]*$")] = ""


@operation(router, "POST", f"{ONE}/repair", response=BatchDetail, zh="套用修正", en="Make repairs", **IMPORT)
def repair_annex(request: Call, batch_id: Id, body: Repairs) -> Any:
    """409 when nothing of that kind is on offer, or the batch has changed."""
    batch = queries.batch(request.actor, batch_id)
    repairs.apply_repairs(actor=request.actor, batch=batch, **body.model_dump())
    return batch_answer(request.actor, batch_id)


class Cell(Versioned):
    """A cell to set by hand; an empty value empties it."""

    column: Literal[
        "group", "supporter", "running_number", "recipient", "start", "end", "departments", "reason"
    ]
    value: Annotated[str, Field(max_length=200, pattern=TEXT_PATTERN)]


@operation(
    router,
    "PUT",
    f"{ONE}/rows/{{position}}/cell",
    response=BatchDetail,
    zh="修改单元格",
    en="Set a cell",
    **IMPORT,
)
def edit_annex_cell(request: Call, batch_id: Id, position: Small, body: Cell) -> Any:
    """What was uploaded stays as it came."""
    batch = queries.batch(request.actor, batch_id)
    repairs.edit_cell(
        actor=request.actor,
        batch=batch,
        version=body.version,
        position=position,
        column=Column(body.column),
        value=body.value,
    )
    return batch_answer(request.actor, batch_id)


@operation(
    router,
    "POST",
    f"{ONE}/rows/{{position}}/drop",
    response=BatchDetail,
    zh="删去一行",
    en="Leave a row out",
    **IMPORT,
)
def drop_annex_row(request: Call, batch_id: Id, position: Small, body: Versioned) -> Any:
    """It can be taken in again."""
    batch = queries.batch(request.actor, batch_id)
    repairs.drop_row(actor=request.actor, batch=batch, version=body.version, position=position)
    return batch_answer(request.actor, batch_id)


@operation(
    router,
    "POST",
    f"{ONE}/rows/{{position}}/restore",
    response=BatchDetail,
    zh="恢复一行",
    en="Take a row in again",
    **IMPORT,
)
def restore_annex_row(request: Call, batch_id: Id, position: Small, body: Versioned) -> Any:
    """Of a row that was left out."""
    batch = queries.batch(request.actor, batch_id)
    repairs.restore_row(actor=request.actor, batch=batch, version=body.version, position=position)
    return batch_answer(request.actor, batch_id)


class Choice(Versioned):
    """Which hospital (by key) a printed name means; `alias_kind` keeps the name as its alias."""

    side: Literal["supporter", "recipient"]
    hospital: HospitalKey
    alias_kind: Literal["", "full", "short", "old", "variant", "typo", "same_as"] = ""


@operation(
    router,
    "POST",
    f"{ONE}/rows/{{position}}/choose",
    response=BatchDetail,
    zh="选定医院",
    en="Choose the hospital",
    **IMPORT,
)
def choose_annex_hospital(request: Call, batch_id: Id, position: Small, body: Choice) -> Any:
    """In all rows that print the name alike."""
    batch = queries.batch(request.actor, batch_id)
    repairs.choose_hospital(actor=request.actor, batch=batch, position=position, **body.model_dump())
    return batch_answer(request.actor, batch_id)


@operation(
    router, "POST", f"{ONE}/recheck", response=BatchDetail, zh="重新对应名称", en="Resolve anew", **IMPORT
)
def recheck_annex_names(request: Call, batch_id: Id, body: Versioned) -> Any:
    """After the register or a name review has changed."""
    batch = queries.batch(request.actor, batch_id)
    repairs.recheck_names(actor=request.actor, batch=batch, version=body.version)
    return batch_answer(request.actor, batch_id)


class Asked(Answer):
    """How many names wait for a decision now."""

    names: int


@operation(
    router, "POST", f"{ONE}/ask-reviewers", response=Asked, zh="提交裁定", en="Ask the reviewers", **IMPORT
)
def ask_annex_reviewers(request: Call, batch_id: Id) -> Any:
    """Puts the unresolved names before the people who decide on names."""
    batch = queries.batch(request.actor, batch_id)
    return {"names": repairs.ask_reviewers(actor=request.actor, batch=batch)}
