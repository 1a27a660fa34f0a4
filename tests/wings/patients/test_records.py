"""Entering and correcting: one record for one number; every refusal."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from cryptography.fernet import InvalidToken
from django.db import IntegrityError, transaction
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import AuditEvent
from duikou.wings.patients import actions
from duikou.wings.patients.models import Access, Correction, Patient
from duikou.wings.patients.queries import doubles, records
from duikou.wings.patients.rekeying import rekey
from duikou.wings.patients.sealing import unseal
from tests.wings.patients.conftest import BORN, Ward, card


def test_a_patient_is_entered_and_nothing_personal_leaves_the_record(ward: Ward) -> None:
    patient = ward.patient()
    assert (patient.name, patient.identity, patient.phone) == ("於碶峃", card(), "13800000001")
    assert patient.scope_path == ward.home.scope_path
    row = Patient.objects.values().get(pk=patient.pk)
    assert card() not in str(row)
    assert "13800000001" not in str(row)
    event = AuditEvent.objects.get(action="patient.register")
    told = f"{event.target_label} {event.after} {event.reason}"
    assert event.target_label == patient.number
    assert not any(word in told for word in ("於碶峃", card(), "1956"))


def test_rare_characters_come_back_as_they_were(ward: Ward) -> None:
    patient = ward.without_card("𠮷峃於碶")
    assert Patient.objects.get(pk=patient.pk).name == "𠮷峃於碶"
    assert list(records.find(ward.doctor, "𠮷峃於碶")) == [patient]
    assert not records.find(ward.doctor, "吉峃于碶").exists()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": "  "}, "name"),
        ({"sex": "x"}, "sex"),
        ({"sex": "female"}, "sex"),
        ({"birth_date": BORN + dt.timedelta(days=1)}, "birth_date"),
        ({"birth_date": dt.date(2100, 1, 1), "identity_kind": "none"}, "birth_date"),
        ({"birth_date": dt.date(1850, 1, 1), "identity_kind": "none"}, "birth_date"),
        ({"identity": card()[:-1] + ("0" if card()[-1] != "0" else "1")}, "identity"),
        ({"identity": ""}, "identity"),
        ({"identity_kind": "passport"}, "identity_kind"),
        ({"phone": "12"}, "phone"),
        ({"payment": "barter"}, "payment"),
        ({"care": "spa"}, "care"),
        ({"last_contact_on": dt.date(2100, 1, 1)}, "last_contact_on"),
        ({"last_contact_on": BORN - dt.timedelta(days=1)}, "last_contact_on"),
        ({"name": "长" * 61}, "name"),
    ],
)
def test_details_that_cannot_be_are_refused(ward: Ward, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        ward.patient(**more)
    assert field in caught.value.fields
    assert not Patient.objects.exists()


def test_only_where_one_may(ward: Ward) -> None:
    for actor in (ward.other_doctor, ward.heart_doctor):
        with pytest.raises(Denied):
            ward.patient(actor=actor)
    assert ward.patient(actor=ward.heart_doctor, department=ward.heart).department == ward.heart


def test_the_same_number_is_the_same_patient(ward: Ward) -> None:
    first = ward.patient()
    with pytest.raises(Conflict, match=first.number):
        ward.patient(name="于碶峃")
    with pytest.raises(Conflict, match=r"安吉县人民医院.*PAT-01") as caught:
        ward.patient(actor=ward.other_doctor, hospital=ward.other)
    assert not any(word in str(caught.value) for word in (first.number, "於", card()))
    with pytest.raises(IntegrityError), transaction.atomic():  # the database holds it, whoever writes
        Patient.objects.create(
            hospital=ward.other, scope_path="1", name="x", name_key="x", sex="male", birth_date=BORN,
            payment="own", identity_sealed="x", identity_index=first.identity_index, last_contact_on=BORN,
        )  # fmt: skip


def test_doubles_are_told_while_typing(ward: Ward) -> None:
    kept = ward.patient(department=ward.heart)
    typed: dict[str, Any] = {
        "identity_kind": "card",
        "identity": card(),
        "name": "",
        "birth_date": None,
        "sex": "",
    }
    own = doubles.doubles(ward.doctor, ward.home, **typed)
    assert [(one.certain, one.patient) for one in own.doubles] == [(True, kept)]
    abroad = doubles.doubles(ward.other_doctor, ward.other, **typed)
    assert [(one.certain, one.place, one.patient) for one in abroad.doubles] == [
        (True, "安吉县人民医院", None)
    ]
    assert abroad.hidden == kept
    alike = {**typed, "identity": "", "name": "於 碶峃", "birth_date": BORN, "sex": "male"}
    assert [one.certain for one in doubles.doubles(ward.doctor, ward.home, **alike).doubles] == [False]
    hidden = doubles.doubles(ward.bone_doctor, ward.home, **alike).doubles
    assert [(one.place, one.patient) for one in hidden] == [("心内科", None)]
    assert doubles.doubles(ward.other_doctor, ward.other, **alike).doubles == ()
    assert doubles.doubles(ward.doctor, ward.home, **{**alike, "sex": "female"}).doubles == ()
    both = {**alike, "identity": card()}
    assert len(doubles.doubles(ward.doctor, ward.home, **both).doubles) == 1  # certain, not possible as well
    half = doubles.doubles(ward.doctor, ward.home, **{**typed, "identity": card()[:10]})
    assert half.doubles == ()
    assert "18 位" in half.fault


def test_a_match_elsewhere_is_written_down(ward: Ward) -> None:
    kept = ward.patient()
    actions.note_match(actor=ward.other_doctor, patient=kept)
    row = Access.objects.get()
    assert (row.grounds, row.purpose, row.reader_place) == ("match", "doubles", "浙江医院")


def test_corrections_keep_what_was(ward: Ward) -> None:
    patient = ward.patient()
    changed = actions.correct(
        actor=ward.doctor, patient=patient, details=ward.details(name="於碶岳", phone=""), reason="听错",
        department=ward.heart, version=1,
    )  # fmt: skip
    assert (changed.name, changed.phone, changed.version) == ("於碶岳", "", 2)
    assert changed.scope_path == ward.heart.org.path  # type: ignore[union-attr]
    kept = Correction.objects.get()
    assert kept.fields == ["department", "name", "phone"]
    assert "於碶峃" not in kept.former_sealed
    event = AuditEvent.objects.get(action="patient.correct")
    assert event.after == {"fields": ["department", "name", "phone"]}
    with pytest.raises(Conflict, match="刷新"):
        actions.correct(actor=ward.office, patient=patient, details=ward.details(), reason="x", version=1)
    with pytest.raises(Invalid):
        actions.correct(actor=ward.office, patient=patient, details=ward.details(), reason=" ")
    with pytest.raises(Denied):
        actions.correct(actor=ward.bone_doctor, patient=patient, details=ward.details(), reason="x")


def test_a_correction_cannot_take_anothers_number(ward: Ward) -> None:
    ward.patient()
    second = ward.without_card()
    with pytest.raises(Conflict, match="PAT-01"):
        actions.correct(actor=ward.doctor, patient=second, details=ward.details(), reason="补证件")
    second.refresh_from_db()
    assert (second.identity_kind, second.version) == ("none", 1)


def test_lists_are_no_looks_and_show_masked_names(ward: Ward) -> None:
    patient = ward.patient()
    assert [row.masked for row in records.patients(ward.doctor)] == ["於＊峃"]
    assert not Access.objects.exists()
    actions.look(actor=ward.doctor, number=patient.number, where="page")
    row = Access.objects.get()
    assert (row.user_id, row.grounds, row.purpose, row.place) == (ward.doctor.user_id, "own", "care", "page")
    assert row.reader_place == "安吉县人民医院"


def test_searching_stays_in_the_own_area(ward: Ward) -> None:
    patient = ward.patient()
    for text in (patient.number, patient.number.lower(), "於碶峃", card()):
        assert list(records.find(ward.doctor, text)) == [patient]
        assert not records.find(ward.other_doctor, text).exists()
        assert not records.find(ward.bone_doctor, text).exists()
    assert not records.find(ward.doctor, "於").exists()


def test_a_contact_moves_the_last_day(ward: Ward) -> None:
    patient = ward.patient(last_contact_on=dt.date(2014, 3, 1))
    actions.note_contact(actor=ward.doctor, patient=patient, on=dt.date(2014, 6, 1), inpatient=True)
    assert (patient.last_contact_on, patient.care) == (dt.date(2014, 6, 1), "inpatient")
    actions.note_contact(actor=ward.doctor, patient=patient, on=dt.date(2014, 4, 1))
    assert patient.last_contact_on == dt.date(2014, 6, 1)
    with pytest.raises(Invalid):
        actions.note_contact(
            actor=ward.doctor, patient=patient, on=timezone.localdate() + dt.timedelta(days=1)
        )
    with pytest.raises(Denied):
        actions.note_contact(actor=ward.other_doctor, patient=patient, on=dt.date(2014, 6, 2))


def test_places_to_enter_patients_at(ward: Ward) -> None:
    assert [place.label for place in records.places(ward.doctor)] == ["安吉县人民医院"]
    assert [place.label for place in records.places(ward.heart_doctor)] == ["安吉县人民医院 · 心内科"]
    with pytest.raises(Missing):
        records.place(ward.heart_doctor, ward.home.pk, None)
    with pytest.raises(Missing):
        records.place(ward.doctor, ward.other.pk, None)
    with pytest.raises(Missing):
        records.place(ward.doctor, ward.home.pk, 10**9)


def test_new_keys_seal_all_records_anew(ward: Ward, settings: Any) -> None:
    patient, bare = ward.patient(), ward.without_card()
    corrected = ward.details(name="於碶岳")
    actions.correct(actor=ward.doctor, patient=patient, details=corrected, reason="听错")
    before = Patient.objects.values("identity_sealed", "identity_index").get(pk=patient.pk)
    settings.PATIENT_KEYS_BEFORE = [settings.PATIENT_KEY]
    settings.PATIENT_KEY = b"the next key of the numbers, long enough"
    settings.PATIENT_INDEX_KEY = b"the next key of the index, long enough"
    assert rekey() == 2
    settings.PATIENT_KEYS_BEFORE = []
    after = Patient.objects.values("identity_sealed", "identity_index").get(pk=patient.pk)
    assert after["identity_sealed"] != before["identity_sealed"]
    assert after["identity_index"] != before["identity_index"]
    assert Patient.objects.get(pk=patient.pk).identity == card()
    assert Patient.objects.get(pk=bare.pk).identity_index == ""
    with pytest.raises(Conflict, match=patient.number):
        ward.patient()
    assert "於碶峃" in unseal(Correction.objects.get().former_sealed)
    settings.PATIENT_KEY = b"a key that nobody has told anybody, long enough"
    with pytest.raises(InvalidToken):
        rekey()
