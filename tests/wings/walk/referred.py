"""A referral of the world's patient to another hospital, with its dates and the world's own service."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.hospitals.units import unit_of
from duikou.wings.patients.models import Patient
from duikou.wings.people.models import Person
from duikou.wings.referrals.models import Clock, FollowUp, Referral, Service, Slot

AT = dt.datetime(2014, 3, 3, 8, tzinfo=dt.UTC)


@dataclass
class Referred:
    """What the walks name."""

    one: Referral
    follow_up: FollowUp
    service: Service  # of the other hospital
    own_service: Service


def referred(department: Department, patient: Patient, doctor: Person, name: str) -> Referred:
    """Sent by the department, waiting for the other hospital's answer."""
    hospital = department.hospital
    other = Hospital.objects.exclude(pk=hospital.pk).order_by("pk").first()
    assert other is not None
    path = unit_of(department).path or ""
    service = _service(other, None, other.scope_path, f"{name}对方服务")
    one = Referral.objects.create(
        key=f"walk-{hospital.pk:08d}", direction="up", state="sent", patient=patient, problem="lung_cancer",
        tier="lung_cancer", code="C34.9", diagnosis=f"{name}诊断", conditions=[], why=f"{name}原因",
        summary=f"{name}病情摘要", from_hospital=hospital, from_department=department, from_path=path,
        from_doctor=doctor, service=service, to_hospital=other, to_path=other.scope_path, sent_at=AT,
    )  # fmt: skip
    Clock.objects.create(
        referral=one, kind="answer", path=one.to_path, started_at=AT, due_at=AT + dt.timedelta(hours=48)
    )
    return Referred(
        one,
        FollowUp.objects.create(referral=one, due_on=dt.date(2014, 4, 1), what=f"{name}随访"),
        service,
        _service(hospital, department, path, f"{name}接诊服务"),
    )


def _service(hospital: Hospital, department: Department | None, path: str, name: str) -> Service:
    made: Service = Service.objects.create(
        hospital=hospital, department=department, scope_path=path, name=name, specialty="other",
        takes="both", weekly=5,
    )  # fmt: skip
    Slot.objects.create(service=made, weekday=1, starts=dt.time(8), places=2)
    return made
