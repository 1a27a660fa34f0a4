"""Recordings of the caller's hospital. Files come through `/uploads` (purpose `video`)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Path
from pydantic import Field

from duikou.core.rest import Because, Body, Call, Limit, Offset, Page, operation, page_of
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.media import actions, queries
from duikou.wings.media.api._shapes import VideoItem, recording_item, router

Number = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="a recording's number")]
ONE = "/recordings/{recording_number}"


class NewVideo(Body):
    """A video whose file has arrived (`/uploads`, purpose `video`)."""

    upload: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", description="the upload's id")]
    title: Annotated[str, Field(min_length=1, max_length=120, pattern=TEXT_PATTERN)]


@operation(
    router, "GET", "/recordings", response=Page[VideoItem], permission="media.edit",
    zh="教学视频列表", en="List of videos",
)  # fmt: skip
def list_recordings(
    request: Call,
    state: Literal["pending", "working", "ready", "refused"] | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Those of the caller's hospital, the latest first."""
    rows = queries.recordings(request.actor)
    if state:
        rows = rows.filter(state=state)
    return page_of(rows, limit, offset, recording_item)


@operation(router, "GET", ONE, response=VideoItem, permission="media.edit", zh="教学视频", en="A video")
def get_recording(request: Call, recording_number: Number) -> Any:
    """How a video stands."""
    return recording_item(queries.recording(request.actor, recording_number))


@operation(
    router, "POST", "/recordings", response=VideoItem, status=201, permission="media.edit",
    zh="登记已上传的视频", en="Take an uploaded video over",
)  # fmt: skip
def add_recording(request: Call, body: NewVideo) -> Any:
    """The upload must be whole and the caller's own; it is then examined and made playable."""
    return recording_item(actions.add(actor=request.actor, upload=body.upload, title=body.title))


@operation(
    router, "POST", f"{ONE}/withdraw", response=VideoItem, permission="media.edit", zh="撤下视频",
    en="Take a video down",
)  # fmt: skip
def withdraw_recording(request: Call, recording_number: Number, body: Because) -> Any:
    """For good: the original and what was made of it are deleted."""
    found = queries.recording(request.actor, recording_number)
    return recording_item(actions.withdraw(actor=request.actor, recording=found, reason=body.reason))
