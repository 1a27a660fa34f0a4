"""What the acts share: the posting of a day, the host's permission, days of a week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from duikou.core.errors import Denied, refused
from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.wings.postings.models import Leave, Posting

CONFIRM = "presence.confirm"
OWN = "presence.own"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item; `uuid` as the phone wrote it, empty where it could not be read."""

    uuid: str
    status: str
    message: str = ""
    day: dt.date | None = None


def own_turn(actor: Actor) -> int:
    """The actor's account, held until the act is over: what one phone sends twice at once comes in turn.

    Raises Denied for nobody in particular.
    """
    if actor.user_id is None:
        raise Denied(_("只能由本人办理。请先登录。"))
    User.objects.select_for_update(no_key=True).filter(pk=actor.user_id).values_list("pk").get()
    return actor.user_id


def on_post(actor: Actor, days: Collection[dt.date]) -> dict[dt.date, Posting]:
    """The actor's own posting of each day, held until the act is over; days without one are left out."""
    if not days:
        return {}
    rows = list(
        Posting.objects.between(min(days), max(days))
        .filter(person__user=actor.user_id)
        .select_for_update(of=("self",), no_key=True)
        .select_related("pairing__round", "recipient")
        .order_by("pk")
    )
    return {day: posting for day in days for posting in rows if posting.first_day <= day <= posting.last_day}


def leave_on(posting: Posting, day: dt.date) -> bool:
    """Whether the person is on leave from the post on a day."""
    return Leave.objects.filter(
        posting=posting, withdrawn_at=None, first_day__lte=day, last_day__gte=day
    ).exists()


def not_own(actor: Actor, posting: Posting) -> None:
    """Raise Denied for the person concerned: nobody confirms or corrects the own record."""
    if actor.user_id is not None and actor.user_id == posting.person.user_id:
        raise Denied(_("不能确认或更正自己的考勤与工作量。请由派驻科室的其他负责人办理。"))


def inside(posting: Posting, day: dt.date, field: str = "day") -> None:
    """Raise Invalid for a day outside the posting."""
    if posting.state not in Posting.SERVED or not posting.first_day <= day <= posting.last_day:
        raise refused(
            field,
            _("%(day)s 不在派驻期内（%(first)s 至 %(last)s）。")
            % {"day": day, "first": posting.first_day, "last": posting.last_day},
        )


def counted(count: int, most: int, title: str, field: str = "count") -> None:
    """Raise Invalid for a number that cannot be."""
    if not 0 <= count <= most:
        raise refused(
            field,
            _("“%(what)s”每天应为 0 到 %(most)s，实际 %(found)s。")
            % {"what": title, "most": most, "found": count},
        )
