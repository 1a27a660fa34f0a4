"""What happened in the rooms of a reference: told to the wing that had them opened, for its own page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from duikou.core.scope import Actor
from duikou.wings.rooms.models import Member, Presence, Room


@dataclass(frozen=True, slots=True)
class Session:
    """A room with the stays in it, and how long two or more people were there at once."""

    room: Room
    stays: tuple[Presence, ...]
    together: dt.timedelta

    @property
    def was_live(self) -> bool:
        """Whether anybody met anybody."""
        return bool(self.together)


def of_reference(reference: str, now: dt.datetime) -> list[Session]:
    """All rooms of a reference, the latest first, in two queries."""
    stays = Prefetch("presences", Presence.objects.select_related("quality").order_by("joined_at", "pk"))
    found = []
    for room in Room.objects.filter(reference=reference).prefetch_related(stays):
        rows = tuple(room.presences.all())
        found.append(Session(room, rows, together(rows, now)))
    return found


def open_of(reference: str) -> Room | None:
    """The open room of a reference."""
    return Room.objects.filter(reference=reference, state=Room.State.OPEN).first()


def lets_in(room: Room, actor: Actor) -> bool:
    """Whether the actor may come in."""
    return Member.objects.standing_for(actor).filter(room=room).exists()


def together(stays: Sequence[Presence], now: dt.datetime) -> dt.timedelta:
    """How long stays of two or more accounts lay over each other."""
    steps = []
    for one in stays:
        steps += [(one.joined_at, 1, one.user_id), (one.left_at or now, -1, one.user_id)]
    there: dict[int | None, int] = {}
    total, before = dt.timedelta(), None
    for at, change, user in sorted(steps, key=lambda step: (step[0], step[1])):
        if before is not None and sum(1 for count in there.values() if count > 0) > 1:
            total += at - before
        there[user] = there.get(user, 0) + change
        before = at
    return total


def open_references(kind: str) -> list[str]:
    """References of a kind for which a room is open now."""
    rows = Room.objects.filter(reference__startswith=f"{kind}:", state=Room.State.OPEN)
    return sorted(rows.values_list("reference", flat=True))
