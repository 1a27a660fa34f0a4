"""How many a department's shifts take on each day: a date before the day of the week before the usual."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from duikou.wings.hospitals.models import Department
from duikou.wings.rosters.models import Need, Shift

WEEK = range(7)  # Monday is 0


@dataclass(frozen=True, slots=True)
class Needs:
    """What differs from the shifts' usual numbers."""

    weekdays: Mapping[tuple[int, int], int] = field(default_factory=dict)  # by shift and day of the week
    days: Mapping[tuple[int, dt.date], int] = field(default_factory=dict)  # by shift and date
    notes: Mapping[dt.date, str] = field(default_factory=dict)

    def on_weekday(self, shift: Shift, weekday: int) -> int:
        """How many it takes on such a day, if nothing is set for the date."""
        usual = shift.weekend_need if weekday >= 5 else shift.weekday_need
        return self.weekdays.get((shift.pk, weekday), usual)

    def on(self, shift: Shift, day: dt.date) -> int:
        """How many it takes on that date."""
        found = self.days.get((shift.pk, day))
        return self.on_weekday(shift, day.weekday()) if found is None else found


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date with numbers of its own."""

    day: dt.date
    note: str
    people: Mapping[int, int]  # by shift


def needs_of(department: Department, first: dt.date | None = None, last: dt.date | None = None) -> Needs:
    """Of a department; dates from `first` to `last` alone where these are given. One query."""
    rows = Need.objects.filter(department=department)
    weekdays, days, notes = {}, {}, {}
    for row in rows:
        if row.day is None:
            weekdays[row.shift_id, row.weekday or 0] = row.people
        elif (first is None or first <= row.day) and (last is None or row.day <= last):
            days[row.shift_id, row.day] = row.people
            if row.note:
                notes[row.day] = row.note
    return Needs(weekdays, days, notes)


def special_days(needs: Needs, shifts: Iterable[Shift]) -> list[SpecialDay]:
    """The dates with numbers of their own, in order; shifts out of use left aside."""
    live = {shift.pk for shift in shifts}
    found: dict[dt.date, dict[int, int]] = defaultdict(dict)
    for (shift, day), people in needs.days.items():
        if shift in live:
            found[day][shift] = people
    return [SpecialDay(day, needs.notes.get(day, ""), people) for day, people in sorted(found.items())]
