"""Emergency access and its review, looks, what is due, numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from duikou.core.rest import (
    Answer,
    Because,
    Body,
    Call,
    Id,
    Limit,
    Offset,
    Page,
    Yes,
    operation,
    page_of,
)
from duikou.wings.patients import actions, retention
from duikou.wings.patients.api._shapes import Moment, Note, Number, Short, router
from duikou.wings.patients.models import Access, BreakGlass, Erasure
from duikou.wings.patients.queries import counts, records, waiting


class EmergencyItem(Answer):
    """One person's access to one record in an emergency."""

    id: int
    patient: str
    reader: str
    reader_place: str
    reason: str
    opened_at: Moment
    until: Moment
    justified: bool | None
    remark: str


def _emergency(one: BreakGlass) -> dict[str, Any]:
    return {
        "id": one.pk,
        "patient": one.patient.number,
        "reader": one.reader,
        "reader_place": one.reader_place,
        "reason": one.reason,
        "opened_at": one.opened_at,
        "until": one.until,
        "justified": one.justified,
        "remark": one.remark,
    }


class NewEmergency(Because):
    """Whose record is opened, by patient number or identity number, and why."""

    named: Short


@operation(
    router, "POST", "/patient-emergencies", response=EmergencyItem, permission="patient.break_glass",
    status=201, zh="紧急调阅", en="Open a record in an emergency",
)  # fmt: skip
def open_in_emergency(request: Call, body: NewEmergency) -> Any:
    """For some hours; the hospital that keeps it is told and reviews."""
    return _emergency(actions.break_glass(actor=request.actor, named=body.named, reason=body.reason))


@operation(
    router, "GET", "/patient-emergencies", response=Page[EmergencyItem], permission="patient.review",
    zh="紧急调阅列表", en="List of emergency accesses",
)  # fmt: skip
def list_emergencies(
    request: Call, reviewed: Literal["yes", "no"] | None = None, limit: Limit = 50, offset: Offset = 0
) -> Any:
    """To the records of the caller's hospital."""
    rows = records.emergencies(request.actor)
    if reviewed:
        rows = rows.filter(reviewed_at__isnull=reviewed == "no")
    return page_of(rows, limit, offset, _emergency)


class EmergencyReview(Body):
    """The verdict; a remark where it was not justified."""

    justified: Yes
    remark: Note = ""


@operation(
    router, "POST", "/patient-emergencies/{emergency_id}/review", response=EmergencyItem,
    permission="patient.review", zh="审核紧急调阅", en="Review an emergency access",
)  # fmt: skip
def review_emergency(request: Call, emergency_id: Id, body: EmergencyReview) -> Any:
    """By the hospital that keeps the record; nobody reviews oneself."""
    found = records.emergency(request.actor, emergency_id)
    return _emergency(actions.review_emergency(actor=request.actor, emergency=found, **body.model_dump()))


class LookItem(Answer):
    """One look at one record."""

    id: int
    at: Moment
    patient: str
    reader: str
    reader_place: str
    grounds: str
    purpose: str
    place: str


def _look(one: Access) -> dict[str, Any]:
    names = [name for name in LookItem.model_fields if name not in ("id", "patient")]
    return {"id": one.pk, "patient": one.patient.number, **{name: getattr(one, name) for name in names}}


@operation(
    router, "GET", "/patient-looks", response=Page[LookItem], permission="patient.review", zh="查阅记录",
    en="Looks at patient records",
)  # fmt: skip
def list_looks(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """At the records of the caller's hospital, the latest first."""
    return page_of(records.accesses(request.actor), limit, offset, _look)


class DueItem(Answer):
    """A record that need not be kept any more."""

    number: str
    care: str
    last_contact_on: dt.date
    kept_until: dt.date


def _due(row: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "care": row.care,
        "last_contact_on": row.last_contact_on,
        "kept_until": retention.kept_until(row),
    }


@operation(
    router, "GET", "/patients-due", response=Page[DueItem], permission="patient.review", zh="到期档案",
    en="Records that are due",
)  # fmt: skip
def list_due_patients(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Nothing is ever erased by itself."""
    return page_of(waiting.due(request.actor).order_by("last_contact_on", "pk"), limit, offset, _due)


class ErasureItem(Answer):
    """An erasure, proposed or decided."""

    id: int
    patient: str
    due_on: dt.date
    reason: str
    state: Literal["proposed", "done", "refused"]
    remark: str


def _erasure(one: Erasure) -> dict[str, Any]:
    return {
        "id": one.pk,
        "patient": one.patient.number,
        "due_on": one.due_on,
        "reason": one.reason,
        "state": one.state,
        "remark": one.remark,
    }


@operation(
    router, "GET", "/patient-erasures", response=Page[ErasureItem], permission="patient.review",
    zh="到期销毁列表", en="List of erasures",
)  # fmt: skip
def list_erasures(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Of the caller's hospital."""
    return page_of(records.erasures(request.actor), limit, offset, _erasure)


@operation(
    router, "POST", "/patients/{patient_number}/erasure", response=ErasureItem, permission="patient.review",
    status=201, zh="提出到期销毁", en="Propose an erasure",
)  # fmt: skip
def propose_erasure(request: Call, patient_number: Number, body: Because) -> Any:
    """409 while it has to be kept (PAT-05)."""
    patient = records.own_patient(request.actor, patient_number.upper(), "patient.review")
    return _erasure(actions.propose_erasure(actor=request.actor, patient=patient, reason=body.reason))


class ErasureDecision(Body):
    """The second person's decision; a remark where it is not approved."""

    agreed: Yes
    remark: Note = ""


@operation(
    router, "POST", "/patient-erasures/{erasure_id}/decide", response=ErasureItem,
    permission="patient.review", zh="核准到期销毁", en="Decide on an erasure",
)  # fmt: skip
def decide_erasure(request: Call, erasure_id: Id, body: ErasureDecision) -> Any:
    """By another person than the one who proposed it."""
    found = records.erasure(request.actor, erasure_id)
    return _erasure(actions.decide_erasure(actor=request.actor, erasure=found, **body.model_dump()))


class CountLine(Answer):
    """A hospital's numbers; `consents`: patients whose consent stands today, by purpose."""

    hospital_id: int
    hospital: str
    patients: int
    consents: dict[str, int]
    withdrawn: int
    emergencies: int
    unreviewed: int
    unjustified: int


@operation(
    router, "GET", "/patient-counts", response=list[CountLine], permission="patient.count",
    zh="患者与同意的数量", en="Numbers of patients and consents",
)  # fmt: skip
def count_patients(request: Call) -> Any:
    """Numbers alone, of the hospitals of the caller's area."""
    return [
        {
            "hospital_id": line.hospital.pk,
            "hospital": line.hospital.name,
            "patients": line.patients,
            "consents": line.consents,
            "withdrawn": line.withdrawn,
            "emergencies": line.emergencies,
            "unreviewed": line.open,
            "unjustified": line.unjustified,
        }
        for line in counts.counts(request.actor)
    ]
