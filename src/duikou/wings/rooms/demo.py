"""Demonstration data (演示数据): the rooms of invented consultations, as the wing that invents those asks.

Nobody who was "there" exists or has an account. What people kept of such a room goes with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from duikou.core.scope import SYSTEM
from duikou.wings.rooms import actions, keeping
from duikou.wings.rooms.actions import Invited, Shown
from duikou.wings.rooms.models import Member, Presence, QualitySummary, Recording, Room


@dataclass(frozen=True, slots=True)
class Guest:
    """An invented person of a session: name, hospital, and the link's delay there and back (ms)."""

    label: str
    place: str
    round_trip: int


def opened(
    *, title: str, reference: str, at: dt.datetime, members: Iterable[Invited], exhibits: Iterable[Shown]
) -> Room:
    """A room that stands open since `at`; nobody is in it."""
    room = actions.open_room(
        actor=SYSTEM,
        title=title,
        reference=reference,
        members=members,
        exhibits=exhibits,
        demonstration=True,
    )
    room.opened_at = at
    room.save(update_fields=["opened_at"])
    return room


def close(room: Room, *, guests: Iterable[Guest], minutes: int) -> None:
    """The session was held and is over: who was there for how long, over what link."""
    end = room.opened_at + dt.timedelta(minutes=minutes)
    for number, guest in enumerate(guests):
        joined = room.opened_at + dt.timedelta(minutes=1 + number)
        stay = Presence.objects.create(
            room=room,
            label=guest.label,
            place=guest.place,
            part=Member.Part.SPEAKER,
            joined_at=joined,
            seen_at=end,
            left_at=end,
        )
        QualitySummary.objects.create(
            presence=stay,
            seconds=int((end - joined).total_seconds()),
            round_trip=guest.round_trip,
            loss=guest.round_trip // 20,
        )
    room.state, room.closed_at = Room.State.CLOSED, end
    room.save(update_fields=["state", "closed_at"])


def remove(references: Collection[str]) -> int:
    """Remove the rooms of these consultations with all that was kept of them; returns how many."""
    rooms = Room.objects.filter(reference__in=references)
    recordings = Recording.objects.filter(room__in=rooms)
    for name in recordings.values_list("file", flat=True):
        keeping.path_of(name).unlink(missing_ok=True)
    recordings.delete()
    gone = rooms.count()
    rooms.delete()
    return gone
