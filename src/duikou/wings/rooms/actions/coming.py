"""Coming in, being there, leaving. A reload or a lost link is the same stay, one epoch on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, Denied, Missing
from duikou.core.scope import Actor
from duikou.wings.rooms import conference
from duikou.wings.rooms.actions import _common
from duikou.wings.rooms.actions.recording import end_recording, refuse_while_recording
from duikou.wings.rooms.models import Message, Presence, Recording, Room
from duikou.wings.rooms.models.signals import AWAY_AFTER


class StayOver(Conflict):
    """The stay ended while nothing was heard of its browser, which may come in again by itself."""

    code = "stay_over"


DIRECT_MOST = 2  # stays that link with each other; from three on the conference server carries them
MESH_MOST = 4  # without a server everybody links with everybody: more uplinks than that no county has
SERVER_MOST = 12
SEEN_EVERY = dt.timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Seat:
    """What a browser holds of its stay: which one, and the epoch of its last coming in."""

    presence: Presence
    room: Room  # with the number of its last message: what follows comes by stream


def join(*, actor: Actor, room: Room) -> Seat:
    """Come in, or come back. Raises Conflict when the room is closed or full."""
    place = _common.place_of(actor)
    with act("room.join", actor=actor, permission="room.join", on=place, target=room) as event:
        found = _common.opened(room)
        part = _common.part_of(actor, found)
        if not part:
            raise Missing(_("没有这间会诊室，或不在您的查看范围内。"))
        away_leave(found)
        now = timezone.now()
        mine = Presence.objects.live().filter(room=found, user=actor.user_id).first()
        if mine is None:
            _refuse_when_full(found)
            refuse_while_recording(found)
            home = actor.home
            mine = Presence.objects.create(
                room=found,
                user_id=actor.user_id,
                label=guard.keepable(actor.label)[:120],
                place=guard.keepable(home.org_name)[:120] if home else "",
                part=part,
                joined_at=now,
                seen_at=now,
            )
            event.note(found, after={"part": part}, scope_path=found.scope_path)
        else:
            mine.epoch, mine.seen_at, mine.part = mine.epoch + 1, now, part
            mine.save(update_fields=["epoch", "seen_at", "part"])
            event.note(found, after={"part": part, "again": mine.epoch}, scope_path=found.scope_path)
        _choose_way(found)
        _common.tell(found, Message.Kind.JOINED, told(mine), sender=mine)
    return Seat(mine, found)


def told(presence: Presence) -> dict[str, object]:
    """A stay as the others are told of it."""
    return {
        "id": presence.pk,
        "epoch": presence.epoch,
        "name": presence.label,
        "place": presence.place,
        "part": presence.part,
        "agrees": presence.agrees,
    }


def _refuse_when_full(room: Room) -> None:
    most = SERVER_MOST if conference.is_on() else MESH_MOST
    if Presence.objects.live().filter(room=room).count() >= most:
        raise Conflict(_("会诊室已有 %(most)s 人，不能再进入。请等有人离开。") % {"most": most})


def _choose_way(room: Room) -> None:
    """From three on through the server, where there is one; it stays so until the room is empty again."""
    present = Presence.objects.live().filter(room=room).count()
    way = room.way
    if present > DIRECT_MOST and conference.is_on():
        way = Room.Way.SERVER
    elif present <= 1 or not conference.is_on():
        way = Room.Way.DIRECT
    if way != room.way:
        room.way = way
        room.save(update_fields=["way"])
        _common.tell(room, Message.Kind.WAY, {"way": way})


def fall_back(room: Room) -> Room:
    """The conference server is gone: those present link with each other, if they are few enough for that."""
    with transaction.atomic():
        found = _common.opened(room)
        few = Presence.objects.live().filter(room=found).count() <= MESH_MOST
        if found.way == Room.Way.SERVER and few:
            found.way = Room.Way.DIRECT
            found.save(update_fields=["way"])
            _common.tell(found, Message.Kind.WAY, {"way": found.way})
    return found


def away_leave(room: Room) -> None:
    """Let those leave who have given no sign of life; of a locked room."""
    late = timezone.now() - AWAY_AFTER
    for one in Presence.objects.live().filter(room=room, seen_at__lte=late):
        _go(room, one, max(one.seen_at, one.joined_at))


def _go(room: Room, presence: Presence, at: dt.datetime) -> None:
    Presence.objects.live().filter(pk=presence.pk).update(left_at=at)
    if Recording.objects.filter(room=room, ended_at=None, recorder=presence).exists():
        end_recording(room, Recording.Ended.LEFT)
    _common.tell(room, Message.Kind.LEFT, {"id": presence.pk})


def leave(*, actor: Actor, seat: Presence) -> None:
    """Leave; twice is once."""
    place = _common.place_of(actor)
    with act("room.leave", actor=actor, permission="room.join", on=place, target=seat.room) as event:
        room = _common.locked(seat.room)
        if Presence.objects.live().filter(pk=seat.pk).exists():
            _go(room, seat, timezone.now())
            _choose_way(room)
        event.note(room, scope_path=room.scope_path)


def seat_of(actor: Actor, room_id: int, presence_id: int, epoch: int) -> Presence:
    """The actor's own live stay. Raises Missing for another's, Conflict for one that is over or went on."""
    found = (
        Presence.objects.select_related("room")
        .filter(pk=presence_id, room=room_id, user=actor.user_id)
        .first()
    )
    if found is None or actor.user_id is None:
        raise Missing(_("没有这间会诊室，或不在您的查看范围内。"))
    if not actor.may("room.join"):
        raise Denied(_("您没有进入会诊室的权限。"))
    if found.left_at is not None:
        raise StayOver(_("您已离开会诊室，请重新进入。"))
    if found.epoch != epoch:
        raise Conflict(_("您已在另一个窗口进入这间会诊室，本窗口不再使用。"))
    return found


def see(seat: Presence) -> None:
    """A sign of life, at most every few seconds: one conditional row, no audit event."""
    now = timezone.now()
    if now - seat.seen_at >= SEEN_EVERY:
        Presence.objects.live().filter(pk=seat.pk).update(seen_at=now)
        seat.seen_at = now


def sweep() -> int:
    """Let the silent leave in all open rooms; returns how many rooms had such."""
    late = timezone.now() - AWAY_AFTER
    rooms = Room.objects.filter(presences__left_at=None, presences__seen_at__lte=late).distinct()
    swept = 0
    for room in rooms:
        with transaction.atomic():
            away_leave(_common.locked(room))
        swept += 1
    return swept
