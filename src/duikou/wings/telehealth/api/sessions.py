"""Beside the steps of a consultation: its material, its live room, times for all who wait, pictures."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.utils import timezone
from pydantic import Field

from duikou.core.rest import Answer, Because, Body, Call, Id, Ref, operation
from duikou.core.rest.types import TEXT_PATTERN
from duikou.core.scope import Actor
from duikou.wings.patients.models import Access
from duikou.wings.rooms.queries import sessions
from duikou.wings.telehealth import actions, pictures
from duikou.wings.telehealth.api._shapes import ONE, ConsultationRecord, Moment, Note, router
from duikou.wings.telehealth.api.consultations import shown
from duikou.wings.telehealth.models import CaseFile, Consultation, TimePlan
from duikou.wings.telehealth.queries import desk, times

PartName = Literal["record", "lab", "image", "slide", "ecg", "other"]
PLAN = "/consultation-plans/{times_plan_id}"
UploadKey = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,64}$", description="of a finished upload")]
Caption = Annotated[str, Field(max_length=200, pattern=TEXT_PATTERN)]


class CaseFileItem(Answer):
    """A file of a case."""

    id: int
    part: PartName
    title: str
    kind: str
    size: int
    sha256: str
    added_at: dt.datetime


class SlideOfCase(Answer):
    """A slide of a study."""

    number: str
    title: str
    state: str


class StudyOfCase(Answer):
    """A study that goes with a case; opened under its UID with the caller's own rights."""

    study_uid: str
    kind: str
    modality: str
    description: str
    taken_at: dt.datetime | None
    slides: list[SlideOfCase]


class Material(Answer):
    """Files and studies of a case; none where it may not be read (any more), with the reason."""

    files: list[CaseFileItem]
    studies: list[StudyOfCase]
    why_shut: str


def _file(row: CaseFile) -> dict[str, Any]:
    return {
        "id": row.pk,
        "part": row.part,
        "title": row.title,
        "kind": row.document.kind,
        "size": row.document.size,
        "sha256": row.document.sha256,
        "added_at": row.added_at,
    }


def _opened(actor: Actor, consultation: int) -> tuple[Consultation, str]:
    """The consultation, opened (a look at the patient), and why its case is shut; '' when it is not."""
    one = desk.find(actor, consultation)
    opened = actions.open_case(actor=actor, one=one, where=Access.Where.API)
    return one, "" if opened.patient is not None else opened.why_shut


@operation(
    router, "GET", f"{ONE}/material", response=Material, permission="consult.view", zh="会诊资料",
    en="Files, studies and slides of a case",
)  # fmt: skip
def get_consultation_material(request: Call, consultation_id: Id) -> Any:
    """A look at the patient, written down."""
    one, why_shut = _opened(request.actor, consultation_id)
    if why_shut:
        return {"files": [], "studies": [], "why_shut": why_shut}
    return {
        "why_shut": "",
        "files": [_file(row) for row in desk.files_of(one)],
        "studies": [
            {
                **{
                    name: getattr(row, name)
                    for name in ("study_uid", "kind", "modality", "description", "taken_at")
                },
                "slides": [
                    {"number": slide.number, "title": slide.title, "state": slide.state}
                    for slide in row.slides.all()
                ],
            }
            for row in desk.studies_of(one).prefetch_related("slides")
        ],
    }


class NewFile(Body):
    """A file that came through `/uploads` for the purpose `case`: in pieces, over any line."""

    part: PartName
    title: Note = ""
    upload: UploadKey


@operation(
    router, "POST", f"{ONE}/files", response=CaseFileItem, permission="consult.request", status=201,
    zh="添加会诊资料", en="Add a file to the case",
)  # fmt: skip
def add_consultation_file(request: Call, consultation_id: Id, body: NewFile) -> Any:
    """While the case is a draft or was returned; judged by the content, not by the name."""
    one = desk.find(request.actor, consultation_id)
    made = actions.add_uploaded_file(actor=request.actor, one=one, **body.model_dump())
    return _file(made)


class RoomOfCase(Answer):
    """A live room of a consultation; `minutes`: how long two or more were there at once."""

    room_id: int
    state: Literal["open", "closed"]
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    minutes: float
    people: list[str]


def _rooms(one: Consultation) -> list[dict[str, Any]]:
    return [
        {
            "room_id": row.room.pk,
            "state": row.room.state,
            "opened_at": row.room.opened_at,
            "closed_at": row.room.closed_at,
            "minutes": round(row.together.total_seconds() / 60, 1),
            "people": sorted({stay.label for stay in row.stays}),
        }
        for row in sessions.of_reference(one.reference, timezone.now())
    ]


@operation(
    router, "GET", f"{ONE}/rooms", response=list[RoomOfCase], permission="consult.view",
    zh="会诊的实时连线", en="Live rooms of a consultation",
)  # fmt: skip
def list_consultation_rooms(request: Call, consultation_id: Id) -> Any:
    """The latest first."""
    return _rooms(desk.find(request.actor, consultation_id))


@operation(
    router, "POST", f"{ONE}/room", response=RoomOfCase, permission="room.open", zh="打开会诊室",
    en="Open the live room of a consultation",
)  # fmt: skip
def open_consultation_room(request: Call, consultation_id: Id) -> Any:
    """The open one, where there is one. Needs the patient's consent, and experts who are named."""
    one = desk.find(request.actor, consultation_id)
    actions.open_session(actor=request.actor, one=one)
    return _rooms(one)[0]


@operation(
    router, "POST", f"{ONE}/unschedule", response=ConsultationRecord, permission="consult.answer",
    zh="取消连线时间", en="Give the time of the live session back",
)  # fmt: skip
def unschedule_consultation(request: Call, consultation_id: Id, body: Because) -> Any:
    """The opinion can be signed without."""
    one = desk.find(request.actor, consultation_id)
    actions.unschedule(actor=request.actor, one=one, reason=body.reason)
    return shown(request.actor, one)


class PictureChoice(Answer):
    """A picture that the opinion can show; of a series (`count` above 0) one is named by its number."""

    source: str
    words: str
    count: int


class PictureItem(Answer):
    """A picture of the own opinion."""

    id: int
    source: str
    caption: str
    sha256: str


@operation(
    router, "GET", f"{ONE}/picture-choices", response=list[PictureChoice], permission="consult.opinion",
    zh="可选的附图", en="Pictures that the opinion can show",
)  # fmt: skip
def list_picture_choices(request: Call, consultation_id: Id) -> Any:
    """For the named expert, empty for everybody else; a look at the patient."""
    one, why_shut = _opened(request.actor, consultation_id)
    if why_shut or not desk.has_seat(request.actor, one):
        return []
    return [{"source": row.source, "words": row.words, "count": row.count} for row in pictures.choices(one)]


class NewPicture(Body):
    """A picture for the own opinion."""

    source: Annotated[str, Field(max_length=80, pattern=r"^[a-z]+(:\d{1,18}){1,3}(:[a-z]{1,10})?$")]
    caption: Caption
    number: Annotated[int, Field(ge=1, le=100_000)] | None = None


@operation(
    router, "POST", f"{ONE}/pictures", response=PictureItem, permission="consult.opinion", status=201,
    zh="选择意见附图", en="Choose a picture for the opinion",
)  # fmt: skip
def add_opinion_picture(request: Call, consultation_id: Id, body: NewPicture) -> Any:
    """Before the opinion is signed."""
    one = desk.find(request.actor, consultation_id)
    made = actions.add_picture(actor=request.actor, one=one, **body.model_dump())
    return {"id": made.pk, "source": made.source, "caption": made.caption, "sha256": made.document.sha256}


class PlannedTime(Answer):
    """A proposed time; `why` in Chinese and English."""

    consultation: int
    expert: int
    name: str
    begins: Moment
    ends: Moment
    why: dict[str, str]


class Unplanned(Answer):
    """A consultation without a time, and why."""

    consultation: int
    why: dict[str, str]


class PlanItem(Answer):
    """A proposal of times for all who wait."""

    id: int
    hospital_id: int
    state: Literal["waiting", "proposed", "accepted", "dropped"]
    job_id: str
    made_at: dt.datetime
    meetings: list[PlannedTime]
    unserved: list[Unplanned]


def _plan(row: TimePlan) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in ("hospital_id", "state", "job_id", "made_at")},
        "id": row.pk,
        "meetings": [
            {name: one[name] for name in PlannedTime.model_fields} for one in row.result.get("meetings", ())
        ],
        "unserved": [
            {name: one[name] for name in Unplanned.model_fields} for one in row.result.get("unserved", ())
        ],
    }


class NewPlan(Body):
    """For which hospital."""

    hospital_id: Ref


@operation(
    router, "POST", "/consultation-plans", response=PlanItem, permission="consult.answer", status=201,
    zh="求解会诊排期", en="Work out times for all who wait",
)  # fmt: skip
def request_consultation_plan(request: Call, body: NewPlan) -> Any:
    """In the background; an open proposal of the hospital is the answer."""
    found = times.hospital(request.actor, body.hospital_id)
    return _plan(actions.request_plan(actor=request.actor, hospital=found))


@operation(
    router, "GET", PLAN, response=PlanItem, permission="consult.answer", zh="会诊排期",
    en="A proposal of times",
)  # fmt: skip
def get_consultation_plan(request: Call, times_plan_id: Id) -> Any:
    """With the reason of each time."""
    return _plan(times.plan(request.actor, times_plan_id))


@operation(
    router, "POST", f"{PLAN}/accept", response=PlanItem, permission="consult.answer", zh="采用会诊排期",
    en="Agree on all proposed times",
)  # fmt: skip
def accept_consultation_plan(request: Call, times_plan_id: Id) -> Any:
    """All of them, or none with what hinders one."""
    return _plan(actions.accept_plan(actor=request.actor, plan=times.plan(request.actor, times_plan_id)))


@operation(
    router, "POST", f"{PLAN}/drop", response=PlanItem, permission="consult.answer", zh="放弃会诊排期",
    en="Drop a proposal",
)  # fmt: skip
def drop_consultation_plan(request: Call, times_plan_id: Id) -> Any:
    """Everything stays as it is."""
    return _plan(actions.drop_plan(actor=request.actor, plan=times.plan(request.actor, times_plan_id)))
