"""What the operations answer."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ninja import Router

from duikou.core.rest import Answer
from duikou.wings.rooms.models import Presence, Recording

router = Router(tags=["rooms"])


class RoomItem(Answer):
    """A room that the caller may come into; `present`: people who are there now."""

    id: int
    title: str
    reference: str
    state: Literal["open", "closed"]
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    present: int
    demonstration: bool


class StayItem(Answer):
    """One person's stay, and how good the link was (milliseconds there and back, thousandths lost)."""

    name: str
    place: str
    part: Literal["host", "speaker", "watcher"]
    joined_at: dt.datetime
    left_at: dt.datetime | None
    seconds_linked: int | None
    round_trip: int | None
    loss: int | None
    restarts: int | None


class RecordingItem(Answer):
    """A recording, made while everybody agreed."""

    id: int
    started_at: dt.datetime
    ended_at: dt.datetime | None
    why_ended: str
    agreed_by: list[str]
    size: int


def room_item(one: Any) -> dict[str, Any]:
    """A room as lists show it."""
    names = [name for name in RoomItem.model_fields if name not in ("id", "present")]
    return {"id": one.pk, "present": one.present, **{name: getattr(one, name) for name in names}}


def stay_item(one: Presence) -> dict[str, Any]:
    """A stay with its link."""
    link = getattr(one, "quality", None)
    return {
        "name": one.label,
        "place": one.place,
        "part": one.part,
        "joined_at": one.joined_at,
        "left_at": one.left_at,
        "seconds_linked": link.seconds if link else None,
        "round_trip": link.round_trip if link else None,
        "loss": link.loss if link else None,
        "restarts": link.restarts if link else None,
    }


def recording_item(one: Recording) -> dict[str, Any]:
    """A recording."""
    names = [name for name in RecordingItem.model_fields if name != "id"]
    return {"id": one.pk, **{name: getattr(one, name) for name in names}}
