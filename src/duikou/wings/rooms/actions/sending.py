"""What those present tell each other. Signalling leaves no audit event: it is gone within the hour."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.errors import Denied, refused
from duikou.wings.rooms.actions import _common
from duikou.wings.rooms.models import Exhibit, Member, Message, Presence, QualitySummary

MOST_BYTES = 64 * 1024  # a description of a dozen tracks has less than 20,000
PRIVATE = frozenset({"signal"})  # told to one person
LOUDER_THAN_WATCHING = frozenset({"stage", "stroke", "clear", "pointer"})
VIEW = ("zoom", "x", "y", "width", "series", "frame", "at")  # of a body of "stage": numbers, each optional
STALE = dt.timedelta(minutes=1)  # a view of the stage that has been followed by others this long is dropped


def send(*, seat: Presence, kind: str, body: Any, to: int | None = None, key: str = "") -> int:
    """Tell the room, or one of those present; answers the message's number.

    The same key twice is one message: a browser that heard no answer sends again.
    """
    _check(seat, kind, body, to, key)
    with transaction.atomic():
        room = _common.opened(seat.room)
        if key and (sent := Message.objects.filter(sender=seat, key=key).first()):
            return sent.number
        other = None
        if to is not None:
            other = Presence.objects.live().filter(room=room, pk=to).first()
            if other is None:  # has just left: nobody is there to be told
                return room.last_number
        message = _common.tell(room, kind, body, sender=seat, to=other, key=key)
        if kind == Message.Kind.CLEAR:
            gone = Message.objects.filter(room=room, kind=Message.Kind.STROKE, number__lt=message.number)
            gone.filter(body__exhibit=body.get("exhibit")).delete()
        if kind == Message.Kind.STAGE:  # whoever comes in asks for the last one alone
            passed = Message.objects.filter(room=room, kind=kind, number__lt=message.number)
            passed.filter(at__lt=timezone.now() - STALE).delete()
    return message.number


def _check(seat: Presence, kind: str, body: Any, to: int | None, key: str) -> None:
    if kind not in Message.SENT:
        raise refused("kind", _("没有这种消息。"))
    if (to is None) == (kind in PRIVATE):
        raise refused("to", _("连接协商须写明收件人，其他消息发给全体。"))
    if len(key) > 36:
        raise refused("key", _("消息的键最长 36 个字符。"))
    if not isinstance(body, dict):
        raise refused("body", _("消息的内容应是一个对象。"))
    if len(json.dumps(body)) > MOST_BYTES:
        raise refused("body", _("消息过大：最多 64 KB。"))
    guard.check(Message, {"body": body, "key": key})
    if seat.part == Member.Part.WATCHER and kind in LOUDER_THAN_WATCHING:
        raise Denied(_("旁听者不能操作展示区。"))
    if kind in LOUDER_THAN_WATCHING:
        _check_place(seat, kind, body)


def _check_place(seat: Presence, kind: str, body: dict[str, Any]) -> None:
    """On the stage lies what was laid there, and nothing else: an exhibit of this room, seen somehow."""
    named = str(body.get("exhibit", ""))
    known = named.isascii() and named.isdigit() and len(named) < 6
    if not known or not Exhibit.objects.filter(room=seat.room_id, position=int(named)).exists():
        raise refused("body", _("这间会诊室没有这份展示材料。"))
    if kind == Message.Kind.STAGE:
        numbers = [body[name] for name in VIEW if name in body]
        if not all(isinstance(one, int | float) and math.isfinite(one) for one in numbers):
            raise refused("body", _("展示的位置与倍数应为数字。"))


def report_quality(
    *, seat: Presence, seconds: int, round_trip: int | None, loss: int | None, freezes: int, restarts: int,
    relayed: bool,
) -> None:  # fmt: skip
    """Keep the newest summary of a stay's link."""
    QualitySummary.objects.update_or_create(
        presence=seat,
        defaults={
            "seconds": seconds,
            "round_trip": round_trip,
            "loss": loss,
            "freezes": freezes,
            "restarts": restarts,
            "relayed": relayed,
        },
    )
