"""Requests, nominations and what becomes of them: the same rows and acts as the pages."""

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
    Day,
    Id,
    Limit,
    Offset,
    Page,
    Ref,
    Version,
    operation,
    page_of,
)
from duikou.core.rest.types import TEXT_PATTERN
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Department
from duikou.wings.people.models import Person
from duikou.wings.postings import actions
from duikou.wings.postings.models import Posting, StaffRequest
from duikou.wings.postings.queries import coverage as coverages
from duikou.wings.postings.queries import desk

router = Router(tags=["postings"])
EDIT: dict[str, Any] = {"permission": "posting.edit"}
StateName = Literal["nominated", "approved", "on_post", "ended", "refused", "withdrawn"]
RequestState = Literal["open", "filled", "declined", "withdrawn"]
OfficeName = Literal["", "president", "vice_president", "head", "deputy_head"]
Word = Annotated[str, Field(max_length=40, pattern=TEXT_PATTERN)]
Note = Annotated[str, Field(max_length=500, pattern=TEXT_PATTERN)]
Whole = Annotated[int, Field(ge=1, le=60)]
ONE, ASKED = "/postings/{posting_id}", "/staff-requests/{request_id}"


class PostingItem(Answer):
    """A person of the supporter posted to the recipient; days inclusive."""

    id: int
    pairing_id: int
    request_id: int | None
    person_id: int
    person: str = Field(validation_alias="person__name")
    title: str
    specialty: str
    office: OfficeName
    supporter_id: int
    supporter: str = Field(validation_alias="supporter__name")
    recipient_id: int
    recipient: str = Field(validation_alias="recipient__name")
    host_department_id: int | None
    planned_from: dt.date
    planned_to: dt.date
    arrived_on: dt.date | None
    left_on: dt.date | None
    first_day: dt.date
    last_day: dt.date
    state: StateName
    reason: str
    rule: str
    version: int
    demonstration: bool


class StaffRequestItem(Answer):
    """What a recipient asks its supporter for."""

    id: int
    pairing_id: int
    supporter_id: int
    recipient_id: int
    host_department_id: int | None
    specialty: str
    title: str
    office: OfficeName
    people: int
    months: int
    wanted_from: dt.date
    purpose: str
    state: RequestState
    reason: str
    version: int
    demonstration: bool


def _columns(answer: type[Answer]) -> tuple[str, ...]:
    return tuple(str(field.validation_alias or name) for name, field in answer.model_fields.items())


POSTING, REQUEST = _columns(PostingItem), _columns(StaffRequestItem)


def answer(actor: Actor, pk: int) -> Any:
    desk.find_posting(actor, pk)
    return desk.postings(actor).select_related(None).values(*POSTING).get(pk=pk)


def _request(actor: Actor, pk: int) -> Any:
    desk.find_request(actor, pk)
    return desk.requests(actor).select_related(None).values(*REQUEST).get(pk=pk)


@operation(
    router, "GET", "/postings", response=Page[PostingItem], permission="posting.view",
    zh="派驻列表", en="List of postings",
)  # fmt: skip
def list_postings(
    request: Call,
    state: StateName | None = None,
    recipient: Id | None = None,
    on: Day | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Of the caller's area; `on`: those on post on a day."""
    rows = desk.postings(request.actor).select_related(None)
    if state:
        rows = rows.filter(state=state)
    if recipient:
        rows = rows.filter(recipient=recipient)
    if on:
        rows = rows.filter(state__in=Posting.SERVED, first_day__lte=on, last_day__gte=on)
    return page_of(rows.order_by("-first_day", "pk").values(*POSTING), limit, offset)


@operation(
    router, "GET", ONE, response=PostingItem, permission="posting.view", zh="一段派驻", en="One posting"
)
def get_posting(request: Call, posting_id: Id) -> Any:
    """With its days and state."""
    return answer(request.actor, posting_id)


@operation(
    router, "GET", "/staff-requests", response=Page[StaffRequestItem], permission="posting.view",
    zh="派驻需求列表", en="List of requests for staff",
)  # fmt: skip
def list_staff_requests(
    request: Call, state: RequestState | None = None, limit: Limit = 50, offset: Offset = 0
) -> Any:
    """Of the caller's area."""
    rows = desk.requests(request.actor).select_related(None)
    if state:
        rows = rows.filter(state=state)
    return page_of(rows.order_by("-wanted_from", "pk").values(*REQUEST), limit, offset)


@operation(
    router, "GET", ASKED, response=StaffRequestItem, permission="posting.view", zh="一项派驻需求",
    en="One request for staff",
)  # fmt: skip
def get_staff_request(request: Call, request_id: Id) -> Any:
    """What is asked for."""
    return _request(request.actor, request_id)


class NewStaffRequest(Body):
    """What the recipient of a pairing asks for."""

    pairing_id: Ref
    specialty: Word
    title: Word
    months: Whole
    wanted_from: Day
    purpose: Note
    people: Annotated[int, Field(ge=1, le=50)] = 1
    office: OfficeName = ""
    department_id: Ref | None = None


@operation(
    router, "POST", "/staff-requests", response=StaffRequestItem, permission="posting.edit", status=201,
    zh="提出派驻需求", en="Ask for staff",
)  # fmt: skip
def ask_for_staff(request: Call, body: NewStaffRequest) -> Any:
    """By the recipient of the pairing."""
    pairing = desk.find_pairing(request.actor, body.pairing_id, "recipient_path")
    values = body.model_dump(exclude={"pairing_id", "department_id"})
    wanted = actions.Ask(**values, department=_department(pairing.recipient_id, body.department_id))
    return _request(request.actor, actions.ask(actor=request.actor, pairing=pairing, wanted=wanted).pk)


def _department(hospital: int, pk: int | None) -> Department | None:
    if pk is None:
        return None
    found = desk.open_departments(hospital).filter(pk=pk).first()
    if found is None:
        raise Missing("没有这个在设科室 / no such department in being")
    return found


class RequestClosing(Because):
    """Why a request is closed; `version`: as the caller has read it, if that matters."""

    version: Version | None = None


@operation(
    router, "POST", f"{ASKED}/withdraw", response=StaffRequestItem, zh="撤回派驻需求",
    en="Withdraw a request for staff", **EDIT,
)  # fmt: skip
def withdraw_staff_request(request: Call, request_id: Id, body: RequestClosing) -> Any:
    """By the recipient; nominations for it stay as they are."""
    found = desk.find_request(request.actor, request_id)
    actions.withdraw_request(actor=request.actor, request=found, **body.model_dump())
    return _request(request.actor, request_id)


@operation(
    router, "POST", f"{ASKED}/decline", response=StaffRequestItem, zh="答复不能派人",
    en="Decline a request for staff", **EDIT,
)  # fmt: skip
def decline_staff_request(request: Call, request_id: Id, body: RequestClosing) -> Any:
    """By the supporter, which says why it cannot send anybody."""
    found = desk.find_request(request.actor, request_id)
    actions.decline_request(actor=request.actor, request=found, **body.model_dump())
    return _request(request.actor, request_id)


class NewNomination(Body):
    """Whom the supporter of a pairing puts forward; refused with rule and clause when not eligible."""

    pairing_id: Ref
    person_id: Ref
    planned_from: Day
    planned_to: Day
    specialty: Word = ""
    office: OfficeName = ""
    request_id: Ref | None = None
    host_department_id: Ref | None = None


@operation(
    router, "POST", "/postings", response=PostingItem, permission="posting.edit", status=201,
    zh="提名派驻人员", en="Nominate somebody",
)  # fmt: skip
def nominate(request: Call, body: NewNomination) -> Any:
    """By the supporter of the pairing."""
    pairing = desk.find_pairing(request.actor, body.pairing_id, "supporter_path")
    person: Person | None = desk.staff_of(pairing).filter(pk=body.person_id).first()
    if person is None:
        raise Missing("支援医院没有这名在职人员 / the supporter has no such person")
    asked: StaffRequest | None = (
        desk.find_request(request.actor, body.request_id) if body.request_id is not None else None
    )
    made = actions.nominate(
        actor=request.actor,
        pairing=pairing,
        person=person,
        planned_from=body.planned_from,
        planned_to=body.planned_to,
        specialty=body.specialty,
        office=body.office,
        request=asked,
        host_department=_department(pairing.recipient_id, body.host_department_id),
    )
    return answer(request.actor, made.pk)


class PostingApproval(Body):
    """The department where the person will work, if the recipient names one."""

    host_department_id: Ref | None = None


@operation(
    router, "POST", f"{ONE}/approve", response=PostingItem, permission="posting.approve", zh="同意派驻",
    en="Approve a nomination",
)  # fmt: skip
def approve_posting(request: Call, posting_id: Id, body: PostingApproval) -> Any:
    """By the recipient."""
    posting = desk.find_posting(request.actor, posting_id)
    department = _department(posting.recipient_id, body.host_department_id)
    actions.approve(actor=request.actor, posting=posting, host_department=department)
    return answer(request.actor, posting_id)


class PostingRefusal(Because):
    """Why not, and by which rule of the pack, if any."""

    rule: Annotated[str, Field(max_length=20, pattern=TEXT_PATTERN)] = ""


@operation(
    router, "POST", f"{ONE}/refuse", response=PostingItem, permission="posting.approve", zh="不同意派驻",
    en="Refuse a nomination",
)  # fmt: skip
def refuse_posting(request: Call, posting_id: Id, body: PostingRefusal) -> Any:
    """By the recipient."""
    posting = desk.find_posting(request.actor, posting_id)
    actions.refuse(actor=request.actor, posting=posting, reason=body.reason, rule=body.rule)
    return answer(request.actor, posting_id)


@operation(
    router, "POST", f"{ONE}/withdraw", response=PostingItem, permission="posting.edit",
    zh="撤回派驻提名", en="Withdraw a nomination",
)  # fmt: skip
def withdraw_posting(request: Call, posting_id: Id, body: Because) -> Any:
    """By the supporter, before the arrival."""
    posting = desk.find_posting(request.actor, posting_id)
    actions.withdraw(actor=request.actor, posting=posting, reason=body.reason)
    return answer(request.actor, posting_id)


class PostingGap(Answer):
    """Days in a row on which nobody was on post."""

    first_day: dt.date
    last_day: dt.date


class CoverageLine(Answer):
    """A recipient in a year; `demanded`: whether a binding rule of the pack asks for no gap."""

    hospital_id: int
    hospital: str
    people: int
    most_at_once: int
    days_paired: int
    days_covered: int
    demanded: bool
    rule: str
    gaps: list[PostingGap]


class CoverageAnswer(Answer):
    """Whether recipients were ever without posted staff in a year."""

    year: int
    recipients: list[CoverageLine]


@operation(
    router, "GET", "/postings-coverage", response=CoverageAnswer, permission="posting.view",
    zh="派驻在岗连续性", en="Unbroken presence of posted staff",
)  # fmt: skip
def posting_coverage(request: Call, on: Day) -> Any:
    """Of the caller's area, for the year of a day."""
    return {
        "year": on.year,
        "recipients": [
            {
                "hospital_id": line.hospital.pk,
                "hospital": line.hospital.name,
                "people": line.people,
                "most_at_once": line.most,
                "days_paired": line.paired,
                "days_covered": line.covered,
                "demanded": line.demand.always,
                "rule": line.demand.rule,
                "gaps": [{"first_day": first, "last_day": last} for first, last in line.gaps],
            }
            for line in coverages.coverage(request.actor, on.year)
        ],
    }
