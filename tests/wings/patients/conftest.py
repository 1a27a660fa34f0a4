"""Two hospitals with the people who keep patients there, and short forms of the acts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from duikou.core.models import OrgUnit, RoleGrant, User
from duikou.core.scope import Actor, actor_for
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.hospitals.units import unit_of
from duikou.wings.patients import actions
from duikou.wings.patients.actions import Details
from duikou.wings.patients.actions.consents import Said
from duikou.wings.patients.identity import check_character
from duikou.wings.patients.models import Consent, Patient
from tests.wings.posted import SINCE

BORN = dt.date(1956, 3, 8)


def card(serial: int = 1, born: dt.date = BORN, male: bool = True) -> str:
    """An invented card number with a right check character."""
    first = f"330523{born:%Y%m%d}{serial * 2 + (1 if male else 0):03d}"
    return first + check_character(first)


class Ward:
    """安吉县人民医院 with two departments, 浙江医院, and who acts for them."""

    def __init__(self) -> None:
        self.home = Hospital.objects.select_related("org").get(name="安吉县人民医院")
        self.other = Hospital.objects.select_related("org").get(name="浙江医院")
        self.heart, self.bones = self.department("心内科"), self.department("骨科")
        self.doctor = self.at(self.home.org, "clinician")
        self.heart_doctor = self.at(unit_of(self.heart), "clinician")
        self.bone_doctor = self.at(unit_of(self.bones), "clinician")
        self.office = self.at(self.home.org, "medical_office")
        self.second_office = self.at(self.home.org, "medical_office", "second")
        self.other_doctor = self.at(self.other.org, "clinician")
        self.other_office = self.at(self.other.org, "medical_office")

    def department(self, name: str) -> Department:
        made: Department = Department.objects.create(hospital=self.home, name=name, specialty="other")
        unit_of(made)
        return made

    def at(self, org: OrgUnit, role: str, who: str = "") -> Actor:
        user = User.objects.create(username=f"{role}{who}-{org.pk}", display_name=f"{org.name}{role}{who}")
        RoleGrant.objects.create(user=user, role=role, org=org, valid_from=SINCE)
        return actor_for(user)

    def details(self, **more: Any) -> Details:
        values: dict[str, Any] = {
            "name": "於碶峃",
            "sex": "male",
            "birth_date": BORN,
            "payment": "rural_cooperative",
            "identity": card(),
            "phone": "13800000001",
            **more,
        }
        if "identity_kind" in more and more["identity_kind"] == "none":
            values["identity"] = ""
        return Details(**values)

    def patient(self, **more: Any) -> Patient:
        return actions.register(
            actor=more.pop("actor", self.doctor),
            hospital=more.pop("hospital", self.home),
            department=more.pop("department", None),
            details=self.details(**more),
        )

    def without_card(self, name: str = "王建国", **more: Any) -> Patient:
        return self.patient(name=name, identity_kind="none", **more)

    def agrees(self, patient: Patient, purpose: str = "consultation", **more: Any) -> Consent:
        said: dict[str, Any] = {
            "purpose": purpose,
            "giver": "patient",
            "way": "written",
            "given_at": timezone.now() - dt.timedelta(hours=1),
            "kept_at": "病历室",
            **more,
        }
        return actions.give_consent(
            actor=said.pop("actor", self.doctor),
            patient=patient,
            scan=said.pop("scan", None),
            said=Said(**said),
        )


@pytest.fixture
def ward(db: None) -> Ward:
    return Ward()
