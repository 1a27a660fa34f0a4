"""Outlines that maps are drawn from."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import File, Form, Router, UploadedFile

from duikou.core.rest import (
    Answer,
    Because,
    Call,
    Day,
    Id,
    operation,
)
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.places import actions, boundaries
from duikou.wings.places.outlines import MAX_BYTES as MAX_OUTLINE_BYTES

router = Router(tags=["places"])


class BoundarySetItem(Answer):
    """Imported outlines. `source_text` and `review_number` must be shown under every map drawn from them."""

    id: int
    name: str
    source_text: str
    review_number: str
    datum: str
    as_of: dt.date | None
    edited: bool
    active: bool
    imported_at: dt.datetime


@operation(
    router,
    "GET",
    "/boundary-sets",
    response=list[BoundarySetItem],
    permission="places.view",
    zh="边界数据",
    en="Boundary sets",
)
def list_boundary_sets(request: Call) -> Any:
    """All sets, newest first; at most one is in use."""
    return boundaries.boundary_sets()


@operation(
    router,
    "POST",
    "/boundary-sets",
    response=BoundarySetItem,
    permission="places.manage",
    status=201,
    zh="上传边界（GeoJSON）",
    en="Upload boundaries (GeoJSON)",
)
def upload_boundary_set(
    request: Call,
    file: File[UploadedFile],
    source_text: Annotated[str, Form(..., min_length=1, max_length=300, pattern=TEXT_PATTERN)],
    as_of: Form[Day],
    name: Annotated[str, Form(max_length=80, pattern=TEXT_PATTERN)] = "",
    review_number: Annotated[str, Form(max_length=60, pattern=TEXT_PATTERN)] = "",
    datum: Form[Literal["WGS84", "GCJ-02", "BD-09"]] = "WGS84",
    edited: Form[Literal["true", "false"]] = "false",
) -> Any:
    """Outlines of the county-level units of `as_of`; maps are drawn from them from now on."""
    return boundaries.import_boundaries(
        file.read(MAX_OUTLINE_BYTES + 1),
        source_text=source_text,
        as_of=as_of,
        review_number=review_number,
        datum=datum,
        name=name,
        edited=edited == "true",
        actor=request.actor,
    )


@operation(
    router,
    "POST",
    "/boundary-sets/{set_id}/use",
    response=list[BoundarySetItem],
    permission="places.manage",
    zh="启用边界",
    en="Draw maps from a set",
)
def use_boundary_set(request: Call, set_id: Id) -> Any:
    """From now on; answers all sets."""
    actions.use_boundary_set(actor=request.actor, boundary_set_id=set_id)
    return boundaries.boundary_sets()


@operation(
    router,
    "POST",
    "/boundary-sets/{set_id}/remove",
    response=list[BoundarySetItem],
    permission="places.manage",
    zh="删除边界",
    en="Remove a set",
)
def remove_boundary_set(request: Call, set_id: Id, body: Because) -> Any:
    """Its outlines go too; answers the sets that remain."""
    actions.remove_boundary_set(actor=request.actor, boundary_set_id=set_id, reason=body.reason)
    return boundaries.boundary_sets()
