"""Recordings: only while the patient's consent stands and everybody present agrees."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act
from duikou.core.errors import Conflict, Denied, refused
from duikou.core.scope import Actor
from duikou.wings.rooms import consents, keeping
from duikou.wings.rooms.actions import _common
from duikou.wings.rooms.models import Member, Message, Presence, Recording, Room

Ended = Recording.Ended
MOST_PART = 8 * 1024 * 1024
MOST_BYTES = 4 * 1024**3  # of one recording: some eight hours


def agree(*, actor: Actor, seat: Presence, agrees: bool) -> Presence:
    """Agree to be recorded, or take it back: a recording that runs stops in the same moment."""
    place = _common.place_of(actor)
    with act("room.agree", actor=actor, permission="room.join", on=place, target=seat.room) as event:
        room = _common.opened(seat.room)
        if Presence.objects.live().filter(pk=seat.pk).update(agrees=agrees):
            seat.agrees = agrees
            _common.tell(room, Message.Kind.AGREED, {"id": seat.pk, "agrees": agrees}, sender=seat)
        if not agrees:
            end_recording(room, Ended.WITHDRAWN)
        event.note(room, after={"agrees": agrees}, scope_path=room.scope_path)
    return seat


def refuse_while_recording(room: Room) -> None:
    """A newcomer has agreed to nothing: a recording that runs stops before they hear a word."""
    end_recording(room, Ended.JOINED)


def start_recording(*, actor: Actor, seat: Presence) -> Recording:
    """Begin to record. Raises Conflict, saying who has not agreed, unless everybody has."""
    place = _common.place_of(actor)
    with act("room.record", actor=actor, permission="room.join", on=place, target=seat.room) as event:
        room = _common.opened(seat.room)
        if seat.part == Member.Part.WATCHER:
            raise Denied(_("旁听者不能录音录像。"))
        if Recording.objects.filter(room=room, ended_at=None).exists():
            raise Conflict(_("已经在录制。"))
        if lacking := consents.objections(room):
            raise Conflict(_("不能录制：%(why)s") % {"why": "；".join(lacking)})
        present = list(Presence.objects.live().filter(room=room))
        if silent := [one.label for one in present if not one.agrees]:
            raise Conflict(_("不能录制：%(names)s 还没有同意录音录像。") % {"names": "、".join(silent)})
        made = Recording.objects.create(
            room=room, recorder=seat, agreed_by=[str(one) for one in present], file=secrets.token_hex(24)
        )
        _common.tell(room, Message.Kind.RECORDING, {"id": made.pk, "on": True, "by": seat.pk})
        event.note(room, after={"recording": made.pk, "agreed": len(present)}, scope_path=room.scope_path)
    return made


def stop_recording(*, actor: Actor, recording: Recording) -> Recording:
    """Stop a recording: anybody present may, at any time; twice is once."""
    place = _common.place_of(actor)
    with act(
        "room.record_stop", actor=actor, permission="room.join", on=place, target=recording.room
    ) as event:
        room = _common.locked(recording.room)
        end_recording(room, Ended.STOPPED)
        event.note(room, after={"recording": recording.pk}, scope_path=room.scope_path)
    recording.refresh_from_db()
    return recording


def end_recording(room: Room, why: str) -> None:
    """End what is being recorded in a locked room, and tell everybody."""
    running = Recording.objects.filter(room=room, ended_at=None).first()
    if running is None:
        return
    Recording.objects.filter(pk=running.pk, ended_at=None).update(ended_at=timezone.now(), why_ended=why)
    _common.tell(room, Message.Kind.RECORDING, {"id": running.pk, "on": False, "why": why})


def check_consents(reference: str) -> None:
    """For wings that learn of a withdrawal: stop what is recorded in the room of a reference at once."""
    with transaction.atomic():
        for room in Room.objects.select_for_update().filter(reference=reference, state=Room.State.OPEN):
            if consents.objections(room):
                end_recording(room, Ended.WITHDRAWN)


def add_part(*, seat: Presence, recording: Recording, offset: int, content: bytes) -> int:
    """Append what the recorder's browser has recorded since; answers the new size.

    The consent is asked anew each time. A part sent twice is written once; a gap is refused (409). Parts
    that were on their way when the recording stopped are refused, too: they may hold what came after.
    """
    if len(content) > MOST_PART:
        raise refused("content", _("一段最多 8 MB。"))
    with transaction.atomic():
        found = Recording.objects.select_for_update().select_related("room").get(pk=recording.pk)
        if found.recorder_id != seat.pk:
            raise Denied(_("只有录制人的浏览器可以保存录制内容。"))
        lacking = found.ended_at is None and consents.objections(found.room)
        if not lacking:
            if found.ended_at is not None:
                raise Conflict(_("录制已经停止。"))
            if offset < found.size:
                return found.size
            if offset > found.size or found.size + len(content) > MOST_BYTES:
                raise Conflict(_("录制内容不连续或过大，已保存到 %(size)s 字节。") % {"size": found.size})
            found.size = keeping.append(found.file, offset, content)
            found.save(update_fields=["size"])
            return found.size
    with transaction.atomic():
        end_recording(_common.locked(found.room), Ended.WITHDRAWN)
    raise Conflict(_("同意已撤回，录制已停止。"))


def note_watched(*, actor: Actor, recording: Recording) -> None:
    """Somebody fetched a recording; that is written down."""
    place = _common.place_of(actor)
    with act("room.watch", actor=actor, permission="room.join", on=place, target=recording.room) as event:
        event.note(recording.room, after={"recording": recording.pk}, scope_path=recording.room.scope_path)
