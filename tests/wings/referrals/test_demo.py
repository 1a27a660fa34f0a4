"""Demonstration referrals: every state, marked, the same for a seed, gone without a trace."""

from __future__ import annotations

import pytest

from duikou.core.errors import Conflict
from duikou.wings.patients import demo as patients
from duikou.wings.patients.models import Share
from duikou.wings.people.models import Person
from duikou.wings.referrals import actions, demo, signing
from duikou.wings.referrals.models import Clock, Escalation, FollowUp, Referral, Service, Signature
from tests.wings.referrals.conftest import Way


def test_invented_referrals_come_and_go(way: Way) -> None:
    real = way.sent()
    patients.load(seed=5)
    made = demo.load(seed=5)
    assert 150 <= made["referrals"] <= 220
    with pytest.raises(Conflict):
        demo.load(seed=5)
    rows = Referral.objects.filter(demonstration=True)
    assert set(rows.values_list("state", flat=True)) == set(Referral.State.values)
    assert set(rows.values_list("direction", flat=True)) == {"up", "down"}
    for signature in Signature.objects.filter(demonstration=True, referral__state="closed"):
        assert signing.stands(signature, signature.referral)
    keys = sorted(rows.values_list("key", flat=True))
    answer = rows.filter(state="sent", direction="up").select_related("to_hospital__org", "service")[0]
    office = way.at(answer.to_hospital.org, "medical_office", "demo")
    actions.decline(actor=office, referral=answer, reason="演示")
    actions.escalate()
    demo.clear()
    assert list(Referral.objects.all()) == [real]
    assert list(Service.objects.all()) == [way.heart_service]
    assert {row.referral_id for row in Clock.objects.all()} == {real.pk}
    assert {row.referral_id for row in Signature.objects.all()} == {real.pk}
    assert not FollowUp.objects.exists()
    assert not Escalation.objects.filter(clock__demonstration=True).exists()
    assert not Person.objects.filter(post=demo.POST).exists()
    assert (
        not Share.objects.filter(reference__startswith="referral:").exclude(reference=real.reference).exists()
    )
    demo.load(seed=5)
    assert sorted(Referral.objects.filter(demonstration=True).values_list("key", flat=True)) == keys
    demo.clear()
    patients.clear()
