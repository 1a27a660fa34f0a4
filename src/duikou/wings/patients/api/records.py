"""Patients: lists, records, corrections, merges, shares."""

from __future__ import annotations

from typing import Any

from duikou.core.rest import Answer, Because, Body, Call, Id, Limit, Offset, Page, Ref, operation, page_of
from duikou.core.rest.types import Version
from duikou.core.scope import Actor
from duikou.wings.patients import actions, retention
from duikou.wings.patients.api._shapes import (
    CareName,
    Moment,
    NewPatient,
    Note,
    Number,
    PatientDetails,
    PatientItem,
    PatientRecord,
    Short,
    details_of,
    item,
    router,
)
from duikou.wings.patients.models import Access, Patient, Share
from duikou.wings.patients.queries import records

Where = Access.Where
ONE = "/patients/{patient_number}"


def shown(patient: Patient, *, full: bool = False) -> dict[str, Any]:
    """A record that has been looked at."""
    return {
        "number": patient.number,
        "name": patient.name,
        "sex": patient.sex,
        "birth_date": patient.birth_date,
        "identity_kind": patient.identity_kind,
        "identity": patient.identity if full else patient.masked_identity,
        "phone": patient.phone if full else patient.masked_phone,
        "payment": patient.payment,
        "residence": patient.residence.code if patient.residence else "",
        "care": patient.care,
        "last_contact_on": patient.last_contact_on,
        "kept_until": retention.kept_until(patient),
        "hospital_id": patient.hospital_id,
        "department_id": patient.department_id,
        "merged_into": patient.merged_into.number if patient.merged_into else None,
        "erased": patient.erased_at is not None,
        "version": patient.version,
        "demonstration": patient.demonstration,
    }


def _look(actor: Actor, number: str, where: str = Where.API) -> dict[str, Any]:
    found = actions.look(actor=actor, number=number.upper(), where=where)
    return shown(found, full=where == Where.IN_FULL)


@operation(
    router, "GET", "/patients", response=Page[PatientItem], permission="patient.view", zh="患者列表",
    en="List of patients",
)  # fmt: skip
def list_patients(request: Call, care: CareName | None = None, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Of the caller's hospital or department and shared with it; masked, and no look at a record."""
    rows = records.patients(request.actor)
    if care:
        rows = rows.filter(care=care)
    return page_of(rows.order_by("-registered_at", "pk"), limit, offset, item)


class PatientWanted(Body):
    """A number, an identity number or an exact name: in the body, never in the address."""

    text: Short


@operation(
    router, "POST", "/patients/find", response=list[PatientItem], permission="patient.view", zh="查找患者",
    en="Find patients",
)  # fmt: skip
def find_patients(request: Call, body: PatientWanted) -> Any:
    """Among those that the caller's own hospital or department keeps; 50 at most."""
    return [item(row) for row in records.find(request.actor, body.text)[:50]]


@operation(
    router, "POST", "/patients", response=PatientRecord, permission="patient.edit", status=201,
    zh="登记患者", en="Enter a patient",
)  # fmt: skip
def register_patient(request: Call, body: NewPatient) -> Any:
    """409 where the identity number has a record: its number, or where it is kept."""
    place = records.place(request.actor, body.hospital_id, body.department_id)
    made = actions.register(
        actor=request.actor, hospital=place.hospital, department=place.department, details=details_of(body)
    )
    return _look(request.actor, made.number)


@operation(
    router, "GET", ONE, response=PatientRecord, permission="patient.view", zh="一份患者档案",
    en="One patient's record",
)  # fmt: skip
def get_patient(request: Call, patient_number: Number) -> Any:
    """A look, written down."""
    return _look(request.actor, patient_number)


@operation(
    router, "POST", f"{ONE}/in-full", response=PatientRecord, permission="patient.view",
    zh="完整证件号码和电话", en="Identity number and phone in full",
)  # fmt: skip
def get_patient_in_full(request: Call, patient_number: Number) -> Any:
    """A look, written down as such."""
    return _look(request.actor, patient_number, Where.IN_FULL)


class PatientCorrection(PatientDetails):
    """The record as it should be, and why."""

    reason: Note
    version: Version
    department_id: Ref | None = None


@operation(
    router, "PUT", ONE, response=PatientRecord, permission="patient.edit", zh="更正患者档案",
    en="Correct a patient's record",
)  # fmt: skip
def correct_patient(request: Call, patient_number: Number, body: PatientCorrection) -> Any:
    """By who keeps it."""
    patient = records.own_patient(request.actor, patient_number.upper(), "patient.edit")
    place = records.place_of(request.actor, patient, body.department_id)
    actions.correct(
        actor=request.actor,
        patient=patient,
        details=details_of(body),
        reason=body.reason,
        department=place,
        version=body.version,
    )
    return _look(request.actor, patient.number)


class PatientMerge(Because):
    """Which record becomes part of this one."""

    duplicate: Short


class MergeItem(Answer):
    """A merge of two records."""

    id: int
    survivor: str
    duplicate: str
    undone: bool


def _merged(done: Any) -> dict[str, Any]:
    return {
        "id": done.pk,
        "survivor": done.survivor.number,
        "duplicate": done.duplicate.number,
        "undone": done.undone_at is not None,
    }


@operation(
    router, "POST", f"{ONE}/merge", response=MergeItem, permission="patient.edit", status=201,
    zh="合并重复档案", en="Merge a double",
)  # fmt: skip
def merge_patients(request: Call, patient_number: Number, body: PatientMerge) -> Any:
    """Both kept by the caller."""
    survivor = records.own_patient(request.actor, patient_number.upper(), "patient.edit")
    duplicate = records.own_patient(request.actor, body.duplicate.strip().upper(), "patient.edit")
    return _merged(
        actions.merge(actor=request.actor, survivor=survivor, duplicate=duplicate, reason=body.reason)
    )


@operation(
    router, "POST", "/patient-merges/{merge_id}/undo", response=MergeItem, permission="patient.edit",
    zh="撤销合并", en="Undo a merge",
)  # fmt: skip
def undo_patient_merge(request: Call, merge_id: Id, body: Because) -> Any:
    """What had moved returns."""
    done = records.merge_done(request.actor, merge_id)
    return _merged(actions.undo_merge(actor=request.actor, done=done, reason=body.reason))


class ShareItem(Answer):
    """A relation that lets another hospital see a patient."""

    id: int
    patient: str
    hospital_id: int
    kind: str
    reference: str
    since: Moment
    until: Moment | None
    ended_at: Moment | None


def _shared(one: Share) -> dict[str, Any]:
    return {
        "id": one.pk,
        "patient": one.patient.number,
        "hospital_id": one.hospital_id,
        "kind": one.kind,
        "reference": one.reference,
        "since": one.since,
        "until": one.until,
        "ended_at": one.ended_at,
    }


class NewShare(Because):
    """Shared care by hand; referrals and consultations make their own."""

    hospital_id: Ref
    until: Moment


@operation(
    router, "POST", f"{ONE}/shares", response=ShareItem, permission="patient.edit", status=201,
    zh="与他院共享患者", en="Share a patient with another hospital",
)  # fmt: skip
def share_patient(request: Call, patient_number: Number, body: NewShare) -> Any:
    """By who keeps the record."""
    patient = records.own_patient(request.actor, patient_number.upper(), "patient.edit")
    made = actions.share(
        actor=request.actor,
        patient=patient,
        hospital=records.other(patient, body.hospital_id),
        kind=Share.Kind.CARE,
        until=body.until,
        reason=body.reason,
    )
    return _shared(made)


@operation(
    router, "POST", "/patient-shares/{relation_id}/end", response=ShareItem, permission="patient.edit",
    zh="结束共享", en="End a share",
)  # fmt: skip
def end_patient_share(request: Call, relation_id: Id) -> Any:
    """By either hospital."""
    return _shared(
        actions.unshare(actor=request.actor, relation=records.relation(request.actor, relation_id))
    )
