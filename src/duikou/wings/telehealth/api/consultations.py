"""Consultations: lists of both sides, the case, and every step."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from duikou.core.rest import Body, Call, Id, Limit, Offset, Page, Position, Ref, operation, page_of
from duikou.core.rest.types import Because, Version
from duikou.core.scope import Actor
from duikou.wings.patients.models import Access
from duikou.wings.telehealth import actions
from duikou.wings.telehealth.actions import Written
from duikou.wings.telehealth.actions.opinions import digest_of
from duikou.wings.telehealth.api._shapes import (
    ONE,
    AdoptionName,
    CaseBody,
    ConsultationItem,
    ConsultationRecord,
    Note,
    StateName,
    Step,
    Text,
    item,
    request_of,
    router,
)
from duikou.wings.telehealth.models import Consultation
from duikou.wings.telehealth.queries import desk


def shown(actor: Actor, one: Consultation) -> dict[str, Any]:
    """A consultation as the actor may read it: opening the case is a look at the patient."""
    opened = actions.open_case(actor=actor, one=one, where=Access.Where.API)
    slot = desk.slot_of(one)
    case = {name: getattr(one, name) for name in CASE} if opened.patient else None
    if case is not None:
        case["files"] = [file.title for file in desk.files_of(one)]
    return {
        **item(one),
        "reason": one.reason,
        "adoption_note": one.adoption_note,
        "case": case,
        "why_shut": opened.why_shut,
        "experts": [seat.expert.person.name for seat in desk.seats_of(one)],
        "live_at": slot.begins_at if slot else None,
        "opinions": [
            {
                **{name: getattr(row, name) for name in SIGNED},
                "whole": row.digest == digest_of(row),
            }
            for row in desk.opinions_of(one)
        ],
    }


CASE = ("reason_wanted", "aim", "diagnosis", "summary", "history", "examinations")
SIGNED = (
    "role", "findings", "conclusion", "advice", "signed_name", "signed_title", "signed_hospital",
    "signed_at", "digest",
)  # fmt: skip


@operation(
    router, "GET", "/consultations", response=Page[ConsultationItem], permission="consult.view",
    zh="远程会诊列表", en="Remote consultations",
)  # fmt: skip
def list_consultations(
    request: Call,
    side: Literal["asked", "received"] = "asked",
    state: StateName | None = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Any:
    """Of the own side, or those that others ask; the latest first. No list is a look at a patient."""
    rows = desk.asked(request.actor) if side == "asked" else desk.received(request.actor)
    if state is not None:
        rows = rows.filter(state=state)
    return page_of(rows.order_by("-requested_at", "-pk"), limit, offset, item)


@operation(
    router, "GET", ONE, response=ConsultationRecord, permission="consult.view", zh="一次远程会诊",
    en="A remote consultation",
)  # fmt: skip
def get_consultation(request: Call, consultation_id: Id) -> Any:
    """Opening the case is a look at the patient, written down."""
    return shown(request.actor, desk.find(request.actor, consultation_id))


class NewConsultation(CaseBody):
    """A new case of a patient for another hospital; `key` makes a call that is repeated one case."""

    patient: Annotated[str, Field(max_length=10, pattern=r"^[0-9A-Za-z]+$")]
    invited_id: Ref
    key: Annotated[str, Field(max_length=40, pattern=r"^[0-9A-Za-z_-]*$")] = ""


@operation(
    router, "POST", "/consultations", response=ConsultationItem, permission="consult.request", status=201,
    zh="起草会诊邀请", en="Begin a case for another hospital's opinion",
)  # fmt: skip
def create_consultation(request: Call, body: NewConsultation) -> Any:
    """A draft; nobody of the invited side sees it yet."""
    patient = desk.own_patient(request.actor, body.patient)
    made = actions.create(
        actor=request.actor,
        patient=patient,
        invited=desk.hospital_for(patient, body.invited_id),
        request=request_of(body),
        key=body.key,
    )
    return item(made)


class CaseChange(CaseBody):
    """The whole case, on the version that was read."""

    version: Version


@operation(
    router, "PUT", ONE, response=ConsultationItem, permission="consult.request", zh="修改病例",
    en="Change the case",
)  # fmt: skip
def change_consultation(request: Call, consultation_id: Id, body: CaseChange) -> Any:
    """While it is a draft, or was returned for completion."""
    one = desk.find(request.actor, consultation_id)
    actions.edit(actor=request.actor, one=one, request=request_of(body), version=body.version)
    return item(one)


@operation(
    router, "POST", f"{ONE}/submit", response=ConsultationItem, permission="consult.request",
    zh="提交医务科", en="Submit to the own medical office",
)  # fmt: skip
def submit_consultation(request: Call, consultation_id: Id, body: Step) -> Any:
    """The patient's consent must stand."""
    one = desk.find(request.actor, consultation_id)
    return item(actions.submit(actor=request.actor, one=one, version=body.version))


@operation(
    router, "POST", f"{ONE}/approve", response=ConsultationItem, permission="consult.approve",
    zh="核准并发出", en="Approve and send",
)  # fmt: skip
def approve_consultation(request: Call, consultation_id: Id, body: Step) -> Any:
    """The invited hospital sees the patient from now on."""
    one = desk.find(request.actor, consultation_id)
    return item(actions.approve(actor=request.actor, one=one, version=body.version))


@operation(
    router, "POST", f"{ONE}/resend", response=ConsultationItem, permission="consult.request",
    zh="补充后再次发出", en="Send again, completed",
)  # fmt: skip
def resend_consultation(request: Call, consultation_id: Id, body: Step) -> Any:
    """The clock of the invited side runs anew."""
    one = desk.find(request.actor, consultation_id)
    return item(actions.resend(actor=request.actor, one=one, version=body.version))


@operation(
    router, "POST", f"{ONE}/accept", response=ConsultationItem, permission="consult.answer",
    zh="接受邀请", en="Accept the invitation",
)  # fmt: skip
def accept_consultation(request: Call, consultation_id: Id, body: Step) -> Any:
    """Experts are named next."""
    one = desk.find(request.actor, consultation_id)
    return item(actions.accept(actor=request.actor, one=one, version=body.version))


@operation(
    router, "POST", f"{ONE}/close", response=ConsultationItem, permission="consult.request",
    zh="办结", en="Close",
)  # fmt: skip
def close_consultation(request: Call, consultation_id: Id, body: Step) -> Any:
    """The invited side keeps its opinion and sees the patient no more."""
    one = desk.find(request.actor, consultation_id)
    return item(actions.close(actor=request.actor, one=one, version=body.version))


@operation(
    router, "POST", f"{ONE}/send-back", response=ConsultationItem, permission="consult.approve",
    zh="退回修改", en="Send back for changes",
)  # fmt: skip
def send_back_consultation(request: Call, consultation_id: Id, body: Because) -> Any:
    """By the own medical office."""
    one = desk.find(request.actor, consultation_id)
    return item(actions.send_back(actor=request.actor, one=one, reason=body.reason))


@operation(
    router, "POST", f"{ONE}/return", response=ConsultationItem, permission="consult.answer",
    zh="退回补充", en="Return for completion",
)  # fmt: skip
def return_consultation(request: Call, consultation_id: Id, body: Because) -> Any:
    """No clock runs meanwhile."""
    one = desk.find(request.actor, consultation_id)
    return item(actions.return_for_completion(actor=request.actor, one=one, reason=body.reason))


@operation(
    router, "POST", f"{ONE}/decline", response=ConsultationItem, permission="consult.answer",
    zh="谢绝", en="Decline",
)  # fmt: skip
def decline_consultation(request: Call, consultation_id: Id, body: Because) -> Any:
    """With the reason; the patient is seen no more."""
    one = desk.find(request.actor, consultation_id)
    return item(actions.decline(actor=request.actor, one=one, reason=body.reason))


@operation(
    router, "POST", f"{ONE}/release", response=ConsultationItem, permission="consult.answer",
    zh="改派专家", en="Name another expert",
)  # fmt: skip
def release_consultation(request: Call, consultation_id: Id, body: Because) -> Any:
    """Before anything was signed."""
    one = desk.find(request.actor, consultation_id)
    return item(actions.release(actor=request.actor, one=one, reason=body.reason))


@operation(
    router, "POST", f"{ONE}/withdraw", response=ConsultationItem, permission="consult.request",
    zh="撤回邀请", en="Withdraw",
)  # fmt: skip
def withdraw_consultation(request: Call, consultation_id: Id, body: Because) -> Any:
    """Before the opinion was signed."""
    one = desk.find(request.actor, consultation_id)
    return item(actions.withdraw(actor=request.actor, one=one, reason=body.reason))


class Naming(Step):
    """Experts, the chair first; one alone unless it is a group round."""

    expert_ids: Annotated[list[Ref], Field(min_length=1, max_length=9)]


@operation(
    router, "POST", f"{ONE}/assign", response=ConsultationItem, permission="consult.answer",
    zh="指派专家", en="Name the experts",
)  # fmt: skip
def assign_consultation(request: Call, consultation_id: Id, body: Naming) -> Any:
    """Who is not eligible is refused with rule and clause."""
    one = desk.find(request.actor, consultation_id)
    experts = desk.named(one, body.expert_ids)
    return item(actions.assign(actor=request.actor, one=one, experts=experts, version=body.version))


class Schedule(Step):
    """A free time of a named expert."""

    slot_id: Ref


@operation(
    router, "POST", f"{ONE}/schedule", response=ConsultationRecord, permission="consult.answer",
    zh="约定连线时间", en="Agree on a time for a live session",
)  # fmt: skip
def schedule_consultation(request: Call, consultation_id: Id, body: Schedule) -> Any:
    """No opinion waits for it."""
    one = desk.find(request.actor, consultation_id)
    slot = desk.free_slot(one, body.slot_id)
    actions.schedule(actor=request.actor, one=one, slot=slot, version=body.version)
    return shown(request.actor, one)


class OpinionBody(Body):
    """What the named expert signs."""

    findings: Text
    conclusion: Text
    advice: Text = ""


@operation(
    router, "POST", f"{ONE}/opinion", response=ConsultationRecord, permission="consult.opinion",
    zh="签发意见", en="Sign the opinion",
)  # fmt: skip
def sign_consultation(request: Call, consultation_id: Id, body: OpinionBody) -> Any:
    """The same text sent twice is one opinion; another one is refused."""
    one = desk.find(request.actor, consultation_id)
    actions.sign(actor=request.actor, one=one, written=Written(**body.model_dump()))
    return shown(request.actor, one)


class Acknowledgement(Step):
    """Whether the opinion is adopted; a reason where it is not, or in part."""

    adoption: AdoptionName
    note: Note = ""


@operation(
    router, "POST", f"{ONE}/acknowledge", response=ConsultationItem, permission="consult.request",
    zh="确认意见", en="Acknowledge the opinion",
)  # fmt: skip
def acknowledge_consultation(request: Call, consultation_id: Id, body: Acknowledgement) -> Any:
    """The treating hospital decides."""
    one = desk.find(request.actor, consultation_id)
    return item(actions.acknowledge(actor=request.actor, one=one, **body.model_dump()))


class Grade(Body):
    """From 1 to 5, by one side."""

    side: Literal["inviting", "invited"]
    timely: Position
    useful: Position
    remark: Note = ""


@operation(
    router, "POST", f"{ONE}/rating", response=None, permission="consult.view", status=204,
    zh="评价会诊", en="Rate the consultation",
)  # fmt: skip
def rate_consultation(request: Call, consultation_id: Id, body: Grade) -> Any:
    """Once by each side."""
    one = desk.find(request.actor, consultation_id)
    actions.rate(actor=request.actor, one=one, **body.model_dump())
