"""Traineeships from the application to the appraisal."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from duikou.core.errors import Missing
from duikou.core.rest import (
    Answer,
    Because,
    Body,
    Call,
    Code,
    Day,
    Flag,
    Id,
    Limit,
    Line,
    Offset,
    Page,
    Position,
    Reason,
    Ref,
    Versioned,
    Yes,
    operation,
    page_of,
)
from duikou.core.rest.types import TEXT_PATTERN
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Department
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.training import actions
from duikou.wings.training.models import LogEntry, Traineeship
from duikou.wings.training.queries import choices, trainees
from duikou.wings.training.queries import places as place_queries

router = Router(tags=["training"])
VIEW: dict[str, Any] = {"permission": "training.view"}
EDIT: dict[str, Any] = {"permission": "training.edit"}
ONE, ABSENCE = "/traineeships/{traineeship_id}", "/trainee-absences/{absence_id}"
StateName = Literal["applied", "accepted", "in_training", "ended", "refused", "withdrawn"]
RouteName = Literal["further", "residency", "secondment", "course"]
EntryKind = Literal[
    "round", "outpatient", "patient", "operation_seen", "operation_assisted", "operation_done",
    "procedure", "discussion", "lecture", "duty",
]  # fmt: skip
Note = Annotated[str, Field(max_length=300, pattern=TEXT_PATTERN)]
Remark = Annotated[str, Field(max_length=500, pattern=TEXT_PATTERN)]


class TraineeshipItem(Answer):
    """A traineeship; `first_day` and `last_day` are the real days where they are known."""

    id: int
    person_id: int
    person: str
    recipient_id: int
    recipient: str
    supporter_id: int
    supporter: str
    pairing_id: int | None
    place_id: int | None
    team_id: int | None
    specialty: str
    title: str
    route: RouteName
    post: str
    free: bool
    planned_from: dt.date
    planned_to: dt.date
    first_day: dt.date
    last_day: dt.date
    state: StateName
    reason: str
    demonstration: bool
    version: int


class LogEntryItem(Answer):
    """What a trainee did on a day."""

    id: int
    on: dt.date
    kind: EntryKind
    number: int
    note: str
    state: Literal["written", "signed", "returned"]
    answer: str


class TraineeAppraisal(Answer):
    """An appraisal; a replaced one no longer counts."""

    kind: Literal["midterm", "final"]
    year: int
    passed: bool
    on: dt.date
    remark: str
    replaced: bool


class TraineeAbsence(Answer):
    """Absence that stands."""

    id: int
    first_day: dt.date
    last_day: dt.date
    reason: str


class RotationItem(Answer):
    """A stay in a department that stands."""

    id: int
    department: str
    tutor: str | None
    first_day: dt.date
    last_day: dt.date
    aim: str


class TraineeshipDetail(TraineeshipItem):
    """With rotation, absence, appraisals and the latest entries of the logbook."""

    rotations: list[RotationItem]
    absences: list[TraineeAbsence]
    appraisals: list[TraineeAppraisal]
    entries: list[LogEntryItem]


NAMED = {"person", "recipient", "supporter"}
COLUMNS = tuple(name for name in TraineeshipItem.model_fields if name not in NAMED)
ENTRY = tuple(LogEntryItem.model_fields)


def item(one: Traineeship) -> dict[str, Any]:
    """A traineeship as a line of a list."""
    return {
        **{name: getattr(one, name) for name in COLUMNS},
        "person": one.person.name,
        "recipient": one.recipient.name,
        "supporter": one.supporter.name,
    }


def detail(one: Traineeship) -> dict[str, Any]:
    """A traineeship with all that belongs to it."""
    found = trainees.whole(one)
    return {
        **item(one),
        "rotations": [
            {
                **{name: getattr(row, name) for name in ("id", "first_day", "last_day", "aim")},
                "department": row.department.name,
                "tutor": row.tutor.name if row.tutor else None,
            }
            for row in found.rotations
            if row.withdrawn_at is None
        ],
        "absences": [
            {name: getattr(row, name) for name in TraineeAbsence.model_fields}
            for row in found.absences
            if row.withdrawn_at is None
        ],
        "appraisals": [
            {
                **{name: getattr(row, name) for name in ("kind", "year", "passed", "on", "remark")},
                "replaced": row.replaced_at is not None,
            }
            for row in found.appraisals
        ],
        "entries": [entry_item(row) for row in found.entries],
    }


def entry_item(row: LogEntry) -> dict[str, Any]:
    """One entry."""
    return {name: getattr(row, name) for name in ENTRY}


def answer(request: Call, pk: int) -> dict[str, Any]:
    """One traineeship as the caller sees it now."""
    return detail(trainees.traineeship(request.actor, pk))


@operation(router, "GET", "/traineeships", response=Page[TraineeshipItem], zh="进修", en="Training", **VIEW)
def list_traineeships(
    request: Call,
    q: Line | None = None,
    state: StateName | None = None,
    route: RouteName | None = None,
    free: Flag | None = None,
    pairing: Id | None = None,
    on: Day | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """In the caller's area, the latest first; `on`: who is in training on a day."""
    rows = trainees.trained(request.actor).order_by("-first_day", "pk")
    conditions = {
        "state": state,
        "route": route,
        "free": free,
        "pairing": pairing,
        "person__name__icontains": q,
    }
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    return page_of(rows.on(on) if on else rows, limit, offset, item)


@operation(router, "GET", ONE, response=TraineeshipDetail, zh="一次进修", en="One traineeship", **VIEW)
def get_traineeship(request: Call, traineeship_id: Id) -> Any:
    """With rotation, absence, appraisals and logbook."""
    return answer(request, traineeship_id)


class TrainingApplication(Body):
    """Somebody of the caller's hospital, for its supporter (`pairing_id`) or an offered place."""

    person_id: Ref
    pairing_id: Ref | None = None
    place_id: Ref | None = None
    specialty: Code | None = None
    route: RouteName = "further"
    post: Annotated[str, Field(max_length=60, pattern=TEXT_PATTERN)] = ""
    purpose: Remark = ""
    free: Yes = False
    planned_from: Day
    planned_to: Day


@operation(
    router, "POST", "/traineeships", response=TraineeshipDetail, status=201, zh="申请进修",
    en="Apply for training", **EDIT,
)  # fmt: skip
def apply_for_training(request: Call, data: TrainingApplication) -> Any:
    """By the recipient; for a place of a hospital that does not support it, after the partners."""
    values = data.model_dump(exclude={"person_id", "pairing_id", "place_id"})
    one = actions.apply(
        actor=request.actor,
        person=person_of(request.actor, data.person_id),
        pairing=pairing_of(request.actor, data.pairing_id) if data.pairing_id else None,
        place=place_queries.place(request.actor, data.place_id) if data.place_id else None,
        **{**values, "specialty": data.specialty or ""},
    )
    return answer(request, one.pk)


class TrainingGroup(Body):
    """A whole team of the caller's hospital, applied for together (TRN-03)."""

    person_ids: Annotated[list[Ref], Field(min_length=2, max_length=50)]
    pairing_id: Ref | None = None
    place_id: Ref | None = None
    specialty: Code | None = None
    route: Literal["further", "residency", "course"] = "further"
    purpose: Remark = ""
    free: Yes = False
    planned_from: Day
    planned_to: Day


@operation(
    router, "POST", "/traineeship-groups", response=list[TraineeshipItem], status=201, zh="整队申请进修",
    en="Apply for a whole team", **EDIT,
)  # fmt: skip
def apply_for_team(request: Call, data: TrainingGroup) -> Any:
    """By the recipient: all of them or nobody."""
    values = data.model_dump(exclude={"person_ids", "pairing_id", "place_id"})
    made = actions.apply_together(
        actor=request.actor,
        people=[person_of(request.actor, pk) for pk in dict.fromkeys(data.person_ids)],
        pairing=pairing_of(request.actor, data.pairing_id) if data.pairing_id else None,
        place=place_queries.place(request.actor, data.place_id) if data.place_id else None,
        **{**values, "specialty": data.specialty or ""},
    )
    return [item(one) for one in made]


class TraineeAcceptance(Versioned):
    """Department and tutors; the reason is needed where somebody comes first."""

    host_department_id: Ref | None = None
    team_id: Ref | None = None
    reason: Remark = ""


@operation(
    router, "POST", f"{ONE}/acceptance", response=TraineeshipDetail, permission="training.approve",
    zh="接收进修", en="Accept a trainee",
)  # fmt: skip
def accept_trainee(request: Call, traineeship_id: Id, data: TraineeAcceptance) -> Any:
    """By the supporter."""
    one = trainees.traineeship(request.actor, traineeship_id)
    actions.accept(
        actor=request.actor,
        traineeship=one,
        host_department=department_in(one.supporter_id, data.host_department_id)
        if data.host_department_id
        else None,
        team=trainees.team(request.actor, data.team_id) if data.team_id else None,
        reason=data.reason,
        version=data.version,
    )
    return answer(request, traineeship_id)


class TrainingReason(Versioned):
    """A step with its reason."""

    reason: Reason


@operation(
    router, "POST", f"{ONE}/refusal", response=TraineeshipDetail, permission="training.approve",
    zh="不接收进修", en="Refuse a trainee",
)  # fmt: skip
def refuse_trainee(request: Call, traineeship_id: Id, data: TrainingReason) -> Any:
    """By the supporter, with the reason."""
    one = trainees.traineeship(request.actor, traineeship_id)
    actions.refuse(actor=request.actor, traineeship=one, reason=data.reason, version=data.version)
    return answer(request, traineeship_id)


@operation(
    router, "POST", f"{ONE}/withdrawal", response=TraineeshipDetail, zh="撤回进修申请",
    en="Withdraw an application", **EDIT,
)  # fmt: skip
def withdraw_trainee(request: Call, traineeship_id: Id, data: TrainingReason) -> Any:
    """By the recipient, before the arrival."""
    one = trainees.traineeship(request.actor, traineeship_id)
    actions.withdraw(actor=request.actor, traineeship=one, reason=data.reason, version=data.version)
    return answer(request, traineeship_id)


class TraineeDay(Versioned):
    """A day."""

    on: Day


@operation(
    router, "POST", f"{ONE}/arrival", response=TraineeshipDetail, zh="登记报到", en="Note the arrival", **EDIT
)
def note_trainee_arrival(request: Call, traineeship_id: Id, data: TraineeDay) -> Any:
    """By the supporter."""
    one = trainees.traineeship(request.actor, traineeship_id)
    actions.arrive(actor=request.actor, stay=one, on=data.on, version=data.version)
    return answer(request, traineeship_id)


class TraineeLastDay(Versioned):
    """The last day; the reason is needed where it comes early."""

    on: Day
    reason: Remark = ""


@operation(router, "POST", f"{ONE}/end", response=TraineeshipDetail, zh="结束进修", en="End training", **EDIT)
def end_traineeship(request: Call, traineeship_id: Id, data: TraineeLastDay) -> Any:
    """By either hospital."""
    one = trainees.traineeship(request.actor, traineeship_id)
    actions.end(actor=request.actor, stay=one, on=data.on, reason=data.reason, version=data.version)
    return answer(request, traineeship_id)


class TraineeDays(Versioned):
    """The right days; `left_on` for a traineeship that has ended, and only then."""

    arrived_on: Day
    left_on: Day | None = None
    reason: Reason


@operation(
    router, "POST", f"{ONE}/correct-days", response=TraineeshipDetail, zh="更正进修日期",
    en="Correct the days of a traineeship", **EDIT,
)  # fmt: skip
def correct_trainee_days(request: Call, traineeship_id: Id, data: TraineeDays) -> Any:
    """By the supporter; the old days and the reason stay in the trail."""
    one = trainees.traineeship(request.actor, traineeship_id)
    actions.correct_days(actor=request.actor, stay=one, **data.model_dump())
    return answer(request, traineeship_id)


class NewTraineeAbsence(Body):
    """Days away, both included."""

    first_day: Day
    last_day: Day
    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT_PATTERN)]


@operation(
    router,
    "POST",
    f"{ONE}/absences",
    response=TraineeshipDetail,
    zh="登记进修请假",
    en="Note an absence",
    **EDIT,
)
def note_trainee_absence(request: Call, traineeship_id: Id, data: NewTraineeAbsence) -> Any:
    """By the supporter; these days earn no credit."""
    one = trainees.traineeship(request.actor, traineeship_id)
    actions.take_leave(actor=request.actor, stay=one, **data.model_dump())
    return answer(request, traineeship_id)


class TraineeReturn(Because):
    """The first day there again, and why it came early."""

    on: Day


@operation(
    router, "POST", f"{ABSENCE}/return", response=TraineeshipDetail, zh="提前返回进修",
    en="Note a return from absence", **EDIT,
)  # fmt: skip
def note_trainee_return(request: Call, absence_id: Id, data: TraineeReturn) -> Any:
    """By the supporter; earlier than noted, so that the absence ends on the day before."""
    absence = trainees.absence(request.actor, absence_id)
    actions.come_back(actor=request.actor, leave=absence, **data.model_dump())
    return answer(request, absence.traineeship_id)


@operation(
    router, "POST", f"{ABSENCE}/withdrawal", response=TraineeshipDetail, zh="撤回进修请假",
    en="Withdraw an absence", **EDIT,
)  # fmt: skip
def withdraw_trainee_absence(request: Call, absence_id: Id, data: Because) -> Any:
    """By the supporter: what did not happen stays visible and counts for nothing."""
    absence = trainees.absence(request.actor, absence_id)
    actions.withdraw_leave(actor=request.actor, leave=absence, reason=data.reason)
    return answer(request, absence.traineeship_id)


class NewTraineeAppraisal(Body):
    """The appraisal of a year; to replace an earlier one needs a reason."""

    kind: Literal["midterm", "final"] = "final"
    year: Position
    passed: Yes
    on: Day
    remark: Remark = ""
    reason: Remark = ""


@operation(
    router, "POST", f"{ONE}/appraisals", response=TraineeshipDetail, zh="考核进修人员",
    en="Appraise a trainee", **VIEW,
)  # fmt: skip
def appraise_trainee(request: Call, traineeship_id: Id, data: NewTraineeAppraisal) -> Any:
    """By the head of the department or the supporter's office."""
    one = trainees.traineeship(request.actor, traineeship_id)
    actions.appraise(actor=request.actor, stay=one, **data.model_dump())
    return answer(request, traineeship_id)


def person_of(actor: Actor, pk: int) -> Person:
    """Somebody of the caller's hospitals; raises Missing."""
    person = choices.person(actor, pk)
    if person is None:
        raise Missing("没有这个人员，或不在您的范围内 / no such person in your area")
    return person


def pairing_of(actor: Actor, pk: int) -> Pairing:
    """A pairing of the caller's hospitals; raises Missing."""
    pairing = choices.pairing(actor, pk)
    if pairing is None:
        raise Missing("没有这对医院，或不在您的范围内 / no such pairing in your area")
    return pairing


def department_in(hospital: int, pk: int) -> Department:
    """A department of the supporter; raises Missing."""
    found = choices.department(hospital, pk)
    if found is None:
        raise Missing("支援医院没有这个科室 / the supporter has no such department")
    return found


def person_at(hospital: int, pk: int) -> Person:
    """Somebody who works at the supporter; raises Missing."""
    found = choices.present_persons([hospital]).filter(pk=pk).first()
    if found is None:
        raise Missing("支援医院没有这名在职人员 / the supporter has no such person")
    return found
