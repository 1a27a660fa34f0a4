"""Which free times suit a consultation: the seam where a joint plan of all experts' times can come in.

options(consultation) -> free times of the named experts, the most suitable first
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from duikou.wings.telehealth.models import Consultation, Slot

MOST = 40


def options(one: Consultation, now: dt.datetime | None = None) -> list[Slot]:
    """Free times of the named experts: nearest to the time that was asked for, else the earliest."""
    now = now or timezone.now()
    rows = list(
        Slot.objects.filter(
            expert__seats__consultation=one,
            expert__seats__released_at=None,
            consultation=None,
            withdrawn_at=None,
            begins_at__gt=now,
        )
        .select_related("expert__person")
        .order_by("begins_at", "pk")[:MOST]
    )
    wanted = one.wanted_at
    if wanted is None:
        return rows
    return sorted(rows, key=lambda slot: (abs(slot.begins_at - wanted), slot.begins_at, slot.pk))
