"""What the acts share: the room's lock, its numbered messages, where an actor stands."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from duikou.core.errors import Conflict
from duikou.core.scope import Actor
from duikou.wings.rooms.models import Member, Message, Presence, Room

CHANNEL = "duikou_rooms"  # where PostgreSQL tells that a room has a new message


def place_of(actor: Actor, permission: str = "room.join") -> str:
    """Where the actor holds a permission; its own area where there is none, so that the refusal names it."""
    paths = actor.paths(permission)
    return paths[0] if paths else (actor.home.path if actor.home else "")


def locked(room: Room) -> Room:
    """The room, locked until the transaction ends: what is told there gets one order."""
    return Room.objects.select_for_update().get(pk=room.pk)


def opened(room: Room) -> Room:
    """The locked room. Raises Conflict once it is closed."""
    found = locked(room)
    if found.state != Room.State.OPEN:
        raise Conflict(_("会诊室“%(title)s”已经关闭。") % {"title": found.title})
    return found


def part_of(actor: Actor, room: Room) -> str:
    """The actor's part in a room: the highest of those that let it in; '' for none."""
    parts = set(Member.objects.standing_for(actor).filter(room=room).values_list("part", flat=True))
    return next((part for part in Member.Part.values if part in parts), "")


def is_host(actor: Actor, room: Room) -> bool:
    """Whether the actor leads the room; the system may do what a host may."""
    return actor.is_system or part_of(actor, room) == Member.Part.HOST


def tell(
    room: Room,
    kind: str,
    body: Any,
    *,
    sender: Presence | None = None,
    to: Presence | None = None,
    key: str = "",
) -> Message:
    """Write the next message of a locked room; whoever listens is woken when the transaction ends."""
    room.last_number += 1
    room.save(update_fields=["last_number"])
    message = Message.objects.create(
        room=room, number=room.last_number, sender=sender, to=to, kind=kind, body=body, key=key
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(room.pk)])
    return message
