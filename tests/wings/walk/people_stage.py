"""A pair of hospitals with three posted doctors in two departments, and the records of each of them.

Every one of `Stage`'s worlds answers to the samples of the other walks (`SAMPLES`, `PATHS`): it is the
inside world with the objects of one doctor in place of its own.
"""

from __future__ import annotations

import copy
import datetime as dt
import uuid
from dataclasses import dataclass

from django.utils import timezone

from duikou.core import documents
from duikou.core.models import RoleGrant, User
from duikou.core.scope import SYSTEM
from duikou.wings.credits.models import Certificate
from duikou.wings.hospitals.models import Department
from duikou.wings.hospitals.units import path_in, unit_of
from duikou.wings.people.models import Person
from duikou.wings.postings.models import Appraisal, ConductRecord, Leave, Posting, StaffRequest
from duikou.wings.presence.models import Correction, Proof, Work, WorkDay
from duikou.wings.swaps.models import SwapPlan, SwapRepair, SwapStay
from tests.wings.walk.stays_stage import RECOGNISED, rostered, training_of
from tests.wings.walk.world import SINCE, World, inside_and_outside

FIRST, LAST = dt.date(2014, 3, 1), dt.date(2014, 8, 31)


@dataclass
class Record:
    """One doctor with everything that the people wings keep about a posted doctor, and a trainee."""

    mark: str  # in the names and texts of everything that is this record's
    world: World
    department: Department  # of the recipient, where the doctor works and the trainee comes from
    doctor: Person
    trainee: Person


@dataclass
class Stage:
    """Who and what the walk is about."""

    own: Record  # of those who walk
    colleague: Record  # in the same department
    elsewhere: Record  # in another department of the same hospital
    inside: World  # of the same hospital as a whole
    outside: World  # of a hospital in another province


def build() -> Stage:
    """Make it once for a walk."""
    inside, outside = inside_and_outside()
    here = _department(inside, "心内科")
    there = _department(inside, "骨科")
    return Stage(
        _record(inside, "甲本人", here),
        _record(inside, "乙同科", here),
        _record(inside, "丙他科", there),
        inside,
        outside,
    )


def _department(world: World, name: str) -> Department:
    department = Department.objects.create(hospital=world.hospital, name=name, specialty="other")
    unit_of(department)
    return department


def _record(inside: World, mark: str, department: Department) -> Record:
    world = copy.copy(inside)
    doctor = _person(inside.pairing.supporter_id, f"{mark}医师")
    trainee = _person(inside.hospital.pk, f"{mark}学员", department=department)
    record = Record(mark, world, department, doctor, trainee)
    made: dict[str, object] = {
        "person": doctor,
        "department": department,
        **_posted(record),
        **_trained(record),
        **_credited(record),
        **rostered(department, doctor, path_in(inside.pairing.recipient, department)),
    }
    made |= _swapped(record, made["staff_request"])
    for name, one in made.items():
        setattr(world, name, one)
    world.proof = _worked(record)
    return record


def _person(hospital: int, name: str, **values: object) -> Person:
    return Person.objects.create(hospital_id=hospital, name=name, title="副主任医师", **values)


def _worked(record: Record) -> Proof:
    """A day at work with a counter, a correction and a file; the file."""
    mine = {"posting": record.world.posting, "day": dt.date(2014, 3, 3)}
    WorkDay.objects.create(present=True, **mine)
    Work.objects.create(activity="lecture", count=1, said_at=timezone.now(), **mine)
    Correction.objects.create(subject="lecture", after={"count": 1}, reason=f"{record.mark}更正", **mine)
    paper = documents.keep(
        b"%PDF-1.4 proof",
        filename=f"{record.mark}佐证.pdf",
        scope_path=record.world.posting.host_path,
        actor=SYSTEM,
    )
    return Proof.objects.create(activity="lecture", uuid=uuid.uuid4(), document=paper, **mine)


def _paths(record: Record) -> dict[str, str]:
    pairing = record.world.pairing
    return {
        "home_path": pairing.supporter_path,
        "host_path": path_in(pairing.recipient, record.department),
    }


def _posted(record: Record) -> dict[str, object]:
    pairing, paths = record.world.pairing, _paths(record)
    posting = Posting(
        pairing=pairing, person=record.doctor, supporter=pairing.supporter, recipient=pairing.recipient,
        host_department=record.department, specialty="cardiology", title="副主任医师", planned_from=FIRST,
        planned_to=LAST, arrived_on=FIRST, state=Posting.State.ON_POST, **paths,
    )  # fmt: skip
    posting.settle_days()
    posting.save()
    hospital_paths = {"home_path": pairing.supporter_path, "host_path": pairing.recipient_path}
    return {
        "posting": posting,
        "leave": Leave.objects.create(
            posting=posting, first_day=FIRST, last_day=FIRST, reason=f"{record.mark}请假", **paths
        ),
        "posting_appraisal": Appraisal.objects.create(
            posting=posting, year=2014, passed=True, on=LAST, remark=f"{record.mark}考核", **paths
        ),
        "conduct": ConductRecord.objects.create(
            posting=posting, kind="notice", happened_on=FIRST, text=f"{record.mark}情况", **hospital_paths
        ),
        "staff_request": StaffRequest.objects.create(
            pairing=pairing, supporter=pairing.supporter, recipient=pairing.recipient,
            host_department=record.department, specialty="cardiology", title="副主任医师", months=6,
            wanted_from=FIRST, purpose=f"{record.mark}需求", **paths,
        ),
    }  # fmt: skip


def _trained(record: Record) -> dict[str, object]:
    training = training_of(record.world.pairing, record.department, record.trainee, record.mark)
    return {"training": training}


def _swapped(record: Record, request: object) -> dict[str, object]:
    pairing = record.world.pairing
    paths = {"supporter_path": pairing.supporter_path, "recipient_path": pairing.recipient_path}
    plan = SwapPlan.objects.create(
        pairing=pairing, supporter=pairing.supporter, recipient=pairing.recipient,
        name=f"{record.mark}置换方案", first_month=FIRST.replace(day=1), months=6, **paths,
    )  # fmt: skip
    stay = SwapStay.objects.create(
        plan=plan, way="down", person=record.doctor, request=request,
        place=f"{record.mark}岗位", start=0, months=3, **paths,
    )  # fmt: skip
    repair = SwapRepair.objects.create(
        plan=plan, person=record.doctor, start=1, months=1, reason=f"{record.mark}事由", state="proposed",
        **paths,
    )  # fmt: skip
    return {"swap_plan": plan, "swap_stay": stay, "swap_repair": repair}


def _credited(record: Record) -> dict[str, object]:
    hospital = record.world.pairing.supporter
    return {
        "certificate": Certificate.objects.create(
            kind="posting", person=record.doctor, year=2014, rule="CME-01", policy_pack="zhejiang-2014",
            rule_digest="0" * 64, person_name=record.doctor.name, hospital=hospital,
            hospital_name=hospital.name, home_path=hospital.scope_path, until=LAST, values=RECOGNISED,
            code=f"WALK-{record.doctor.pk}", issuer=hospital.name, issued_on=LAST,
        )
    }  # fmt: skip


def account(record: Record, person: Person) -> User:
    """The person's own account, as medical staff of the own hospital."""
    user = User.objects.create(username=f"stage-{person.pk}", display_name="本人")
    RoleGrant.objects.create(user=user, role="medical_staff", org=person.hospital.org, valid_from=SINCE)
    person.user = user
    person.save()
    return user
