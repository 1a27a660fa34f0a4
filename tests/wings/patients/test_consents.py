"""Consents: who may give which, how; and whether one stands, over time, against a slow oracle."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.models import AuditEvent
from duikou.wings.patients import actions, consents
from duikou.wings.patients.actions.consents import Scan
from duikou.wings.patients.models import Consent, Patient
from tests.wings.patients.conftest import Ward

HOUR = dt.timedelta(hours=1)
ORAL = {
    "way": "oral", "kept_at": "", "witness_one": "护士甲", "witness_two": "医师乙",
    "circumstances": "急诊抢救",
}  # fmt: skip


def test_a_consent_stands_for_its_purpose_from_then_until_withdrawn(ward: Ward) -> None:
    patient = ward.patient()
    with pytest.raises(Conflict, match=r"转诊.*REF-04，F29"):
        consents.demand(patient, "referral")
    given = ward.agrees(patient, "referral", scan=Scan("同意书.pdf", b"%PDF-1.4 x"), kept_at="")
    assert (given.rule, given.text_version) == ("REF-04", "1")
    assert given.document is not None
    assert consents.demand(patient, "referral") == given
    assert consents.standing(patient, "referral", given.given_at - HOUR) is None
    assert consents.standing(patient, "teaching") is None
    before = timezone.now()
    actions.withdraw_consent(actor=ward.doctor, consent=given, at=before, by="patient")
    assert consents.standing(patient, "referral") is None
    assert consents.standing(patient, "referral", before - dt.timedelta(seconds=1)) == given
    with pytest.raises(Conflict):
        actions.withdraw_consent(actor=ward.doctor, consent=given, at=before, by="patient")
    told = str(list(AuditEvent.objects.filter(action__startswith="patient.consent").values()))
    assert "於碶峃" not in told


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"purpose": "advertising"}, "purpose"),
        ({"giver": "friend"}, "giver"),
        ({"way": "nod"}, "way"),
        ({"kept_at": ""}, "file"),
        ({"given_at": timezone.now() + 30 * HOUR}, "given_at"),
        ({"given_at": dt.datetime(1950, 1, 1, tzinfo=dt.UTC)}, "given_at"),
        ({"giver": "guardian", "giver_name": "於父", "giver_relation": "父亲"}, "why_not_patient"),
        ({"giver": "relative", "why_not_patient": "昏迷", "giver_relation": "子女"}, "giver_name"),
        ({"giver": "relative", "why_not_patient": "昏迷", "giver_name": "於子"}, "giver_relation"),
        ({**ORAL, "witness_two": ""}, "witness_two"),
        ({**ORAL, "witness_two": "护士甲"}, "witness_two"),
        ({**ORAL, "circumstances": " "}, "circumstances"),
        (
            {
                **ORAL, "giver": "relative", "why_not_patient": "昏迷", "giver_name": "医师乙",
                "giver_relation": "子女",
            },
            "witness_two",
        ),
        ({"scan": Scan("a.pdf", b"<html>")}, "file"),
    ],
)  # fmt: skip
def test_consents_that_the_rules_do_not_take(ward: Ward, more: dict[str, Any], field: str) -> None:
    patient = ward.patient()
    with pytest.raises(Invalid) as caught:
        ward.agrees(patient, **more)
    assert field in caught.value.fields
    assert not Consent.objects.exists()


def test_a_child_does_not_consent_for_itself(ward: Ward) -> None:
    today = timezone.localdate()
    child = ward.without_card("小明", birth_date=today.replace(year=today.year - 13, day=1))
    with pytest.raises(Invalid, match="SEC-04"):
        ward.agrees(child)
    given = ward.agrees(
        child, giver="guardian", giver_name="王父", giver_relation="父亲", why_not_patient="未满 14 周岁"
    )
    assert consents.standing(child, "consultation") == given


def test_who_may_record_a_consent(ward: Ward) -> None:
    patient = ward.patient()
    with pytest.raises(Denied):
        ward.agrees(patient, actor=ward.other_doctor)
    actions.share(actor=ward.doctor, patient=patient, hospital=ward.other, kind="referral", reference="r:1")
    assert ward.agrees(patient, "teaching", actor=ward.other_doctor)


def test_the_same_consent_twice_is_one(ward: Ward) -> None:
    patient, at = ward.patient(), timezone.now() - HOUR
    ward.agrees(patient, given_at=at)
    with pytest.raises(Conflict):
        ward.agrees(patient, given_at=at)


def test_the_database_keeps_what_was_said(ward: Ward) -> None:
    given = ward.agrees(ward.patient())
    for values in ({"purpose": "teaching"}, {"giver": "guardian"}, {"given_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Consent.objects.filter(pk=given.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(pk=given.pk).delete()


def test_an_oral_consent_stands_for_its_hours_and_again_once_confirmed(ward: Ward) -> None:
    patient, given_at = ward.patient(), timezone.now() - 60 * HOUR
    given = ward.agrees(patient, given_at=given_at, **ORAL)
    assert list(consents.to_confirm()) == [given]
    assert consents.standing(patient, "consultation", given_at + 47 * HOUR) == given
    assert consents.standing(patient, "consultation", given_at + 48 * HOUR) is None
    confirm = {"actor": ward.doctor, "consent": given}
    for at, kept, scan in (
        (timezone.now() + HOUR, "病历室", None),
        (given_at - HOUR, "病历室", None),
        (timezone.now() - HOUR, "", None),
    ):
        with pytest.raises(Invalid):
            actions.confirm_consent(**confirm, at=at, kept_at=kept, scan=scan)
    actions.confirm_consent(**confirm, at=given_at + 50 * HOUR, kept_at="病历室")
    assert consents.standing(patient, "consultation", given_at + 49 * HOUR) is None
    assert consents.standing(patient, "consultation") == given
    assert not consents.to_confirm().exists()
    with pytest.raises(Conflict):
        actions.confirm_consent(**confirm, at=timezone.now(), kept_at="病历室")
    with pytest.raises(Conflict):
        actions.confirm_consent(
            actor=ward.doctor, consent=ward.agrees(patient), at=timezone.now(), kept_at="病历室"
        )
    with pytest.raises(Invalid):
        actions.withdraw_consent(actor=ward.doctor, consent=given, at=given_at - HOUR, by="patient")
    with pytest.raises(Invalid):
        actions.withdraw_consent(actor=ward.doctor, consent=given, at=timezone.now(), by="nobody")


# --- over time: what the query says is what a reader of the rows would say


def stands(row: Consent, at: dt.datetime) -> bool:
    """Read one consent slowly."""
    if at < row.given_at:
        return False
    if row.withdrawn_at is not None and at >= row.withdrawn_at:
        return False
    if row.way == "written":
        return True
    assert row.stands_until is not None
    return at < row.stands_until or (row.confirmed_at is not None and at >= row.confirmed_at)


BASE = dt.datetime(2014, 3, 1, tzinfo=dt.UTC)
hours = st.integers(0, 12)
rows = st.lists(
    st.tuples(hours, st.booleans(), st.none() | hours, st.none() | hours),
    max_size=6,
    unique_by=lambda r: r[0],
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows)
def test_a_consent_stands_at_a_time_as_its_rows_say(ward: Ward, drawn: list[Any]) -> None:
    with transaction.atomic():
        patient = ward.without_card()
        made = []
        for given_h, oral, confirmed_h, withdrawn_h in drawn:
            given_at = BASE + given_h * HOUR
            made.append(
                Consent.objects.create(
                    patient=patient, purpose="referral", rule="REF-04", text_version="1", giver="patient",
                    way="oral" if oral else "written", given_at=given_at,
                    stands_until=given_at + 3 * HOUR if oral else None,
                    confirmed_at=given_at + confirmed_h * HOUR if oral and confirmed_h is not None else None,
                    withdrawn_at=given_at + withdrawn_h * HOUR if withdrawn_h is not None else None,
                )
            )  # fmt: skip
        for half in range(-1, 54):
            at = BASE + half * HOUR / 2
            standing = [row for row in made if stands(row, at)]
            found = consents.standing(patient, "referral", at)
            assert (found is None) == (not standing)
            assert found is None or found == max(standing, key=lambda row: row.given_at)
        transaction.set_rollback(True)


def test_who_has_no_record_has_no_consent(ward: Ward) -> None:
    assert consents.standing(Patient(pk=0), "referral") is None
