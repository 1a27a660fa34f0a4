"""Retention: what is due, to the day; erased by two people or not at all."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.models import StoredDocument
from duikou.wings.patients import actions, retention
from duikou.wings.patients.actions.consents import Scan
from duikou.wings.patients.models import Consent, Erasure, Patient
from tests.wings.patients.conftest import Ward, card

LONG_AGO = dt.date(1990, 5, 6)
lasts = st.dates(dt.date(1950, 1, 1), dt.date(2040, 1, 1))
todays = st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1))


@given(lasts, todays)
def test_the_day_from_which_records_are_kept_is_the_first_that_is(last: dt.date, today: dt.date) -> None:
    for years in (3, 15, 30):
        assert (last < retention.earliest_kept(today, years)) == (retention.later(last, years) < today)
        first = retention.earliest_kept(today, years)
        assert retention.later(first, years) >= today > retention.later(first - dt.timedelta(days=1), years)


def old(ward: Ward, **more: Any) -> Patient:
    return ward.patient(last_contact_on=LONG_AGO, **more)


def test_what_is_due(ward: Ward) -> None:
    outpatient = old(ward)
    inpatient = ward.patient(identity=card(2), last_contact_on=dt.date(2005, 1, 1), care="inpatient")
    fresh = ward.patient(identity=card(3))
    assert retention.kept_until(outpatient) == dt.date(2005, 5, 6)
    assert retention.kept_until(inpatient) == dt.date(2035, 1, 1)
    assert retention.recording_kept_until(dt.date(2024, 2, 29)) == dt.date(2027, 2, 28)
    today = timezone.localdate()
    assert list(Patient.objects.filter(retention.due(today))) == [outpatient]
    for patient in (inpatient, fresh):
        with pytest.raises(Conflict, match="PAT-05"):
            actions.propose_erasure(actor=ward.office, patient=patient, reason="到期")


def test_two_people_erase_a_record_with_all_that_is_personal(ward: Ward) -> None:
    patient, twin = old(ward), ward.without_card("於碶峃", last_contact_on=LONG_AGO)
    ward.agrees(
        patient, giver="relative", giver_name="於子", giver_relation="子女", why_not_patient="昏迷",
        scan=Scan("同意书.pdf", b"%PDF-1.4 x"),
    )  # fmt: skip
    less = ward.details(phone="", last_contact_on=LONG_AGO)
    actions.correct(actor=ward.doctor, patient=patient, details=less, reason="x")
    actions.merge(actor=ward.doctor, survivor=patient, duplicate=twin, reason="同一人")
    actions.look(actor=ward.doctor, number=patient.number, where="page")
    patient.refresh_from_db()
    with pytest.raises(Denied):
        actions.propose_erasure(actor=ward.doctor, patient=patient, reason="到期")
    asked = actions.propose_erasure(actor=ward.office, patient=patient, reason="到期")
    with pytest.raises(Conflict):
        actions.propose_erasure(actor=ward.second_office, patient=patient, reason="到期")
    with pytest.raises(Denied, match="第二人"):
        actions.decide_erasure(actor=ward.office, erasure=asked, agreed=True)
    with pytest.raises(Denied):
        actions.decide_erasure(actor=ward.other_office, erasure=asked, agreed=True)
    actions.decide_erasure(actor=ward.second_office, erasure=asked, agreed=True)
    kept = str(list(Patient.objects.values())) + str(list(Consent.objects.values()))
    assert not any(word in kept for word in ("於", "1956", "昏迷", "1380"))
    patient.refresh_from_db()
    assert (patient.identity, patient.birth_date, patient.corrections.count()) == ("", None, 0)
    assert not StoredDocument.objects.filter(filename="同意书.pdf").exists()
    assert patient.accesses.count() == 1
    with pytest.raises(Conflict):
        actions.decide_erasure(actor=ward.second_office, erasure=asked, agreed=True)
    with pytest.raises(Conflict, match="销毁"):
        ward.agrees(patient)
    again = ward.patient()  # the number is free for a new record
    assert again.number != patient.number


def test_a_refused_erasure_changes_nothing(ward: Ward) -> None:
    patient = old(ward)
    asked = actions.propose_erasure(actor=ward.office, patient=patient, reason="到期")
    with pytest.raises(Invalid):
        actions.decide_erasure(actor=ward.second_office, erasure=asked, agreed=False)
    actions.decide_erasure(actor=ward.second_office, erasure=asked, agreed=False, remark="仍在随访")
    assert asked.state == Erasure.State.REFUSED
    patient.refresh_from_db()
    assert patient.name == "於碶峃"


def test_a_record_that_is_shared_or_seen_again_is_not_erased(ward: Ward) -> None:
    patient = old(ward)
    relation = actions.share(
        actor=ward.doctor, patient=patient, hospital=ward.other, kind="referral", reference="r:1"
    )
    with pytest.raises(Conflict, match="共享"):
        actions.propose_erasure(actor=ward.office, patient=patient, reason="到期")
    actions.unshare(actor=ward.doctor, relation=relation)
    asked = actions.propose_erasure(actor=ward.office, patient=patient, reason="到期")
    with pytest.raises(Conflict, match="待核准"):
        actions.merge(actor=ward.doctor, survivor=ward.without_card(), duplicate=patient, reason="x")
    actions.note_contact(actor=ward.doctor, patient=patient, on=timezone.localdate())
    with pytest.raises(Conflict, match="PAT-05"):
        actions.decide_erasure(actor=ward.second_office, erasure=asked, agreed=True)
    assert Patient.objects.get(pk=patient.pk).name == "於碶峃"
