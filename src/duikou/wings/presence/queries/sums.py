"""Work and days of postings as other wings count them: set-based, without an actor.

Who asks has found the postings for its own reader before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Count, Sum

from duikou.wings.presence.models import Work, WorkDay


def work_of(
    postings: Collection[int], first: dt.date, last: dt.date, *, confirmed: bool = True
) -> dict[int, dict[str, int]]:
    """Counts by posting and activity from `first` to `last`, both included, in one query.

    Without `confirmed`, what the host department has not yet confirmed counts, too. A posting
    without work is not among the keys.
    """
    rows = Work.objects.filter(posting__in=postings, day__range=(first, last), count__gt=0)
    if confirmed:
        rows = rows.filter(confirmation__isnull=False)
    found: dict[int, dict[str, int]] = {}
    for posting, activity, count in rows.order_by().values_list("posting", "activity").annotate(Sum("count")):
        found.setdefault(posting, {})[activity] = count
    return found


def days_present(
    postings: Collection[int], first: dt.date, last: dt.date, *, confirmed: bool = True
) -> dict[int, int]:
    """Days at work by posting from `first` to `last`, both included, in one query."""
    rows = WorkDay.objects.filter(posting__in=postings, day__range=(first, last), present=True)
    if confirmed:
        rows = rows.filter(confirmation__isnull=False)
    return dict(rows.order_by().values_list("posting").annotate(Count("pk")))
