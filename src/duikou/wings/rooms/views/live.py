"""Coming in, talking, leaving: what the script of a room asks while people are in it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET, require_POST

from duikou.core.errors import Conflict
from duikou.core.pages import PageRequest, page
from duikou.wings.pathology import admission
from duikou.wings.rooms import actions, conference, exhibits, relay
from duikou.wings.rooms.actions.coming import told
from duikou.wings.rooms.models import Room
from duikou.wings.rooms.queries import messages as told_messages
from duikou.wings.rooms.queries import rooms
from duikou.wings.rooms.streaming import Stream, item
from duikou.wings.rooms.views._asked import asked, body_of, seat, whole


def _linking(request: PageRequest, room: Room) -> dict[str, Any]:
    """How to link: through the relay, and through the conference server once the room goes that way."""
    assert request.user.pk is not None
    ticket = None
    if room.way == Room.Way.SERVER:
        try:
            ticket = conference.ticket(room.pk)
        except Conflict:
            room = actions.fall_back(room)
            if room.way == Room.Way.SERVER:  # too many to link with each other: they wait for the server
                raise
    return {"way": room.way, "servers": relay.servers(request.user.pk), "conference": ticket}


@require_POST
@page("room.join")
@asked
def join(request: PageRequest, pk: int) -> dict[str, Any]:
    """Come in, or come back: who is there, what lies on the stage, from which number on to listen."""
    taken = actions.join(actor=request.actor, room=rooms.room(request.actor, pk))
    running = rooms.running(taken.room)
    return {
        "me": told(taken.presence),
        "since": taken.room.last_number,
        "present": [told(one) for one in rooms.present(taken.room) if one.pk != taken.presence.pk],
        "lasting": [item(one) for one in told_messages.lasting(taken.room)],
        "recording": {"id": running.pk, "by": running.recorder_id} if running else None,
        **_linking(request, taken.room),
    }


@require_GET
@page("room.join")
@asked
def servers(request: PageRequest, pk: int) -> dict[str, Any]:
    """How to link, asked anew: credentials end, and a conference server may have been started again."""
    return _linking(request, seat(request, pk).room)


@require_POST
@page("room.join")
@asked
def leave(request: PageRequest, pk: int) -> dict[str, Any]:
    """Leave."""
    actions.leave(actor=request.actor, seat=seat(request, pk))
    return {}


@require_POST
@page("room.join")
@asked
def send(request: PageRequest, pk: int) -> dict[str, Any]:
    """Tell the room, or one of those present."""
    taken, body = seat(request, pk), body_of(request)
    number = actions.send(
        seat=taken,
        kind=str(body.get("kind", ""))[:20],
        body=body.get("body", {}),
        to=whole(body, "to", least=1) if body.get("to") is not None else None,
        key=str(body.get("key", "")),
    )
    return {"number": number}


def _since(request: PageRequest) -> int:
    """The last number that the browser has: what it says when it comes back is newer than the address."""
    last = request.headers.get("Last-Event-ID", "")
    known = whole({"id": last}, "id") if last else 0
    return max(known, whole(request.GET, "after", missing=0))


@require_GET
@page("room.join")
@asked
def stream(request: PageRequest, pk: int) -> HttpResponseBase:
    """Messages as they come; 204 while all places are taken: then the browser asks for them instead."""
    lent = Stream.lend(seat(request, pk), _since(request))
    if lent is None:
        return HttpResponse(status=204)
    answer = StreamingHttpResponse(lent, content_type="text/event-stream")
    answer["X-Accel-Buffering"] = "no"  # nginx would keep messages back
    return answer


@require_GET
@page("room.join")
@asked
def messages(request: PageRequest, pk: int) -> dict[str, Any]:
    """Messages after a number, at once."""
    return {"messages": [item(one) for one in told_messages.after(seat(request, pk), _since(request))]}


@require_GET
@page("room.join")
@asked
def exhibit(request: PageRequest, pk: int, position: int) -> HttpResponseBase:
    """What an exhibit consists of, by the asker's own rights; asked again it renews the ticket of tiles."""
    found = rooms.exhibit(rooms.room(request.actor, pk), position)
    facts, slide = exhibits.drawn(request.actor, found)
    answer = JsonResponse(facts)
    if slide is not None:
        admission.admit(request, answer, slide)
    return answer


@require_POST
@page("room.join")
@asked
def quality(request: PageRequest, pk: int) -> dict[str, Any]:
    """How good the link is, as the browser measured it."""
    taken, body = seat(request, pk), body_of(request)
    optional = {
        name: whole(body, name) if body.get(name) is not None else None for name in ("round_trip", "loss")
    }
    actions.report_quality(
        seat=taken,
        seconds=whole(body, "seconds"),
        freezes=whole(body, "freezes", missing=0),
        restarts=whole(body, "restarts", missing=0),
        relayed=body.get("relayed") is True,
        **optional,
    )
    return {}
