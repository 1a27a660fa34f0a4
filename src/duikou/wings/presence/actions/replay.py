"""Taking a phone's queue: in whatever order, as often as it comes, each item with its own answer.

The queue of a phone that was without a link comes late, in parts, twice, or from a phone whose clock
is wrong. So nothing here depends on the order of arrival: days are folded out of all marks, a counter
goes by the time at which it was said. What is refused stays in the phone's hands and may come again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act
from duikou.core.errors import DuikouError, Invalid
from duikou.core.faces import words
from duikou.core.scope import Actor
from duikou.wings.postings.models import Posting
from duikou.wings.presence import catalogue
from duikou.wings.presence.actions import items
from duikou.wings.presence.actions._common import OWN, Outcome, counted, leave_on, on_post, own_turn
from duikou.wings.presence.actions.days import settle_days
from duikou.wings.presence.folding import CHINA, TRUSTED, put_right
from duikou.wings.presence.models import Delivery, Mark, Work

MOST_ITEMS = 200  # of one call; a longer queue comes in several
KNOWN = "known"  # it came before: nothing has changed
Status = Delivery.Status


@dataclass(frozen=True, slots=True)
class Replayed:
    """Answers in the order of the items, and how far the phone's clock is off."""

    received_at: dt.datetime
    skew_seconds: int
    outcomes: tuple[Outcome, ...]


def replay(
    *, actor: Actor, sent_at: dt.datetime, sent: Sequence[object], now: dt.datetime | None = None
) -> Replayed:
    """Take items of the actor's own phone; `sent_at` is the phone's time of this very sending.

    Raises Invalid for more items than one call may bring, Denied for nobody in particular. Whatever
    is wrong with an item is the answer to that item alone.
    """
    received_at = now or timezone.now()
    if len(sent) > MOST_ITEMS:
        raise Invalid(
            _("一次最多 %(most)s 条，实际 %(found)s 条。请分几次发送。")
            % {"most": MOST_ITEMS, "found": len(sent)}
        )
    with act("presence.deliver", actor=actor, permission=OWN) as event:
        taker = _Taker(actor, own_turn(actor), sent_at, received_at)
        outcomes = tuple(taker.take(raw) for raw in sent)
        statuses = [one.status for one in outcomes]
        event.note(
            taker.last,
            label=_("手机上报 %(count)s 条") % {"count": len(sent)},
            after={status: statuses.count(status) for status in sorted(set(statuses))},
            scope_path=taker.last.host_path if taker.last else None,
        )
    return Replayed(received_at, taker.skew_seconds, outcomes)


class _Taker:
    """Takes the items of one sending."""

    def __init__(self, actor: Actor, user_id: int, sent_at: dt.datetime, received_at: dt.datetime) -> None:
        self.actor = actor
        self.user_id = user_id
        self.sent_at = sent_at
        self.received_at = received_at
        self.skew_seconds = round((received_at - sent_at).total_seconds())
        self.last: Posting | None = None

    def take(self, raw: object) -> Outcome:
        """One item: all of it or nothing."""
        name = guard.keepable(str(raw.get("uuid", ""))[:40]) if isinstance(raw, dict) else ""
        try:
            item = items.read(raw)
        except Invalid as error:
            return Outcome(name, Status.REFUSED, str(error.message))
        delivery = self._delivery(item)
        if delivery.status in (Status.TAKEN, Status.SUPERSEDED) and delivery.pk:
            Delivery.objects.filter(pk=delivery.pk).update(tries=delivery.tries + 1)
            return Outcome(str(item.uuid), KNOWN, delivery.reason, delivery.day)
        try:
            with transaction.atomic():
                self._carry_out(item, delivery)
        except DuikouError as error:
            delivery.status, delivery.reason = Status.REFUSED, str(error.message)[:300]
            delivery.posting = None
            delivery.save()
        return Outcome(str(item.uuid), delivery.status, delivery.reason, delivery.day)

    def _delivery(self, item: items.Item) -> Delivery:
        """The row of an item: the one that is there, or a new one not yet saved."""
        found = Delivery.objects.filter(user=self.user_id, uuid=item.uuid).first()
        if found is not None:
            if found.status == Status.REFUSED:  # it may be right by now: say it anew
                self._say(found, item)
                found.tries += 1
            return found
        fresh = Delivery(user_id=self.user_id, uuid=item.uuid)
        self._say(fresh, item)
        return fresh

    def _say(self, delivery: Delivery, item: items.Item) -> None:
        delivery.kind, delivery.payload = item.kind, items.payload(item)
        delivery.client_at, delivery.sent_at, delivery.received_at = item.at, self.sent_at, self.received_at
        delivery.skew_seconds = self.skew_seconds
        delivery.status, delivery.reason = Status.REFUSED, ""
        at = put_right(item.at, self.sent_at, self.received_at)
        delivery.day = item.day if isinstance(item, items.Sheet) else at.astimezone(CHINA).date()

    def _carry_out(self, item: items.Item, delivery: Delivery) -> None:
        at = put_right(item.at, self.sent_at, self.received_at)
        if at > self.received_at + TRUSTED:
            raise Invalid(_("时间 %(at)s 还没有到。请校准手机时钟后重新填报。") % {"at": _clock(at)})
        day = delivery.day
        assert day is not None
        days = [day, day - dt.timedelta(days=1)] if item.kind == "out" else [day]
        found = on_post(self.actor, days)  # the last night duty ends on the day after the posting
        posting = next((found[one] for one in days if one in found), None)
        if posting is None:
            raise Invalid(
                _("%(day)s 您没有在岗的派驻，无法记录。如刚到岗，请受援医院登记到岗后重新发送。")
                % {"day": day}
            )
        self.last = delivery.posting = posting
        delivery.status = Status.TAKEN
        if isinstance(item, items.Sheet):
            if day > self.received_at.astimezone(CHINA).date():
                raise Invalid(_("%(day)s 还没有到，不能填报工作量。") % {"day": day})
            self._count(posting, item, delivery, at)
            delivery.save()
        else:
            self._mark(posting, item, delivery, at)

    def _mark(self, posting: Posting, item: items.Check, delivery: Delivery, at: dt.datetime) -> None:
        earlier = Mark.objects.filter(posting=posting, kind=item.kind, delivery__day=delivery.day).exists()
        delivery.save()
        Mark.objects.create(posting=posting, kind=item.kind, at=at, place=item.place, delivery=delivery)
        overruled = settle_days(posting, at.astimezone(CHINA).date())
        if overruled:
            delivery.status = Status.SUPERSEDED
            delivery.reason = _("受援科室已更正这一天的考勤，以更正为准；本条已留存。")
        elif item.kind == "in" and earlier:
            delivery.reason = _("这一天已经签到过，以最早一次为准。")
        elif item.kind == "out" and earlier:
            delivery.reason = _("这一天已经签退过，以最晚一次为准。")
        elif item.place == "far":
            delivery.reason = _("签到地点距医院较远，请向派驻科室说明，由科室核定。")
        elif leave_on(posting, at.astimezone(CHINA).date()):
            delivery.reason = _("这一天登记为请假。如已销假，请告知受援医院。")
        if delivery.reason:
            delivery.save(update_fields=["status", "reason"])

    def _count(self, posting: Posting, sheet: items.Sheet, delivery: Delivery, at: dt.datetime) -> None:
        known = catalogue.of_posting(posting)
        for name, count in sheet.counts.items():
            if name not in known:
                raise Invalid(_("政策包中没有名为“%(name)s”的工作量项目。") % {"name": name})
            counted(count, known[name].most, words(known[name].title), field=name)
        rows = {
            row.activity: row
            for row in Work.objects.filter(posting=posting, day=sheet.day, activity__in=sheet.counts)
        }
        left: list[str] = []
        confirmed = False
        for name, count in sheet.counts.items():
            row = rows.get(name) or Work(posting=posting, day=sheet.day, activity=name, said_at=at, version=0)
            fixed = row.corrected or row.confirmation_id is not None
            if row.pk and (fixed or row.said_at > at):
                if row.count != count:
                    left.append(words(known[name].title))
                    confirmed = confirmed or fixed
                continue
            row.count, row.said_at, row.version = count, at, row.version + 1
            row.save()
        if left:
            delivery.status = Status.SUPERSEDED
            why = (
                _("%(what)s 已由派驻科室确认或更正，以科室为准；如有误请联系科室。")
                if confirmed
                else _("%(what)s 已有更晚填报的数字，以较晚的为准。")
            )
            delivery.reason = (why % {"what": _("、").join(left)})[:300]


def _clock(at: dt.datetime) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
