"""Who sees a study: its hospital, and another one while both the study and its patient are open to it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import AuditEvent
from duikou.core.scope import SYSTEM, Actor
from duikou.wings.hospitals.models import Department
from duikou.wings.hospitals.units import unit_of
from duikou.wings.imaging import actions, queries
from duikou.wings.imaging.models import Study, StudyGrant
from duikou.wings.patients import actions as patient_actions
from duikou.wings.patients.models import Access
from tests.wings.imaging.conftest import REFERENCE, Lightbox


def sees(actor: Actor, study: Study) -> bool:
    return queries.right_to(actor, study.study_uid) is not None


def test_the_own_hospital_and_department_alone(box: Lightbox) -> None:
    whole, heart = box.study(), box.study(patient=box.without_card("李平", department=box.heart))
    assert [sees(one, whole) for one in (box.doctor, box.office)] == [True, True]
    assert [sees(one, heart) for one in (box.doctor, box.heart_doctor)] == [True, True]
    for stranger in (box.other_doctor, box.other_office, box.bone_doctor):
        assert not sees(stranger, whole)
        assert not sees(stranger, heart)
        assert not queries.studies(stranger).exists()
        with pytest.raises(Missing):
            queries.study(stranger, heart.study_uid)
    assert queries.right_to(box.doctor, "1.2.3") is None


@pytest.mark.parametrize("role", ["provincial_officer", "national_officer", "inspector", "auditor"])
def test_authorities_see_no_study(box: Lightbox, role: str) -> None:
    study = box.study()
    org = box.home.org
    while org.parent is not None and org.kind != ("nation" if role == "national_officer" else "province"):
        org = org.parent
    assert not sees(box.at(org, role), study)


def test_another_hospital_sees_with_a_grant_and_the_patient(box: Lightbox) -> None:
    study = box.study()
    made = box.granted(study)
    assert box.granted(study) == made
    assert not sees(box.other_doctor, study)  # without the patient a study tells nothing
    box.shared(study)
    assert sees(box.other_doctor, study)
    with pytest.raises(Denied):  # to see is not to grant
        actions.grant(actor=box.other_doctor, study=study, hospital=box.home, reference="consultation:2")
    assert actions.end_grants(actor=box.other_doctor, reference=REFERENCE) == 1
    assert not sees(box.other_doctor, study)
    assert sees(box.doctor, study)
    assert actions.end_grants(actor=SYSTEM, reference=REFERENCE) == 0
    assert AuditEvent.objects.filter(action="study.grants_ended").count() == 2


def test_a_shared_patient_without_a_grant_shows_no_study(box: Lightbox) -> None:
    study = box.study()
    box.shared(study)
    assert not sees(box.other_doctor, study)


def test_a_grant_to_a_department_is_for_it_alone(box: Lightbox) -> None:
    study = box.study(actor=box.doctor)
    box.shared(study)
    rays = Department.objects.create(hospital=box.other, name="放射科", specialty="other")
    nerve = Department.objects.create(hospital=box.other, name="神经内科", specialty="other")
    reader, stranger = box.at(unit_of(rays), "clinician"), box.at(unit_of(nerve), "clinician")
    box.granted(study, path=unit_of(rays).path)
    patient_actions.share(
        actor=SYSTEM, patient=study.patient, hospital=box.other, kind="consultation",
        path=unit_of(rays).path, reference="consultation:9",
    )  # fmt: skip
    assert sees(reader, study)
    assert sees(box.other_doctor, study)
    assert not sees(stranger, study)


def test_grants_that_cannot_be(box: Lightbox) -> None:
    study = box.study()
    with pytest.raises(Invalid):
        box.granted(study, hospital=box.home)
    with pytest.raises(Invalid):
        box.granted(study, path=box.home.scope_path)
    with pytest.raises(Denied):
        box.granted(study, actor=box.other_doctor)
    actions.withdraw(actor=box.doctor, study=study, reason="错传")
    with pytest.raises(Conflict):
        box.granted(study)


def test_the_database_keeps_one_live_grant_of_a_reference(box: Lightbox) -> None:
    made = box.granted(box.study())
    same = {"study": made.study, "hospital": box.other, "path": made.path, "reference": REFERENCE}
    with pytest.raises(IntegrityError), transaction.atomic():
        StudyGrant.objects.create(**same)
    with pytest.raises(IntegrityError), transaction.atomic():
        StudyGrant.objects.create(**{**same, "reference": ""})


def test_a_study_goes_with_the_patient_to_another_department(box: Lightbox) -> None:
    patient = box.without_card(department=box.heart)
    study = box.study(patient=patient)
    patient_actions.correct(
        actor=box.doctor,
        patient=patient,
        department=box.bones,
        details=box.details(name="王建国", identity_kind="none"),
        reason="转科",
    )
    assert sees(box.bone_doctor, study)
    assert not sees(box.heart_doctor, study)  # the patient is not theirs any more


def test_an_emergency_opens_no_study(box: Lightbox) -> None:
    """What is opened in an emergency is the record; studies need a relation."""
    study = box.study()
    patient_actions.break_glass(
        actor=box.other_doctor, named=study.patient.number, reason="昏迷送来，须了解既往病史"
    )
    assert not sees(box.other_doctor, study)


def test_a_withdrawn_study_is_opened_by_nobody_and_ends_its_grants(box: Lightbox) -> None:
    study = box.study()
    box.granted(study)
    box.shared(study)
    actions.withdraw(actor=box.doctor, study=study, reason="上传到了别的患者名下")
    assert not sees(box.doctor, study)
    assert not sees(box.other_doctor, study)
    assert not StudyGrant.objects.live().exists()
    with pytest.raises(Conflict):
        actions.withdraw(actor=box.doctor, study=study, reason="再撤一次")
    with pytest.raises(Denied):
        actions.withdraw(actor=box.other_doctor, study=box.study(), reason="x")


def test_registering_refuses_what_cannot_be(box: Lightbox) -> None:
    patient = box.without_card()
    study = box.study(patient=patient, study_uid="1.2.840.1")
    assert study.hospital == box.home
    with pytest.raises(Conflict):
        box.study(patient=patient, study_uid="1.2.840.1")
    for uid in ("1.02.3", "abc", "1", "1." + "2" * 64, "1.2\n"):
        with pytest.raises(Invalid):
            box.study(patient=patient, study_uid=uid)
    with pytest.raises(Invalid):
        box.study(patient=patient, taken_at=timezone.now() + dt.timedelta(days=1))
    with pytest.raises(Invalid):
        box.study(patient=patient, description="x" * 121)
    with pytest.raises(Denied):
        box.study(patient=patient, actor=box.bone_doctor)


def test_a_hospital_with_which_a_patient_is_shared_registers_its_own(box: Lightbox) -> None:
    patient = box.without_card()
    patient_actions.share(
        actor=box.doctor, patient=patient, hospital=box.other, kind="referral", reference="referral:1"
    )
    study = box.study(patient=patient, actor=box.other_doctor)
    assert study.hospital == box.other
    assert sees(box.other_doctor, study)
    assert not sees(box.doctor, study)  # another hospital's, without a grant
    actions.grant(actor=box.other_doctor, study=study, hospital=box.home, reference="referral:1")
    assert sees(box.doctor, study)


def test_the_database_keeps_state_and_patient_together(box: Lightbox) -> None:
    study = box.study()
    with pytest.raises(IntegrityError), transaction.atomic():
        Study.objects.filter(pk=study.pk).update(patient=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Study.objects.filter(pk=study.pk).update(state="unmatched")


def test_a_hospital_keeps_sight_of_what_it_made_when_the_share_ends(box: Lightbox) -> None:
    """Its own picture of another's patient is part of its records; what the other made is not."""
    theirs = box.study()
    patient = theirs.patient
    assert patient is not None
    relation = box.shared(theirs)
    box.granted(theirs)
    own = box.study(patient=patient, actor=box.other_doctor)
    assert own.hospital == box.other
    assert sees(box.other_doctor, own)
    patient_actions.unshare(actor=box.other_doctor, relation=relation)
    assert sees(box.other_doctor, own)
    assert not sees(box.other_doctor, theirs)  # the grant lasts, the patient is not shared any more
    found = actions.look(actor=box.other_doctor, study_uid=own.study_uid, where="page")
    assert found == own
    look = Access.objects.get(patient=patient, reader_place=box.other.name)
    assert (look.grounds, look.user_id) == ("own", box.other_doctor.user_id)
    with pytest.raises(Missing):
        patient_actions.look(actor=box.other_doctor, number=patient.number, where="page")
    assert not sees(box.doctor, own)  # made elsewhere: needs a grant, as before
