"""Clocks that run out are told upwards; an erased patient leaves nothing in the cases."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from duikou.core.models import StoredDocument
from duikou.wings.patients import actions as patients
from duikou.wings.patients import consents
from duikou.wings.patients.models import Patient
from duikou.wings.telehealth import actions
from duikou.wings.telehealth.actions import Written
from duikou.wings.telehealth.actions.escalating import escalate
from duikou.wings.telehealth.actions.sessions import end_without_consent
from duikou.wings.telehealth.models import Consultation, Draft, Escalation
from tests.wings.patients.test_pages import client_of
from tests.wings.telehealth.conftest import PDF, SAID, Tele

HOUR = dt.timedelta(hours=1)


def test_told_level_by_level_and_never_twice(tele: Tele) -> None:
    one = tele.sent()  # routine: 24 hours to answer
    assert one.due_at is not None
    due = one.due_at
    nothing = {"acting": 0, "office": 0, "superior": 0}
    assert escalate(now=due - dt.timedelta(seconds=1)) == nothing
    assert escalate(now=due) == {**nothing, "acting": 1}
    assert escalate(now=due + 11 * HOUR) == nothing
    assert escalate(now=due + 12 * HOUR) == {**nothing, "office": 1}
    assert escalate(now=due + 100 * HOUR) == {**nothing, "superior": 1}
    assert escalate(now=due + 200 * HOUR) == nothing
    # The next step has a clock of its own.
    actions.accept(actor=tele.other_office, one=one)
    assert one.due_at is not None
    assert escalate(now=one.due_at + 100 * HOUR) == {"acting": 1, "office": 1, "superior": 1}
    assert Escalation.objects.filter(consultation=one).count() == 6
    actions.withdraw(actor=tele.doctor, one=one, reason="转院")
    assert escalate(now=due + 900 * HOUR) == nothing


def test_returned_for_completion_no_clock_runs(tele: Tele) -> None:
    one = tele.sent()
    actions.return_for_completion(actor=tele.other_office, one=one, reason="缺化验单")
    assert escalate(now=timezone.now() + 1000 * HOUR)["acting"] == 0


def test_authorities_see_the_numbers_and_no_patient(tele: Tele) -> None:
    one = tele.sent()
    Consultation.objects.filter(pk=one.pk).update(due_at=timezone.now() - 100 * HOUR)
    escalate()
    page = client_of(tele.office).get("/app/telehealth/overdue/").content.decode()
    assert "没有超过时限" not in page
    assert one.patient.name not in page
    assert "超时上报" in client_of(tele.doctor).get(f"/app/telehealth/{one.pk}/").content.decode()
    assert client_of(tele.third["medical_office"]).get("/app/telehealth/overdue/").status_code == 200
    one.refresh_from_db()
    actions.accept(actor=tele.other_office, one=one)
    assert "没有超过时限" in client_of(tele.office).get("/app/telehealth/overdue/").content.decode()


def test_a_room_ends_when_an_oral_consent_runs_out(tele: Tele, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tele.assigned()
    room = actions.open_session(actor=tele.doctor, one=one)
    assert end_without_consent() == 0
    monkeypatch.setattr(consents, "standing", lambda *_of: None)
    assert end_without_consent() == 1
    room.refresh_from_db()
    assert room.state == "closed"


@pytest.mark.parametrize("adoption", ["full", "part"])
def test_an_erased_patient_leaves_no_case(tele: Tele, adoption: str) -> None:
    patient = tele.agreed()
    one = tele.draft(patient, history="青霉素过敏", examinations="CT")
    actions.add_file(actor=tele.doctor, one=one, part="lab", title="化验", filename="血.pdf", content=PDF)
    actions.approve(actor=tele.office, one=actions.submit(actor=tele.doctor, one=one))
    actions.accept(actor=tele.other_office, one=one)
    actions.assign(actor=tele.other_office, one=one, experts=[tele.expert])
    actions.save_draft(actor=tele.signer(), one=one, written=Written("草稿", "草稿"))
    opinion = actions.sign(actor=tele.signer(), one=one, written=SAID)
    actions.acknowledge(actor=tele.doctor, one=one, adoption=adoption, note="与结节的部位不符")
    actions.close(actor=tele.doctor, one=one)
    begun = tele.draft(patient, key="begun")
    Patient.objects.filter(pk=patient.pk).update(last_contact_on=dt.date(1990, 5, 6))
    patient.refresh_from_db()
    asked = patients.propose_erasure(actor=tele.office, patient=patient, reason="到期")
    patients.decide_erasure(actor=tele.second_office, erasure=asked, agreed=True)
    kept = str(list(Consultation.objects.values()))
    assert not any(word in kept for word in ("结节", "青霉素", "体检"))
    assert not one.files.exists()
    assert not StoredDocument.objects.filter(filename="血.pdf").exists()
    assert not Draft.objects.exists()
    one.refresh_from_db()
    begun.refresh_from_db()
    assert (one.state, begun.state, one.adoption) == ("closed", "withdrawn", adoption)
    assert one.erased_at is not None
    opinion.refresh_from_db()
    assert opinion.conclusion == SAID.conclusion  # the invited side's own record, nameless
    for actor in (tele.doctor, tele.signer()):
        assert client_of(actor).get(f"/app/telehealth/{one.pk}/").status_code == 200
