"""The life of a referral: up and back, down, emergencies; every refusal; clocks; who sees the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import AuditEvent
from duikou.wings.patients import actions as patients
from duikou.wings.patients.models import Access, Patient, Share
from duikou.wings.people.models import Person
from duikou.wings.referrals import actions, signing
from duikou.wings.referrals.models import Clock, FollowUp, Referral, Signature
from duikou.wings.referrals.queries import referrals as queries
from tests.wings.referrals.conftest import Way

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


def running(referral: Referral) -> dict[str, Clock]:
    return {clock.kind: clock for clock in referral.clocks.filter(stopped_at=None)}


def sees(way: Way, referral: Referral) -> bool:
    return Patient.objects.visible_to(way.expert).filter(pk=referral.patient_id).exists()


def test_up_and_back_with_plan_and_outcome(way: Way) -> None:
    referral = way.sent()
    assert (referral.state, referral.problem) == ("sent", "acute_myocardial_infarction")
    assert referral.to_path == way.heart_service.scope_path
    assert sees(way, referral)
    [answer] = running(referral).values()
    assert (answer.kind, answer.path) == ("answer", referral.to_path)
    assert answer.due_at - answer.started_at == 48 * HOUR
    actions.accept(actor=way.expert, referral=referral, appointment=way.appointed(bed="12 床"))
    assert (referral.to_doctor, referral.bed) == (way.expert_person, "12 床")
    assert list(running(referral)) == ["arrival"]
    Patient.objects.update(last_contact_on=dt.date(2014, 3, 1))
    actions.arrive(actor=way.expert, referral=referral)
    assert running(referral) == {}
    assert Patient.objects.get().last_contact_on == timezone.localdate()
    actions.treat(actor=way.expert, referral=referral)
    actions.refer_back(actor=way.expert, referral=referral, plan=way.plan())
    assert running(referral)["confirm"].path == referral.from_path
    actions.confirm(actor=way.doctor, referral=referral)
    outcome = running(referral)["outcome"]
    assert referral.back_at is not None
    assert outcome.due_at == referral.back_at + 37 * DAY
    follow_up = FollowUp.objects.get()
    actions.note_follow_up(actor=way.doctor, follow_up=follow_up, on=timezone.localdate(), finding="平稳")
    with pytest.raises(Conflict, match="已经登记"):
        actions.note_follow_up(actor=way.doctor, follow_up=follow_up, on=timezone.localdate(), finding="再")
    with pytest.raises(Invalid, match="30 天后"):
        actions.close(actor=way.doctor, referral=referral, outcome="improved", on=timezone.localdate())
    long_ago = timezone.now() - 40 * DAY
    Referral.objects.filter(pk=referral.pk).update(back_at=long_ago)
    referral.refresh_from_db()
    on = timezone.localdate() - 5 * DAY
    actions.close(actor=way.doctor, referral=referral, outcome="improved", on=on)
    assert (referral.state, running(referral)) == ("closed", {})
    assert not sees(way, referral)
    parts = list(referral.signatures.values_list("part", "name"))
    assert parts == [("sent", "转出医师"), ("accepted", "接收医师"), ("back", "接收医师")]
    assert all(signing.stands(one, referral) for one in referral.signatures.all())
    told = str(list(AuditEvent.objects.filter(action__startswith="referral").values()))
    assert "胸痛" not in told
    assert "支架" not in told


def test_down_is_confirmed_by_the_county_and_closed_there(way: Way) -> None:
    referral = way.down()
    assert Patient.objects.visible_to(way.doctor).filter(pk=referral.patient_id).exists()
    actions.accept(actor=way.doctor, referral=referral, appointment=way.appointed())
    actions.arrive(actor=way.doctor, referral=referral)
    outcome = running(referral)["outcome"]
    assert (outcome.path, outcome.due_at) == (referral.to_path, outcome.started_at + 37 * DAY)
    actions.treat(actor=way.doctor, referral=referral)
    with pytest.raises(Conflict, match="不转回"):
        actions.refer_back(actor=way.doctor, referral=referral, plan=way.plan())
    with pytest.raises(Invalid, match="30 天后"):
        actions.settle(actor=way.doctor, referral=referral, outcome="improved", on=timezone.localdate())
    with pytest.raises(Invalid, match="结局说明"):
        actions.settle(actor=way.doctor, referral=referral, outcome="again", on=timezone.localdate())
    actions.settle(
        actor=way.doctor, referral=referral, outcome="again", on=timezone.localdate(), note="再次胸痛"
    )
    assert referral.state == "closed"
    assert not Patient.objects.visible_to(way.doctor).filter(pk=referral.patient_id).exists()


@pytest.mark.parametrize(
    ("more", "field", "told"),
    [
        ({"plan": ""}, "plan", "REF-07"),
        ({"follow_ups": ()}, "plan", "随访日期"),
        ({"conditions": ()}, "exception", "DIS-02"),
        ({"urgency": "emergency"}, "service", "不接收急诊"),
        ({"conditions": ("no_technique",)}, "conditions", "指征"),
    ],
)
def test_down_needs_a_plan(way: Way, more: dict[str, Any], field: str, told: str) -> None:
    with pytest.raises(Invalid, match=told) as raised:
        way.down(**more)
    assert field in raised.value.fields


def test_an_emergency_is_received_before_the_answer(way: Way) -> None:
    patient = way.agreed()
    draft = way.draft(patient, urgency="emergency")
    with pytest.raises(Invalid, match="护送"):
        actions.send(actor=way.doctor, referral=draft)
    details = way.case(urgency="emergency", escort="医师甲、护士乙", escort_phone="13800000002")
    actions.edit(actor=way.doctor, referral=draft, details=details)
    actions.send(actor=way.doctor, referral=draft)
    clock = running(draft)["answer"]
    assert clock.due_at - clock.started_at == dt.timedelta(minutes=30)
    # Whoever is on duty receives, of whatever specialty.
    actions.receive(actor=way.surgeon, referral=draft)
    assert (draft.state, running(draft)) == ("arrived", {})
    other = way.sent(way.without_card_agreed())
    with pytest.raises(Conflict, match="只有急诊"):
        actions.receive(actor=way.expert, referral=other)


def test_one_live_referral_for_a_problem(way: Way) -> None:
    patient = way.agreed()
    first = way.draft(patient)
    with pytest.raises(Conflict, match=f"编号 {first.pk}.*REF-08"):
        way.draft(patient, code="I21.9")
    other = way.draft(patient, code="S72.0", diagnosis="股骨颈骨折")  # another problem
    with pytest.raises(Conflict, match=f"编号 {first.pk}"):
        actions.edit(actor=way.doctor, referral=other, details=way.case())
    actions.withdraw(actor=way.doctor, referral=first, reason="填错")
    actions.edit(actor=way.doctor, referral=other, details=way.case())
    values = {
        name: getattr(other, name)
        for name in ("patient", "problem", "direction", "from_hospital", "to_hospital", "service", "why")
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.create(
            **values, key="by-hand-1", from_path="a", to_path="b", diagnosis="x", summary="x"
        )


def test_twice_sent_is_one_draft(way: Way) -> None:
    patient = way.agreed()
    first = way.draft(patient, key="12345678-double")
    assert way.draft(patient, key="12345678-double") == first
    with pytest.raises(Conflict, match="失效"):
        way.draft(way.without_card_agreed(), key="12345678-double")
    sent = actions.send(actor=way.doctor, referral=first, version=1)
    again = Referral.objects.get(pk=sent.pk)
    with pytest.raises(Conflict, match="待答复"):
        actions.send(actor=way.doctor, referral=again, version=1)
    assert Signature.objects.count() == 1
    assert Share.objects.count() == 1


def test_a_declined_one_is_answered_by_nobody(way: Way) -> None:
    referral = way.sent()
    late = Referral.objects.get(pk=referral.pk)
    with pytest.raises(Invalid, match="理由"):
        actions.decline(actor=way.expert, referral=referral, reason=" ")
    actions.decline(actor=way.expert, referral=referral, reason="导管室检修")
    assert not sees(way, referral)
    with pytest.raises(Conflict, match="未接受"):
        actions.accept(actor=way.expert, referral=late, appointment=way.appointed())
    for name in ("give_back", "decline"):
        with pytest.raises(Conflict):
            getattr(actions, name)(actor=way.expert, referral=late, reason="晚了")
    with pytest.raises(Conflict):
        actions.complete(actor=way.doctor, referral=late)
    assert running(referral) == {}
    way.sent(referral.patient)  # another one may be begun


def test_returned_stops_the_answers_clock(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    referral = way.sent()
    due = running(referral)["answer"].due_at
    actions.give_back(actor=way.expert, referral=referral, reason="缺心电图")
    assert set(running(referral)) == {"answer", "complete"}
    paused = running(referral)["answer"]
    assert paused.paused_at is not None
    assert running(referral)["complete"].path == referral.from_path
    second = way.service(name="第二门诊")
    with pytest.raises(Invalid, match="改换接收服务"):
        actions.edit(actor=way.doctor, referral=referral, details=way.case(service=second))
    actions.edit(actor=way.doctor, referral=referral, details=way.case(summary="心电图：V1–V4 抬高"))
    before = referral.signatures.get()
    assert not signing.stands(before, referral)
    Clock.objects.filter(pk=paused.pk).update(paused_at=paused.paused_at - 7 * HOUR)
    actions.complete(actor=way.doctor, referral=referral)
    [answer] = running(referral).values()
    assert answer.paused_at is None
    assert abs(answer.due_at - due - 7 * HOUR) < dt.timedelta(minutes=1)
    assert signing.stands(referral.signatures.last(), referral)  # type: ignore[arg-type]


@pytest.mark.parametrize("who", ["bone_doctor", "other_doctor", "third_doctor", "head", "county_office"])
def test_only_a_doctor_of_the_hospital_sends(way: Way, who: str) -> None:
    referral = way.draft()
    with pytest.raises(Denied):
        actions.send(actor=getattr(way, who), referral=referral)
    assert not Share.objects.exists()


def test_only_a_doctor_of_the_specialty_accepts(way: Way) -> None:
    referral = way.sent()
    for who, told in (
        (way.surgeon, "心血管内科"), (way.doctor, "权限"), (way.third_doctor, "权限"),
        (way.other_office, "没有登记为该院人员"),
    ):  # fmt: skip
        with pytest.raises(Denied, match=told):
            actions.accept(actor=who, referral=referral, appointment=way.appointed())
    Person.objects.filter(pk=way.expert_person.pk).update(title="主管护师")
    with pytest.raises(Denied, match="主管护师"):
        actions.accept(actor=way.expert, referral=referral, appointment=way.appointed())
    Person.objects.filter(pk=way.expert_person.pk).update(title="主治医师", left_on=dt.date(2014, 1, 1))
    with pytest.raises(Denied, match="在职"):
        actions.accept(actor=way.expert, referral=referral, appointment=way.appointed())
    assert Referral.objects.get().state == "sent"


@pytest.mark.parametrize("step", ["send", "complete", "accept", "refer_back"])
def test_without_a_standing_consent_nothing_goes_on(way: Way, step: str) -> None:
    patient = way.patient()
    if step == "send":
        draft = way.draft(patient)
        with pytest.raises(Conflict, match=r"转诊.*REF-04"):
            actions.send(actor=way.doctor, referral=draft)
        return
    consent = way.agrees(patient, "referral")
    referral = way.arrived(patient) if step == "refer_back" else way.sent(patient)
    if step == "complete":
        actions.give_back(actor=way.expert, referral=referral, reason="缺心电图")
    patients.withdraw_consent(actor=way.doctor, consent=consent, at=timezone.now(), by="patient")
    state = referral.state
    on: dict[str, Callable[[], Referral]] = {
        "complete": lambda: actions.complete(actor=way.doctor, referral=referral),
        "accept": lambda: actions.accept(actor=way.expert, referral=referral, appointment=way.appointed()),
        "refer_back": lambda: actions.refer_back(actor=way.expert, referral=referral, plan=way.plan()),
    }
    with pytest.raises(Conflict, match=r"转诊.*REF-04"):
        on[step]()
    assert Referral.objects.get().state == state


def test_clocks_that_differ_are_told(way: Way) -> None:
    referral = way.accepted()
    now = timezone.now()
    with pytest.raises(Invalid, match="设备时钟"):
        actions.arrive(actor=way.expert, referral=referral, at=now + dt.timedelta(minutes=6))
    with pytest.raises(Invalid, match="早于上一步"):
        actions.arrive(actor=way.expert, referral=referral, at=now - dt.timedelta(minutes=30))
    actions.arrive(actor=way.expert, referral=referral, at=now + dt.timedelta(minutes=4))
    assert referral.arrived_at is not None
    assert referral.arrived_at <= timezone.now()  # a little ahead is now


def test_places_of_a_slot_and_of_a_week(way: Way) -> None:
    slot = way.heart_service.slots.get(weekday=(timezone.localdate() + DAY).isoweekday())
    for number in range(2):
        one = way.sent(way.without_card_agreed(name=f"患者{number}"))
        actions.accept(actor=way.expert, referral=one, appointment=way.appointed(slot=slot))
    third = way.sent(way.without_card_agreed(name="患者三"))
    with pytest.raises(Conflict, match="2 个名额已满"):
        actions.accept(actor=way.expert, referral=third, appointment=way.appointed(slot=slot))
    with pytest.raises(Invalid, match="时段"):
        actions.accept(actor=way.expert, referral=third, appointment=way.appointed(2, slot=slot))
    for days in (-1, 200):
        with pytest.raises(Invalid, match="预约日期"):
            actions.accept(actor=way.expert, referral=third, appointment=way.appointed(days))
    # A week without the two of tomorrow, even where tomorrow is a Monday.
    monday = timezone.localdate() + DAY * (14 - timezone.localdate().weekday())
    away = (monday - timezone.localdate()).days
    for number in range(5):
        one = third if number == 0 else way.sent(way.without_card_agreed(name=f"周{number}"))
        actions.accept(actor=way.expert, referral=one, appointment=way.appointed(away + number))
    last = way.sent(way.without_card_agreed(name="第六"))
    with pytest.raises(Conflict, match="已约满"):
        actions.accept(actor=way.expert, referral=last, appointment=way.appointed(away + 6))


def test_the_third_hospital_and_the_draft_are_out_of_sight(way: Way) -> None:
    draft = way.draft()
    for who in (way.expert, way.third_doctor, way.head):
        with pytest.raises(Missing):
            queries.referral(who, draft.pk)
    actions.send(actor=way.doctor, referral=draft)
    assert queries.referral(way.expert, draft.pk) == draft
    with pytest.raises(Missing):
        queries.referral(way.third_doctor, draft.pk)
    _found, seen = queries.opened(way.expert, draft.pk, Access.Where.PAGE)
    assert seen is not None
    assert Access.objects.get().purpose == "referral"
    _found, seen = queries.opened(way.head, draft.pk, Access.Where.PAGE)
    assert seen is None  # who leads a department has no right to patients
    actions.decline(actor=way.expert, referral=draft, reason="无床位")
    assert queries.opened(way.expert, draft.pk, Access.Where.PAGE)[1] is None


def test_whoever_was_shown_the_patient_in_an_emergency_does_not_refer(way: Way) -> None:
    patient = way.agreed()
    with pytest.raises(Denied, match="安吉县人民医院"):
        way.draft(patient, actor=way.third_doctor, hospital=way.third)


def test_a_patient_is_sent_on_from_the_second_hospital_to_a_third(way: Way) -> None:
    """The record is the county's; the provincial hospital, which sees it, sends on for another problem."""
    referral = way.arrived()
    third = actions.keep_service(
        actor=way.at(way.third.org, "medical_office"), hospital=way.third,
        offered=actions.Offered("骨科转诊", "other", "up", 5, ((1, dt.time(9), 3),)),
    )  # fmt: skip
    on = way.draft(
        referral.patient, actor=way.other_doctor, hospital=way.other, service=third, code="S72.0",
        diagnosis="股骨颈骨折",
    )  # fmt: skip
    actions.send(actor=way.other_doctor, referral=on)
    assert Patient.objects.visible_to(way.third_doctor).filter(pk=referral.patient_id).exists()
    assert set(Share.objects.filter(reference=on.reference).values_list("hospital__name", flat=True)) == {
        way.other.name, way.third.name,
    }  # fmt: skip
    actions.decline(actor=way.third_doctor, referral=on, reason="无床位")
    assert not Patient.objects.visible_to(way.third_doctor).filter(pk=referral.patient_id).exists()
    assert sees(way, referral)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"direction": "sideways"}, "direction"),
        ({"urgency": "soon"}, "urgency"),
        ({"code": "21"}, "code"),
        ({"tier": "plague", "code": ""}, "tier"),
        ({"conditions": ("rich",)}, "conditions"),
        ({"conditions": ()}, "exception"),
        ({"diagnosis": " "}, "diagnosis"),
        ({"why": ""}, "why"),
        ({"summary": "字" * 5001}, "summary"),
        ({"summary": "坏\x00"}, "summary"),
        ({"from_phone": "abc"}, "from_phone"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(way: Way, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as raised:
        way.draft(**more)
    assert field in raised.value.fields


def test_an_exception_from_the_tiers_has_a_reason(way: Way) -> None:
    referral = way.draft(conditions=(), exception="患者家属在杭州照护")
    assert referral.exception
    free = way.draft(way.without_card_agreed(), code="", diagnosis="不明原因发热", conditions=())
    assert (free.tier, free.problem) == ("", "other:cardiology")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"summary": ""}, "诊治小结"),
        ({"plan": " "}, "治疗计划"),
        ({"follow_ups": ()}, "随访日期"),
        ({"follow_ups": ((dt.date(2014, 1, 1), "旧"),)}, "一年以内"),
        ({"follow_ups": ((timezone.localdate() + DAY, ""),)}, "随访内容"),
        ({"follow_ups": ((timezone.localdate() + DAY, "同"),) * 2}, "写了两次"),
    ],
)
def test_the_way_back_has_a_whole_plan(way: Way, more: dict[str, Any], told: str) -> None:
    referral = way.arrived()
    with pytest.raises(Invalid, match=told):
        actions.refer_back(actor=way.expert, referral=referral, plan=way.plan(**more))
    assert Referral.objects.get().state == "arrived"


def test_signatures_stay_as_written(way: Way) -> None:
    from django.db import DatabaseError

    referral = way.sent()
    for change in ({"name": "别人"}, {"digest": "0" * 64}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Signature.objects.filter(referral=referral).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.all().delete()
