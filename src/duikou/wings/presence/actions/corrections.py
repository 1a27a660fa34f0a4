"""What the host department puts right, with its reason; the earlier value stays readable."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, refused
from duikou.core.faces import words
from duikou.core.scope import Actor
from duikou.wings.postings.models import Posting
from duikou.wings.presence import catalogue
from duikou.wings.presence.actions._common import CONFIRM, counted, inside, not_own
from duikou.wings.presence.actions.figures import tell_ledger
from duikou.wings.presence.models import Correction, Work, WorkDay


def correct_day(
    *, actor: Actor, posting: Posting, day: dt.date, present: bool, reason: str, version: int = 0
) -> WorkDay:
    """Decide that somebody was, or was not, at work on a day. From then on no mark changes the day.

    `version` is that of the day as it was read (0: there was none). Raises Denied outside the host and
    for the person concerned, Invalid for a day outside the posting, Conflict when it has changed since.
    """
    with act("presence.correct_day", actor=actor, permission=CONFIRM, on=posting.host_path) as event:
        reason = _begin(actor, posting, day, reason)
        row = WorkDay.objects.filter(posting=posting, day=day).first()
        row = row or WorkDay(posting=posting, day=day, present=False, version=0)
        _unchanged(row.version, version)
        before = {"present": row.present, "place": row.place} if row.pk else None
        row.present, row.corrected = present, True
        row.version += 1
        row.save()
        _trail(actor, posting, day, Correction.PRESENCE, before, {"present": present}, reason)
        event.note(posting, before=before, after={"day": day, "present": present}, reason=reason)
    return row


def correct_work(
    *,
    actor: Actor,
    posting: Posting,
    day: dt.date,
    activity: str,
    count: int,
    reason: str,
    version: int = 0,
) -> Work:
    """Put a counter of a day right. From then on no item from the phone changes it; see `correct_day`."""
    with act("presence.correct_work", actor=actor, permission=CONFIRM, on=posting.host_path) as event:
        reason = _begin(actor, posting, day, reason)
        known = catalogue.of_posting(posting).get(activity)
        if known is None:
            raise refused("activity", _("政策包中没有名为“%(name)s”的工作量项目。") % {"name": activity})
        counted(count, known.most, words(known.title))
        row = Work.objects.filter(posting=posting, day=day, activity=activity).first()
        row = row or Work(posting=posting, day=day, activity=activity, count=0, version=0)
        _unchanged(row.version, version)
        before = {"count": row.count} if row.pk else None
        row.count, row.corrected, row.said_at = count, True, timezone.now()
        row.version += 1
        row.save()
        _trail(actor, posting, day, activity, before, {"count": count}, reason)
        tell_ledger(actor, posting, [day])
        event.note(
            posting, before=before, after={"day": day, "activity": activity, "count": count}, reason=reason
        )
    return row


def _begin(actor: Actor, posting: Posting, day: dt.date, reason: str) -> str:
    not_own(actor, posting)
    reason = require_reason(reason)
    inside(posting, day)
    if day > timezone.localdate():
        raise refused("day", _("%(day)s 还没有到。") % {"day": day})
    Posting.objects.select_for_update(no_key=True).get(pk=posting.pk)  # no item comes in between
    return reason


def _unchanged(found: int, read: int) -> None:
    if found != read:
        raise Conflict(_("这一天的记录刚有变化。请刷新后再更正。"))


def _trail(
    actor: Actor, posting: Posting, day: dt.date, subject: str, before: object, after: object, reason: str
) -> None:
    Correction.objects.create(
        posting=posting,
        day=day,
        subject=subject,
        before=before,
        after=after,
        reason=reason,
        corrected_by_id=actor.user_id,
    )
