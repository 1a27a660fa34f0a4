"""Service at the base before promotion (PRO-01 to PRO-04): days on post added up over the years.

As for credits, N months are as many days as N calendar months have from the first day that counts,
and leave does not count. Where each stay has a least length (PRO-03), a shorter one counts nothing;
leave does not break a stay. The documents say how long and no more: this is our reading.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from duikou.engines.credits.days import Days, Stretch, days_of_months


@dataclass(frozen=True, slots=True)
class ServiceRule:
    """Months in all, and the least months of each stay."""

    months: int
    stay_months: int = 0


@dataclass(frozen=True, slots=True)
class Service:
    """Days that count, days needed (None while nothing counts), the day on which they were full.

    `short` are stays too short to count.
    """

    days: int
    needed: int | None
    full_on: dt.date | None
    short: tuple[Stretch, ...] = ()

    @property
    def met(self) -> bool:
        """Whether the service is long enough."""
        return self.full_on is not None


def service(stays: Iterable[Stretch], leaves: Iterable[Stretch], rule: ServiceRule) -> Service:
    """What the stays amount to; overlapping and adjoining ones are one stay."""
    together = Days.of(stays).stretches
    short = tuple(one for one in together if _length(one) < days_of_months(one[0], rule.stay_months))
    worked = Days(tuple(one for one in together if one not in short)).minus(Days.of(leaves))
    if worked.first is None:
        return Service(0, None, None, short)
    needed = days_of_months(worked.first, rule.months)
    return Service(len(worked), needed, worked.reaches(needed), short)


def _length(stretch: Stretch) -> int:
    return (stretch[1] - stretch[0]).days + 1
