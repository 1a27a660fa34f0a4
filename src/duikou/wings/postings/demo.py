"""Demonstration data (演示数据): invented departments, doctors and managers posted in 2014 and 2015.

Nobody in it exists and nothing of it happened. Every row is marked `demonstration` (departments by
their name), so that `clear` finds all of it and nothing else.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from simple_history.utils import bulk_create_with_history

from duikou.core.actions import act
from duikou.core.errors import Conflict
from duikou.core.models import OrgUnit
from duikou.core.paths import child_path
from duikou.core.scope import SYSTEM
from duikou.policy import load_pack
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.pairings.models import DepartmentLink, Pairing
from duikou.wings.people.models import Person
from duikou.wings.postings.demo_stays import BEGUN, Batch, batches
from duikou.wings.postings.models import (
    Appraisal,
    ConductAnswer,
    ConductRecord,
    Leave,
    Posting,
    StaffRequest,
)

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
MARKED = "（演示）"  # at the end of the names of invented departments
SECOND_TRACK, MANAGED, REFUSED, ON_LEAVE, PASSED = 0.55, 0.4, 0.12, 0.35, 0.94
NOTICES, DISPUTES = 6, 3
NOTE = "演示数据（虚构）"
TITLES = ("主任医师", "副主任医师", "副主任医师", "副主任医师", "主治医师", "主治医师")


@dataclass
class _Made:
    """Rows on their way into the database."""

    persons: list[Person] = field(default_factory=list)
    requests: list[StaffRequest] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)


def load(*, seed: int = 2014) -> dict[str, int]:
    """Invent postings for every pairing; the same seed gives the same data. Raises Conflict when there."""
    if Posting.objects.filter(demonstration=True).exists():
        raise Conflict(
            "演示数据已经载入，请先运行 duikou demo clear / demonstration data are there: clear first"
        )
    chance = random.Random(seed)  # noqa: S311  (invented data, no secret)
    pairings = list(
        Pairing.objects.select_related("round", "supporter__org", "recipient__org").order_by("pk")
    )
    links: defaultdict[int, list[str]] = defaultdict(list)
    for pairing_id, specialty in DepartmentLink.objects.order_by("pk").values_list("pairing", "specialty"):
        links[pairing_id].append(specialty)
    with act("demo.loaded", actor=SYSTEM, permission="posting.edit") as event:
        tracks = {pairing.pk: _specialties(chance, pairing, links[pairing.pk]) for pairing in pairings}
        departments = _departments(pairings, tracks)
        made = _Made()
        names = (f"{chance.choice(SURNAMES)}派驻{number:04d}" for number in range(1, 100_000))
        for pairing in pairings:
            _invent(chance, pairing, tracks[pairing.pk], departments, names, made)
        bulk_create_with_history(made.persons, Person, batch_size=500)
        StaffRequest.objects.bulk_create(made.requests)
        for posting in made.postings:  # persons and requests have their numbers only now
            posting.person, posting.request = posting.person, posting.request
        Posting.objects.bulk_create(made.postings)
        leaves, appraisals = _afterwards(chance, made.postings)
        Leave.objects.bulk_create(leaves)
        Appraisal.objects.bulk_create(appraisals)
        records = _conduct(chance, made.postings)
        counts = {
            "departments": len(departments),
            "persons": len(made.persons),
            "requests": len(made.requests),
            "postings": len(made.postings),
            "leaves": len(leaves),
            "appraisals": len(appraisals),
            "conduct_records": records,
        }
        event.note(label="演示数据", after={"seed": seed, **counts})
    return counts


def _specialties(chance: random.Random, pairing: Pairing, linked: list[str]) -> list[str]:
    """One or two specialties: of the departments that are linked, where some are."""
    known = sorted(load_pack(pairing.round.policy_pack).specialties)
    pool = sorted(set(linked)) or known
    wanted = 2 if chance.random() < SECOND_TRACK else 1
    return chance.sample(pool, min(wanted, len(pool)))


def _departments(pairings: list[Pairing], tracks: dict[int, list[str]]) -> dict[tuple[int, str], Department]:
    """A department for each hospital and specialty, with its unit in the tree."""
    wanted: dict[tuple[int, str], Hospital] = {}
    titles: dict[str, str] = {}
    for pairing in pairings:
        for specialty in tracks[pairing.pk]:
            titles[specialty] = load_pack(pairing.round.policy_pack).specialties[specialty].title.zh
            for hospital in (pairing.supporter, pairing.recipient):
                wanted[hospital.pk, specialty] = hospital
    units = {
        key: OrgUnit(kind=OrgUnit.Kind.DEPARTMENT, parent=hospital.org, name=f"{titles[key[1]]}{MARKED}")
        for key, hospital in wanted.items()
    }
    OrgUnit.objects.bulk_create(units.values())
    for unit in units.values():
        unit.path = child_path(unit.parent.path or "" if unit.parent else "", unit.pk)
    OrgUnit.objects.bulk_update(units.values(), ["path"], batch_size=200)
    rows = {
        (hospital, specialty): Department(
            hospital_id=hospital, specialty=specialty, name=unit.name, org=unit, opened_on=dt.date(2000, 1, 1)
        )
        for (hospital, specialty), unit in units.items()
    }
    bulk_create_with_history(list(rows.values()), Department, batch_size=500)
    found = Department.objects.filter(name__endswith=MARKED).select_related("org", "hospital")
    return {(row.hospital_id, row.specialty): row for row in found}


def _invent(
    chance: random.Random,
    pairing: Pairing,
    specialties: list[str],
    departments: dict[tuple[int, str], Department],
    names: Iterator[str],
    made: _Made,
) -> None:
    """Batches of doctors that follow each other, for some a manager, for some a refused nomination."""
    start, end = max(pairing.start, BEGUN), pairing.end
    for specialty in specialties:
        home = departments[pairing.supporter_id, specialty]
        host = departments[pairing.recipient_id, specialty]
        stays = batches(chance, start, end)
        request = _request(chance, pairing, host, specialty, stays)
        made.requests.append(request)
        for stay in stays:
            person = _person(chance, next(names), home, specialty, stay.first)
            made.persons.append(person)
            made.postings.append(_posting(pairing, person, home, host, stay, request))
        if chance.random() < REFUSED:
            young = _person(chance, next(names), home, specialty, stays[0].first)
            young.title, young.title_since = "主治医师", dt.date(stays[0].first.year - 2, 9, 1)
            made.persons.append(young)
            made.postings.append(_refused(pairing, young, home, host, stays[0], request))
    if chance.random() < MANAGED:
        home = departments[pairing.supporter_id, specialties[0]]
        stay = Batch(start + dt.timedelta(days=chance.randrange(60)), min(end, dt.date(2014, 12, 31)))
        person = _person(chance, next(names), home, specialties[0], stay.first)
        person.title, person.post = "主任医师", "科室主任"
        made.persons.append(person)
        office = chance.choice(("vice_president", "head", "deputy_head"))
        place = departments[pairing.recipient_id, specialties[0]] if office != "vice_president" else None
        made.postings.append(_posting(pairing, person, home, place, stay, None, office))


def _person(chance: random.Random, name: str, home: Department, specialty: str, first: dt.date) -> Person:
    title = chance.choice(TITLES)
    years = chance.randint(6, 12) if title == "主治医师" else chance.randint(1, 9)
    scopes = load_pack("zhejiang-2014").rule("PER-16").value("scopes")
    scope = scopes[specialty][0] if isinstance(scopes, dict) and specialty in scopes else ""
    return Person(
        hospital=home.hospital,
        department=home,
        name=name,
        title=title,
        title_since=dt.date(first.year - years, chance.randint(1, 12), 1),
        specialty=specialty,
        registered_scope=f"{scope}专业" if scope else "",
        demonstration=True,
    )


def _request(
    chance: random.Random, pairing: Pairing, host: Department, specialty: str, stays: list[Batch]
) -> StaffRequest:
    return StaffRequest(
        pairing=pairing,
        supporter=pairing.supporter,
        recipient=pairing.recipient,
        host_department=host,
        home_path=pairing.supporter_path,
        host_path=host.org.path or "" if host.org else "",
        specialty=specialty,
        title=chance.choice(("主治医师", "高年资主治医师")),
        people=len(stays),
        months=max(1, (stays[-1].last - stays[0].first).days // 30),
        wanted_from=stays[0].first,
        purpose=f"带教{host.name.removesuffix(MARKED)}，开展教学查房和适宜技术。{NOTE}",
        state=StaffRequest.State.FILLED,
        demonstration=True,
    )


def _posting(
    pairing: Pairing,
    person: Person,
    home: Department,
    host: Department | None,
    stay: Batch,
    request: StaffRequest | None,
    office: str = "",
) -> Posting:
    posting = Posting(
        pairing=pairing,
        request=request,
        person=person,
        supporter=pairing.supporter,
        recipient=pairing.recipient,
        home_department=home,
        host_department=host,
        home_path=home.org.path or "" if home.org else "",
        host_path=(host.org.path or "") if host and host.org else pairing.recipient_path,
        specialty=home.specialty,
        title=person.title,
        title_since=person.title_since,
        office=office,
        planned_from=stay.first,
        planned_to=stay.planned or stay.last,
        arrived_on=stay.first,
        left_on=stay.last,
        state=Posting.State.ENDED,
        reason=f"本院急需，提前返回。{NOTE}" if stay.planned else "",
        demonstration=True,
    )
    posting.settle_days()
    return posting


def _refused(
    pairing: Pairing, person: Person, home: Department, host: Department, stay: Batch, request: StaffRequest
) -> Posting:
    posting = _posting(pairing, person, home, host, Batch(stay.first, stay.last), request)
    posting.arrived_on = posting.left_on = None
    posting.state, posting.rule = Posting.State.REFUSED, "PER-01"
    posting.reason = f"任主治医师不满规定年限，不算高年资。{NOTE}"
    posting.settle_days()
    return posting


def _afterwards(chance: random.Random, postings: list[Posting]) -> tuple[list[Leave], list[Appraisal]]:
    """Leave of some, an appraisal of nearly every calendar year on post."""
    leaves, appraisals = [], []
    for posting in postings:
        if posting.state != Posting.State.ENDED:
            continue
        days = (posting.last_day - posting.first_day).days + 1
        paths = {"home_path": posting.home_path, "host_path": posting.host_path, "demonstration": True}
        if days > 40 and chance.random() < ON_LEAVE:
            first = posting.first_day + dt.timedelta(days=chance.randrange(5, days - 25))
            last = first + dt.timedelta(days=chance.randrange(2, 20))
            why = chance.choice(("探亲假", "病假", "学术会议"))
            leaves.append(
                Leave(posting=posting, first_day=first, last_day=last, reason=f"{why}，{NOTE}", **paths)
            )
        for year in range(posting.first_day.year, posting.last_day.year + 1):
            on = min(posting.last_day, dt.date(year, 12, 31))
            passed = chance.random() < PASSED
            appraisals.append(
                Appraisal(posting=posting, year=year, passed=passed, on=on, remark=NOTE, **paths)
            )
    return leaves, appraisals


def _conduct(chance: random.Random, postings: list[Posting]) -> int:
    """A few notices and disputes, most of them acknowledged, some answered or settled."""
    served = [posting for posting in postings if posting.state == Posting.State.ENDED]
    chosen = chance.sample(served, min(NOTICES + DISPUTES, len(served)))
    records = []
    for number, posting in enumerate(chosen):
        dispute = number >= NOTICES
        records.append(
            ConductRecord(
                posting=posting,
                home_path=posting.supporter.scope_path,
                host_path=posting.recipient.scope_path,
                kind=ConductRecord.Kind.DISPUTE if dispute else ConductRecord.Kind.NOTICE,
                happened_on=posting.first_day + dt.timedelta(days=10),
                text=f"诊疗沟通引起的争议，受援医院受理。{NOTE}" if dispute else f"未经请假离岗半天。{NOTE}",
                settled_on=posting.first_day + dt.timedelta(days=50) if dispute and number % 2 else None,
                outcome=f"双方和解。{NOTE}" if dispute and number % 2 else "",
                demonstration=True,
            )
        )
    ConductRecord.objects.bulk_create(records)
    ConductAnswer.objects.bulk_create(
        ConductAnswer(
            record=record,
            home_path=record.home_path,
            host_path=record.host_path,
            side=ConductAnswer.Side.SUPPORTER,
            text=f"已谈话提醒。{NOTE}",
            demonstration=True,
        )
        for record in records[::2]
    )
    return len(records)


def clear() -> dict[str, int]:
    """Remove all of it; returns how many rows of each kind went."""
    with act("demo.cleared", actor=SYSTEM, permission="posting.edit") as event:
        persons = list(
            Person.objects.filter(demonstration=True, name__contains="派驻").values_list("pk", flat=True)
        )
        departments = list(Department.objects.filter(name__endswith=MARKED).values_list("pk", flat=True))
        units = list(Department.objects.filter(pk__in=departments).values_list("org", flat=True))
        ConductAnswer.objects.filter(demonstration=True).delete()
        removed = {
            "departments": len(departments),
            "persons": len(persons),
            "conduct_records": ConductRecord.objects.filter(demonstration=True).delete()[0],
            "appraisals": Appraisal.objects.filter(demonstration=True).delete()[0],
            "leaves": Leave.objects.filter(demonstration=True).delete()[0],
            "postings": Posting.objects.filter(demonstration=True).delete()[0],
            "requests": StaffRequest.objects.filter(demonstration=True).delete()[0],
        }
        Person.objects.filter(pk__in=persons).delete()
        Department.objects.filter(pk__in=departments).delete()
        OrgUnit.objects.filter(pk__in=units).delete()
        # The history goes last: deleting writes into it, too.
        Person.history.filter(id__in=persons).delete()
        Department.history.filter(id__in=departments).delete()
        event.note(label="演示数据", before=removed)
    return removed
