"""Who may be named, group rounds, and times of experts: each refusal cites its rule."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.policy import load_pack
from duikou.wings.hospitals.models import Department
from duikou.wings.hospitals.units import unit_of
from duikou.wings.telehealth import actions, scheduling
from duikou.wings.telehealth.actions import Written
from duikou.wings.telehealth.eligibility import Candidate, Wanted, judge
from duikou.wings.telehealth.models import Consultation, Expert
from tests.wings.telehealth.conftest import SAID, Tele

PACK = load_pack("zhejiang-2014")
TODAY = dt.date(2026, 11, 28)
FIT = {
    "title": "主任医师", "specialty": "respiratory", "registered_scope": "内科专业",
    "practising_since": dt.date(2023, 11, 28), "kinds": ("consultation", "imaging", "tcm"),
}  # fmt: skip
ASKED = {"kind": "consultation", "specialty": "respiratory", "title": "副主任医师", "on": TODAY}


@pytest.mark.parametrize(
    ("held", "asked", "rules"),
    [
        ({}, {}, []),
        ({"practising_since": dt.date(2023, 11, 29)}, {}, ["TEL-06"]),
        ({"practising_since": None}, {}, ["TEL-06"]),
        ({"registered_scope": ""}, {}, ["TEL-06"]),
        ({"kinds": ("ecg",)}, {}, ["TEL-06"]),
        ({"may_sign": False}, {}, ["TEL-06"]),
        ({"there": False}, {}, ["TEL-06"]),
        ({"title": "主治医师"}, {}, ["TEL-05"]),
        ({"title": "主治医师"}, {"title": ""}, []),
        ({"specialty": "cardiology"}, {}, ["TEL-05"]),
        ({"specialty": "cardiology"}, {"kind": "imaging"}, []),
        ({}, {"kind": "tcm"}, ["TEL-05"]),
        ({"tcm": True}, {"kind": "tcm"}, []),
        ({"registered_scope": "外科专业"}, {}, ["CON-04"]),
        ({"registered_scope": "", "title": ""}, {}, ["TEL-06", "TEL-05"]),
    ],
)
def test_eligible_or_the_rule_says_why_not(held: Any, asked: Any, rules: list[str]) -> None:
    found = judge(Candidate(**{**FIT, **held}), Wanted(**{**ASKED, **asked}), PACK)
    assert [reason.rule for reason in found if reason.blocking] == rules
    assert all(reason.clause and reason.text.zh and reason.text.en for reason in found)


def test_naming_refuses_with_rule_and_clause(tele: Tele) -> None:
    young = tele.doctor_of_pool("李新手", practising_since=timezone.localdate() - dt.timedelta(days=900))
    mute = tele.doctor_of_pool("吴无号", account=False)
    one = actions.accept(actor=tele.other_office, one=tele.sent())
    for expert, word in ((young, "TEL-06"), (mute, "账号")):
        with pytest.raises(Invalid) as caught:
            actions.assign(actor=tele.other_office, one=one, experts=[expert])
        assert word in caught.value.fields["experts"][0]
    for wrong in ([], [tele.expert, young]):
        with pytest.raises(Invalid):
            actions.assign(actor=tele.other_office, one=one, experts=wrong)
    with pytest.raises(Denied):
        actions.assign(actor=tele.signer(), one=one, experts=[tele.expert])
    one.refresh_from_db()
    actions.assign(actor=tele.other_office, one=one, experts=[tele.expert])


def test_another_expert_is_named(tele: Tele) -> None:
    second = tele.doctor_of_pool("钱第二")
    one = tele.assigned()
    slot = tele.slot()
    actions.schedule(actor=tele.other_office, one=one, slot=slot)
    actions.release(actor=tele.other_office, one=one, reason="出差")
    slot.refresh_from_db()
    assert slot.consultation is None
    actions.assign(actor=tele.other_office, one=one, experts=[second])
    with pytest.raises(Denied):
        actions.sign(actor=tele.signer(), one=one, written=SAID)
    actions.sign(actor=tele.signer(second), one=one, written=SAID)


def test_an_expert_of_a_department_alone_sees_the_patient(tele: Tele) -> None:
    department = Department.objects.create(hospital=tele.other, name="呼吸科", specialty="respiratory")
    lung = tele.at(unit_of(department), "clinician")
    person = tele.expert.person
    person.department, person.user_id = department, lung.user_id
    person.save()
    expert = Expert.objects.select_related("person__department__org", "person__user", "hospital").get(
        pk=tele.expert.pk
    )
    one = tele.assigned(expert)
    opened = actions.open_case(actor=lung, one=one, where="page")
    assert opened.patient == one.patient
    actions.sign(actor=lung, one=one, written=SAID)


def test_in_a_group_round_the_chair_signs_last(tele: Tele) -> None:
    second, third = tele.doctor_of_pool("钱第二"), tele.doctor_of_pool("孙第三", specialty="cardiology")
    with pytest.raises(Invalid, match="DIS-05"):
        tele.assigned(tele.expert, kind="group")
    patient = Consultation.objects.get().patient
    one = tele.assigned(tele.expert, second, third, kind="group", patient=patient)
    with pytest.raises(Conflict, match="还有 2 位"):
        actions.sign(actor=tele.signer(), one=one, written=SAID)
    assert actions.sign(actor=tele.signer(second), one=one, written=SAID).role == "member"
    assert one.state == "assigned"
    with pytest.raises(Conflict, match="不能改派"):
        actions.release(actor=tele.other_office, one=one, reason="换人")
    one.refresh_from_db()
    actions.sign(actor=tele.signer(third), one=one, written=Written("心功能可", "可手术"))
    joint = actions.sign(actor=tele.signer(), one=one, written=SAID)
    assert (joint.role, one.state, one.opinions.count()) == ("joint", "answered", 3)


def test_times_do_not_overlap_and_are_taken_once(tele: Tele) -> None:
    slot = tele.slot()
    with pytest.raises(Conflict):
        tele.slot()
    one = tele.assigned()
    assert scheduling.options(one) == [slot]
    actions.schedule(actor=tele.other_office, one=one, slot=slot)
    other = tele.assigned(patient=one.patient)
    with pytest.raises(Conflict, match="刚被占用"):
        actions.schedule(actor=tele.other_office, one=other, slot=slot)
    with pytest.raises(Conflict):
        actions.withdraw_slot(actor=tele.other_office, slot=slot)
    actions.unschedule(actor=tele.other_office, one=one, reason="改为书面")
    actions.withdraw_slot(actor=tele.other_office, slot=slot)
    with pytest.raises(Conflict):
        actions.schedule(actor=tele.other_office, one=one, slot=slot)


def test_options_are_nearest_to_the_time_asked_for(tele: Tele) -> None:
    near, far = tele.slot(hours=50), tele.slot(hours=10)
    one = tele.assigned(wanted_at=timezone.now() + dt.timedelta(hours=48), live=True)
    assert scheduling.options(one) == [near, far]


@pytest.mark.parametrize(("begins", "ends"), [(-2, 2), (5, 5), (5, 4), (5, 30)])
def test_times_that_cannot_be(tele: Tele, begins: int, ends: int) -> None:
    now = timezone.now()
    with pytest.raises(Invalid):
        actions.offer_slot(
            actor=tele.signer(),
            expert=tele.expert,
            begins_at=now + dt.timedelta(hours=begins),
            ends_at=now + dt.timedelta(hours=ends),
        )


def test_the_pool_is_kept_by_its_hospital(tele: Tele) -> None:
    with pytest.raises(Denied):
        actions.correct_expert(
            actor=tele.office, expert=tele.expert, practising_since=dt.date(2001, 1, 1), kinds=["ecg"]
        )
    for wrong in ({"kinds": []}, {"kinds": ["gossip"]}, {"practising_since": dt.date(2100, 1, 1)}):
        with pytest.raises(Invalid):
            actions.correct_expert(
                actor=tele.other_office,
                expert=tele.expert,
                **{"practising_since": dt.date(2001, 1, 1), "kinds": ["ecg"], **wrong},  # type: ignore[arg-type]
            )
    with pytest.raises(Conflict):
        actions.enter_expert(
            actor=tele.other_office,
            person=tele.expert.person,
            practising_since=dt.date(2001, 1, 1),
            kinds=["ecg"],
        )
    tele.slot()
    actions.leave_pool(actor=tele.other_office, expert=tele.expert, reason="退休")
    assert not tele.expert.slots.filter(withdrawn_at=None).exists()
    with pytest.raises(Conflict):
        actions.leave_pool(actor=tele.other_office, expert=tele.expert, reason="退休")
    one = actions.accept(actor=tele.other_office, one=tele.sent())
    with pytest.raises(Invalid, match="已退出专家库"):
        actions.assign(actor=tele.other_office, one=one, experts=[tele.expert])
