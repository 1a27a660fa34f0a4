"""Sets of days as sorted, separate stretches; both ends of a stretch belong to it."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

ONE = dt.timedelta(days=1)
Stretch = tuple[dt.date, dt.date]


@dataclass(frozen=True, slots=True)
class Days:
    """A set of days. `stretches` are sorted and have at least one day between each other."""

    stretches: tuple[Stretch, ...] = ()

    @classmethod
    def of(cls, stretches: Iterable[Stretch]) -> Days:
        """The union: overlapping and adjoining stretches become one.

        Raises ValueError for a stretch that ends before it begins.
        """
        merged: list[Stretch] = []
        for start, end in sorted(stretches):
            if end < start:
                raise ValueError(f"a stretch from {start} to {end} ends before it begins")
            if merged and start <= merged[-1][1] + ONE:
                merged[-1] = (merged[-1][0], max(merged[-1][1], end))
            else:
                merged.append((start, end))
        return cls(tuple(merged))

    def __len__(self) -> int:
        """How many days."""
        return sum((end - start).days + 1 for start, end in self.stretches)

    def __contains__(self, day: dt.date) -> bool:
        """Whether a day is among them."""
        return any(start <= day <= end for start, end in self.stretches)

    def minus(self, other: Days) -> Days:
        """The days that are not in `other`."""
        left: list[Stretch] = []
        for start, end in self.stretches:
            for cut_start, cut_end in other.stretches:
                if cut_end < start or cut_start > end:
                    continue
                if cut_start > start:
                    left.append((start, cut_start - ONE))
                start = cut_end + ONE
                if start > end:
                    break
            if start <= end:
                left.append((start, end))
        return Days(tuple(left))

    def within(self, first: dt.date, last: dt.date) -> Days:
        """The days from `first` to `last`, both included."""
        return Days(
            tuple(
                (max(start, first), min(end, last))
                for start, end in self.stretches
                if start <= last and end >= first
            )
        )

    @property
    def first(self) -> dt.date | None:
        """The earliest day."""
        return self.stretches[0][0] if self.stretches else None

    def reaches(self, count: int) -> dt.date | None:
        """The day on which `count` days are full; None when there are fewer."""
        for start, end in self.stretches:
            length = (end - start).days + 1
            if count <= length:
                return start + dt.timedelta(days=count - 1)
            count -= length
        return None


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or that month's last day: 31 January + 1 = 28 or 29 February."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def days_of_months(first: dt.date, months: int) -> int:
    """How many days that number of calendar months has, counted from `first`: 89 to 92 for three."""
    return (add_months(first, months) - first).days
