"""Background work of this wing: forgetting signalling, letting the silent leave."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from duikou.wings.rooms.actions.coming import sweep
from duikou.wings.rooms.models import Message, Room

PASSING = dt.timedelta(hours=1)  # connection details, pointers: of no use to anybody after that
AFTERWARDS = dt.timedelta(days=1)  # what lay on the stage of a closed room
PART = 500  # rows deleted in one transaction


@task(title=_("清理会诊室的连接消息"))
def tidy_rooms() -> dict[str, int]:
    """Remove messages that nobody needs any more; end stays without a sign of life; returns how many."""
    swept = sweep()
    now = timezone.now()
    old = Q(at__lt=now - PASSING) & ~Q(kind__in=Message.LASTING)
    old |= Q(room__state=Room.State.CLOSED, room__closed_at__lt=now - AFTERWARDS)
    gone = 0
    while keys := list(Message.objects.filter(old).values_list("pk", flat=True)[:PART]):
        gone += Message.objects.filter(pk__in=keys).delete()[0]
    return {"messages": gone, "rooms": swept}
