"""Store and forward: asked, approved, answered, signed, acknowledged, closed, rated; every refusal."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import AuditEvent
from duikou.wings.patients import actions as patients
from duikou.wings.patients.models import Access, Patient, Share
from duikou.wings.telehealth import actions
from duikou.wings.telehealth.actions import Written
from duikou.wings.telehealth.actions.opinions import digest_of
from duikou.wings.telehealth.models import Consultation, Draft, Opinion, Rating
from duikou.wings.telehealth.queries import desk
from tests.wings.telehealth.conftest import PDF, SAID, Tele


def test_from_the_case_to_both_ratings_without_any_live_link(tele: Tele) -> None:
    one = tele.draft()
    actions.add_file(actor=tele.doctor, one=one, part="lab", title="血常规", filename="x.pdf", content=PDF)
    assert (one.state, one.pairing, one.home_path) == ("draft", tele.pairing, tele.home.scope_path)
    assert not desk.received(tele.other_office).exists()
    actions.submit(actor=tele.doctor, one=one)
    assert not desk.received(tele.other_office).exists()
    actions.approve(actor=tele.office, one=one)
    assert list(desk.received(tele.other_office)) == [one]
    assert not desk.consultations(tele.signer()).exists()  # not named yet
    actions.accept(actor=tele.other_office, one=one)
    actions.assign(actor=tele.other_office, one=one, experts=[tele.expert])
    assert list(desk.to_sign(tele.signer())) == [one]
    opened = actions.open_case(actor=tele.signer(), one=one, where=Access.Where.PAGE)
    assert opened.patient == one.patient
    look = Access.objects.latest("pk")
    assert (look.grounds, look.purpose) == ("share", "consultation")
    opinion = actions.sign(actor=tele.signer(), one=one, written=SAID)
    assert (opinion.role, opinion.signed_name, one.state) == ("opinion", "周专家", "answered")
    assert opinion.digest == digest_of(Opinion.objects.get(pk=opinion.pk))
    actions.acknowledge(actor=tele.doctor, one=one, adoption="part", note="患者不愿复查")
    actions.close(actor=tele.doctor, one=one)
    for actor, side in ((tele.doctor, "inviting"), (tele.other_office, "invited")):
        actions.rate(actor=actor, one=one, side=side, timely=5, useful=4)
        with pytest.raises(Conflict):
            actions.rate(actor=actor, one=one, side=side, timely=5, useful=4)
    assert not Share.objects.live().exists()
    assert actions.open_case(actor=tele.signer(), one=one, where="page").why_shut
    acts = list(
        AuditEvent.objects.filter(action__startswith="consultation.")
        .order_by("pk")
        .values_list("action", flat=True)
    )
    assert [name.partition(".")[2] for name in acts] == [
        "create", "add_file", "submit", "approve", "accept", "assign", "sign", "acknowledge", "close", "rate",
        "rate",
    ]  # fmt: skip


def test_one_form_sent_twice_is_one_row(tele: Tele) -> None:
    patient = tele.agreed()
    first = tele.draft(patient, key="form-1")
    assert tele.draft(patient, key="form-1") == first
    assert tele.draft(patient, key="form-2") != first


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "gossip"}, "kind"),
        ({"urgency": "now"}, "urgency"),
        ({"specialty": "magic"}, "specialty"),
        ({"title": "神医"}, "title"),
        ({"aim": " "}, "aim"),
        ({"reason_wanted": ""}, "reason_wanted"),
        ({"summary": ""}, "summary"),
        ({"diagnosis": "x" * 501}, "diagnosis"),
        ({"live": True}, "wanted_at"),
        ({"wanted_at": dt.datetime(2014, 3, 1, tzinfo=dt.UTC)}, "wanted_at"),
        ({"history": "a\x00b"}, "history"),
    ],
)
def test_a_request_lacks_nothing_that_the_rule_asks_for(tele: Tele, wrong: Any, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        tele.draft(**wrong)
    assert field in caught.value.fields


def test_who_may_ask_and_of_whom(tele: Tele) -> None:
    patient = tele.agreed()
    with pytest.raises(Denied):
        actions.create(actor=tele.other_doctor, patient=patient, invited=tele.other, request=tele.request())
    with pytest.raises(Invalid):
        actions.create(actor=tele.doctor, patient=patient, invited=tele.home, request=tele.request())
    Patient.objects.filter(pk=patient.pk).update(erased_at=timezone.now())
    patient.refresh_from_db()
    with pytest.raises(Conflict):
        tele.draft(patient)


def test_nothing_goes_out_without_consent_and_approval(tele: Tele) -> None:
    one = tele.draft(tele.patient())
    with pytest.raises(Conflict, match="TEL-04"):
        actions.submit(actor=tele.doctor, one=one)
    tele.agrees(one.patient)
    actions.submit(actor=tele.doctor, one=one)
    with pytest.raises(Denied):
        actions.approve(actor=tele.doctor, one=one)
    actions.send_back(actor=tele.office, one=one, reason="摘要过简")
    assert (one.state, one.reason, one.due_at) == ("draft", "摘要过简", None)
    actions.submit(actor=tele.doctor, one=one)
    tele.takes_back(one.patient)
    with pytest.raises(Conflict, match="TEL-04"):
        actions.approve(actor=tele.office, one=one)
    one.refresh_from_db()
    assert (one.state, Share.objects.count()) == ("submitted", 0)


def test_consent_withdrawn_amid_stops_reading_and_signing(tele: Tele) -> None:
    one = tele.assigned()
    tele.takes_back(one.patient)
    opened = actions.open_case(actor=tele.signer(), one=one, where="page")
    assert opened.patient is None
    assert "停止阅览" in opened.why_shut
    with pytest.raises(Conflict, match="TEL-04"):
        actions.sign(actor=tele.signer(), one=one, written=SAID)
    one.refresh_from_db()
    assert one.state == "assigned"
    assert actions.open_case(actor=tele.doctor, one=one, where="page").patient == one.patient
    actions.withdraw(actor=tele.doctor, one=one, reason="患者撤回同意")
    assert not Share.objects.live().exists()


def test_returned_completed_and_sent_again(tele: Tele) -> None:
    one = tele.sent()
    with pytest.raises(Conflict):
        actions.edit(actor=tele.doctor, one=one, request=tele.request())
    with pytest.raises(Conflict):
        actions.add_file(actor=tele.doctor, one=one, part="lab", title="", filename="a.pdf", content=PDF)
    with pytest.raises(Invalid):
        actions.return_for_completion(actor=tele.other_office, one=one, reason=" ")
    actions.return_for_completion(actor=tele.other_office, one=one, reason="请附 CT 报告")
    assert one.due_at is None  # nobody's clock runs
    actions.edit(actor=tele.doctor, one=one, request=tele.request(examinations="CT 已附"))
    file = actions.add_file(
        actor=tele.doctor, one=one, part="image", title="CT", filename="a.pdf", content=PDF
    )
    actions.remove_file(actor=tele.doctor, file=file)
    with pytest.raises(Conflict):
        actions.remove_file(actor=tele.doctor, file=file)
    actions.resend(actor=tele.doctor, one=one)
    assert (one.state, one.examinations, one.due_at is not None) == ("sent", "CT 已附", True)


@pytest.mark.parametrize("content", [b"<svg onload='x'/>", b"<html>", b"PK\x03\x04junk", b"", b"MZ"])
def test_hostile_files_are_refused_by_content(tele: Tele, content: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        actions.add_file(
            actor=tele.doctor, one=tele.draft(), part="lab", title="", filename="x.pdf", content=content
        )
    assert "file" in caught.value.fields


def test_declined_with_a_reason_and_answered_late(tele: Tele) -> None:
    one = tele.sent()
    stale = Consultation.objects.get(pk=one.pk)
    actions.decline(actor=tele.other_office, one=one, reason="本院无此设备")
    assert not Share.objects.live().exists()
    with pytest.raises(Conflict, match="受邀方谢绝"):
        actions.accept(actor=tele.other_office, one=stale)
    again = tele.draft(one.patient)
    assert again.state == "draft"  # asked anew after a refusal


def test_withdrawn_before_the_opinion_not_after(tele: Tele) -> None:
    one = tele.assigned()
    seen = Consultation.objects.get(pk=one.pk)
    actions.withdraw(actor=tele.doctor, one=one, reason="病情变化")
    with pytest.raises(Conflict, match="已撤回"):
        actions.sign(actor=tele.signer(), one=seen, written=SAID)
    other = tele.assigned(patient=one.patient)
    actions.sign(actor=tele.signer(), one=other, written=SAID)
    with pytest.raises(Conflict):
        actions.withdraw(actor=tele.doctor, one=other, reason="不要了")


def test_only_the_named_expert_signs_once(tele: Tele) -> None:
    one = tele.assigned()
    for stranger in (tele.other_doctor, tele.other_office, tele.doctor):
        with pytest.raises(Denied):
            actions.sign(actor=stranger, one=one, written=SAID)
    with pytest.raises(Invalid) as caught:
        actions.sign(actor=tele.signer(), one=one, written=Written("所见", " "))
    assert "conclusion" in caught.value.fields
    actions.save_draft(actor=tele.signer(), one=one, written=Written("写到一半", ""))
    assert Draft.objects.count() == 1
    first = actions.sign(actor=tele.signer(), one=one, written=SAID)
    assert actions.sign(actor=tele.signer(), one=one, written=SAID) == first  # a phone sends twice
    assert not Draft.objects.exists()
    with pytest.raises(Conflict, match="不能改动"):
        actions.sign(actor=tele.signer(), one=one, written=Written("另一份", "不同"))
    with pytest.raises(Conflict):
        actions.save_draft(actor=tele.signer(), one=one, written=SAID)


def test_the_database_keeps_what_was_signed(tele: Tele) -> None:
    _one, opinion = tele.signed()
    for change in ({"conclusion": "另一个结论"}, {"signed_name": "别人"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Opinion.objects.filter(pk=opinion.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        opinion.delete()


def test_not_adopted_needs_a_reason_and_the_treating_side_says_it(tele: Tele) -> None:
    one, _opinion = tele.signed()
    with pytest.raises(Denied):
        actions.acknowledge(actor=tele.signer(), one=one, adoption="full")
    for adoption in ("part", "not"):
        with pytest.raises(Invalid) as caught:
            actions.acknowledge(actor=tele.doctor, one=one, adoption=adoption)
        assert "TEL-07" in caught.value.fields["note"][0]
    with pytest.raises(Invalid):
        actions.acknowledge(actor=tele.doctor, one=one, adoption="perhaps")
    actions.acknowledge(actor=tele.doctor, one=one, adoption="not", note="与手术所见不符")
    assert (one.adoption, one.state) == ("not", "acknowledged")
    with pytest.raises(Conflict):
        actions.acknowledge(actor=tele.doctor, one=one, adoption="full")
    with pytest.raises(IntegrityError), transaction.atomic():
        Consultation.objects.filter(pk=one.pk).update(adoption_note="")


def test_for_a_diagnosis_the_invited_side_issues_the_report(tele: Tele) -> None:
    _one, opinion = tele.signed(kind="imaging")
    assert opinion.role == "report"


def test_rated_from_one_to_five_once_it_is_acknowledged(tele: Tele) -> None:
    one, _opinion = tele.signed()
    rate: dict[str, Any] = {"actor": tele.doctor, "one": one, "side": "inviting", "timely": 5, "useful": 5}
    with pytest.raises(Conflict):
        actions.rate(**rate)
    actions.acknowledge(actor=tele.doctor, one=one, adoption="full")
    for wrong in ({"timely": 0}, {"useful": 6}, {"side": "third"}):
        with pytest.raises(Invalid):
            actions.rate(**{**rate, **wrong})
    with pytest.raises(Denied):
        actions.rate(**{**rate, "side": "invited"})
    actions.rate(**rate)
    assert Rating.objects.get().side == "inviting"


def test_clocks_run_for_who_must_act_and_are_told(tele: Tele) -> None:
    now = timezone.now()
    one = tele.sent(urgency="emergency")
    assert one.due_at is not None
    assert abs((one.due_at - now).total_seconds() - 1800) < 60
    assert not one.late()
    assert one.late(now + dt.timedelta(hours=1))
    Consultation.objects.filter(pk=one.pk).update(due_at=now - dt.timedelta(minutes=1))
    assert list(desk.late(desk.received(tele.other_office), True)) == [one]
    one.refresh_from_db()
    actions.accept(actor=tele.other_office, one=one)  # late, and still an answer
    assert not one.late()


def test_a_third_hospital_sees_nothing(tele: Tele) -> None:
    one = tele.assigned()
    for actor in (*tele.third.values(), tele.other_doctor):
        assert not desk.consultations(actor).exists()
        with pytest.raises(Missing):
            desk.find(actor, one.pk)
    for step in (actions.accept, actions.decline, actions.withdraw):
        with pytest.raises(Denied):
            step(
                actor=tele.third["medical_office"],
                one=one,
                **({} if step is actions.accept else {"reason": "x"}),
            )


def test_studies_go_with_the_case_while_it_is_open(tele: Tele) -> None:
    from duikou.wings.imaging.models import Study

    one = tele.draft()

    def study(uid: str, **more: Any) -> Study:
        values = {"patient": one.patient, "hospital": tele.home, "scope_path": tele.home.scope_path}
        return Study.objects.create(**{**values, "kind": "dicom", "modality": "CT", "study_uid": uid, **more})

    chosen, other = study("1.2.3"), study("1.2.4")
    for wrong in (study("1.2.5", patient=None, state="unmatched"), study("1.2.6", state="withdrawn")):
        with pytest.raises(Invalid):
            actions.choose_studies(actor=tele.doctor, one=one, studies=[wrong])
    assert set(desk.studies_to_choose(tele.doctor, one)) == {chosen, other}
    actions.choose_studies(actor=tele.doctor, one=one, studies=[chosen])
    actions.submit(actor=tele.doctor, one=one)
    assert not Study.objects.visible_to(tele.other_office).exists()
    actions.approve(actor=tele.office, one=one)
    assert list(Study.objects.visible_to(tele.other_office)) == [chosen]
    assert not Study.objects.visible_to(tele.third["medical_office"]).exists()
    with pytest.raises(Conflict):
        actions.choose_studies(actor=tele.doctor, one=one, studies=[other])
    actions.return_for_completion(actor=tele.other_office, one=one, reason="请换片")
    actions.choose_studies(actor=tele.doctor, one=one, studies=[other])
    actions.resend(actor=tele.doctor, one=one)
    assert list(Study.objects.visible_to(tele.other_office)) == [other]
    actions.decline(actor=tele.other_office, one=one, reason="本院无此设备")
    assert not Study.objects.visible_to(tele.other_office).exists()


def test_a_merged_record_leads_on(tele: Tele) -> None:
    double = tele.without_card(name="於碶峃")
    one = tele.draft(double)
    survivor = tele.patient()
    patients.merge(actor=tele.office, survivor=survivor, duplicate=double, reason="同一人")
    one = desk.find(tele.doctor, one.pk)
    assert actions.open_case(actor=tele.doctor, one=one, where="page").patient == survivor
