"""Demonstration data (演示数据): invented places, tutor teams and trainees of 2014.

They go to the departments that were invented for the postings. Nobody in it exists and nothing of it
happened. Every row is marked `demonstration`, so that `clear` finds all of it and nothing else.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from duikou.core.actions import act
from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM
from duikou.wings.hospitals.models import Department
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.training.models import (
    Absence,
    Appraisal,
    LogEntry,
    Place,
    Rotation,
    Traineeship,
    TutorTeam,
)

SURNAMES = "何吕施张孔曹严华金魏陶姜戚谢邹"
MARKED = "（演示）"  # at the end of the names of departments invented for the postings
NAMED = ("学员", "导师")  # in the names of persons invented here
NOTE = "演示数据（虚构）"
BEGUN, YEAR_END = dt.date(2014, 2, 10), dt.date(2014, 12, 31)
MONTHS = (3, 6, 6, 7, 9)
TOGETHER, FREE, AWAY, PASSED, WAITING = 0.3, 0.6, 0.25, 0.93, 0.1
State, Route = Traineeship.State, Traineeship.Route


@dataclass
class _Made:
    """Rows on their way into the database."""

    persons: list[Person] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    teams: list[TutorTeam] = field(default_factory=list)
    tutors: list[Person] = field(default_factory=list)  # one beside the leader of each team
    trainees: list[Traineeship] = field(default_factory=list)


def load(*, seed: int = 2014) -> dict[str, int]:
    """Invent training for every pairing; the same seed gives the same data. Raises Conflict when there."""
    if Traineeship.objects.filter(demonstration=True).exists():
        raise Conflict(
            "演示数据已经载入，请先运行 duikou demo clear / demonstration data are there: clear first"
        )
    chance = random.Random(seed)  # noqa: S311  (invented data, no secret)
    departments: defaultdict[int, list[Department]] = defaultdict(list)
    for row in Department.objects.filter(name__endswith=MARKED).select_related("org").order_by("pk"):
        departments[row.hospital_id].append(row)
    made = _Made()
    with act("demo.loaded", actor=SYSTEM, permission="training.edit") as event:
        for pairing in Pairing.objects.select_related("supporter", "recipient").order_by("pk"):
            _invent(chance, pairing, departments, made)
        bulk_create_with_history(made.persons, Person, batch_size=500)
        for team in made.teams:
            team.leader = team.leader  # persons have their numbers only now
        Place.objects.bulk_create(made.places)
        TutorTeam.objects.bulk_create(made.teams)
        TutorTeam.tutors.through.objects.bulk_create(
            TutorTeam.tutors.through(tutorteam_id=team.pk, person_id=tutor.pk)
            for team, tutor in zip(made.teams, made.tutors, strict=True)
        )
        for one in made.trainees:
            one.person, one.place, one.team = one.person, one.place, one.team
        Traineeship.objects.bulk_create(made.trainees)
        counts = {
            "persons": len(made.persons),
            "places": len(made.places),
            "teams": len(made.teams),
            "traineeships": len(made.trainees),
            **_afterwards(chance, made.trainees),
        }
        event.note(label="演示数据", after={"seed": seed, **counts})
    return counts


def _invent(
    chance: random.Random, pairing: Pairing, departments: dict[int, list[Department]], made: _Made
) -> None:
    """One department of the supporter with its team and places, and two or three trainees."""
    at_home = {row.specialty: row for row in departments.get(pairing.recipient_id, ())}
    pairs = [
        (at_home[row.specialty], row)
        for row in departments.get(pairing.supporter_id, ())
        if row.specialty in at_home
    ]
    first, last = max(pairing.start, BEGUN), min(pairing.end, YEAR_END)
    if not pairs or (last - first).days < 300:
        return
    home, host = chance.choice(pairs)
    team = TutorTeam(
        pairing=pairing,
        department=host,
        home_path=pairing.recipient_path,
        host_path=host.org.path or "" if host.org else "",
        specialty=host.specialty,
        leader=_person(chance, host, "导师", made),
        formed_on=first,
        aim=f"团队带团队，{NOTE}",
        demonstration=True,
    )
    place = Place(
        supporter=pairing.supporter,
        department=host,
        host_path=team.host_path,
        specialty=host.specialty,
        first_day=first,
        last_day=last,
        places=3,
        free=chance.random() < FREE,
        note=NOTE,
        demonstration=True,
    )
    made.teams.append(team)
    made.tutors.append(_person(chance, host, "导师", made))
    made.places.append(place)
    group = UUID(int=chance.getrandbits(128), version=4) if chance.random() < TOGETHER else None
    begun, months = first + dt.timedelta(days=chance.randrange(40)), chance.choice(MONTHS)
    for _number in range(3 if group else 2):
        if group is None:
            begun, months = first + dt.timedelta(days=chance.randrange(90)), chance.choice(MONTHS)
        until = min(last, begun + dt.timedelta(days=30 * months + 3))
        one = _trainee(chance, pairing, home, team, place, (begun, until), made)
        one.together = group
        made.trainees.append(one)


def _trainee(
    chance: random.Random,
    pairing: Pairing,
    home: Department,
    team: TutorTeam,
    place: Place,
    days: tuple[dt.date, dt.date],
    made: _Made,
) -> Traineeship:
    waits = chance.random() < WAITING
    person = _person(chance, home, "学员", made)
    route = chance.choices((Route.FURTHER, Route.RESIDENCY, Route.SECONDMENT), (8, 1, 1))[0]
    one = Traineeship(
        pairing=pairing,
        place=place,
        team=None if waits else team,
        person=person,
        supporter=pairing.supporter,
        recipient=pairing.recipient,
        home_department=home,
        host_department=place.department,
        home_path=home.org.path or "" if home.org else "",
        host_path=place.host_path,
        route=route,
        post="科主任助理" if route == Route.SECONDMENT else "",
        specialty=place.specialty,
        title=person.title,
        purpose=f"学习适宜技术。{NOTE}",
        free=place.free,
        planned_from=days[0],
        planned_to=days[1],
        arrived_on=None if waits else days[0],
        left_on=None if waits else days[1],
        state=State.APPLIED if waits else State.ENDED,
        applied_at=timezone.make_aware(dt.datetime.combine(days[0] - dt.timedelta(days=30), dt.time(9))),
        demonstration=True,
    )
    one.settle_days()
    return one


def _person(chance: random.Random, department: Department, what: str, made: _Made) -> Person:
    person = Person(
        hospital_id=department.hospital_id,
        department=department,
        name=f"{chance.choice(SURNAMES)}{what}{len(made.persons) + 1:04d}",
        title=chance.choice(("住院医师", "主治医师")) if what == "学员" else "主任医师",
        specialty=department.specialty,
        demonstration=True,
    )
    made.persons.append(person)
    return person


def _afterwards(chance: random.Random, trainees: list[Traineeship]) -> dict[str, int]:
    """Rotation, absence of some, the appraisals, and some signed entries of the logbook."""
    rotations, absences, appraisals, entries = [], [], [], []
    for one in trainees:
        if one.state != State.ENDED or one.host_department is None:
            continue
        paths = {"home_path": one.home_path, "host_path": one.host_path, "demonstration": True}
        length = (one.last_day - one.first_day).days + 1
        rotations.append(
            Rotation(
                traineeship=one, department=one.host_department, tutor=one.team.leader if one.team else None,
                first_day=one.first_day, last_day=one.last_day, aim=NOTE, **paths,
            )
        )  # fmt: skip
        away = one.first_day + dt.timedelta(days=chance.randrange(5, length - 15))
        if chance.random() < AWAY:
            back = away + dt.timedelta(days=chance.randrange(1, 6))
            absences.append(
                Absence(traineeship=one, first_day=away, last_day=back, reason=f"事假，{NOTE}", **paths)
            )
        half = one.first_day + dt.timedelta(days=length // 2)
        for kind, on in ((Appraisal.Kind.MIDTERM, half), (Appraisal.Kind.FINAL, one.last_day)):
            passed = chance.random() < PASSED
            appraisals.append(
                Appraisal(
                    traineeship=one, kind=kind, year=on.year, passed=passed, on=on, remark=NOTE, **paths
                )
            )
        for done in chance.sample(list(LogEntry.Kind), 3):
            on = one.first_day + dt.timedelta(days=chance.randrange(4))
            signed = timezone.make_aware(dt.datetime.combine(on + dt.timedelta(days=1), dt.time(17)))
            entries.append(
                LogEntry(
                    traineeship=one, on=on, kind=done, number=chance.randint(1, 5), note=NOTE,
                    state=LogEntry.State.SIGNED, signed_at=signed, **paths,
                )
            )  # fmt: skip
    Rotation.objects.bulk_create(rotations)
    Absence.objects.bulk_create(absences)
    Appraisal.objects.bulk_create(appraisals)
    LogEntry.objects.bulk_create(entries)
    return {
        "rotations": len(rotations),
        "absences": len(absences),
        "training_appraisals": len(appraisals),
        "log_entries": len(entries),
    }


def clear() -> dict[str, int]:
    """Remove all of it; returns how many rows of each kind went."""
    with act("demo.cleared", actor=SYSTEM, permission="training.edit") as event:
        persons = Person.objects.filter(demonstration=True)
        mine = [
            pk for word in NAMED for pk in persons.filter(name__contains=word).values_list("pk", flat=True)
        ]
        TutorTeam.tutors.through.objects.filter(tutorteam__demonstration=True).delete()
        removed = {
            "log_entries": LogEntry.objects.filter(demonstration=True).delete()[0],
            "training_appraisals": Appraisal.objects.filter(demonstration=True).delete()[0],
            "absences": Absence.objects.filter(demonstration=True).delete()[0],
            "rotations": Rotation.objects.filter(demonstration=True).delete()[0],
            "traineeships": Traineeship.objects.filter(demonstration=True).delete()[0],
            "places": Place.objects.filter(demonstration=True).delete()[0],
            "teams": TutorTeam.objects.filter(demonstration=True).delete()[0],
            "persons": len(mine),
        }
        Person.objects.filter(pk__in=mine).delete()
        event.note(after=removed)
    return removed
