"""Between the database and the planner: a plan's problem from requests, applications, postings and staff.

Set-based: the number of queries does not grow with the number of people.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from duikou.engines import swap as engine
from duikou.policy import Pack, load_pack
from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.models import Department
from duikou.wings.people.models import Person
from duikou.wings.postings.eligibility import Candidate, Wanted, blocking, judge
from duikou.wings.postings.models import Posting, StaffRequest
from duikou.wings.swaps.models import SwapPlan, SwapRepair, SwapStay
from duikou.wings.training.models import Traineeship

LENGTHS = (3, 6, 12)
DAYS_OF_MONTH = 30.4


@dataclass(frozen=True)
class Translated:
    """The problem, and the rows that its keys stand for."""

    problem: engine.Problem
    persons: dict[str, Person]
    requests: dict[str, StaffRequest]
    traineeships: dict[str, Traineeship]

    def name_of(self, place: str) -> str:
        """A place in words."""
        return next(one.name for one in self.problem.places if one.key == place)


def problem_for(plan: SwapPlan) -> Translated:
    """Read everything that the plan is made from; stays kept by hand are part of it.

    Of an adopted plan its own nominations are stays of the plan, not absences, and all that is
    settled with somebody else stays: months of trainees, and doctors who have arrived.
    """
    rows = list(standing(plan))
    requests = {
        f"r{one.pk}": one
        for one in StaffRequest.objects.filter(
            Q(state=StaffRequest.State.OPEN) | Q(pk__in=[row.request_id for row in rows if row.posting_id]),
            pairing=plan.pairing,
        )
        .select_related("host_department")
        .order_by("pk")
        if one.wanted_from <= plan.last_day
    }
    settled = plan.state == SwapPlan.State.ADOPTED
    waiting = Traineeship.objects.filter(
        Q(state=Traineeship.State.APPLIED)
        | Q(pk__in=[row.traineeship_id for row in rows if settled and row.traineeship_id]),
        pairing=plan.pairing,
        planned_from__lte=plan.last_day,
        planned_to__gte=plan.first_month,
    ).select_related("person", "host_department", "place")
    first_of: dict[int, Traineeship] = {}  # who has applied twice is planned for the earlier one
    for one in waiting.order_by("planned_from", "pk"):
        first_of.setdefault(one.person_id, one)
    traineeships = {f"t{one.pk}": one for one in sorted(first_of.values(), key=lambda one: one.pk)}
    known = [
        row
        for row in rows
        if (settled and (row.traineeship_id or (row.posting and row.posting.state in Posting.SERVED)))
        or (not settled and row.kept)
    ]
    specialties = {one.specialty for one in requests.values()}
    doctors = Person.objects.filter(hospital=plan.supporter_id, specialty__in=specialties).order_by("pk")
    persons = {f"p{one.pk}": one for one in doctors if one.left_on is None or one.left_on > plan.last_day}
    trainees = {f"p{one.person_id}": one.person for one in traineeships.values()}
    away = _Away(plan, rows)
    pack = load_pack(plan.pairing.round.policy_pack)
    people = [_doctor(plan, key, one, away, pack) for key, one in persons.items()]
    people += [_trainee(plan, key, one, away, pack) for key, one in traineeships.items()]
    places = [_post(plan, key, one, pack) for key, one in requests.items()]
    places += [_seat(plan, key, one) for key, one in traineeships.items()]
    concerned = {one.home for one in people} | {one.department for one in places}
    departments = [one for one in _departments(plan, away) if one.key in concerned]
    everybody = {**persons, **trainees}
    there = {place.key for place in places}
    problem = engine.Problem(
        months=plan.months,
        departments=tuple(departments),
        persons=tuple(people),
        places=tuple(places),
        fixed=tuple(
            sorted(stay for stay in map(as_stay, known) if stay.place in there and stay.person in everybody)
        ),
        forbidden=_unfit(plan, persons, requests, pack),
        first=(plan.first_month.year, plan.first_month.month),
    )
    return Translated(problem, everybody, requests, traineeships)


def standing(plan: SwapPlan) -> QuerySet[SwapStay]:
    """Rows of a plan, without those whose nomination was refused or taken back."""
    gone = (Posting.State.REFUSED, Posting.State.WITHDRAWN)
    rows = plan.stays.exclude(posting__state__in=gone)
    return rows.select_related("person", "request", "traineeship", "posting")


def as_stay(row: SwapStay) -> engine.Stay:
    """A row as the planner sees it."""
    place = f"r{row.request_id}" if row.request_id else f"t{row.traineeship_id}"
    return engine.Stay(f"p{row.person_id}", place, row.start, row.months)


def absent(problem: engine.Problem, person: str, first: int, last: int) -> engine.Problem:
    """The problem with somebody who cannot be away from month `first` to month `last`."""
    return replace(
        problem,
        persons=tuple(
            replace(
                one, free=tuple(free and not first <= month <= last for month, free in enumerate(one.free))
            )
            if one.key == person
            else one
            for one in problem.persons
        ),
    )


class _Away:
    """Who of both hospitals is away by agreement already, and where, month by month of the plan.

    What the plan itself has brought about is left out; absences that it was repaired for count.
    """

    def __init__(self, plan: SwapPlan, rows: list[SwapStay]) -> None:
        self.plan = plan
        own_postings = [row.posting_id for row in rows if row.posting_id]
        own_trainees = [row.traineeship_id for row in rows if row.traineeship_id]
        self.busy: dict[int, set[int]] = defaultdict(set)  # person -> months
        self.served: Counter[int] = Counter()
        self.gone: Counter[tuple[int, int]] = Counter()  # department, month
        self.come: Counter[tuple[int, int]] = Counter()
        hospitals = (plan.supporter_id, plan.recipient_id)
        postings = Posting.objects.filter(
            Q(supporter__in=hospitals) | Q(recipient__in=hospitals), state__in=Posting.LIVE
        )
        self._take(postings.exclude(pk__in=own_postings), came=True)
        agreed = (Traineeship.State.ACCEPTED, *Traineeship.SERVED)
        trainees = Traineeship.objects.filter(state__in=agreed, recipient__in=hospitals)
        self._take(trainees.exclude(pk__in=own_trainees), came=False)
        for person, start, months in plan.repairs.filter(state=SwapRepair.State.ADOPTED).values_list(
            "person", "start", "months"
        ):
            self.busy[person].update(range(start, start + months))

    def _take(self, rows: Iterable[Posting | Traineeship], *, came: bool) -> None:
        for row in rows:
            months = list(_months(self.plan, row.first_day, row.last_day))
            self.busy[row.person_id].update(months)
            if row.first_day < self.plan.first_month:
                self.served[row.person_id] += max(1, (row.last_day - row.first_day).days // 30)
            for month in months:
                if row.home_department_id is not None:
                    self.gone[row.home_department_id, month] += 1
                if came and row.host_department_id is not None:
                    self.come[row.host_department_id, month] += 1

    def free(self, person: int) -> tuple[bool, ...]:
        """Month by month, whether the person is not away already."""
        return tuple(month not in self.busy[person] for month in range(self.plan.months))


def _months(plan: SwapPlan, first: dt.date, last: dt.date) -> range:
    """Months of the plan that have one of these days."""
    base = plan.first_month.year * 12 + plan.first_month.month
    begin = first.year * 12 + first.month - base
    end = last.year * 12 + last.month - base
    return range(max(0, begin), min(plan.months, end + 1))


def _departments(plan: SwapPlan, away: _Away) -> list[engine.Department]:
    """Departments with people on the register; where nobody is registered there is no minimum to keep.

    Those that nobody of the plan could leave or come to are left out afterwards: what they lack is no
    matter of this plan.
    """
    hospitals = (plan.supporter_id, plan.recipient_id)
    staff = Counter(
        Person.objects.filter(hospital__in=hospitals, left_on=None, department__isnull=False).values_list(
            "department_id", flat=True
        )
    )
    found = []
    rows = Department.objects.filter(pk__in=list(staff)).select_related("hospital").order_by("pk")
    for row in rows:
        percent = plan.home_least if row.hospital_id == plan.supporter_id else plan.host_least
        least = -(-staff[row.pk] * percent // 100)
        present = [
            staff[row.pk] - away.gone[row.pk, month] + away.come[row.pk, month]
            for month in range(plan.months)
        ]
        found.append(
            engine.Department(
                f"d{row.pk}", f"{row.hospital.name} {row.name}", tuple(present), (least,) * plan.months
            )
        )
    return found


def _doctor(plan: SwapPlan, key: str, person: Person, away: _Away, pack: Pack) -> engine.Person:
    return engine.Person(
        key,
        person.name,
        engine.Way.DOWN,
        f"d{person.department_id}",
        person.specialty,
        pack.title_rank(person.title),
        away.free(person.pk),
        rest=plan.rest,
        served=away.served[person.pk],
        share=max(12, away.served[person.pk]),
    )


def _trainee(plan: SwapPlan, key: str, row: Traineeship, away: _Away, pack: Pack) -> engine.Person:
    """Who applied: goes to the place of the application only, once, at a time that the plan finds.

    An offered place is open for some days only: the months must lie inside.
    """
    free = away.free(row.person_id)
    if row.place is not None:
        first, last = row.place.first_day, row.place.last_day
        free = tuple(
            free[month] and plan.day(month) >= first and plan.day(month + 1) <= last + dt.timedelta(days=1)
            for month in range(plan.months)
        )
    home = row.home_department_id or row.person.department_id
    return engine.Person(
        f"p{row.person_id}",
        row.person.name,
        engine.Way.UP,
        f"d{home}",
        key,
        0,
        free,
        rest=plan.months,
        due=True,
    )


def _post(plan: SwapPlan, key: str, row: StaffRequest, pack: Pack) -> engine.Place:
    begin = _months(plan, row.wanted_from, plan.last_day).start
    wanted = tuple(row.people if begin <= month < begin + row.months else 0 for month in range(plan.months))
    lengths = {months for months in LENGTHS if months <= row.months} | {min(row.months, plan.months)}
    where = row.host_department.name if row.host_department else catalogue.specialty_label(row.specialty)
    return engine.Place(
        key,
        f"{where} · {row.title}",
        engine.Way.DOWN,
        f"d{row.host_department_id}",
        row.specialty,
        pack.title_rank(row.title),
        wanted,
        priority=2 if row.office else 1,
        lengths=tuple(sorted(lengths)),
    )


def _seat(plan: SwapPlan, key: str, row: Traineeship) -> engine.Place:
    months = round(((row.planned_to - row.planned_from).days + 1) / DAYS_OF_MONTH)
    where = row.host_department.name if row.host_department else catalogue.specialty_label(row.specialty)
    return engine.Place(
        key,
        where,
        engine.Way.UP,
        f"d{row.host_department_id}",
        key,
        0,
        (1,) * plan.months,
        priority=0,
        lengths=(max(1, min(months, plan.months)),),
        counts=False,
    )


def _unfit(
    plan: SwapPlan, persons: dict[str, Person], requests: dict[str, StaffRequest], pack: Pack
) -> frozenset[tuple[str, str]]:
    """Pairs that the policy pack would refuse as a nomination, days apart."""
    found = set()
    for key, row in requests.items():
        wanted = Wanted(row.specialty, plan.first_month, plan.last_day, row.title, row.office)
        for one, person in persons.items():
            if person.specialty != row.specialty:
                continue
            candidate = Candidate(person.title, person.title_since, person.specialty, person.registered_scope)
            if blocking(judge(candidate, wanted, pack)):
                found.add((one, key))
    return frozenset(found)
