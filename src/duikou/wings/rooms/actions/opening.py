"""Rooms opened, people invited, the stage set, rooms closed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, Denied, refused
from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.wings.rooms import conference
from duikou.wings.rooms.actions import _common
from duikou.wings.rooms.actions.recording import end_recording
from duikou.wings.rooms.models import Exhibit, Member, Message, Presence, Recording, Room

REFERENCE = re.compile(r"[a-z_]{1,20}:\d{1,18}")
MOST_MEMBERS, MOST_EXHIBITS = 40, 200


@dataclass(frozen=True, slots=True)
class Invited:
    """Who may come in: one account, or everybody of a hospital or department who may join rooms."""

    part: str
    user: User | None = None
    path: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the stage has to show; `source` is a path of this site, guarded by its own rules."""

    kind: str
    title: str
    source: str = ""


def open_room(
    *,
    actor: Actor,
    title: str,
    reference: str = "",
    members: Iterable[Invited] = (),
    exhibits: Iterable[Shown] = (),
    demonstration: bool = False,
) -> Room:
    """Open a room; who opens it leads it. An open room of the same reference is the answer, unchanged.

    `reference` says what it is for ("consultation:12"); a title must name no patient.
    """
    place = _common.place_of(actor, "room.open")
    with act("room.open", actor=actor, permission="room.open", on=place) as event:
        title = title.strip()
        if not title:
            raise refused("title", _("请填写会诊室的名称。"))
        if fault := guard.fault_of_text(title, 120):
            raise refused("title", fault)
        if reference and not REFERENCE.fullmatch(reference):
            raise refused("reference", _("事由编号应写作“类别:数字”，如 consultation:12。"))
        if reference and (found := _open_for(reference)):
            return found
        try:
            with transaction.atomic():
                room = Room.objects.create(
                    title=title,
                    reference=reference,
                    scope_path=place,
                    opened_by_id=actor.user_id,
                    demonstration=demonstration,
                )
        except IntegrityError as error:  # somebody opened it in the same moment
            if found := _open_for(reference):
                return found
            raise Conflict(_("没有执行：会诊室刚被他人打开。请刷新后再试。")) from error
        if actor.user_id is not None:
            Member.objects.create(
                room=room, user_id=actor.user_id, label=actor.label[:120], part=Member.Part.HOST
            )
        _invite(room, members)
        _show(room, [*exhibits, Shown(Exhibit.Kind.BOARD, _("白板"))])
        event.note(room, after={"reference": reference, "members": room.members.count()})
    return room


def _open_for(reference: str) -> Room | None:
    return Room.objects.filter(reference=reference, state=Room.State.OPEN).first()


def invite(*, actor: Actor, room: Room, members: Iterable[Invited]) -> Room:
    """Let more people in; who may come in already stays as before."""
    place = _common.place_of(actor, "room.open")
    with act("room.invite", actor=actor, permission="room.open", on=place, target=room) as event:
        found = _led(actor, room)
        before = found.members.count()
        _invite(found, members)
        event.note(
            found, before=before, after=list(found.members.values_list("label", flat=True)),
            scope_path=found.scope_path,
        )  # fmt: skip
    return found


def _invite(room: Room, members: Iterable[Invited]) -> None:
    for one in members:
        if one.part not in Member.Part.values:
            raise refused("members", _("请选择成员的角色。"))
        if (one.user is None) == (not one.path):
            raise refused("members", _("每个成员应是一个账号，或一家医院、一个科室。"))
        label = guard.keepable(one.label or str(one.user or ""))[:120]
        named: dict[str, Any] = {"user": one.user} if one.user else {"path": one.path}
        Member.objects.get_or_create(room=room, **named, defaults={"label": label, "part": one.part})
    if room.members.count() > MOST_MEMBERS:
        raise refused("members", _("一间会诊室最多 %(most)s 个成员。") % {"most": MOST_MEMBERS})


def show(*, actor: Actor, room: Room, exhibits: Iterable[Shown]) -> Room:
    """Lay more on the stage of an open room."""
    place = _common.place_of(actor, "room.open")
    with act("room.show", actor=actor, permission="room.open", on=place, target=room) as event:
        found = _led(actor, room)
        _show(found, exhibits)
        event.note(found, after={"exhibits": found.exhibits.count()}, scope_path=found.scope_path)
    return found


def _show(room: Room, exhibits: Iterable[Shown]) -> None:
    position = room.exhibits.aggregate(last=Max("position"))["last"] or 0
    for one in exhibits:
        position += 1
        if one.kind not in Exhibit.Kind.values:
            raise refused("exhibits", _("没有这种展示材料。"))
        own = one.source.startswith("/") and not one.source.startswith("//")
        if own == (one.kind == Exhibit.Kind.BOARD):
            raise refused("exhibits", _("展示材料须来自本站（地址以 / 开头）。"))
        if not Exhibit.fits(one.kind, one.source):
            raise refused("exhibits", _("影像序列应写检查页面的地址，数字切片应写切片页面的地址。"))
        Exhibit.objects.create(
            room=room, position=position, kind=one.kind, title=one.title[:120], source=one.source
        )
    if position > MOST_EXHIBITS:
        raise refused("exhibits", _("最多 %(most)s 份展示材料。") % {"most": MOST_EXHIBITS})


def _led(actor: Actor, room: Room) -> Room:
    found = _common.opened(room)
    if not _common.is_host(actor, found):
        raise Denied(_("只有会诊室的主持人可以这样做。"))
    return found


def close_room(*, actor: Actor, room: Room) -> Room:
    """Close a room for everybody: recordings end, all are told, nobody comes in any more."""
    place = _common.place_of(actor, "room.open")
    with act("room.close", actor=actor, permission="room.open", on=place, target=room) as event:
        found = _led(actor, room)
        end_recording(found, Recording.Ended.CLOSED)
        now = timezone.now()
        Presence.objects.live().filter(room=found).update(left_at=now)
        found.state, found.closed_at, found.closed_by_id = Room.State.CLOSED, now, actor.user_id
        found.save(update_fields=["state", "closed_at", "closed_by"])
        _common.tell(found, Message.Kind.CLOSED, {})
        event.note(found, before={"state": "open"}, after={"state": "closed"}, scope_path=found.scope_path)
        if found.way == Room.Way.SERVER:
            transaction.on_commit(lambda: conference.forget(found.pk))
    return found
