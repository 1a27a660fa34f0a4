"""Consultations whose clock ran out: whoever must act is told, then the office, then the authority above."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.utils import timezone

from duikou.core.actions import act
from duikou.core.scope import SYSTEM
from duikou.wings.telehealth import catalogue
from duikou.wings.telehealth.models import Consultation, Escalation

Level = Escalation.Level
BATCH = 500


def level_at(one: Consultation, at: dt.datetime) -> int:
    """How far up the clock of a consultation has to be told by a time; 0 while it has not run out."""
    step = catalogue.STEPS.get(one.state)
    if step is None or one.due_at is None or at < one.due_at:
        return 0
    lasts = dt.timedelta(hours=catalogue.hours(one.urgency, step))
    office, superior = (catalogue.percent(name) for name in ("office", "superior"))
    over = at - one.due_at
    if over >= lasts * superior / 100:
        return Level.SUPERIOR
    return Level.OFFICE if over >= lasts * office / 100 else Level.ACTING


def escalate(*, now: dt.datetime | None = None) -> dict[str, int]:
    """Tell what has to be told by now; running it again tells nothing twice. Levels are told in order."""
    at = now or timezone.now()
    rows = Consultation.objects.filter(due_at__lte=at, state__in=catalogue.STEPS)
    told = {
        (row.consultation_id, row.state, row.due_at, row.level)
        for row in Escalation.objects.filter(consultation__in=rows)
    }
    fresh = [
        Escalation(
            consultation=one,
            state=one.state,
            due_at=one.due_at,
            level=level,
            made_at=at,
            demonstration=one.demonstration,
        )
        for one in rows.order_by("due_at", "pk").iterator(chunk_size=BATCH)
        for level in range(1, level_at(one, at) + 1)
        if (one.pk, one.state, one.due_at, level) not in told
    ]
    made = Counter(row.level for row in fresh)
    counts = {level.name.lower(): made[level] for level in Level}
    if fresh:
        with act("consultation.escalate", actor=SYSTEM, permission="consult.count") as event:
            Escalation.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=BATCH)
            event.note(label=at.isoformat(timespec="minutes"), after=counts)
    return counts
