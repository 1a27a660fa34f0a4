"""Rooms of the caller."""

from __future__ import annotations

from typing import Any, Literal

from duikou.core.rest import Call, Id, Limit, Offset, Page, operation, page_of
from duikou.wings.rooms import actions
from duikou.wings.rooms.api._shapes import (
    RecordingItem,
    RoomItem,
    StayItem,
    recording_item,
    room_item,
    router,
    stay_item,
)
from duikou.wings.rooms.queries import rooms


@operation(
    router, "GET", "/rooms", response=Page[RoomItem], permission="room.join", zh="会诊室列表",
    en="List of rooms",
)  # fmt: skip
def list_rooms(
    request: Call, state: Literal["open", "closed"] | None = None, limit: Limit = 50, offset: Offset = 0
) -> Any:
    """Those that the caller may come into, the latest first."""
    rows = rooms.rooms(request.actor)
    if state:
        rows = rows.filter(state=state)
    return page_of(rows, limit, offset, room_item)


@operation(
    router, "GET", "/rooms/{room_id}", response=RoomItem, permission="room.join", zh="会诊室", en="A room"
)
def get_room(request: Call, room_id: Id) -> Any:
    """404 for a room that the caller may not come into."""
    return room_item(rooms.room(request.actor, room_id))


@operation(
    router, "GET", "/rooms/{room_id}/stays", response=list[StayItem], permission="room.join",
    zh="会诊室的在室记录", en="Who was in a room",
)  # fmt: skip
def list_room_stays(request: Call, room_id: Id) -> Any:
    """From when to when, and over what link."""
    return [stay_item(one) for one in rooms.stays(rooms.room(request.actor, room_id))]


@operation(
    router, "GET", "/rooms/{room_id}/recordings", response=list[RecordingItem], permission="room.join",
    zh="会诊室的录音录像", en="Recordings of a room",
)  # fmt: skip
def list_room_recordings(request: Call, room_id: Id) -> Any:
    """For hosts; empty for everybody else. The recordings themselves are fetched on the room's page."""
    found = rooms.room(request.actor, room_id)
    return [recording_item(one) for one in rooms.recordings(request.actor, found)]


@operation(
    router, "POST", "/rooms/{room_id}/close", response=RoomItem, permission="room.open", zh="关闭会诊室",
    en="Close a room",
)  # fmt: skip
def close_room(request: Call, room_id: Id) -> Any:
    """For everybody, recordings included; by a host."""
    actions.close_room(actor=request.actor, room=rooms.room(request.actor, room_id))
    return room_item(rooms.room(request.actor, room_id))
