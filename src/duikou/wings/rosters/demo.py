"""Demonstration data (演示数据): invented own staff and one published roster for some departments.

Nobody in it exists. Every row is marked `demonstration`, so that `clear` finds all of it. It builds on the
postings of the demonstration: a department gets a roster of a month in which somebody is posted to it.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict

from simple_history.utils import bulk_create_with_history

from duikou.core.actions import act
from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM
from duikou.wings.hospitals.models import Department
from duikou.wings.people.models import Person
from duikou.wings.postings.models import Leave, Posting
from duikou.wings.rosters.actions.rules import USUAL_SHIFTS
from duikou.wings.rosters.models import (
    Absence,
    Duty,
    Member,
    Need,
    Roster,
    RosterRules,
    Shift,
    SwapRequest,
    Wish,
)
from duikou.wings.rosters.needs import needs_of
from duikou.wings.rosters.sheet import last_of

SURNAMES = "郑钱卫褚秦尤许何吕施张孔曹严华金"
TITLES = ("副主任医师", "主治医师", "主治医师", "医师")
DEPARTMENTS = 24
OWN = 5  # own doctors of such a department
MONTH = dt.date(2014, 10, 1)
# The holidays of that month and the Saturday worked for them: days that are staffed like weekends or not.
HOLIDAYS = [(MONTH.replace(day=number), "国庆节", True) for number in range(1, 8)]
SPECIAL = [*HOLIDAYS, (MONTH.replace(day=11), "调休上班", False)]
MARK = "排班"  # in the names of the invented doctors


def load(*, seed: int = 2014) -> dict[str, int]:
    """Invent own staff, rules and rosters; the same seed gives the same data. Raises Conflict when there."""
    if Roster.objects.filter(demonstration=True).exists():
        raise Conflict(
            "演示数据已经载入，请先运行 duikou demo clear / demonstration data are there: clear first"
        )
    chance = random.Random(seed)  # noqa: S311  (invented data, no secret)
    last = last_of(MONTH)
    posted: dict[int, list[Posting]] = defaultdict(list)
    rows = Posting.objects.between(MONTH, last).filter(demonstration=True, host_department__isnull=False)
    for posting in rows.select_related("person").order_by("host_department", "pk"):
        posted[posting.host_department_id or 0].append(posting)
    departments = (
        Department.objects.filter(pk__in=posted, org__isnull=False)
        .exclude(roster_rules__isnull=False)
        .select_related("org", "hospital")
        .order_by("pk")[:DEPARTMENTS]
    )
    with act("demo.loaded", actor=SYSTEM, permission="roster.edit") as event:
        made = {"rosters": 0, "duties": 0}
        persons: list[Person] = []
        duties: list[Duty] = []
        for number, department in enumerate(departments):
            own = [
                Person(
                    hospital=department.hospital,
                    department=department,
                    name=f"{chance.choice(SURNAMES)}{MARK}{number * OWN + place + 1:03d}",
                    title=TITLES[place % len(TITLES)],
                    specialty=department.specialty,
                    demonstration=True,
                )
                for place in range(OWN)
            ]
            bulk_create_with_history(own, Person)
            persons += own
            duties += _roster(department, own, posted[department.pk])
            made["rosters"] += 1
        Duty.objects.bulk_create(duties, batch_size=500)
        made |= {"duties": len(duties), "persons": len(persons)}
        event.note(label="演示数据", after={"seed": seed, **made})
    return made


def _roster(department: Department, own: list[Person], postings: list[Posting]) -> list[Duty]:
    """The usual shifts in turn: a duty each day, the day after it off, clinic and ward by who is there."""
    path = department.org.path if department.org else department.hospital.scope_path
    path = path or department.hospital.scope_path
    RosterRules.objects.create(department=department, scope_path=path, demonstration=True)
    # The database gives the numbers in this order on both engines.
    clinic, ward, night = Shift.objects.bulk_create(
        Shift(department=department, scope_path=path, position=at, demonstration=True, **values)
        for at, values in enumerate(USUAL_SHIFTS, start=1)
    )
    Need.objects.bulk_create(
        Need(
            department=department,
            scope_path=path,
            shift=shift,
            day=day,
            people=shift.weekend_need if free else shift.weekday_need,
            note=note,
            demonstration=True,
        )
        for day, note, free in SPECIAL
        for shift in (clinic, ward, night)
    )
    needs = needs_of(department)
    roster = Roster.objects.create(
        hospital=department.hospital,
        department=department,
        scope_path=path,
        month=MONTH,
        state="published",
        published_at=dt.datetime.combine(MONTH, dt.time(8), tzinfo=dt.UTC) - dt.timedelta(days=5),
        demonstration=True,
    )
    away = {
        (leave.posting_id, leave.first_day + dt.timedelta(days=n))
        for leave in Leave.objects.filter(posting__in=postings, withdrawn_at=None)
        for n in range((leave.last_day - leave.first_day).days + 2)
    }
    staff: list[tuple[Person, Posting | None]] = [(person, None) for person in own]
    seen: set[int] = set()
    for posting in postings:
        if posting.person_id not in seen:  # one posting of a person in a month
            seen.add(posting.person_id)
            staff.append((posting.person, posting))
    found: list[Duty] = []
    worked = dict.fromkeys(range(len(staff)), 0)  # days on end
    totals = dict.fromkeys(range(len(staff)), 0)
    nights = dict.fromkeys(range(len(staff)), 0)
    weekends: dict[int, set[int]] = defaultdict(set)
    slept: int | None = None  # who had the duty of the night before
    for number in range((last_of(MONTH) - MONTH).days + 1):
        day = MONTH + dt.timedelta(days=number)
        weekend = day.weekday() >= 5
        week = day.isocalendar().week

        def free(
            at: int, shift: Shift, day: dt.date = day, weekend: bool = weekend, week: int = week
        ) -> bool:
            _person, posting = staff[at]
            if posting is not None:
                tomorrow = day + dt.timedelta(days=1)
                inside = posting.first_day <= day <= posting.last_day
                if shift.kind == Shift.Kind.DUTY:
                    inside = inside and tomorrow <= posting.last_day and (posting.pk, tomorrow) not in away
                if not inside or (posting.pk, day) in away:
                    return False
            if weekend and week not in weekends[at] and len(weekends[at]) >= 3:
                return False
            if shift.kind == Shift.Kind.DUTY and nights[at] >= 6:
                return False
            return worked[at] < 6 and totals[at] + shift.minutes <= 200 * 60

        taken: dict[int, Shift] = {}
        for shift in filter(lambda one: needs.on(one, day), (night, clinic, ward)):
            open_to = [at for at in range(len(staff)) if at not in taken and at != slept and free(at, shift)]
            if open_to:
                taken[min(open_to, key=lambda at: (totals[at], at))] = shift
        slept = next((at for at, shift in taken.items() if shift is night), None)
        for at in range(len(staff)):
            chosen = taken.get(at)
            worked[at] = worked[at] + 1 if chosen else 0
            if chosen is None:
                continue
            totals[at] += chosen.minutes
            nights[at] += chosen is night
            if weekend:
                weekends[at].add(week)
            person, brought_by = staff[at]
            found.append(
                Duty(
                    roster=roster,
                    scope_path=path,
                    person=person,
                    posting=brought_by,
                    day=day,
                    shift=chosen,
                    demonstration=True,
                )
            )
    return found


def clear() -> dict[str, int]:
    """Remove all of it; returns how many rows of each kind went."""
    with act("demo.cleared", actor=SYSTEM, permission="roster.edit") as event:
        rules = RosterRules.objects.filter(demonstration=True)
        departments = list(rules.values_list("department", flat=True))
        persons = list(
            Person.objects.filter(demonstration=True, name__contains=MARK).values_list("pk", flat=True)
        )
        rosters = Roster.objects.filter(department__in=departments)
        removed = {"rosters": rosters.count(), "persons": len(persons)}
        SwapRequest.objects.filter(roster__in=rosters).delete()
        removed["duties"] = Duty.objects.filter(roster__in=rosters).delete()[0]
        rosters.delete()
        for model in (Wish, Absence, Member, Need, Shift, RosterRules):
            model.objects.filter(department__in=departments).delete()
        Person.objects.filter(pk__in=persons).delete()
        Person.history.filter(id__in=persons).delete()
        event.note(label="演示数据", before=removed)
    return removed
