"""Where a year's credit stands: days on post and the appraisal of each stay taken together.

A stay counts towards the credit of a year once its appraisal of that year is passed. Days of stays
that nobody has appraised yet, or that were not passed, are shown and do not count: two months that were
passed do not become three by a month that failed. The document says "pass the appraisal" and no more;
that each stay answers for its own days is our reading.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from duikou.engines.credits.bulk import Ints, credits_of
from duikou.engines.credits.days import Stretch
from duikou.engines.credits.year import CreditRule, YearCredit, year_credits


class Standing(StrEnum):
    """Whether a year's credit is met, and if not, what is missing first."""

    MET = "met"
    SHORT = "short"  # of days
    UNAPPRAISED = "unappraised"  # days enough, an appraisal is still out
    FAILED = "failed"  # days enough, not passed


@dataclass(frozen=True, slots=True)
class Stay:
    """A posting or traineeship: first and last day, leave, years with a passed or failed appraisal."""

    first: dt.date
    last: dt.date
    leaves: tuple[Stretch, ...] = ()
    passed: frozenset[int] = frozenset()
    failed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class CreditYear:
    """One year of one person.

    `days` are all days on post without leave, `counted` those of stays that count; `needed` and
    `full_on` are of the days that count when the credit is met, else of all days.
    """

    year: int
    days: int
    counted: int
    needed: int
    full_on: dt.date | None
    standing: Standing


def credit_years(stays: Sequence[Stay], rule: CreditRule) -> list[CreditYear]:
    """The credit of every year with a day on post, in order."""
    plain = replace(rule, appraisal_required=False)
    leaves = [leave for stay in stays for leave in stay.leaves]
    everything = year_credits([(stay.first, stay.last) for stay in stays], leaves, plain)
    counting = {
        found.year: found
        for found in year_credits(
            [part for stay in stays for part in counting_parts(stay, rule)], leaves, plain
        )
    }
    failed = {year for stay in stays for year in stay.failed}
    return [_judged(one, counting.get(one.year), one.year in failed) for one in everything]


def _judged(all_days: YearCredit, counting: YearCredit | None, failed: bool) -> CreditYear:
    met = counting is not None and counting.met
    shown = counting if counting is not None and met else all_days
    return CreditYear(
        all_days.year,
        all_days.days,
        counting.days if counting else 0,
        shown.needed,
        shown.full_on,
        standing_of(met=met, enough=all_days.full_on is not None, failed=failed),
    )


def standing_of(*, met: bool, enough: bool, failed: bool) -> Standing:
    """The standing that follows from the three facts."""
    if met:
        return Standing.MET
    if not enough:
        return Standing.SHORT
    return Standing.FAILED if failed else Standing.UNAPPRAISED


def counting_parts(stay: Stay, rule: CreditRule) -> Iterable[Stretch]:
    """The parts of a stay that count: years whose appraisal is passed, or all where none is asked."""
    for year in range(stay.first.year, stay.last.year + 1):
        if year in stay.passed or not rule.appraisal_required:
            yield max(stay.first, dt.date(year, 1, 1)), min(stay.last, dt.date(year, 12, 31))


def met_of(
    stays: tuple[Ints, Ints, Ints],
    leaves: tuple[Ints, Ints, Ints],
    counting: tuple[Ints, Ints, Ints],
    rule: CreditRule,
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
    """Person, year, days, days that count, days needed, whether it is met (0 or 1): a whole province.

    Columns as for `credits_of`; `counting` are the parts of stays that count (`counting_parts`).
    """
    person, year, days, needed = credits_of(stays, leaves, rule)
    of, in_year, counted, wanted = credits_of(counting, leaves, rule)
    # Every person and year that counts is among all of them: both are sorted by the same key.
    place = _place(person, year, of, in_year)
    days_counted = days * 0
    met = days * 0
    days_counted[place] = counted
    met[place] = counted >= wanted
    # As in `CreditYear`: of the days that count where the credit is met, else of all.
    needed[place] = (counted >= wanted) * wanted + (counted < wanted) * needed[place]
    return person, year, days, days_counted, needed, met


def _place(person: Ints, year: Ints, of: Ints, in_year: Ints) -> Ints:
    """Where the second keys stand among the first, which hold all of them."""
    width = 10_000  # more than any year
    found: Ints = (person * width + year).searchsorted(of * width + in_year)
    return found
