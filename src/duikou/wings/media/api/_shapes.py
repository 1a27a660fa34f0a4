"""What the operations take and answer."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ninja import Router

from duikou.core.rest import Answer
from duikou.wings.media.catalogue import fault_words
from duikou.wings.media.models import Recording

router = Router(tags=["media"])


class VideoItem(Answer):
    """A video. `fault` says in words why one was refused; `sha256` and `size` are of the original."""

    number: str
    title: str
    origin: Literal["upload", "broadcast"]
    state: Literal["pending", "working", "ready", "refused"]
    fault: str
    size: int
    sha256: str
    duration_seconds: int
    width: int
    height: int
    added_at: dt.datetime
    ready_at: dt.datetime | None
    demonstration: bool


def recording_item(one: Recording) -> dict[str, Any]:
    """A recording as lists show it."""
    names = [name for name in VideoItem.model_fields if name != "fault"]
    return {**{name: getattr(one, name) for name in names}, "fault": fault_words(one.fault)}
