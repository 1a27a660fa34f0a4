"""Demonstration patients: marked, the same for a seed, gone without a trace with what was added since."""

from __future__ import annotations

import pytest

from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM
from duikou.wings.patients import actions, demo, identity
from duikou.wings.patients.models import Access, BreakGlass, Consent, Patient, Share
from tests.wings.patients.conftest import Ward


def test_invented_patients_come_and_go(ward: Ward) -> None:
    real = ward.patient()
    made = demo.load(seed=5)
    assert 350 <= made["patients"] <= 450
    with pytest.raises(Conflict):
        demo.load(seed=5)
    invented = Patient.objects.filter(demonstration=True)
    numbers = sorted(invented.values_list("number", flat=True))
    for patient in invented.exclude(identity_index="").select_related("hospital")[:30]:
        assert identity.fault_of_number("card", patient.identity) == ""
        assert patient.identity.startswith(demo.NOWHERE)
    letters = set("".join(invented.values_list("name", flat=True)))
    assert {"碶", "峃", "於", "𠮷"} <= letters
    one = invented.select_related("hospital__org").order_by("pk")[0]
    office = ward.at(one.hospital.org, "medical_office", "demo")
    actions.look(actor=office, number=one.number, where="page")
    guardian = {"giver": "guardian", "giver_name": "甲", "giver_relation": "母亲", "why_not_patient": "昏迷"}
    ward.agrees(one, "teaching", actor=office, **guardian)
    with pytest.raises(Conflict, match="演示"):
        actions.merge(actor=SYSTEM, survivor=real, duplicate=one, reason="同一人")
    demo.clear()
    for model in (Consent, Share, BreakGlass, Access):
        assert not model.objects.exists()
    assert list(Patient.objects.all()) == [real]
    demo.load(seed=5)
    assert sorted(Patient.objects.filter(demonstration=True).values_list("number", flat=True)) == numbers
