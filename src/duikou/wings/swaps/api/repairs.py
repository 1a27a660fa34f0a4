"""Absences in a plan: asked for, answered in the background, adopted or dropped."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from duikou.core.errors import Missing
from duikou.core.rest import Answer, Body, Call, Day, Id, Ref, operation
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.swaps import actions
from duikou.wings.swaps.changes import changes_of
from duikou.wings.swaps.models import SwapRepair
from duikou.wings.swaps.queries import one_plan, one_repair, people_of, repairs_of

router = Router(tags=["swaps"])
PLAN: dict[str, Any] = {"permission": "swap.plan"}
ONE = "/swap-repairs/{swap_repair_id}"


class SwapMeasure(Answer):
    """Empty posts and months below the minimum, in person-months, and the cost."""

    gaps: int
    short: int
    cost: int


class SwapChange(Answer):
    """What changes for one person, in words."""

    person: str
    absent: bool
    before: list[str]
    after: list[str]
    why: list[str]


class SwapRepairItem(Answer):
    """Somebody who cannot be away; `before`, `after` and `changes` once it is solved (see `job_id`)."""

    id: int
    swap_plan_id: int
    person_id: int
    person: str
    first_month: dt.date
    months: int
    reason: str
    state: Literal["waiting", "proposed", "adopted", "dropped"]
    job_id: str
    before: SwapMeasure | None
    after: SwapMeasure | None
    changes: list[SwapChange]


def _item(repair: SwapRepair) -> dict[str, Any]:
    return {
        "id": repair.pk,
        "swap_plan_id": repair.plan_id,
        "person_id": repair.person_id,
        "person": repair.person.name,
        "first_month": repair.first_month,
        "months": repair.months,
        "reason": repair.reason,
        "state": repair.state,
        "job_id": repair.job_id,
        "before": repair.result.get("before"),
        "after": repair.result.get("after"),
        "changes": [
            {
                "person": one.name,
                "absent": one.absent,
                "before": one.before,
                "after": one.after,
                "why": one.why,
            }
            for one in changes_of(repair)
        ],
    }


@operation(
    router, "GET", "/swap-plans/{swap_plan_id}/repairs", response=list[SwapRepairItem],
    permission="swap.view", zh="置换方案的补救", en="Repairs of a swap plan",
)  # fmt: skip
def swap_repairs(request: Call, swap_plan_id: Id) -> Any:
    """Absences of a plan, the latest first."""
    plan = one_plan(request.actor, swap_plan_id)
    return [_item(one) for one in repairs_of(request.actor, plan)]


class NewSwapRepair(Body):
    """Who of the plan cannot be away, from which month on and for how many."""

    person_id: Ref
    first_month: Day
    months: Annotated[int, Field(ge=1, le=36)]
    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT_PATTERN)]


@operation(
    router, "POST", "/swap-plans/{swap_plan_id}/repairs", response=SwapRepairItem, status=202,
    zh="补救置换方案", en="Repair a swap plan", **PLAN,
)  # fmt: skip
def request_swap_repair(request: Call, swap_plan_id: Id, data: NewSwapRepair) -> Any:
    """One block is solved again in the background; nothing changes before it is adopted."""
    plan = one_plan(request.actor, swap_plan_id)
    person = next((one for one in people_of(plan) if one.pk == data.person_id), None)
    if person is None:
        raise Missing("方案没有安排此人 / the plan has nobody of this number")
    repair = actions.request_repair(
        actor=request.actor, plan=plan, person=person, **data.model_dump(exclude={"person_id"})
    )
    return _item(one_repair(request.actor, repair.pk))


@operation(
    router, "GET", ONE, response=SwapRepairItem, permission="swap.view", zh="一项补救", en="One repair"
)
def swap_repair(request: Call, swap_repair_id: Id) -> Any:
    """The plan before and after, with the reasons."""
    return _item(one_repair(request.actor, swap_repair_id))


@operation(
    router, "POST", f"{ONE}/adoption", response=SwapRepairItem, zh="采用补救", en="Adopt a repair", **PLAN
)
def adopt_swap_repair(request: Call, swap_repair_id: Id) -> Any:
    """Refused when the plan was changed since; nominations of an adopted plan change with it."""
    actions.adopt_repair(actor=request.actor, repair=one_repair(request.actor, swap_repair_id))
    return _item(one_repair(request.actor, swap_repair_id))


@operation(
    router, "POST", f"{ONE}/dropping", response=SwapRepairItem, zh="放弃补救", en="Drop a repair", **PLAN
)
def drop_swap_repair(request: Call, swap_repair_id: Id) -> Any:
    """The plan stays as it is."""
    actions.drop_repair(actor=request.actor, repair=one_repair(request.actor, swap_repair_id))
    return _item(one_repair(request.actor, swap_repair_id))
