"""Who sees a record: its hospital, a relation while it lasts, an emergency; each look is written down."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import AuditEvent
from duikou.core.scope import SYSTEM, Actor
from duikou.wings.patients import actions
from duikou.wings.patients.models import Access, BreakGlass, Patient, Share
from duikou.wings.patients.queries import records
from tests.wings.patients.conftest import Ward, card

REASON = "车祸昏迷，须立即了解既往病史"
DAY = dt.timedelta(days=1)


def sees(actor: Actor, patient: Patient) -> bool:
    try:
        actions.look(actor=actor, number=patient.number, where="page")
    except Missing:
        return False
    return True


def test_the_own_hospital_and_department_alone(ward: Ward) -> None:
    whole, heart = ward.patient(), ward.without_card(department=ward.heart)
    assert [sees(one, whole) for one in (ward.doctor, ward.office)] == [True, True]
    assert [sees(one, heart) for one in (ward.doctor, ward.heart_doctor)] == [True, True]
    for stranger in (ward.other_doctor, ward.other_office, ward.bone_doctor):
        assert not sees(stranger, whole)
        assert not sees(stranger, heart)
        assert not records.patients(stranger).exists()
    assert not sees(ward.heart_doctor, whole)
    assert Access.objects.count() == 4  # a refused look is none


@pytest.mark.parametrize("role", ["provincial_officer", "national_officer", "inspector", "auditor"])
def test_authorities_see_no_patient(ward: Ward, role: str) -> None:
    patient = ward.patient()
    org = ward.home.org
    while org.parent is not None and org.kind != ("nation" if role == "national_officer" else "province"):
        org = org.parent
    officer = ward.at(org, role)
    assert not sees(officer, patient)
    assert not records.patients(officer).exists()


def test_a_relation_lets_the_other_hospital_see_while_it_lasts(ward: Ward) -> None:
    patient = ward.patient()
    relation: dict[str, Any] = {
        "actor": ward.doctor,
        "patient": patient,
        "hospital": ward.other,
        "kind": "consultation",
        "reference": "c:1",
    }
    made = actions.share(**relation)
    assert actions.share(**relation) == made
    assert sees(ward.other_doctor, patient)
    row = Access.objects.get()
    assert (row.grounds, row.purpose, row.reader_place) == ("share", "consultation", "浙江医院")
    with pytest.raises(Denied):  # to see is not to change
        actions.correct(actor=ward.other_doctor, patient=patient, details=ward.details(), reason="x")
    actions.unshare(actor=ward.other_doctor, relation=made)
    assert not sees(ward.other_doctor, patient)
    with pytest.raises(Conflict):
        actions.unshare(actor=ward.doctor, relation=made)


def test_a_relation_by_hand_needs_a_reason_and_an_end(ward: Ward) -> None:
    patient, later = ward.patient(), timezone.now() + 7 * DAY
    by_hand: dict[str, Any] = {"actor": ward.office, "patient": patient, "kind": "care"}
    good: dict[str, Any] = {**by_hand, "hospital": ward.other, "reason": "术后复查", "until": later}
    for wrong, field in (
        ({"reason": ""}, "reason"),
        ({"until": None}, "until"),
        ({"until": timezone.now()}, "until"),
        ({"hospital": ward.home}, "hospital"),
        ({"kind": "gossip"}, "kind"),
        ({"path": ward.home.scope_path}, "hospital"),
    ):
        with pytest.raises(Invalid) as caught:
            actions.share(**{**good, **wrong})
        assert field in caught.value.fields
    with pytest.raises(Denied):
        actions.share(**{**good, "actor": ward.other_doctor})
    made = actions.share(**good)
    with pytest.raises(Conflict):
        actions.share(**good)
    assert sees(ward.other_doctor, patient)
    Share.objects.filter(pk=made.pk).update(since=timezone.now() - 9 * DAY, until=timezone.now() - DAY)
    assert not sees(ward.other_doctor, patient)
    actions.share(**good)
    assert sees(ward.other_doctor, patient)


def test_an_emergency_opens_one_record_for_hours_and_is_reviewed(ward: Ward) -> None:
    patient, second = ward.patient(), ward.without_card()
    opened = actions.break_glass(actor=ward.other_doctor, named=card(), reason=REASON)
    assert opened.until - opened.opened_at == dt.timedelta(hours=4)
    assert sees(ward.other_doctor, patient)
    assert not sees(ward.other_doctor, second)
    assert not sees(ward.other_office, patient)  # one person alone
    assert Access.objects.get().grounds == "emergency"
    event = AuditEvent.objects.get(action="patient.break_glass")
    assert event.scope_path == ward.home.scope_path
    assert REASON not in f"{event.reason}{event.after}"

    assert list(records.emergencies(ward.office)) == [opened]
    assert not records.emergencies(ward.other_office).exists()
    no: dict[str, Any] = {"emergency": opened, "justified": False}
    with pytest.raises(Denied):
        actions.review_emergency(actor=ward.other_doctor, remark="x", **no)
    with pytest.raises(Invalid):
        actions.review_emergency(actor=ward.office, remark="", **no)
    actions.review_emergency(actor=ward.office, remark="并无抢救记录", **no)
    with pytest.raises(Conflict):
        actions.review_emergency(actor=ward.second_office, remark="x", **no)
    ended = timezone.now() - dt.timedelta(hours=1)
    BreakGlass.objects.update(opened_at=ended - dt.timedelta(hours=4), until=ended)
    assert not sees(ward.other_doctor, patient)


def test_emergency_access_that_is_refused(ward: Ward) -> None:
    patient = ward.patient(department=ward.heart)
    with pytest.raises(Invalid, match="PAT-03"):
        actions.break_glass(actor=ward.other_doctor, named=card(), reason="抢救")
    for named in ("", "没有", card(9), "ZZZZZZZZZZ"):
        with pytest.raises(Missing):
            actions.break_glass(actor=ward.other_doctor, named=named, reason=REASON)
    with pytest.raises(Conflict, match=patient.number):
        actions.break_glass(actor=ward.doctor, named=patient.number, reason=REASON)
    for actor in (ward.at(ward.other.org, "hospital_liaison"), SYSTEM):
        with pytest.raises(Denied):
            actions.break_glass(actor=actor, named=card(), reason=REASON)
    assert not BreakGlass.objects.exists()
    mine = actions.break_glass(actor=ward.bone_doctor, named=patient.number.lower(), reason=REASON)
    assert sees(ward.bone_doctor, patient)
    assert mine.scope_path == ward.home.scope_path


def test_nobody_reviews_oneself(ward: Ward) -> None:
    ward.patient(actor=ward.other_doctor, hospital=ward.other)
    opened = actions.break_glass(actor=ward.office, named=card(), reason=REASON)
    BreakGlass.objects.update(scope_path=ward.home.scope_path)
    opened.refresh_from_db()
    with pytest.raises(Denied, match="自己"):
        actions.review_emergency(actor=ward.office, emergency=opened, justified=True, remark="")
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlass.objects.update(reviewed_by=ward.office.user_id)


def test_looks_cannot_be_changed_or_removed(ward: Ward) -> None:
    assert sees(ward.doctor, ward.patient())
    with pytest.raises(IntegrityError), transaction.atomic():
        Access.objects.update(reader="别人")
    with pytest.raises(IntegrityError), transaction.atomic():
        Access.objects.all().delete()


def test_a_look_costs_few_queries(ward: Ward, django_assert_max_num_queries: Any) -> None:
    patient = ward.patient()
    with django_assert_max_num_queries(4):  # savepoint, record, look, savepoint
        actions.look(actor=ward.doctor, number=patient.number, where="api")
