"""Sums instead of stays: the board, received files, who sends, a file to send up."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

from django.http import FileResponse
from ninja import File, Form, Router, UploadedFile
from pydantic import Field

from duikou.core.rest import (
    Answer,
    Because,
    Body,
    Call,
    Count,
    Id,
    Limit,
    Line,
    Offset,
    Page,
    operation,
    page_of,
)
from duikou.engines.casemix.indicators import definition_of
from duikou.wings.discharges import months, wording
from duikou.wings.discharges.actions import sums as actions
from duikou.wings.discharges.api._common import Month
from duikou.wings.discharges.models import SumsFile, SumsSender
from duikou.wings.discharges.queries import sums as queries
from duikou.wings.discharges.queries.sums import Sum

router = Router(tags=["discharges"])
FILES, ONE = "/discharge-sums/files", "/discharge-sums/files/{sums_file_id}"
SENDERS = "/discharge-sums/senders"
VIEW: dict[str, Any] = {"permission": "discharge.view"}
MANAGE: dict[str, Any] = {"permission": "discharge.manage"}
RECEIVE: dict[str, Any] = {"permission": "discharge.receive"}
Key = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", max_length=64, description="Ed25519, hexadecimal")]
Code = Annotated[str, Field(pattern=r"^[0-9]{6}$", max_length=6, description="330000")]


class SumItem(Answer):
    """One indicator of one province, or of all (`sender` null). Rates in percent, unrounded."""

    sender: str | None
    indicator: str
    numerator: int
    denominator: int
    value: float | None


class SumsAnswer(Answer):
    """Every province's numerators and denominators, and the whole."""

    items: list[SumItem]


@operation(router, "GET", "/discharge-sums", response=SumsAnswer, zh="各省汇总", en="Sums", **VIEW)
def get_sums(request: Call, from_month: Month | None = None, to_month: Month | None = None) -> Any:
    """Of the files in force; of all months that were sent, unless a period is named."""
    first = months.parse(from_month) if from_month else 0
    board = queries.board(request.actor, first, months.parse(to_month) if to_month else 0)
    parts: list[tuple[str | None, dict[str, Sum]]] = [*board.rows.items(), (None, board.whole)]
    return {
        "items": [
            {
                "sender": sender,
                "indicator": name,
                "numerator": one.numerator,
                "denominator": one.denominator,
                "value": wording.number(definition_of(name), one.value),
            }
            for sender, found in parts
            for name, one in found.items()
        ]
    }


class SumsFileItem(Answer):
    """One received file of sums."""

    id: int
    sender: str
    state: Literal["in_force", "replaced", "retracted"]
    filename: str
    sha256: str
    first_month: str
    last_month: str
    store_version: int
    minimum: int
    hospitals: int
    stays: int
    replaced_by: int | None
    received_at: dt.datetime


def _file(row: SumsFile) -> dict[str, Any]:
    plain = (
        "id", "state", "filename", "sha256", "store_version", "minimum", "hospitals", "stays", "received_at",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in plain},
        "sender": row.sender.name,
        "first_month": months.shown(row.first_month),
        "last_month": months.shown(row.last_month),
        "replaced_by": row.replaced_by_id,
    }


@operation(router, "GET", FILES, response=Page[SumsFileItem], zh="汇总文件", en="Files of sums", **VIEW)
def list_sums_files(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Received ones of the caller's area, newest first."""
    return page_of(queries.sums_files(request.actor), limit, offset, _file)


@operation(
    router,
    "POST",
    FILES,
    response=SumsFileItem,
    status=201,
    zh="接收汇总文件",
    en="Receive a file of sums",
    **RECEIVE,
)
def receive_sums(
    request: Call, file: File[UploadedFile], replace: Form[Literal["true", "false"]] = "false"
) -> Any:
    """Refused: an unknown sender, a wrong signature or digest, other definitions, anything counted twice."""
    made = actions.receive_sums(
        actor=request.actor,
        content=file.read(actions.MAX_BYTES + 1),
        filename=file.name or "",
        replace=replace == "true",
    )
    return _file(made)


@operation(
    router,
    "POST",
    f"{ONE}/retract",
    response=SumsFileItem,
    zh="撤回汇总文件",
    en="Take a file of sums back",
    **RECEIVE,
)
def retract_sums(request: Call, sums_file_id: Id, body: Because) -> Any:
    """It stays on record."""
    row = queries.sums_file(request.actor, sums_file_id)
    actions.retract_sums(actor=request.actor, file=row, reason=body.reason)
    return _file(row)


class SenderItem(Answer):
    """Who sends, and the key of its signatures."""

    id: int
    name: str
    code: str
    public_key: str


class NewSender(Body):
    """Its name as in its files, its division code, its public key."""

    name: Line
    code: Code
    public_key: Key


def _sender(row: SumsSender) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SenderItem.model_fields}


@operation(router, "GET", SENDERS, response=Page[SenderItem], zh="汇总上报单位", en="Senders of sums", **VIEW)
def list_senders(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Those registered in the caller's area."""
    return page_of(queries.senders(request.actor), limit, offset, _sender)


@operation(
    router,
    "POST",
    SENDERS,
    response=SenderItem,
    status=201,
    zh="登记上报单位",
    en="New sender",
    **RECEIVE,
)
def register_sender(request: Call, body: NewSender) -> Any:
    """The same name again gets the new key."""
    return _sender(actions.register_sender(actor=request.actor, **body.model_dump()))


class SumsWanted(Body):
    """Which months, under which name; cells of fewer than `minimum` stays lose their details."""

    name: Line
    first: Month
    last: Month
    minimum: Count = 0


@operation(
    router,
    "POST",
    "/discharge-sums/export",
    response=None,
    media="application/zip",
    zh="导出本省汇总",
    en="Export one's own sums",
    **MANAGE,
)
def export_sums(request: Call, body: SumsWanted) -> Any:
    """A signed file of numerators and denominators, no row of a person; to be sent up."""
    with tempfile.TemporaryDirectory(prefix="duikou-sums-") as folder:
        path = Path(folder) / "sums.zip"
        actions.export_sums(actor=request.actor, target=path, **body.model_dump())
        content = path.open("rb")
    name = f"duikou-sums-{body.first}-{body.last}.zip"
    return FileResponse(content, as_attachment=True, filename=name, content_type="application/zip")
