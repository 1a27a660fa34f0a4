"""What the operations take and answer. Lists hold a patient's number alone; one case is opened by its id."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import AwareDatetime, Field

from duikou.core.rest import Answer, Body, Version
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.telehealth.actions import Request
from duikou.wings.telehealth.models import Consultation, Expert, Slot

router = Router(tags=["consultations"])
ONE = "/consultations/{consultation_id}"
Moment = Annotated[AwareDatetime, Field(description="with its time zone")]
KindName = Literal["consultation", "imaging", "pathology", "ecg", "tcm", "group"]
UrgencyName = Literal["routine", "urgent", "emergency"]
StateName = Literal[
    "draft", "submitted", "sent", "returned", "accepted", "assigned", "answered", "acknowledged", "closed",
    "declined", "withdrawn",
]  # fmt: skip
AdoptionName = Literal["full", "part", "not"]
Word = Annotated[str, Field(max_length=40, pattern=TEXT_PATTERN)]
Note = Annotated[str, Field(max_length=500, pattern=TEXT_PATTERN)]
Text = Annotated[str, Field(max_length=8000)]


class ConsultationItem(Answer):
    """A consultation in a list; of the patient only the number."""

    id: int
    kind: KindName
    urgency: UrgencyName
    state: StateName
    patient: str
    inviting_id: int
    inviting: str
    invited_id: int
    invited: str
    department_id: int | None
    pairing_id: int | None
    specialty: str
    title: str
    live: bool
    due_at: Moment | None
    late: bool
    requested_at: Moment
    sent_at: Moment | None
    answered_at: Moment | None
    acknowledged_at: Moment | None
    adoption: Literal["", "full", "part", "not"]
    version: int
    demonstration: bool


class OpinionItem(Answer):
    """A signed opinion; `whole`: the digest is still that of the content."""

    role: Literal["opinion", "report", "member", "joint"]
    findings: str
    conclusion: str
    advice: str
    signed_name: str
    signed_title: str
    signed_hospital: str
    signed_at: Moment
    digest: str
    whole: bool


class CaseText(Answer):
    """What the case says."""

    reason_wanted: str
    aim: str
    diagnosis: str
    summary: str
    history: str
    examinations: str
    files: list[str]


class ConsultationRecord(ConsultationItem):
    """One consultation. `case` is absent where it may not be read (any more); `why_shut` says why."""

    reason: str
    adoption_note: str
    case: CaseText | None
    why_shut: str
    experts: list[str]
    live_at: Moment | None
    opinions: list[OpinionItem]


class CaseBody(Body):
    """The case and what is asked about it."""

    kind: KindName
    urgency: UrgencyName = "routine"
    specialty: Word
    title: Word = ""
    reason_wanted: Note
    aim: Note
    diagnosis: Note
    summary: Text
    history: Text = ""
    examinations: Text = ""
    live: bool = False
    wanted_at: Moment | None = None


class Step(Body):
    """A step on the version that was read; without one, on the latest."""

    version: Version | None = None


class ExpertItem(Answer):
    """A doctor of the pool."""

    id: int
    person_id: int
    name: str
    title: str
    specialty: str
    hospital_id: int
    kinds: list[KindName]
    tcm: bool
    practising_since: dt.date
    left: bool
    version: int
    demonstration: bool


class SlotItem(Answer):
    """A time of an expert."""

    id: int
    expert_id: int
    begins_at: Moment
    ends_at: Moment
    taken: bool
    withdrawn: bool


def request_of(body: CaseBody) -> Request:
    """The request of a body, for the action."""
    return Request(**{name: getattr(body, name) for name in CaseBody.model_fields})


def item(one: Consultation) -> dict[str, Any]:
    """A consultation as lists show it."""
    plain = [
        name
        for name in ConsultationItem.model_fields
        if name not in ("patient", "inviting", "invited", "late")
    ]
    return {
        **{name: getattr(one, name) for name in plain},
        "patient": one.patient.number,
        "inviting": one.inviting.name,
        "invited": one.invited.name,
        "late": one.late(),
    }


def expert_item(row: Expert) -> dict[str, Any]:
    """An expert as lists show it."""
    return {
        "id": row.pk,
        "person_id": row.person_id,
        "name": row.person.name,
        "title": row.person.title,
        "specialty": row.person.specialty,
        "hospital_id": row.hospital_id,
        "kinds": row.kinds,
        "tcm": row.tcm,
        "practising_since": row.practising_since,
        "left": row.left_at is not None,
        "version": row.version,
        "demonstration": row.demonstration,
    }


def slot_item(row: Slot) -> dict[str, Any]:
    """A time of an expert."""
    return {
        "id": row.pk,
        "expert_id": row.expert_id,
        "begins_at": row.begins_at,
        "ends_at": row.ends_at,
        "taken": row.consultation_id is not None,
        "withdrawn": row.withdrawn_at is not None,
    }
