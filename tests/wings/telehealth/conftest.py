"""安吉县人民医院 asks 浙江医院: a patient who agreed, a pool of experts, and short forms of the acts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from duikou.core.models import RoleGrant, User
from duikou.core.scope import Actor, actor_for
from duikou.wings.pairings.models import Pairing
from duikou.wings.patients.models import Consent, Patient
from duikou.wings.people.models import Person
from duikou.wings.telehealth import actions
from duikou.wings.telehealth.actions import Request, Written
from duikou.wings.telehealth.models import Consultation, Expert, Opinion, Slot
from tests.wings.patients.conftest import Ward
from tests.wings.posted import SINCE, a_pairing

SAID = Written("双肺纹理增多，右上肺结节 8 毫米。", "右上肺结节，考虑良性。", "三个月后复查 CT。")
PDF = b"%PDF-1.4 case"


class Tele(Ward):
    """A ward whose patients are sent to 浙江医院 for an opinion; the two are paired today."""

    def __init__(self) -> None:
        super().__init__()
        pairing = a_pairing()
        Pairing.objects.filter(pk=pairing.pk).update(end=timezone.localdate() + dt.timedelta(days=300))
        self.pairing = a_pairing()
        self.other = self.pairing.supporter
        self.expert = self.doctor_of_pool("周专家")
        self.third = self.at_third()

    def at_third(self) -> dict[str, Actor]:
        from duikou.wings.hospitals.models import Hospital

        third = Hospital.objects.select_related("org").get(name="海盐县中医院")
        return {role: self.at(third.org, role) for role in ("clinician", "medical_office")}

    def doctor_of_pool(self, name: str, *, account: bool = True, **more: Any) -> Expert:
        user = None
        if account:
            user = User.objects.create(username=f"pool-{name}", display_name=name)
            RoleGrant.objects.create(user=user, role="clinician", org=self.other.org, valid_from=SINCE)
        fields = {"title": "主任医师", "specialty": "respiratory", "registered_scope": "内科专业"}
        pool = {
            "practising_since": dt.date(2005, 7, 1),
            "kinds": list(Consultation.Kind.values),
            **{key: more.pop(key) for key in ("practising_since", "kinds", "tcm") if key in more},
        }
        person = Person.objects.create(hospital=self.other, user=user, name=name, **{**fields, **more})
        return actions.enter_expert(actor=self.other_office, person=person, **pool)

    def signer(self, expert: Expert | None = None) -> Actor:
        user = (expert or self.expert).person.user
        assert user is not None
        return actor_for(user)

    def request(self, **more: Any) -> Request:
        values: dict[str, Any] = {
            "kind": "consultation",
            "urgency": "routine",
            "reason_wanted": "结节性质不能确定",
            "aim": "明确诊断和处理",
            "specialty": "respiratory",
            "diagnosis": "右上肺结节",
            "summary": "体检发现右上肺结节，无咳嗽、咯血。",
            **more,
        }
        return Request(**values)

    def agreed(self) -> Patient:
        patient = self.patient()
        self.agrees(patient)
        return patient

    def draft(self, patient: Patient | None = None, **more: Any) -> Consultation:
        key = more.pop("key", "")
        return actions.create(
            actor=self.doctor,
            patient=patient or self.agreed(),
            invited=self.other,
            request=self.request(**more),
            key=key,
        )

    def sent(self, **more: Any) -> Consultation:
        one = actions.submit(actor=self.doctor, one=self.draft(**more))
        return actions.approve(actor=self.office, one=one)

    def assigned(self, *experts: Expert, **more: Any) -> Consultation:
        one = actions.accept(actor=self.other_office, one=self.sent(**more))
        return actions.assign(actor=self.other_office, one=one, experts=experts or (self.expert,))

    def signed(self, **more: Any) -> tuple[Consultation, Opinion]:
        one = self.assigned(**more)
        return one, actions.sign(actor=self.signer(), one=one, written=SAID)

    def acknowledged(self, **more: Any) -> Consultation:
        one, _opinion = self.signed(**more)
        return actions.acknowledge(actor=self.doctor, one=one, adoption="full")

    def slot(self, expert: Expert | None = None, hours: int = 24) -> Slot:
        begins = timezone.now() + dt.timedelta(hours=hours)
        return actions.offer_slot(
            actor=self.other_office,
            expert=expert or self.expert,
            begins_at=begins,
            ends_at=begins + dt.timedelta(minutes=30),
        )

    def takes_back(self, patient: Patient) -> None:
        from duikou.wings.patients import actions as patients

        consent = Consent.objects.get(patient=patient)
        patients.withdraw_consent(
            actor=self.doctor, consent=consent, by="patient", at=timezone.now(), note=""
        )


@pytest.fixture
def tele(db: None) -> Tele:
    return Tele()
