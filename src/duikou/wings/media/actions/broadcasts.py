"""A broadcast begins, its parts come in, it ends and is kept if that was said."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import components, guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, Denied, DuikouError, refused
from duikou.core.scope import SYSTEM, Actor
from duikou.wings.media import feeding, storing
from duikou.wings.media.actions._common import place_of, shelf, title_of
from duikou.wings.media.actions.recordings import ask_for_pieces
from duikou.wings.media.models import Broadcast, Recording

MOST_PART = 8 * 1024 * 1024
MOST_TAKES = 500
SILENT = dt.timedelta(minutes=15)  # after which a broadcast that nobody sends has ended
WEBM = b"\x1a\x45\xdf\xa3"


class Gap(Conflict):
    """A part that is not the next one; `next` is."""

    code = "gap"

    def __init__(self, message: object, expected: int) -> None:
        super().__init__(message)
        self.expected = expected


class Full(DuikouError):
    """The broadcast is as large as it may get, or the disk is."""

    status = 507
    code = "no_room"


def start_broadcast(*, actor: Actor, title: str, keeps: bool, notice: str = "") -> Broadcast:
    """Begin a broadcast. Whoever keeps it as a recording says in `notice` what everybody is told.

    Raises Conflict without ffmpeg, Invalid for a recording without notice.
    """
    with act("media.live", actor=actor, permission="media.edit", on=place_of(actor)) as event:
        title = title_of(title)
        notice = guard.line(notice, "notice", _("录制告知"), 300, required=keeps) if keeps else ""
        if not (state := components.state("video")).on:
            raise Conflict(state.words)
        if Broadcast.objects.filter(started_by=actor.user_id, state=Broadcast.State.LIVE).exists():
            raise Conflict(_("您已有一场直播在进行。请先结束它。"))
        made = Broadcast.objects.create(
            title=title,
            scope_path=place_of(actor),
            keeps=keeps,
            notice=notice,
            started_by_id=actor.user_id,
        )
        storing.folder(shelf().parts(made.number))
        event.note(made, after={"number": made.number, "keeps": keeps})
    return made


def _own(actor: Actor, broadcast: Broadcast) -> None:
    if broadcast.started_by_id != actor.user_id:
        raise Denied(_("只有开播的人可以推送画面。"))
    if not Broadcast.objects.filter(pk=broadcast.pk, state=Broadcast.State.LIVE).exists():
        raise Conflict(_("直播已经结束。"))


def begin_take(*, actor: Actor, broadcast: Broadcast) -> int:
    """A browser begins to record (anew): what it sends now has a header of its own. Returns its number."""
    _own(actor, broadcast)
    parts = storing.folder(shelf().parts(broadcast.number))
    for number in range(len(storing.takes(parts)) + 1, MOST_TAKES):
        try:
            storing.take_of(parts, number).mkdir(mode=0o700)
        except FileExistsError:
            continue
        return number
    raise Conflict(_("直播中断次数过多，请重新开一场。"))


def add_part(*, actor: Actor, broadcast: Broadcast, take: int, number: int, content: bytes) -> int:
    """Keep a part; returns the number of the next one. When this answers, the part is safe on the disk.

    A part sent twice is kept once. Raises Gap for one that is not the next, Conflict once it has ended.
    """
    _own(actor, broadcast)
    if not content or len(content) > MOST_PART:
        raise refused("content", _("一段应为 1 字节至 8 MB。"))
    folder = storing.take_of(shelf().parts(broadcast.number), take)
    if not folder.is_dir():
        raise Conflict(_("这一次推流没有登记，请重新开始推流。"))
    expected = _next(folder, number)
    if number < expected:
        return expected
    if number > expected:
        raise Gap(_("缺少第 %(expected)s 段，请从它开始重发。") % {"expected": expected}, expected)
    if number == 0 and not content.startswith(WEBM):
        raise refused("content", _("画面应为浏览器录制的 WebM。"))
    _demand_room(broadcast, number, len(content))
    storing.write_once(storing.piece(folder, number), content)
    return number + 1


def _next(folder: Path, hint: int) -> int:
    """The number of the next part; usually the one that comes, so that no folder has to be read."""
    if (hint == 0 or storing.piece(folder, hint - 1).exists()) and not storing.piece(folder, hint).exists():
        return hint
    return len(storing.pieces(folder))


def _demand_room(broadcast: Broadcast, number: int, size: int) -> None:
    if number % 30 == 0:  # reading the folder each time would cost more than it tells
        parts = shelf().parts(broadcast.number)
        held = sum(path.stat().st_size for path in parts.glob("*/[0-9]*"))
        if held + size > settings.BROADCAST_MAX_BYTES:
            raise Full(_("直播已达到保存的上限，请结束后另开一场。"))
        if shutil.disk_usage(parts).free < settings.UPLOAD_RESERVE_BYTES:
            raise Full(_("服务器存储空间不足。请联系系统管理员。"))


def end_broadcast(*, actor: Actor, broadcast: Broadcast) -> Broadcast:
    """End a broadcast; what came is kept as a recording if that was said at the start. Twice is once."""
    with act(
        "media.live_end", actor=actor, permission="media.edit", on=broadcast.scope_path, target=broadcast
    ) as event:
        found = Broadcast.objects.select_for_update().get(pk=broadcast.pk)
        if found.live:
            found.state, found.ended_at = Broadcast.State.ENDED, timezone.now()
            if found.keeps:
                found.recording = Recording.objects.create(
                    title=found.title,
                    scope_path=found.scope_path,
                    origin=Recording.Origin.BROADCAST,
                    added_by_id=found.started_by_id,
                )
            found.save(update_fields=["state", "ended_at", "recording"])
            if found.recording:
                ask_for_pieces(actor, found.recording)
            number = found.number
            transaction.on_commit(lambda: mark_ended(number))
        event.note(found, after={"recording": found.recording.number if found.recording else None})
    return found


def mark_ended(number: str) -> None:
    """Tell the process of live broadcasts that no more parts will come."""
    place = shelf().live(number)
    if place.is_dir():
        (place / feeding.ENDED).touch()


def end_silent() -> int:
    """End broadcasts that nobody has sent for long (a browser that died); returns how many."""
    ended = 0
    for one in Broadcast.objects.filter(state=Broadcast.State.LIVE, started_at__lt=timezone.now() - SILENT):
        takes = storing.takes(shelf().parts(one.number))
        last = takes[-1].stat().st_mtime if takes else 0.0
        if last < time.time() - SILENT.total_seconds():
            end_broadcast(actor=SYSTEM, broadcast=one)
            ended += 1
    return ended
