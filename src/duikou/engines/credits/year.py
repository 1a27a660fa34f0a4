"""Whether a person's posting or training meets a year's continuing-education credit.

CME-01 (S2 §五(三)): tertiary staff who work three months in a county hospital, and county staff who
train for six months, have met the whole year's credit once they pass the appraisal. The document does
not say how months are counted; here N months are as many days as N calendar months have from the
first day on post in that year. Split stays add up. Days of leave do not count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from duikou.engines.credits.days import Days, Stretch, days_of_months


@dataclass(frozen=True, slots=True)
class CreditRule:
    """The parameters of CME-01 for one kind of stay. `leave_days_allowed`: leave per year that counts."""

    months: int
    appraisal_required: bool = True
    leave_days_allowed: int = 0


@dataclass(frozen=True, slots=True)
class YearCredit:
    """One year of one person: days that count, days needed, when they were full, whether it is met."""

    year: int
    days: int
    needed: int
    full_on: dt.date | None
    passed: bool
    met: bool


def year_credits(
    stays: Iterable[Stretch],
    leaves: Iterable[Stretch],
    rule: CreditRule,
    passed_years: frozenset[int] = frozenset(),
) -> list[YearCredit]:
    """The credit of every year in which the person was on post at least one day, in order.

    `stays` may overlap (two batches, a corrected entry): a day counts once. Leave outside the stays
    takes nothing away. Of the leave inside a year the first `leave_days_allowed` days still count.
    """
    stay = Days.of(stays)
    leave = Days.of(leaves)
    found = []
    for year in _years(stay):
        first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
        present = stay.within(first, last)
        away = len(present) - len(present.minus(leave))
        worked = present.minus(_without_first(present, leave, rule.leave_days_allowed) if away else Days())
        begin = worked.first
        if begin is None:
            continue
        needed = days_of_months(begin, rule.months)
        full = worked.reaches(needed)
        passed = year in passed_years or not rule.appraisal_required
        found.append(YearCredit(year, len(worked), needed, full, passed, full is not None and passed))
    return found


def _years(stay: Days) -> list[int]:
    return sorted({year for start, end in stay.stretches for year in range(start.year, end.year + 1)})


def _without_first(present: Days, leave: Days, allowed: int) -> Days:
    """The days of leave inside `present`, less the first `allowed` of them."""
    away = present.minus(present.minus(leave))
    if allowed <= 0:
        return away
    until = away.reaches(allowed)
    if until is None:
        return Days()
    return away.within(until + dt.timedelta(days=1), dt.date.max)
