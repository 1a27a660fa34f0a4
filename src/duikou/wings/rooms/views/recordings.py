"""Recording: agreed by all, begun, kept part by part, stopped by anybody."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from duikou.core.errors import Missing
from duikou.core.pages import PageRequest, page
from duikou.wings.rooms import actions, keeping
from duikou.wings.rooms.queries import rooms
from duikou.wings.rooms.views._asked import asked, body_of, seat, whole


@require_POST
@page("room.join")
@asked
def agree(request: PageRequest, pk: int) -> dict[str, Any]:
    """Agree to be recorded, or take it back."""
    taken, agrees = seat(request, pk), body_of(request).get("agrees") is True
    return {"agrees": actions.agree(actor=request.actor, seat=taken, agrees=agrees).agrees}


@require_POST
@page("room.join")
@asked
def start(request: PageRequest, pk: int) -> dict[str, Any]:
    """Begin to record."""
    return {"id": actions.start_recording(actor=request.actor, seat=seat(request, pk)).pk}


@require_POST
@page("room.join")
@asked
def stop(request: PageRequest, pk: int) -> dict[str, Any]:
    """Stop recording."""
    found = rooms.recording(request.actor, pk)
    return {"why": actions.stop_recording(actor=request.actor, recording=found).why_ended}


@require_POST
@page("room.join")
@asked
def part(request: PageRequest, pk: int) -> dict[str, Any]:
    """The next part of a recording, as the recorder's browser made it."""
    found = rooms.recording(request.actor, pk)
    size = actions.add_part(
        seat=seat(request, found.room_id),
        recording=found,
        offset=whole(request.GET, "offset"),
        content=request.body,
    )
    return {"size": size}


@require_GET
@page("room.join")
def file(request: PageRequest, pk: int) -> HttpResponseBase:
    """A recording, for the room's hosts."""
    found = rooms.own_recording(request.actor, pk)
    path = keeping.path_of(found.file)
    if not path.exists():
        raise Missing(_("这份录音录像没有内容。"))
    actions.note_watched(actor=request.actor, recording=found)
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"room-{found.room_id}-{found.pk}.webm")
