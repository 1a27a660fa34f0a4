"""Rooms as an actor may see them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from duikou.core.errors import Denied, Missing
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Hospital
from duikou.wings.rooms.actions._common import part_of
from duikou.wings.rooms.models import Exhibit, Member, Presence, Recording, Room


def rooms(actor: Actor) -> QuerySet[Room]:
    """Rooms that the actor may come into, with how many are there now."""
    here = Presence.objects.here().values("pk")
    return (
        Room.objects.visible_to(actor)
        .select_related("opened_by")
        .annotate(present=Count("presences", filter=Q(presences__in=here), distinct=True))
    )


def room(actor: Actor, pk: int) -> Room:
    """One of them. Raises Missing for another's: the two look alike."""
    found = rooms(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这间会诊室，或不在您的查看范围内。"))
    return found


def members(room: Room) -> QuerySet[Member]:
    """Who may come in."""
    return room.members.all()


def stays(room: Room) -> QuerySet[Presence]:
    """Who was there, from when to when, over what link."""
    return room.presences.select_related("quality")


def present(room: Room) -> QuerySet[Presence]:
    """Who has not left."""
    return Presence.objects.live().filter(room=room)


def exhibit(room: Room, position: int) -> Exhibit:
    """What lies at a position of a room's stage. Raises Missing."""
    found = Exhibit.objects.filter(room=room, position=position).first()
    if found is None:
        raise Missing(_("这间会诊室没有这份展示材料。"))
    return found


def recordings(actor: Actor, room: Room) -> QuerySet[Recording]:
    """Recordings of a room, for its hosts alone."""
    rows = room.recordings.select_related("recorder")
    return rows if part_of(actor, room) == Member.Part.HOST else rows.none()


def running(room: Room) -> Recording | None:
    """The recording that runs."""
    return room.recordings.filter(ended_at=None).first()


def recording(actor: Actor, pk: int) -> Recording:
    """A recording of a room that the actor may come into."""
    found = (
        Recording.objects.select_related("room", "recorder")
        .filter(pk=pk, room__in=Room.objects.visible_to(actor))
        .first()
    )
    if found is None:
        raise Missing(_("没有这份录音录像，或不在您的查看范围内。"))
    return found


def own_recording(actor: Actor, pk: int) -> Recording:
    """A recording that the actor may watch: hosts alone. Raises Missing or Denied."""
    found = recording(actor, pk)
    if part_of(actor, found.room) != Member.Part.HOST:
        raise Denied(_("只有会诊室的主持人可以查看录音录像。"))
    return found


def facts(actor: Actor, room: Room) -> dict[str, Any]:
    """What the page of a room says about it."""
    part = part_of(actor, room)
    return {
        "part": part,
        "leads": part == Member.Part.HOST and actor.may("room.open"),
        "members": list(members(room)),
        "stays": list(stays(room)),
        "exhibits": list(room.exhibits.all()),
        "recordings": list(recordings(actor, room)),
    }


def hospitals(actor: Actor) -> QuerySet[Hospital]:
    """Hospitals that can be invited by hand: those whose entry the actor may see."""
    return Hospital.objects.visible_to(actor, "hospital.view").order_by("name")
