"""Days folded out of the marks, each time that a mark comes."""

from __future__ import annotations

import datetime as dt

from duikou.wings.postings.models import Posting
from duikou.wings.presence.folding import CHINA, Folded, Tap, fold
from duikou.wings.presence.models import Mark, WorkDay

AROUND = 2  # days: a mark may move the check-out of a neighbouring day


def settle_days(posting: Posting, day: dt.date) -> bool:
    """Bring the days around `day` in line with the posting's marks, inside the act that added one.

    A day that the host department put right stays as it is: True when it is the day in question.
    A confirmed day that changes waits for confirmation again.
    """
    first, last = day - dt.timedelta(days=AROUND), day + dt.timedelta(days=AROUND)
    start = dt.datetime.combine(first - dt.timedelta(days=1), dt.time(), CHINA)
    stop = dt.datetime.combine(last + dt.timedelta(days=2), dt.time(), CHINA)
    marks = Mark.objects.filter(posting=posting, at__gte=start, at__lt=stop)
    found = fold(Tap(mark.kind, mark.at, mark.place) for mark in marks)
    rows = {row.day: row for row in WorkDay.objects.filter(posting=posting, day__range=(first, last))}
    for each in sorted(found.keys() | rows.keys()):
        if first <= each <= last:
            _settle(posting, each, found.get(each), rows.get(each))
    return day in rows and rows[day].corrected


def _settle(posting: Posting, day: dt.date, folded: Folded | None, row: WorkDay | None) -> None:
    if row is not None and row.corrected:
        return
    if folded is None:
        if row is not None and not row.demonstration:
            # Its only mark, a check-out, has found its check-in on the day before.
            row.delete()
        return
    row = row or WorkDay(posting=posting, day=day, version=0)
    values = {
        "present": folded.present,
        "first_in": folded.first_in,
        "last_out": folded.last_out,
        "place": folded.place,
    }
    if row.pk and all(getattr(row, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(row, name, value)
    row.confirmation = None
    row.version += 1
    row.save()
