"""A county and a provincial hospital with their doctors, a service, a patient who agreed; short forms."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.hospitals.units import unit_of
from duikou.wings.patients.models import Patient
from duikou.wings.people.models import Person
from duikou.wings.referrals import actions
from duikou.wings.referrals.actions import Appointment, Details, Offered, Plan
from duikou.wings.referrals.models import Referral, Service
from tests.wings.patients.conftest import Ward

EVERY_DAY = tuple((day, dt.time(8, 30), 2) for day in range(1, 8))


class Way(Ward):
    """The ward, and the way from 安吉县人民医院 to 浙江医院 and back."""

    def __init__(self) -> None:
        super().__init__()
        self.third = (
            Hospital.objects.select_related("org")
            .exclude(pk__in=(self.home.pk, self.other.pk))
            .order_by("pk")[0]
        )
        self.other_heart: Department = Department.objects.create(
            hospital=self.other, name="心内科", specialty="cardiology"
        )
        unit_of(self.other_heart)
        self.sender = self.person(self.doctor, self.home, "转出医师")
        self.county_office = self.office
        self.expert = self.at(unit_of(self.other_heart), "clinician", "expert")
        self.expert_person = self.person(self.expert, self.other, "接收医师", specialty="cardiology")
        self.surgeon = self.at(self.other.org, "clinician", "surgeon")
        self.person(self.surgeon, self.other, "外科医师", specialty="general_surgery")
        self.person(self.other_doctor, self.other, "另一医师", specialty="cardiology")
        self.third_doctor = self.at(self.third.org, "clinician", "third")
        self.person(self.third_doctor, self.third, "第三医师", specialty="cardiology")
        self.head = self.at(unit_of(self.other_heart), "department_head")
        self.heart_service = self.service()

    def person(self, actor: Actor, hospital: Hospital, name: str, **values: Any) -> Person:
        values = {"title": "主治医师", "specialty": "cardiology", **values}
        return Person.objects.create(hospital=hospital, name=name, user_id=actor.user_id, **values)

    def service(self, hospital: Hospital | None = None, **more: Any) -> Service:
        hospital = hospital or self.other
        department = self.other_heart if hospital == self.other else None
        offered: dict[str, Any] = {
            "name": "心血管内科转诊", "specialty": "cardiology", "takes": "up", "weekly": 5,
            "slots": EVERY_DAY, "emergency": True, **more,
        }  # fmt: skip
        office = self.other_office if hospital == self.other else self.office
        return actions.keep_service(
            actor=office, hospital=hospital, department=department, offered=Offered(**offered)
        )

    def case(self, **more: Any) -> Details:
        values: dict[str, Any] = {
            "direction": "up", "urgency": "routine", "service": self.heart_service,
            "diagnosis": "急性心肌梗死",
            "code": "I21.0", "conditions": ("no_technique",), "why": "需急诊介入治疗",
            "summary": "胸痛 3 小时，心电图示前壁 ST 段抬高，已抗血小板治疗。", **more,
        }  # fmt: skip
        return Details(**values)

    def agreed(self, **more: Any) -> Patient:
        patient = self.patient(**more)
        self.agrees(patient, "referral")
        return patient

    def without_card_agreed(self, name: str = "王建国", **more: Any) -> Patient:
        patient = self.without_card(name, **more)
        self.agrees(patient, "referral")
        return patient

    def draft(self, patient: Patient | None = None, **more: Any) -> Referral:
        number = more.pop("key", f"key-{Referral.objects.count():08d}")
        return actions.draft(
            actor=more.pop("actor", self.doctor),
            key=number,
            patient=patient or self.agreed(),
            hospital=more.pop("hospital", self.home),
            details=self.case(**more),
        )

    def sent(self, patient: Patient | None = None, **more: Any) -> Referral:
        referral = self.draft(patient, **more)
        return actions.send(actor=self.doctor, referral=referral)

    def appointed(self, days: int = 1, **more: Any) -> Appointment:
        return Appointment(timezone.localdate() + dt.timedelta(days=days), **more)

    def accepted(self, patient: Patient | None = None, **more: Any) -> Referral:
        referral = self.sent(patient, **more)
        return actions.accept(actor=self.expert, referral=referral, appointment=self.appointed())

    def arrived(self, patient: Patient | None = None, **more: Any) -> Referral:
        referral = self.accepted(patient, **more)
        return actions.arrive(actor=self.expert, referral=referral)

    def plan(self, **more: Any) -> Plan:
        soon = timezone.localdate() + dt.timedelta(days=7)
        values: dict[str, Any] = {
            "summary": "前降支支架一枚，恢复好。", "plan": "双联抗血小板 12 个月，控制血压。",
            "follow_ups": ((soon, "血压、心电图"),), **more,
        }  # fmt: skip
        return Plan(**values)

    def back(self, patient: Patient | None = None) -> Referral:
        return actions.refer_back(actor=self.expert, referral=self.arrived(patient), plan=self.plan())

    def down(self, **more: Any) -> Referral:
        """A referral down that has been sent: the patient is the provincial hospital's."""
        if not hasattr(self, "county_service"):
            self.county_service = self.service(self.home, name="康复接收", takes="down", emergency=False)
        patient = self.patient(actor=self.other_doctor, hospital=self.other, identity_kind="none")
        self.agrees(patient, "referral", actor=self.other_doctor)
        later = timezone.localdate() + dt.timedelta(days=10)
        values: dict[str, Any] = {
            "direction": "down", "service": self.county_service, "conditions": ("recovering",),
            "plan": "康复训练，每周复查。", "follow_ups": ((later, "复查"),), **more,
        }  # fmt: skip
        referral = self.draft(patient, actor=self.other_doctor, hospital=self.other, **values)
        return actions.send(actor=self.other_doctor, referral=referral)


@pytest.fixture
def way(db: None) -> Way:
    return Way()
