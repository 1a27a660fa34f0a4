"""The host department's weekly word for what its posted staff reported."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.wings.postings.models import Posting
from duikou.wings.presence.actions._common import CONFIRM, not_own
from duikou.wings.presence.actions.figures import tell_ledger
from duikou.wings.presence.folding import monday_of
from duikou.wings.presence.models import Confirmation, Work, WorkDay
from duikou.wings.presence.models.record import Place


def confirm_week(*, actor: Actor, posting: Posting, monday: dt.date, remark: str = "") -> Confirmation:
    """Confirm what a posted person reported in the week that begins on `monday`, as it stands now.

    What comes later, or changes, waits for another confirmation. Raises Denied outside the host and
    for the person concerned, Invalid for a day that is no Monday or lies ahead, Conflict when nothing
    waits, or while a check-in far from the hospital has not been decided on.
    """
    with act("presence.confirm", actor=actor, permission=CONFIRM, on=posting.host_path) as event:
        not_own(actor, posting)
        _check(monday, remark)
        Posting.objects.select_for_update(no_key=True).get(pk=posting.pk)  # no item comes in between
        week = {"posting": posting, "day__range": (monday, monday + dt.timedelta(days=6))}
        far = WorkDay.objects.filter(**week, place=Place.FAR, corrected=False, confirmation=None)
        if undecided := [str(day) for day in far.values_list("day", flat=True)]:
            raise Conflict(
                _("%(days)s 的签到地点距医院较远。请先逐日更正（认定在岗或不在岗并写明理由），再确认本周。")
                % {"days": _("、").join(undecided)}
            )
        days = WorkDay.objects.filter(**week, confirmation=None)
        work = Work.objects.filter(**week, confirmation=None)
        row = Confirmation(
            posting=posting,
            monday=monday,
            days=days.count(),
            entries=work.count(),
            remark=remark.strip(),
            confirmed_by_id=actor.user_id,
            confirmed_at=timezone.now(),
        )
        if not row.days and not row.entries:
            raise Conflict(_("%(day)s 这一周没有待确认的内容。") % {"day": monday})
        row.save()
        days.update(confirmation=row)
        work.update(confirmation=row)
        tell_ledger(actor, posting, [monday, monday + dt.timedelta(days=6)])
        event.note(
            posting,
            after={"monday": monday, "days": row.days, "entries": row.entries, "remark": row.remark},
        )
    return row


def _check(monday: dt.date, remark: str) -> None:
    if monday != monday_of(monday):
        raise refused("monday", _("%(day)s 不是周一。每周从周一到周日。") % {"day": monday})
    if monday > timezone.localdate():
        raise refused("monday", _("%(day)s 这一周还没有开始。") % {"day": monday})
    if fault := guard.fault_of_text(remark, 300):
        raise refused("remark", fault)
