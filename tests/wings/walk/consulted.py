"""Consultations of one hospital for the walks: asked and received, an expert, a time."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

from PIL import Image

from duikou.core import documents
from duikou.core.scope import SYSTEM
from duikou.wings.hospitals.models import Hospital
from duikou.wings.patients.models import Consent, Patient
from duikou.wings.people.models import Person
from duikou.wings.telehealth.models import (
    CaseFile,
    Consultation,
    Expert,
    Opinion,
    Picture,
    Seat,
    Slot,
    TimePlan,
)

AT = dt.datetime(2014, 3, 3, 8, tzinfo=dt.UTC)


@dataclass
class Consulted:
    """What the walks ask for."""

    one: Consultation
    received: Consultation
    file: CaseFile
    expert: Expert
    slot: Slot
    picture: Picture
    plan: TimePlan


def consulted(patient: Patient, person: Person, name: str) -> Consulted:
    """Both sides of one hospital; every text says whose it is."""
    hospital = patient.hospital
    other = Hospital.objects.exclude(pk=hospital.pk).order_by("pk").first()
    assert other is not None
    said: dict[str, Any] = {
        "kind": "consultation", "specialty": "cardiology", "reason_wanted": f"{name}理由",
        "aim": f"{name}目的",
        "diagnosis": f"{name}诊断", "summary": f"{name}摘要", "requested_name": f"{name}医师", "sent_at": AT,
    }  # fmt: skip
    one = Consultation.objects.create(
        **said, patient=patient, inviting=hospital, department=patient.department, invited=other,
        home_path=patient.scope_path, host_path=other.scope_path, state="answered", answered_at=AT,
    )  # fmt: skip
    theirs = Patient.objects.create(
        hospital=other, scope_path=other.scope_path, name=f"{name}外院", name_key=name, sex="male",
        birth_date=dt.date(1961, 3, 1), identity_kind="none", payment="own", last_contact_on=AT.date(),
    )  # fmt: skip
    Consent.objects.create(
        patient=theirs, purpose="consultation", rule="TEL-04", text_version="1", giver="patient",
        way="written", given_at=AT, kept_at="病历室",
    )  # fmt: skip
    received = Consultation.objects.create(
        **said, patient=theirs, inviting=other, invited=hospital, home_path=other.scope_path,
        host_path=hospital.scope_path, state="accepted",
    )  # fmt: skip
    expert = Expert.objects.create(
        hospital=hospital, scope_path=hospital.scope_path, person=person,
        practising_since=dt.date(2000, 1, 1), kinds=["consultation"],
    )  # fmt: skip
    seat = Seat.objects.create(consultation=one, expert=expert, chair=True)
    Opinion.objects.create(
        consultation=one, seat=seat, role="opinion", findings=f"{name}所见", conclusion=f"{name}结论",
        signed_name=f"{name}专家", signed_hospital=other.name, signed_at=AT, digest="0" * 64,
        demonstration=True,
    )  # fmt: skip
    memory = io.BytesIO()
    Image.new("L", (8, 8)).save(memory, "PNG")
    shown = documents.keep(memory.getvalue(), filename="picture", scope_path="", actor=SYSTEM)
    plan = TimePlan.objects.create(hospital=hospital, scope_path=hospital.scope_path, state="proposed")
    paper = documents.keep(b"%PDF-1.4 case", filename=f"{name}.pdf", scope_path="", actor=SYSTEM)
    return Consulted(
        one=one,
        received=received,
        file=CaseFile.objects.create(consultation=one, part="lab", title=f"{name}资料", document=paper),
        expert=expert,
        picture=Picture.objects.create(seat=seat, source="tracing:1", caption=f"{name}附图", document=shown),
        plan=plan,
        slot=Slot.objects.create(expert=expert, begins_at=AT, ends_at=AT + dt.timedelta(hours=1)),
    )
