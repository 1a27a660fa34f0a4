"""Work volumes of postings in a period, for the list that is exported."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from duikou.core.scope import Actor
from duikou.wings.postings.models import Posting
from duikou.wings.presence.queries.sums import days_present, work_of


@dataclass(frozen=True, slots=True)
class Volume:
    """A posting with its days at work and counters in a period."""

    posting: Posting
    days: int
    counts: dict[str, int]


def volumes(actor: Actor, first: dt.date, last: dt.date, *, confirmed: bool = True) -> list[Volume]:
    """All postings of the actor's area with a day in the period, in three queries."""
    rows = list(
        Posting.objects.visible_to(actor, "presence.view")
        .between(first, last)
        .select_related("person", "supporter", "recipient", "host_department")
        .order_by("recipient__name", "person__name", "pk")
    )
    keys = [row.pk for row in rows]
    work = work_of(keys, first, last, confirmed=confirmed)
    days = days_present(keys, first, last, confirmed=confirmed)
    return [Volume(row, days.get(row.pk, 0), work.get(row.pk, {})) for row in rows]
