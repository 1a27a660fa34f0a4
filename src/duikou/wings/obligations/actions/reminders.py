"""Reminders before and after due dates, and the call to the authority above. Made once each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, Q
from django.utils import timezone

from duikou.core.actions import act
from duikou.core.scope import SYSTEM
from duikou.wings.obligations.models import Obligation, Reminder
from duikou.wings.obligations.reminding import Days, days
from duikou.wings.obligations.standing import Stage

# A reminder that could not be made for so long is not made any more: a ledger that was filled in
# afterwards must not remind of what was due years ago. Escalation has no such limit.
LATE = 30
BATCH = 500
UNDONE = (Stage.PROMISED, Stage.UNMET)


@dataclass(frozen=True, slots=True)
class Made:
    """How many reminders and escalations were made."""

    reminders: int = 0
    escalations: int = 0


def remind(*, today: dt.date | None = None) -> Made:
    """Make what is to be made by today; running it again makes nothing twice."""
    day = today or timezone.localdate()
    wanted, escalated = _wanted(day)
    if not wanted:
        return Made()
    with act("obligation.remind", actor=SYSTEM, permission="obligation.view") as event:
        Reminder.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=BATCH)
        for at in range(0, len(escalated), BATCH):
            Obligation.objects.filter(pk__in=escalated[at : at + BATCH]).update(
                escalated_on=day, version=F("version") + 1
            )
        made = Made(len(wanted) - len(escalated), len(escalated))
        event.note(
            label=day.isoformat(), after={"reminders": made.reminders, "escalations": made.escalations}
        )
    return made


def _wanted(day: dt.date) -> tuple[list[Reminder], list[int]]:
    """Reminders that are to be made on a day, and the obligations that go to the authority above."""
    recent = day - dt.timedelta(days=LATE)
    open_ = Obligation.objects.filter(closed_on=None, due__isnull=False, stage__in=UNDONE)
    rows = open_.filter(Q(escalated_on=None, due__lt=day) | Q(due__gte=recent)).values_list(
        "pk", "due", "escalated_on", "pairing__round__policy_pack"
    )
    made = set(
        Reminder.objects.filter(obligation__in=open_, due__gte=recent).values_list(
            "obligation_id", "kind", "days", "due"
        )
    )
    by_pack: dict[str, Days] = {}
    wanted: list[Reminder] = []
    escalated: list[int] = []
    for pk, due, escalated_on, pack in rows.iterator(chunk_size=2000):
        limits = by_pack.setdefault(pack, days(pack))
        found = list(_due(limits, due, day))
        if escalated_on is None and (day - due).days >= limits.escalate:
            escalated.append(pk)
            found.append((Reminder.Kind.ESCALATION, limits.escalate))
        wanted += [
            Reminder(obligation_id=pk, kind=kind, days=number, due=due, made_on=day)
            for kind, number in found
            if (pk, kind, number, due) not in made
        ]
    return wanted, escalated


def _due(limits: Days, due: dt.date, day: dt.date) -> Iterator[tuple[str, int]]:
    """The reminder that stands on a day: the newest before, or after, the due date; not all since then."""
    left = (due - day).days
    if left >= 0:
        passed = [number for number in limits.before if left <= number]
        if passed:
            yield Reminder.Kind.BEFORE, min(passed)
    elif -left <= LATE:
        passed = [number for number in limits.after if -left >= number]
        if passed:
            yield Reminder.Kind.AFTER, max(passed)
