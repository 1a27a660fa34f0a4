"""Plans from the first solve to the adoption, and their rows."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from duikou.core.errors import Missing
from duikou.core.faces import words
from duikou.core.rest import Answer, Because, Body, Call, Day, Id, Ref, Versioned, operation
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.swaps import actions
from duikou.wings.swaps.models import SwapPlan
from duikou.wings.swaps.queries import one_plan, one_stay, pairings_for_plans, plans_of, stays_of

router = Router(tags=["swaps"])
StateName = Literal["draft", "solved", "agreed", "adopted", "discarded"]
ONE = "/swap-plans/{swap_plan_id}"
PLAN: dict[str, Any] = {"permission": "swap.plan"}
Name = Annotated[str, Field(min_length=1, max_length=120, pattern=TEXT_PATTERN)]
Percent = Annotated[int, Field(ge=0, le=100)]
Months = Annotated[int, Field(ge=1, le=36)]


class SwapRow(Answer):
    """Somebody's months in a plan; days lie inside the pairing, hand-over included."""

    id: int
    way: Literal["down", "up"]
    person_id: int
    place: str
    first_day: dt.date
    last_day: dt.date
    months: int
    extra_days: int
    kept: bool
    why: str
    posting_id: int | None
    traineeship_id: int | None


class SwapSummary(Answer):
    """A plan; `status` says what the planner proved, empty before the first solve.

    `job_id`: the last solve in the background, see the operations of jobs.
    """

    id: int
    name: str
    pairing_id: int
    supporter_id: int
    recipient_id: int
    first_month: dt.date
    months: int
    state: StateName
    status: str
    cost: int | None
    job_id: str
    version: int
    demonstration: bool


class SwapDetail(SwapSummary):
    """A plan with its rows, what it breaks, and which department falls short in which month."""

    rows: list[SwapRow]
    breaches: list[str]
    shortages: list[str]


def _summary(plan: SwapPlan) -> dict[str, Any]:
    return {
        "id": plan.pk,
        "name": plan.name,
        "pairing_id": plan.pairing_id,
        "supporter_id": plan.supporter_id,
        "recipient_id": plan.recipient_id,
        "first_month": plan.first_month,
        "months": plan.months,
        "state": plan.state,
        "status": plan.result.get("status", ""),
        "cost": plan.result.get("cost"),
        "job_id": plan.job_id,
        "version": plan.version,
        "demonstration": plan.demonstration,
    }


def _detail(request: Call, plan: SwapPlan) -> dict[str, Any]:
    rows = [
        {
            "id": row.pk,
            "way": row.way,
            "person_id": row.person_id,
            "place": row.place,
            "first_day": row.first_day,
            "last_day": row.last_day,
            "months": row.months,
            "extra_days": row.extra_days,
            "kept": row.kept,
            "why": row.why_text,
            "traineeship_id": row.traineeship_id,
            "posting_id": row.posting_id,
        }
        for row in stays_of(request.actor, plan)
    ]
    return {
        **_summary(plan),
        "rows": rows,
        "breaches": [words(text) for text in plan.result.get("breaches", [])],
        "shortages": [words(text) for texts in plan.result.get("shortages", []) for text in texts],
    }


def _answer(request: Call, pk: int) -> dict[str, Any]:
    return _detail(request, one_plan(request.actor, pk))


@operation(
    router, "GET", "/swap-plans", response=list[SwapSummary], permission="swap.view",
    zh="置换方案", en="Swap plans",
)  # fmt: skip
def swap_plans(request: Call) -> Any:
    """Plans of the caller's area, the newest first."""
    return [_summary(plan) for plan in plans_of(request.actor)]


@operation(
    router, "GET", ONE, response=SwapDetail, permission="swap.view",
    zh="一份置换方案", en="One swap plan",
)  # fmt: skip
def swap_plan(request: Call, swap_plan_id: Id) -> Any:
    """A plan with its rows."""
    return _detail(request, one_plan(request.actor, swap_plan_id))


class NewSwapPlan(Body):
    """Which pairing, from which month on and for how long; what each side keeps present, in percent."""

    pairing_id: Ref
    name: Name
    first_month: Day
    months: Months
    home_least: Percent = 70
    host_least: Percent = 80
    rest: Annotated[int, Field(ge=0, le=36)] = 6


@operation(
    router, "POST", "/swap-plans", response=SwapDetail, status=201, zh="编制置换方案",
    en="Make a swap plan", **PLAN,
)  # fmt: skip
def make_swap_plan(request: Call, data: NewSwapPlan) -> Any:
    """By either side of the pairing; it is solved by an operation of its own."""
    pairing = pairings_for_plans(request.actor).filter(pk=data.pairing_id).first()
    if pairing is None:
        raise Missing(
            "没有这对医院，或您不能为其编制方案 / no such pairing, or not one that you may plan for"
        )
    values = data.model_dump(exclude={"pairing_id"})
    plan = actions.make_plan(actor=request.actor, pairing=pairing, **values)
    return _answer(request, plan.pk)


@operation(
    router, "POST", f"{ONE}/solve", response=SwapDetail, status=202, zh="求解置换方案",
    en="Solve a swap plan", **PLAN,
)  # fmt: skip
def solve_swap_plan(request: Call, swap_plan_id: Id) -> Any:
    """In the background (see `job_id`); rows kept by hand stay."""
    actions.request_solution(actor=request.actor, plan=one_plan(request.actor, swap_plan_id))
    return _answer(request, swap_plan_id)


@operation(
    router, "POST", f"{ONE}/agreement", response=SwapDetail, permission="training.edit",
    zh="同意进修安排", en="Agree to a swap plan",
)  # fmt: skip
def agree_to_swap_plan(request: Call, swap_plan_id: Id, data: Versioned) -> Any:
    """By the recipient, to the months in which its trainees would be away."""
    plan = one_plan(request.actor, swap_plan_id)
    actions.agree(actor=request.actor, plan=plan, version=data.version)
    return _answer(request, swap_plan_id)


@operation(
    router, "POST", f"{ONE}/adoption", response=SwapDetail, permission="posting.edit",
    zh="采用置换方案", en="Adopt a swap plan",
)  # fmt: skip
def adopt_swap_plan(request: Call, swap_plan_id: Id, data: Versioned) -> Any:
    """By the supporter: every doctor is nominated and every application moved, or nothing happens."""
    plan = one_plan(request.actor, swap_plan_id)
    actions.adopt(actor=request.actor, plan=plan, version=data.version)
    return _answer(request, swap_plan_id)


class SwapPlanDiscarded(Versioned, Because):
    """Why a plan is given up."""


@operation(
    router, "POST", f"{ONE}/discarding", response=SwapDetail, zh="作废置换方案",
    en="Discard a swap plan", **PLAN,
)  # fmt: skip
def discard_swap_plan(request: Call, swap_plan_id: Id, data: SwapPlanDiscarded) -> Any:
    """Before it is adopted; it stays to be read."""
    plan = one_plan(request.actor, swap_plan_id)
    actions.discard(actor=request.actor, plan=plan, reason=data.reason, version=data.version)
    return _answer(request, swap_plan_id)


class SwapRowChange(Versioned):
    """Other months for a row; `version` is that of the plan."""

    first_month: Day
    months: Months


@operation(
    router, "PUT", "/swap-rows/{swap_row_id}", response=SwapDetail, zh="改期一行安排",
    en="Move a row of a swap plan", **PLAN,
)  # fmt: skip
def change_swap_row(request: Call, swap_row_id: Id, data: SwapRowChange) -> Any:
    """It is kept from then on; what it breaks is in the answer at once."""
    stay = one_stay(request.actor, swap_row_id)
    actions.change_stay(
        actor=request.actor,
        stay=stay,
        first_month=data.first_month,
        months=data.months,
        version=data.version,
    )
    return _answer(request, stay.plan_id)


@operation(
    router, "POST", "/swap-rows/{swap_row_id}/removal", response=SwapDetail, zh="移除一行安排",
    en="Take a row out of a swap plan", **PLAN,
)  # fmt: skip
def drop_swap_row(request: Call, swap_row_id: Id, data: Versioned) -> Any:
    """A later solve may find another."""
    stay = one_stay(request.actor, swap_row_id)
    actions.drop_stay(actor=request.actor, stay=stay, version=data.version)
    return _answer(request, stay.plan_id)
