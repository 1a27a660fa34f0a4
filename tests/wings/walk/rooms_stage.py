"""A live room of a walk's hospital, with somebody in it and a recording: made when first asked for."""

from __future__ import annotations

from duikou.wings.rooms.models import Exhibit, Member, Presence, Recording, Room
from tests.wings.walk.world import World


def room_of(world: World) -> Room:
    """The room that a hospital's people may come into."""
    path = world.hospital.scope_path
    room, made = Room.objects.get_or_create(scope_path=path, title=f"{world.hospital.name}会诊室")
    if made:
        Member.objects.create(room=room, path=path, label=world.hospital.name, part=Member.Part.HOST)
        Exhibit.objects.create(room=room, position=1, kind=Exhibit.Kind.BOARD, title="白板")
        Recording.objects.create(room=room, recorder=_stay(room), file="none")
    return room


def recording_of(world: World) -> Recording:
    """The recording of its room."""
    found: Recording = room_of(world).recordings.get()
    return found


def _stay(room: Room) -> Presence:
    return Presence.objects.create(room=room, label="某医师", place=room.title, part=Member.Part.HOST)
