"""The pool of experts with their times, and the numbers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

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
    operation,
    page_of,
)
from duikou.core.rest.types import Version
from duikou.wings.telehealth import actions
from duikou.wings.telehealth.api._shapes import (
    ExpertItem,
    KindName,
    Moment,
    SlotItem,
    expert_item,
    router,
    slot_item,
)
from duikou.wings.telehealth.queries import counts, desk

ONE = "/consultation-experts/{expert_id}"


@operation(
    router, "GET", "/consultation-experts", response=Page[ExpertItem], permission="consult.view",
    zh="会诊专家库", en="Pool of experts",
)  # fmt: skip
def list_experts(request: Call, limit: Limit = 100, offset: Offset = 0) -> Any:
    """Those of the own hospital for who keeps the pool; one's own row."""
    return page_of(desk.experts(request.actor).order_by("pk"), limit, offset, expert_item)


class ExpertBody(Body):
    """What the pool says of an expert."""

    practising_since: Day
    kinds: Annotated[list[KindName], Field(min_length=1, max_length=6)]
    tcm: bool = False
    note: Annotated[str, Field(max_length=300)] = ""


class NewExpert(ExpertBody):
    """A doctor put into the pool."""

    person_id: Ref


@operation(
    router, "POST", "/consultation-experts", response=ExpertItem, permission="consult.pool", status=201,
    zh="加入专家", en="Put a doctor into the pool",
)  # fmt: skip
def enter_expert(request: Call, body: NewExpert) -> Any:
    """Whether the expert is eligible is asked at each naming."""
    person = desk.person(request.actor, body.person_id)
    made = actions.enter_expert(actor=request.actor, person=person, **body.model_dump(exclude={"person_id"}))
    return expert_item(made)


class ExpertChange(ExpertBody):
    """On the version that was read."""

    version: Version


@operation(
    router, "PUT", ONE, response=ExpertItem, permission="consult.pool", zh="更正专家信息",
    en="Correct an expert's row",
)  # fmt: skip
def correct_expert(request: Call, expert_id: Id, body: ExpertChange) -> Any:
    """By the hospital that keeps the pool."""
    found = desk.expert(request.actor, expert_id)
    return expert_item(actions.correct_expert(actor=request.actor, expert=found, **body.model_dump()))


@operation(
    router, "POST", f"{ONE}/leave", response=ExpertItem, permission="consult.pool", zh="退出专家库",
    en="Take an expert out of the pool",
)  # fmt: skip
def leave_pool(request: Call, expert_id: Id, body: Because) -> Any:
    """Consultations that name the expert go on."""
    found = desk.expert(request.actor, expert_id)
    return expert_item(actions.leave_pool(actor=request.actor, expert=found, reason=body.reason))


@operation(
    router, "GET", f"{ONE}/times", response=list[SlotItem], permission="consult.view", zh="专家的时段",
    en="Times of an expert",
)  # fmt: skip
def list_expert_times(request: Call, expert_id: Id) -> Any:
    """Those that have not passed."""
    return [slot_item(row) for row in desk.slots_of(desk.expert(request.actor, expert_id))]


class Time(Body):
    """A time at which the expert can be there."""

    begins_at: Moment
    ends_at: Moment


@operation(
    router, "POST", f"{ONE}/times", response=SlotItem, permission="consult.view", status=201,
    zh="登记空闲时段", en="Offer a time",
)  # fmt: skip
def offer_time(request: Call, expert_id: Id, body: Time) -> Any:
    """By the expert, or by who keeps the pool."""
    found = desk.expert(request.actor, expert_id)
    return slot_item(actions.offer_slot(actor=request.actor, expert=found, **body.model_dump()))


@operation(
    router, "POST", "/consultation-times/{slot_id}/withdraw", response=SlotItem, permission="consult.view",
    zh="撤回时段", en="Withdraw a free time",
)  # fmt: skip
def withdraw_time(request: Call, slot_id: Id) -> Any:
    """One that is taken is given back by its consultation first."""
    return slot_item(actions.withdraw_slot(actor=request.actor, slot=desk.slot(request.actor, slot_id)))


class ConsultationCount(Answer):
    """Numbers of one pair, department, doctor or month."""

    first: str
    second: str
    sent: int
    diagnoses: int
    declined: int
    signed: int
    counted: int
    adopted: int
    rated: float | None
    demonstration: bool


@operation(
    router, "GET", "/consultation-counts", response=Page[ConsultationCount], permission="consult.count",
    zh="远程会诊的数量", en="Numbers of remote consultations",
)  # fmt: skip
def list_consultation_counts(
    request: Call,
    by: Literal["pair", "department", "doctor", "month"] = "pair",
    limit: Limit = 100,
    offset: Offset = 0,
) -> Any:
    """Of the caller's area; nothing of any patient."""
    return page_of(counts.counts(request.actor, by), limit, offset)
