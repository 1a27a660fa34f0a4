"""Who is where on a day: what later wings build on. Unscoped: a face shows its rows through `visible_to`."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from duikou.wings.hospitals.models import Hospital
from duikou.wings.postings.eligibility import Stay
from duikou.wings.postings.models import Posting
from duikou.wings.stays.models import StayQuerySet


def on_post(hospital: Hospital, day: dt.date) -> StayQuerySet:
    """The postings at a recipient of a day, those on leave included, by department and name."""
    rows: StayQuerySet = Posting.objects.on(day).filter(recipient=hospital)
    return rows.select_related("person", "host_department", "supporter").order_by(
        "host_department__name", "person__name", "pk"
    )


def live_stays(persons: Iterable[int]) -> dict[int, list[Stay]]:
    """Days on which persons are, were or are to be posted, by person."""
    found: dict[int, list[Stay]] = defaultdict(list)
    rows = Posting.objects.filter(person__in=persons, state__in=Posting.LIVE).values_list(
        "person", "first_day", "last_day", "recipient__name"
    )
    for person, first, last, place in rows:
        found[person].append(Stay(first, last, place))
    return found
