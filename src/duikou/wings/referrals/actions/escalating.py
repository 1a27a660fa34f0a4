"""Clocks that ran out: the head of the department is told, then the office, then the authority above."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.utils import timezone

from duikou.core.actions import act
from duikou.core.scope import SYSTEM
from duikou.wings.referrals.catalogue import ESCALATION, number
from duikou.wings.referrals.models import Clock, Escalation

Level = Escalation.Level
BATCH = 500


def level_at(clock: Clock, at: dt.datetime, office: int, superior: int) -> int:
    """How far up a clock has to be told by a time; `office` and `superior` are shares of its time in %."""
    if clock.stopped_at is not None or clock.paused_at is not None or at < clock.due_at:
        return 0
    lasted, over = clock.due_at - clock.started_at, at - clock.due_at
    if over >= lasted * superior / 100:
        return Level.SUPERIOR
    return Level.OFFICE if over >= lasted * office / 100 else Level.HEAD


def escalate(*, now: dt.datetime | None = None) -> dict[str, int]:
    """Tell what has to be told by now; running it again tells nothing twice. Levels are told in order."""
    at = now or timezone.now()
    office, superior = (
        number(ESCALATION, name) for name in ("office_after_percent", "superior_after_percent")
    )
    rows = Clock.objects.filter(
        stopped_at=None, paused_at=None, due_at__lte=at, level__lt=Level.SUPERIOR
    ).order_by("due_at", "pk")
    wanted = [(clock, level_at(clock, at, office, superior)) for clock in rows.iterator(chunk_size=BATCH)]
    wanted = [(clock, level) for clock, level in wanted if level > clock.level]
    made: Counter[int] = Counter()
    if not wanted:
        return {"head": 0, "office": 0, "superior": 0}
    with act("referral.escalate", actor=SYSTEM, permission="referral.count") as event:
        told = [
            Escalation(clock=clock, level=each, made_at=at, demonstration=clock.demonstration)
            for clock, level in wanted
            for each in range(clock.level + 1, level + 1)
        ]
        Escalation.objects.bulk_create(told, ignore_conflicts=True, batch_size=BATCH)
        for level in Level.values:
            keys = [clock.pk for clock, found in wanted if found == level]
            for start in range(0, len(keys), BATCH):
                Clock.objects.filter(
                    pk__in=keys[start : start + BATCH], stopped_at=None, paused_at=None, level__lt=level
                ).update(level=level)
        made.update(one.level for one in told)
        counts = {"head": made[1], "office": made[2], "superior": made[3]}
        event.note(label=at.isoformat(timespec="minutes"), after=counts)
    return counts
