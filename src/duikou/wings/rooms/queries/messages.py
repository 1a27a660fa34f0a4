"""Messages of a room as one of those present gets them."""

from __future__ import annotations

from django.db.models import Q

from duikou.wings.rooms.models import Message, Presence, Room

MOST = 200  # in one answer


def after(seat: Presence, number: int) -> list[Message]:
    """What was told to the room or to this stay after a number, in order; not what it told itself."""
    rows = Message.objects.filter(room=seat.room_id, number__gt=number)
    rows = rows.filter(Q(to=None) | Q(to=seat.pk)).exclude(Q(sender=seat.pk) & Q(kind__in=Message.SENT))
    return list(rows.order_by("number")[:MOST])


def lasting(room: Room) -> list[Message]:
    """What a newcomer has to know: where the stage stands and what was drawn on it, in order."""
    rows = Message.objects.filter(room=room, kind__in=Message.LASTING, number__lte=room.last_number)
    found = list(rows.order_by("number"))
    last_stage = max((one.number for one in found if one.kind == Message.Kind.STAGE), default=0)
    last_media = {one.sender_id: one.number for one in found if one.kind == Message.Kind.MEDIA}
    return [
        one
        for one in found
        if (one.kind == Message.Kind.STAGE and one.number == last_stage)
        or (one.kind == Message.Kind.MEDIA and one.number == last_media[one.sender_id])
        or one.kind == Message.Kind.STROKE
    ]
