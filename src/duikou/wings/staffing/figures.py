"""The sums of the overview over plain rows: no database, no clock.

All days are inclusive. A person-month of a month is its days worked on post (leave left out) over its
days; months add up as fractions and are rounded only where they are shown.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TypeVar

from duikou.engines.credits import Days
from duikou.engines.credits.days import Stretch

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month as it is counted: days after `until` have not come yet."""

    year: int
    number: int
    today: dt.date

    @property
    def name(self) -> str:
        """As in addresses: 2014-06."""
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return dt.date(self.year, self.number, 1)

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return dt.date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def until(self) -> dt.date:
        """The last day that counts."""
        return min(self.last, self.today)

    @property
    def year_first(self) -> dt.date:
        """The first of January: sums of the year begin here."""
        return dt.date(self.year, 1, 1)

    def moved(self, months: int) -> Month:
        """The month so many months later."""
        year, number = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, number + 1, self.today)

    @property
    def is_possible(self) -> bool:
        """Whether it has begun, in a year that dates can have room around."""
        return 1900 <= self.year <= 9000 and self.first <= self.today


@dataclass(frozen=True, slots=True)
class Stay:
    """A posting or traineeship as the sums need it. `served`: the person has arrived."""

    person: int
    supporter: int
    recipient: int
    pairing: int | None
    title: str
    specialty: str
    office: str
    planned: Stretch
    days: Stretch  # the real ones where they are known
    served: bool
    leave: tuple[Stretch, ...] = ()

    def present(self, until: dt.date) -> Days:
        """Days on post up to a day, leave included."""
        first, last = self.days
        last = min(last, until)
        return Days(((first, last),)) if self.served and first <= last else Days()

    def worked(self, until: dt.date) -> Days:
        """Days on post up to a day, without leave."""
        return self.present(until).minus(Days.of(self.leave))


def person_months(days: Days) -> Fraction:
    """Days of one person as months: each day is one part of its own month."""
    total = Fraction(0)
    for start, end in days.stretches:
        day = start
        while day <= end:
            length = calendar.monthrange(day.year, day.month)[1]
            last = min(end, day.replace(day=length))
            total += Fraction((last - day).days + 1, length)
            day = last + dt.timedelta(days=1)
    return total


def rounded(number: Fraction) -> Decimal:
    """To one decimal, halves up: the form in which pages, files and the interface say it."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def percent(part: int, whole: int) -> Decimal | None:
    """A share in per cent, to one decimal; None where there is nothing to share."""
    return rounded(Fraction(100 * part, whole)) if whole else None


@dataclass(frozen=True, slots=True)
class Counted:
    """What one posting adds to the sums of a month; worked out once for all of them."""

    stay: Stay
    there: bool  # on post on a day of the month, leave included
    month: Fraction  # person-months
    year: Fraction  # since the first of January
    due_days: int  # days of the month that were planned
    kept_days: int  # of those, days on post without leave


def counted(stay: Stay, month: Month) -> Counted:
    """One posting in a month."""
    worked = stay.worked(month.until)
    inside = worked.within(month.first, month.until)
    due = Days((stay.planned,)).within(month.first, month.until)
    return Counted(
        stay,
        there=bool(stay.present(month.until).within(month.first, month.until).stretches),
        month=person_months(inside),
        year=person_months(worked.within(month.year_first, month.until)),
        due_days=len(due),
        kept_days=sum(len(inside.within(*stretch)) for stretch in due.stretches),
    )


@dataclass(slots=True)
class Tally:
    """Sums over some postings."""

    persons: set[int] = field(default_factory=set)  # on post on a day of the month
    managers: set[int] = field(default_factory=set)  # of those, with an office
    month: Fraction = Fraction(0)
    year: Fraction = Fraction(0)
    due_days: int = 0
    kept_days: int = 0

    def add(self, one: Counted) -> None:
        """Count one posting in."""
        if one.there:
            self.persons.add(one.stay.person)
            if one.stay.office:
                self.managers.add(one.stay.person)
        self.month += one.month
        self.year += one.year
        self.due_days += one.due_days
        self.kept_days += one.kept_days

    @property
    def rate(self) -> Decimal | None:
        """Days on post of the days planned, in per cent."""
        return percent(self.kept_days, self.due_days)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted at all."""
        return not (self.persons or self.year or self.due_days)


def tally(counted: Iterable[Counted], by: Callable[[Stay], Key]) -> dict[Key, Tally]:
    """Sums of each key, those without anything left out."""
    found: defaultdict[Key, Tally] = defaultdict(Tally)
    for one in counted:
        found[by(one.stay)].add(one)
    return {key: each for key, each in found.items() if not each.is_empty}


# ---------------------------------------------------------------- continuity


@dataclass(frozen=True, slots=True)
class Continuity:
    """How batches follow each other at a recipient: days with somebody on post, and the days without."""

    days: int = 0  # since the first arrival, in the year
    covered: int = 0
    breaks: tuple[Stretch, ...] = ()  # days with nobody there

    @property
    def percent(self) -> Decimal | None:
        """Days with somebody on post, in per cent."""
        return percent(self.covered, self.days)


def continuity(stays: Sequence[Stay], month: Month, begun: dt.date | None, ends: dt.date) -> Continuity:
    """Of one recipient, from the first arrival (not before the first of January) to the month's end.

    `begun` is the first day on which anybody was ever posted there, `ends` the last day of its
    pairings: after it nobody is due.
    """
    last = min(month.until, ends)
    if begun is None or max(begun, month.year_first) > last:
        return Continuity()
    first = max(begun, month.year_first)
    there = Days.of(s for stay in stays for s in stay.present(last).stretches).within(first, last)
    window = Days(((first, last),))
    return Continuity(len(window), len(there), window.minus(there).stretches)


def together(parts: Iterable[Continuity]) -> Continuity:
    """Several recipients as one."""
    parts = list(parts)
    return Continuity(
        sum(one.days for one in parts),
        sum(one.covered for one in parts),
        tuple(gap for one in parts for gap in one.breaks),
    )


# ---------------------------------------------------------------- swaps


@dataclass(frozen=True, slots=True)
class Swap:
    """How far trainees are replaced (TRN-02): their days, and those with somebody posted in their place."""

    days: int = 0
    replaced: int = 0

    def __add__(self, other: Swap) -> Swap:
        return Swap(self.days + other.days, self.replaced + other.replaced)

    @property
    def percent(self) -> Decimal | None:
        """Replaced days, in per cent; None where nobody was in training."""
        return percent(self.replaced, self.days)


def swaps(
    sent: Iterable[Stay], studying: Iterable[Stay], month: Month, by: Callable[[Stay], Key]
) -> dict[Key, Swap]:
    """For each key of the trainees: days of the month away, and those with their specialty posted."""
    posted: defaultdict[tuple[int | None, str], list[Stretch]] = defaultdict(list)
    for stay in sent:
        posted[stay.pairing, stay.specialty] += stay.present(month.until).stretches
    found: dict[Key, Swap] = {}
    for stay in studying:
        away = stay.present(month.until).within(month.first, month.until)
        if not len(away):
            continue
        there = Days.of(posted[stay.pairing, stay.specialty]) if stay.pairing else Days()
        one, key = Swap(len(away), len(away) - len(away.minus(there))), by(stay)
        found[key] = found[key] + one if key in found else one
    return found


def swap(sent: Iterable[Stay], studying: Iterable[Stay], month: Month) -> Swap:
    """Days of the month on which trainees were away, and those on which their specialty was posted."""
    return swaps(sent, studying, month, lambda _stay: 0).get(0, Swap())


# ---------------------------------------------------------------- what was agreed


@dataclass(frozen=True, slots=True)
class Promise:
    """Person-months that a pairing's agreement asks for in the period that the month's end lies in.

    `target` None: the documents set no number and the parties have not agreed on one yet.
    """

    pairing: int
    start: dt.date
    end: dt.date
    target: int | None


@dataclass(frozen=True, slots=True)
class Against:
    """Delivered against agreed, over the pairings with a number; `open` pairings have none yet."""

    target: int = 0
    done: Fraction = Fraction(0)
    agreed: int = 0  # pairings with a number
    open: int = 0

    def __add__(self, other: Against) -> Against:
        return Against(
            self.target + other.target,
            self.done + other.done,
            self.agreed + other.agreed,
            self.open + other.open,
        )

    @property
    def percent(self) -> Decimal | None:
        """Delivered of agreed, in per cent; None where nothing is agreed."""
        return rounded(100 * self.done / self.target) if self.target else None


def against(
    pairings: Iterable[int], promises: Iterable[Promise], stays: Iterable[Stay], until: dt.date
) -> dict[int, Against]:
    """For each pairing what its agreement asks for and what was delivered in that period up to a day."""
    promised: defaultdict[int, list[Promise]] = defaultdict(list)
    for one in promises:
        if one.target is not None:
            promised[one.pairing].append(one)
    sent: defaultdict[int, list[Stay]] = defaultdict(list)
    for stay in stays:
        if stay.pairing is not None and stay.pairing in promised:
            sent[stay.pairing].append(stay)
    found = {}
    for pairing in pairings:
        asked = promised.get(pairing)
        if not asked:
            found[pairing] = Against(open=1)
            continue
        # Two agreements of a pairing add up; a day that lies in both periods is counted once.
        spans = Days.of((one.start, min(one.end, until)) for one in asked if one.start <= until)
        done = sum(
            (
                person_months(stay.worked(until).within(*span))
                for stay in sent[pairing]
                for span in spans.stretches
            ),
            Fraction(0),
        )
        found[pairing] = Against(sum(one.target or 0 for one in asked), done, agreed=1)
    return found


def summed(parts: Mapping[int, Against], keys: Iterable[int]) -> Against:
    """Several pairings as one."""
    return sum((parts[key] for key in keys if key in parts), Against())
