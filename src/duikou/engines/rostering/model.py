"""A month's roster of one department: shifts, own and posted staff, cover, wishes.

A person works at most one shift a day. What protects people and the contract is a rule that a roster
keeps (rest, runs, leave, hours); cover, wishes and fair shares have weights, so that a roster exists
as soon as each person alone has a lawful row: what is missing is then shown, not hidden in "infeasible".

Days are numbers from 0, the day `Problem.first`. Times are minutes after that day's midnight.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

DAY_MINUTES = 24 * 60

Kind = Literal["outpatient", "ward", "duty"]
Reason = Literal["leave", "home", "off_post", "training", "other"]


@dataclass(frozen=True, slots=True)
class Shift:
    """A kind of work with its times. `minutes` may run over midnight: a duty from 18:00 of 14 hours.

    `needs`: skills that each person on it must have. `barred_next`: shifts that may not be worked the
    day after, whatever the hours between.
    """

    id: str
    start: int
    minutes: int
    kind: Kind = "ward"
    name: str = ""
    needs: frozenset[str] = frozenset()
    barred_next: frozenset[str] = frozenset()

    @property
    def end(self) -> int:
        """Minutes after the midnight before `start`."""
        return self.start + self.minutes

    @property
    def label(self) -> str:
        """The name, or the identifier where there is none."""
        return self.name or self.id


@dataclass(frozen=True, slots=True)
class Limits:
    """What a person's contract allows in this month. None: no limit. `max_of`: times per shift."""

    max_minutes: int | None = None
    min_minutes: int = 0
    max_run: int | None = None
    min_run: int = 1
    min_off: int = 1
    max_weekends: int | None = None
    max_of: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Busy:
    """A time in which a person cannot be rostered; the whole day unless said otherwise.

    A shift that overlaps it is refused, also a duty of the evening before that runs into it.
    """

    day: int
    reason: Reason = "leave"
    start: int = 0
    minutes: int = DAY_MINUTES


@dataclass(frozen=True, slots=True)
class Share:
    """A fair share: from `low` to `high` of these shifts; each one outside costs `weight`.

    `weekend_only` counts the shifts of Saturdays and Sundays only.
    """

    shifts: frozenset[str]
    low: int
    high: int
    weight: int
    weekend_only: bool = False


@dataclass(frozen=True, slots=True)
class Staff:
    """A person of the roster, own or posted.

    `before`: the shifts of the last days of the month before, the latest last (None: a day off). Runs
    and rest continue from there; where it is empty, a run on day 0 counts as long enough.
    """

    id: str
    name: str = ""
    posted: bool = False
    skills: frozenset[str] = frozenset()
    limits: Limits = Limits()
    busy: tuple[Busy, ...] = ()
    shares: tuple[Share, ...] = ()
    before: tuple[str | None, ...] = ()

    @property
    def label(self) -> str:
        """The name, or the identifier where there is none."""
        return self.name or self.id


@dataclass(frozen=True, slots=True)
class Demand:
    """Cover: `need` persons on a shift of a day; each missing costs `under`, each too many `over`.

    With `skill` only persons with that skill count: one of senior title on each duty.
    """

    day: int
    shift: str
    need: int
    under: int = 100
    over: int = 1
    skill: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A person's preference: to work (`wanted`) or not to work a shift on a day; `weight` if not kept.

    `shift` empty: any shift, so that `wanted=False` is a wished day off.
    """

    staff: str
    day: int
    shift: str
    weight: int
    wanted: bool = True


@dataclass(frozen=True, slots=True, order=True)
class Assignment:
    """One shift of one person."""

    staff: str
    day: int
    shift: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """A cell that is settled by hand: that shift, or a day off where `shift` is empty."""

    staff: str
    day: int
    shift: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything that a roster is judged by. `rest`: minutes between two shifts of a person."""

    first: dt.date
    days: int
    shifts: tuple[Shift, ...]
    staff: tuple[Staff, ...]
    demands: tuple[Demand, ...] = ()
    wishes: tuple[Wish, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    rest: int = 0

    def date(self, day: int) -> dt.date:
        """The date of a day's number."""
        return self.first + dt.timedelta(days=day)

    def is_weekend(self, day: int) -> bool:
        """Whether a day is a Saturday or a Sunday."""
        return self.date(day).weekday() >= 5

    def weekend(self, day: int) -> int | None:
        """A number that a Saturday and the Sunday after it share; None for working days."""
        if not self.is_weekend(day):
            return None
        return (self.first.toordinal() + day + 1) // 7  # ordinal 1 is a Monday

    def may_follow(self, earlier: Shift, later: Shift, apart: int) -> bool:
        """Whether a person may work `later` so many days after `earlier`."""
        if apart == 1 and later.id in earlier.barred_next:
            return False
        return apart * DAY_MINUTES + later.start - earlier.end >= self.rest


@dataclass(frozen=True, slots=True)
class Solution:
    """A lawful roster, what it costs, and what no roster can cost less than.

    `seconds`: processor seconds used. The solvers run in parallel, so the same seed may end with another
    roster of the same or another cost: keep the roster itself, not only the seed.
    """

    roster: tuple[Assignment, ...]
    cost: int
    bound: int
    seconds: float

    @property
    def proved(self) -> bool:
        """Whether no better roster exists."""
        return self.bound >= self.cost


def overlaps(shift: Shift, day: int, busy: Busy) -> bool:
    """Whether a shift that begins on `day` runs into a busy time."""
    begin = day * DAY_MINUTES + shift.start
    blocked = busy.day * DAY_MINUTES + busy.start
    return begin < blocked + busy.minutes and blocked < begin + shift.minutes


def fair_share(
    problem: Problem,
    shifts: frozenset[str],
    persons: Iterable[str],
    weight: int,
    *,
    weekend_only: bool = False,
) -> Mapping[str, Share]:
    """Each person's fair share of what the cover asks of these shifts, by the days one is there.

    The exact share is rounded down and up: who is there half the month owes about half as many.
    """
    wanted = frozenset(persons)
    days = [day for day in range(problem.days) if not weekend_only or problem.is_weekend(day)]
    asked = sum(
        demand.need
        for demand in problem.demands
        if demand.shift in shifts and not demand.skill and demand.day in days
    )
    there = {
        person.id: len(
            set(days) - {busy.day for busy in person.busy if busy.start <= 0 and busy.minutes >= DAY_MINUTES}
        )
        for person in problem.staff
        if person.id in wanted
    }
    total = sum(there.values())
    return {
        name: Share(
            shifts,
            low=asked * count // total if total else 0,
            high=-(-asked * count // total) if total else 0,
            weight=weight,
            weekend_only=weekend_only,
        )
        for name, count in there.items()
    }
