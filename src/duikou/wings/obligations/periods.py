"""When a duty falls due: the days that bind it, cut into periods. Pure: no database, no clock.

Periods count from the first day of the duty, not from the first of January: an agreement of three
years has three years, twelve quarters and thirty-six months, wherever in the calendar it begins. A
period that the end of the duty cuts short is due on that end.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from duikou.policy.agreements import Period
from duikou.wings.agreements.duties import Duty

MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """One period of a duty, both days included; `due` None: nothing falls due by itself."""

    kind: Period
    number: int  # 1 = the first
    start: dt.date
    end: dt.date
    due: dt.date | None

    @property
    def name(self) -> str:
        """Tells the period from the others of its duty, also after the duty was extended or cut."""
        return f"{self.kind}-{self.start.isoformat()}" if self.kind in MONTHS else str(self.kind)


def periods(duty: Duty) -> tuple[Span, ...]:
    """The periods of a duty, in order: together they are all its days, and no day is in two of them."""
    if duty.end < duty.start:
        return ()
    kind = duty.measure.period if duty.measure else Period.STANDING
    if kind not in MONTHS:
        due = duty.end if kind in (Period.ONCE, Period.TERM) else None
        return (Span(kind, 1, duty.start, duty.end, due),)
    found: list[Span] = []
    begin = duty.start
    while begin <= duty.end:
        following = months_after(duty.start, MONTHS[kind] * (len(found) + 1))
        end = min(following - DAY, duty.end)
        found.append(Span(kind, len(found) + 1, begin, end, end))
        begin = following
    return tuple(found)


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day some months later; the month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
