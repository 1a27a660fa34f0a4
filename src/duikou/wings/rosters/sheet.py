"""A roster as the engine judges it: the department's rules, people, days away and wishes of one month."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duikou.engines import rostering as engine
from duikou.wings.hospitals.models import Department
from duikou.wings.people.models import Person
from duikou.wings.postings.models import Leave, Posting
from duikou.wings.rosters.models import Absence, Duty, Member, Roster, RosterRules, Shift, Wish
from duikou.wings.rosters.needs import Needs, needs_of

SENIOR = "副高以上"
SENIOR_TITLES = ("主任", "副主任")  # how titles of senior rank begin: 主任医师, 副主任护师 …
LOOK_BACK = 7  # days of the month before that rest and runs go on from
# Planned days count as soon as both hospitals agree: rosters are made before people come.
ROSTERED = (Posting.State.APPROVED, *Posting.SERVED)


@dataclass(frozen=True, slots=True)
class Who:
    """A person of the roster, with the postings that bring him there (none: own staff)."""

    person: Person
    postings: tuple[Posting, ...] = ()
    member: Member | None = None

    def posting_on(self, day: dt.date) -> Posting | None:
        """The posting of a day."""
        return next((one for one in self.postings if one.first_day <= day <= one.last_day), None)

    @property
    def skills(self) -> frozenset[str]:
        """What the title gives and what the department has entered."""
        words = self.member.skills.split("、") if self.member else []
        given = [SENIOR] if self.person.title.startswith(SENIOR_TITLES) else []
        return frozenset(filter(None, (word.strip() for word in (*words, *given))))


@dataclass(frozen=True)
class Sheet:
    """A month of a department, with the duties as they are."""

    roster: Roster
    rules: RosterRules
    shifts: Mapping[str, Shift]  # in force, and those that this month uses
    people: Mapping[str, Who]
    duties: Sequence[Duty]
    needs: Needs
    problem: engine.Problem

    @cached_property
    def assignments(self) -> tuple[engine.Assignment, ...]:
        """The duties in the engine's words."""
        return tuple(
            engine.Assignment(key_of(duty.person_id), self.number(duty.day), str(duty.shift_id))
            for duty in self.duties
        )

    @cached_property
    def conflicts(self) -> tuple[engine.Conflict, ...]:
        """Every rule that the roster breaks, those that forbid publishing first."""
        return engine.check(self.problem, self.assignments)

    @cached_property
    def hard(self) -> tuple[engine.Conflict, ...]:
        """The conflicts with which it may not be published."""
        return tuple(one for one in self.conflicts if one.hard)

    def number(self, day: dt.date) -> int:
        """The engine's number of a day."""
        return (day - self.problem.first).days

    @property
    def days(self) -> list[dt.date]:
        """The days of the month."""
        return [self.problem.date(number) for number in range(self.problem.days)]


def key_of(person_id: int) -> str:
    """A person in the engine's words."""
    return f"p{person_id}"


def person_of(key: str) -> int:
    """The number of a person in the engine's words."""
    return int(key.removeprefix("p"))


def last_of(month: dt.date) -> dt.date:
    """The last day of a month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def people_of(department: Department, first: dt.date, last: dt.date) -> dict[str, Who]:
    """Own staff of the department and those posted to it in these days, without those left out."""
    members = {one.person_id: one for one in Member.objects.filter(department=department)}
    found: dict[str, Who] = {}
    own = Person.objects.filter(Q(left_on=None) | Q(left_on__gte=first), department=department)
    for person in own.order_by("name", "pk"):
        found[key_of(person.pk)] = Who(person, (), members.get(person.pk))
    stays: dict[int, list[Posting]] = defaultdict(list)
    posted = Posting.objects.filter(
        state__in=ROSTERED, host_department=department, first_day__lte=last, last_day__gte=first
    ).select_related("person", "supporter", "pairing__round")
    for posting in posted.order_by("person__name", "first_day", "pk"):
        stays[posting.person_id].append(posting)
    for person_id, postings in stays.items():
        found[key_of(person_id)] = Who(postings[0].person, tuple(postings), members.get(person_id))
    return {key: who for key, who in found.items() if who.member is None or who.member.takes_part}


def sheet_of(roster: Roster) -> Sheet:
    """Everything that a month is judged by; a fixed number of queries."""
    first, last = roster.month, last_of(roster.month)
    department = roster.department
    rules = RosterRules.objects.get(department=department)
    duties = list(roster.duties.select_related("shift", "person", "posting__supporter"))
    rows = Shift.objects.filter(department=department).order_by("position", "pk")
    used = {duty.shift_id for duty in duties}
    shifts = {str(one.pk): one for one in rows if one.retired_at is None or one.pk in used}
    people = people_of(department, first, last)
    for duty in duties:  # who has left the department since stays visible, as off post
        people.setdefault(key_of(duty.person_id), Who(duty.person, (duty.posting,) if duty.posting else ()))
    needs = needs_of(department, first, last)
    problem = _problem(roster, rules, shifts, people, needs)
    return Sheet(roster, rules, shifts, people, duties, needs, problem)


def _problem(
    roster: Roster,
    rules: RosterRules,
    shifts: Mapping[str, Shift],
    people: Mapping[str, Who],
    needs: Needs,
) -> engine.Problem:
    first, last = roster.month, last_of(roster.month)
    length = (last - first).days + 1
    busy = _busy(roster, people, first, last)
    before = _before(roster, people, first)
    duty_shifts = [key for key, one in shifts.items() if one.kind == Shift.Kind.DUTY]
    staff = tuple(
        engine.Staff(
            id=key,
            name=who.person.name,
            posted=bool(who.postings),
            skills=who.skills,
            limits=engine.Limits(
                max_minutes=rules.max_hours * 60,
                max_run=rules.max_run,
                max_weekends=rules.max_weekends,
                max_of=dict.fromkeys(duty_shifts, _most_duties(rules, who)),
            ),
            busy=tuple(busy[key]),
            before=before.get(key, ()),
        )
        for key, who in people.items()
    )
    problem = engine.Problem(
        first=first,
        days=length,
        shifts=tuple(_shift(key, one, shifts) for key, one in shifts.items()),
        staff=staff,
        demands=tuple(_demands(rules, shifts, needs, first, length)),
        wishes=tuple(_wishes(roster, rules, shifts, people, first, last)),
        rest=rules.rest_hours * 60,
    )
    shares = engine.fair_share(problem, frozenset(duty_shifts), people, rules.fair_weight)
    if not duty_shifts:
        return problem
    return replace(problem, staff=tuple(replace(one, shares=(shares[one.id],)) for one in staff))


def _most_duties(rules: RosterRules, who: Who) -> int:
    own = who.member.max_duties if who.member else None
    return rules.max_duties if own is None else own


def _shift(key: str, shift: Shift, shifts: Mapping[str, Shift]) -> engine.Shift:
    return engine.Shift(
        id=key,
        start=shift.start.hour * 60 + shift.start.minute,
        minutes=shift.minutes,
        kind=shift.kind,  # type: ignore[arg-type]
        name=shift.name,
        needs=frozenset({shift.skill} if shift.skill else ()),
        barred_next=frozenset(shifts) if shift.rest_after else frozenset(),
    )


def _demands(
    rules: RosterRules, shifts: Mapping[str, Shift], needs: Needs, first: dt.date, length: int
) -> list[engine.Demand]:
    found = []
    for number in range(length):
        for key, shift in shifts.items():
            if shift.retired_at is not None:
                continue
            need = needs.on(shift, first + dt.timedelta(days=number))
            found.append(engine.Demand(number, key, need, under=rules.cover_weight))
            if need and shift.senior_need:
                found.append(
                    engine.Demand(
                        number,
                        key,
                        min(need, shift.senior_need),
                        under=rules.cover_weight,
                        over=0,
                        skill=SENIOR,
                    )
                )
    return found


def _busy(
    roster: Roster, people: Mapping[str, Who], first: dt.date, last: dt.date
) -> dict[str, list[engine.Busy]]:
    """Days on which people cannot be rostered: away, not on post, in another roster."""
    found: dict[str, dict[int, engine.Busy]] = {key: {} for key in people}

    def block(key: str, begin: dt.date, end: dt.date, reason: str) -> None:
        # The day after the month counts: a duty of its last evening runs into it.
        for number in range(
            max(0, (begin - first).days), min((last - first).days + 1, (end - first).days) + 1
        ):
            found[key].setdefault(number, engine.Busy(number, reason))  # type: ignore[arg-type]

    persons = [who.person.pk for who in people.values()]
    absent = Absence.objects.filter(
        department=roster.department,
        person__in=persons,
        withdrawn_at=None,
        first_day__lte=last + dt.timedelta(days=1),
        last_day__gte=first,
    )
    for one in absent:
        block(key_of(one.person_id), one.first_day, one.last_day, one.reason)
    leave = Leave.objects.filter(
        posting__in=[posting.pk for who in people.values() for posting in who.postings],
        withdrawn_at=None,
        first_day__lte=last + dt.timedelta(days=1),
        last_day__gte=first,
    )
    for person_id, begin, end in leave.values_list("posting__person", "first_day", "last_day"):
        block(key_of(person_id), begin, end, "leave")
    elsewhere = Duty.objects.filter(person__in=persons, day__range=(first, last)).exclude(roster=roster)
    for person_id, day in elsewhere.values_list("person", "day"):
        block(key_of(person_id), day, day, "other")
    for key, who in people.items():
        own = who.person.department_id == roster.department_id
        for number in range((last - first).days + 1):
            day = first + dt.timedelta(days=number)
            left = who.person.left_on is not None and who.person.left_on < day
            if left or (not own and who.posting_on(day) is None):
                found[key].setdefault(number, engine.Busy(number, "off_post"))
    return {key: list(rows.values()) for key, rows in found.items()}


def _before(roster: Roster, people: Mapping[str, Who], first: dt.date) -> dict[str, tuple[str | None, ...]]:
    """The shifts of the last days before the month; nothing where no roster was made for them."""
    begin = first - dt.timedelta(days=LOOK_BACK)
    rows = Duty.objects.filter(
        roster__department=roster.department,
        day__range=(begin, first - dt.timedelta(days=1)),
        person__in=[who.person.pk for who in people.values()],
    ).values_list("person", "day", "shift")
    known: dict[str, dict[dt.date, str]] = defaultdict(dict)
    for person_id, day, shift in rows:
        known[key_of(person_id)][day] = str(shift)
    if not known:
        return {}
    days = [begin + dt.timedelta(days=number) for number in range(LOOK_BACK)]
    return {key: tuple(known[key].get(day) for day in days) if key in known else () for key in people}


def _wishes(
    roster: Roster,
    rules: RosterRules,
    shifts: Mapping[str, Shift],
    people: Mapping[str, Who],
    first: dt.date,
    last: dt.date,
) -> list[engine.Wish]:
    rows = Wish.objects.filter(department=roster.department, day__range=(first, last))
    found = []
    for wish in rows:
        key, shift = key_of(wish.person_id), str(wish.shift_id or "")
        if key in people and (not shift or shift in shifts):
            number = (wish.day - first).days
            found.append(engine.Wish(key, number, shift, rules.wish_weight, wanted=bool(shift)))
    return found


REASONS = {  # why somebody cannot be rostered, in the words of the pages
    "leave": _("请假"),
    "home": _("回派出医院工作"),
    "off_post": _("不在派驻期内"),
    "training": _("培训"),
    "other": _("另有安排"),
}
