"""People who are posted, trained, swapped and on duty, for the walks."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from duikou.core import documents
from duikou.core.scope import SYSTEM
from duikou.wings.agreements.documents import new_code
from duikou.wings.credits.models import Certificate
from duikou.wings.hospitals.models import Department
from duikou.wings.hospitals.units import unit_of
from duikou.wings.pairings.models import (
    Pairing,
)
from duikou.wings.people.models import Person
from duikou.wings.postings.models import ConductRecord, Leave, Posting, StaffRequest
from duikou.wings.presence.models import Proof
from duikou.wings.rosters.models import Absence as DaysAway
from duikou.wings.rosters.models import Duty, Roster, RosterRules, Shift, SwapRequest, Wish
from duikou.wings.swaps.models import SwapPlan, SwapRepair, SwapStay
from duikou.wings.training.models import Absence, LogEntry, Place, Rotation, Traineeship, TutorTeam


@dataclass
class Training:
    """A trainee in another department of the supporter, with all that is kept about the training."""

    one: Traineeship
    absence: Absence
    rotation: Rotation
    entry: LogEntry
    place: Place
    team: TutorTeam


def posted(
    pairing: Pairing, department: Department, name: str
) -> tuple[Posting, Leave, ConductRecord, StaffRequest]:
    """Somebody on post in the department, away for a day, with a conduct record; and what was asked for."""
    whole = {"home_path": pairing.supporter_path, "host_path": pairing.recipient_path}
    paths = {**whole, "host_path": unit_of(department).path or ""}
    both = {"pairing": pairing, "supporter": pairing.supporter, "recipient": pairing.recipient}
    request = StaffRequest.objects.create(
        **both, **paths, specialty="general_surgery", title="主治医师", months=6, wanted_from=pairing.start,
        purpose=name,
    )  # fmt: skip
    posting = Posting(
        **both, **paths, person=Person.objects.create(hospital=pairing.supporter, name=f"{name}派驻"),
        host_department=department, specialty="general_surgery", title="副主任医师", state="on_post",
        planned_from=pairing.start, planned_to=pairing.end, arrived_on=pairing.start,
    )  # fmt: skip
    posting.settle_days()
    posting.save()
    day = posting.first_day
    return (
        posting,
        Leave.objects.create(posting=posting, **paths, first_day=day, last_day=day, reason=name),
        ConductRecord.objects.create(posting=posting, **whole, kind="dispute", happened_on=day, text=name),
        request,
    )


def swapped(request: StaffRequest, person: Person, name: str) -> tuple[SwapPlan, SwapStay, SwapRepair]:
    """A swap plan of the pairing with one row and one absence."""
    pairing = request.pairing
    paths = {"supporter_path": pairing.supporter_path, "recipient_path": pairing.recipient_path}
    plan = SwapPlan.objects.create(
        pairing=pairing,
        supporter=pairing.supporter,
        recipient=pairing.recipient,
        name=f"{name}置换方案",
        first_month=pairing.start.replace(day=1),
        months=6,
        **paths,
    )
    stay = SwapStay.objects.create(
        plan=plan, way="down", person=person, request=request, place=f"{name}岗位", start=0, months=3, **paths
    )
    repair = SwapRepair.objects.create(
        plan=plan, person=person, start=1, months=1, reason=f"{name}事由", state="proposed", **paths
    )
    return plan, stay, repair


def proof_of(posting: Posting, name: str) -> Proof:
    """A file with the work of the posting's first day."""
    paper = documents.keep(
        b"%PDF-1.4 proof", filename=f"{name}.pdf", scope_path=posting.host_path, actor=SYSTEM
    )
    return Proof.objects.create(
        posting=posting, day=posting.first_day, activity="lecture", uuid=uuid.uuid4(), document=paper
    )


def trained(pairing: Pairing, home: Department, name: str) -> Training:
    """Somebody of the recipient's department in training at the supporter, with all that is kept of it."""
    person = Person.objects.create(hospital=pairing.recipient, department=home, name=f"{name}学员")
    return training_of(pairing, home, person, name)


def training_of(pairing: Pairing, home: Department, person: Person, name: str) -> Training:
    """The training of a person, in a department of the supporter that is its own."""
    host, _made = Department.objects.get_or_create(
        hospital=pairing.supporter, specialty="general_surgery", name=f"{name}带教科"
    )
    paths = {"home_path": unit_of(home).path or "", "host_path": unit_of(host).path or ""}
    leader = Person.objects.create(hospital=pairing.supporter, name=f"{name}导师")
    team = TutorTeam.objects.create(
        pairing=pairing, home_path=pairing.recipient_path, host_path=pairing.supporter_path,
        specialty="general_surgery", leader=leader, formed_on=pairing.start,
    )  # fmt: skip
    place = Place.objects.create(
        supporter=pairing.supporter, host_path=pairing.supporter_path, specialty="general_surgery",
        first_day=pairing.start, last_day=pairing.end, note=name,
    )  # fmt: skip
    one = Traineeship(
        **paths, pairing=pairing, supporter=pairing.supporter, recipient=pairing.recipient, person=person,
        home_department=home, host_department=host, specialty="general_surgery", title="主治医师",
        planned_from=pairing.start, planned_to=pairing.end, arrived_on=pairing.start, state="in_training",
        place=place, team=team,
    )  # fmt: skip
    one.settle_days()
    one.save()
    days = {"first_day": one.first_day, "last_day": one.first_day}
    return Training(
        one,
        Absence.objects.create(traineeship=one, **paths, **days, reason=name),
        Rotation.objects.create(traineeship=one, **paths, **days, department=host, aim=name),
        LogEntry.objects.create(traineeship=one, **paths, on=one.first_day, kind="round", note=name),
        place,
        team,
    )


def rostered(department: Department, person: Person, path: str, day: int = 6) -> dict[str, Any]:
    """A draft roster of the department with a duty of the person, days away, a wish and an exchange."""
    rules = {"scope_path": path}
    RosterRules.objects.get_or_create(department=department, defaults=rules)
    shift, _made = Shift.objects.get_or_create(
        department=department,
        mark="门",
        defaults={**rules, "name": "门诊", "kind": "outpatient", "start": dt.time(8), "minutes": 480},
    )
    month = dt.date(2014, 6, 1)
    roster, _made = Roster.objects.get_or_create(
        department=department, month=month, defaults={**rules, "hospital": department.hospital}
    )
    other = Person.objects.create(hospital=department.hospital, department=department, name="换班对方")
    first = month.replace(day=day)
    return {
        "roster": roster,
        "duty": Duty.objects.create(roster=roster, person=person, day=first, shift=shift, **rules),
        "exchange": SwapRequest.objects.create(
            roster=roster,
            asker=person,
            asker_day=first,
            asker_shift=shift,
            other=other,
            other_day=first + dt.timedelta(days=1),
            other_shift=shift,
            reason="演示",
            **rules,
        ),
        "days_away": DaysAway.objects.create(
            department=department, person=person, first_day=first, last_day=first, reason="other", **rules
        ),
        "wish": Wish.objects.create(department=department, person=person, day=first, **rules),
    }


RECOGNISED = {
    "cited": {"id": "CME-01", "clause": "S2 §五(三)", "mark": "seed"},
    "months": 6,
    "days": 184,
    "counted": 184,
    "needed": 184,
    "full_on": "2014-08-31",
    "stays": [],
}


def certificate_of(person: Person) -> Certificate:
    """A credit of the person, recognised."""
    return Certificate.objects.create(
        kind="training",
        person=person,
        person_name=person.name,
        year=2014,
        rule="CME-01",
        policy_pack="zhejiang-2014",
        rule_digest="0" * 64,
        hospital=person.hospital,
        hospital_name=person.hospital.name,
        home_path=person.hospital.scope_path,
        until=dt.date(2014, 12, 31),
        values=RECOGNISED,
        code=new_code(),
        issuer="演示",
        issued_on=dt.date(2015, 1, 5),
    )
