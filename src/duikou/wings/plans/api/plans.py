"""Plans: what they say, what they lack, and the steps of their life."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.urls import reverse
from ninja import Router
from pydantic import Field

from duikou.core.rest import (
    Answer,
    Body,
    Call,
    Day,
    Id,
    Limit,
    Offset,
    Page,
    Reason,
    Ref,
    Versioned,
    operation,
    page_of,
)
from duikou.wings.plans import book as plan_books
from duikou.wings.plans.actions import plans as actions
from duikou.wings.plans.actions import steps
from duikou.wings.plans.api.schemas import (
    Long,
    PlanDepartmentItem,
    PlanFactorItem,
    PlanKind,
    PlanLackItem,
    PlanState,
    Short,
    Side,
    SupportPlanItem,
    Word,
    Year,
    YearTaskItem,
    plan_item,
    task_item,
)
from duikou.wings.plans.queries import plans as queries
from duikou.wings.plans.queries.checks import lacks
from duikou.wings.plans.queries.departments import proposal

router = Router(tags=["plans"])
VIEW: dict[str, Any] = {"permission": "plan.view"}
EDIT: dict[str, Any] = {"permission": "plan.edit"}
APPROVE: dict[str, Any] = {"permission": "plan.approve"}
ONE = "/plans/{plan_id}"


class PlanEditionItem(Answer):
    """An edition that the parties agreed to; never changed."""

    number: int
    content: dict[str, Any]
    reason: str
    agreed_at: dt.datetime
    supporter_by: str
    recipient_by: str


class SupportPlanDetail(SupportPlanItem):
    """A plan with all its parts."""

    factors: list[PlanFactorItem]
    departments: list[PlanDepartmentItem]
    tasks: list[YearTaskItem]
    editions: list[PlanEditionItem]
    lacks: list[PlanLackItem]


def _detail(request: Call, plan_id: int) -> dict[str, Any]:
    row = queries.plan(request.actor, plan_id)
    tasks = queries.tasks_with_shares(row)
    for task in tasks:
        task.recipient = row.recipient
    return {
        **plan_item(row),
        "factors": list(row.factors.all()),
        "departments": list(row.departments.all()),
        "tasks": [task_item(task) for task in tasks],
        "editions": queries.editions_of(row),
        "lacks": lacks(row) if row.state == "draft" else [],
    }


@operation(
    router,
    "GET",
    "/plans",
    response=Page[SupportPlanItem],
    zh="规划与年度清单",
    en="Plans and year lists",
    **VIEW,
)
def list_plans(
    request: Call,
    pairing: Id | None = None,
    recipient: Id | None = None,
    kind: PlanKind | None = None,
    year: Id | None = None,
    state: PlanState | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Recipients' own plans, joint plans and lists of years, in order of pairing."""
    conditions = {"pairing": pairing, "recipient": recipient, "kind": kind, "year": year, "state": state}
    rows = queries.plans(request.actor).filter(
        **{name: value for name, value in conditions.items() if value is not None}
    )
    return page_of(rows.order_by("pairing__position", "kind", "year", "pk"), limit, offset, plan_item)


@operation(router, "GET", ONE, response=SupportPlanDetail, zh="一份规划", en="One plan", **VIEW)
def get_plan(request: Call, plan_id: Id) -> Any:
    """With factors, departments, tasks, editions and what it lacks."""
    return _detail(request, plan_id)


class NewSupportPlan(Body):
    """Without a year: the joint three-year plan."""

    year: Year | None = None


@operation(
    router,
    "POST",
    "/pairings/{pairing_id}/plans",
    response=SupportPlanDetail,
    status=201,
    zh="开始编制",
    en="Begin a plan",
    **EDIT,
)
def begin_plan(request: Call, pairing_id: Id, body: NewSupportPlan) -> Any:
    """The joint plan of a pairing, or the list of one year."""
    pairing = queries.pairing(request.actor, pairing_id)
    made = (
        actions.open_support_plan(actor=request.actor, pairing=pairing)
        if body.year is None
        else actions.open_year(actor=request.actor, pairing=pairing, year=body.year)
    )
    return _detail(request, made.pk)


class NewDevelopmentPlan(Body):
    """The term of a recipient's own plan."""

    hospital_id: Ref
    start: Day
    end: Day


@operation(
    router,
    "POST",
    "/development-plans",
    response=SupportPlanDetail,
    status=201,
    zh="开始编制受援医院发展规划",
    en="Begin a recipient's development plan",
    **EDIT,
)
def begin_development_plan(request: Call, body: NewDevelopmentPlan) -> Any:
    """Of a recipient in the caller's area (TGT-02)."""
    recipient = queries.recipient(request.actor, body.hospital_id)
    made = actions.open_development_plan(
        actor=request.actor,
        recipient=recipient,
        start=body.start,
        end=body.end,
        policy_pack=queries.pack_for(recipient),
    )
    return _detail(request, made.pk)


class PlanAims(Versioned):
    """What a plan is for; the term of a year's list is its year."""

    goal: Long
    direction: Long = ""
    start: Day | None = None
    end: Day | None = None


@operation(router, "PATCH", ONE, response=SupportPlanDetail, zh="修改规划", en="Edit a plan", **EDIT)
def edit_plan(request: Call, plan_id: Id, body: PlanAims) -> Any:
    """Of a draft."""
    row = queries.plan(request.actor, plan_id)
    actions.edit_plan(actor=request.actor, plan=row, **body.model_dump())
    return _detail(request, plan_id)


class PlanPresident(Versioned):
    """Null: nobody is named."""

    side: Side
    person_id: Ref | None


@operation(
    router,
    "PUT",
    f"{ONE}/president",
    response=SupportPlanDetail,
    zh="指定第一责任人",
    en="Name a first-responsible person",
    **EDIT,
)
def name_plan_president(request: Call, plan_id: Id, body: PlanPresident) -> Any:
    """Each side its own (AGR-18)."""
    row = queries.plan(request.actor, plan_id)
    actions.name_president(
        actor=request.actor, plan=row, version=body.version, side=body.side, person=body.person_id
    )
    return _detail(request, plan_id)


class NewPlanFactor(Versioned):
    """One condition with its source and year."""

    factor: Word
    value: Annotated[Long, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
    year: Annotated[int, Field(ge=1949, le=2099)]
    mark: Literal["seed", "found", "recalled", "inferred", "entered"] = "entered"


@operation(
    router,
    "PUT",
    f"{ONE}/factors",
    response=SupportPlanDetail,
    zh="填写规划因素",
    en="Record a factor",
    **EDIT,
)
def set_plan_factor(request: Call, plan_id: Id, body: NewPlanFactor) -> Any:
    """One that was there before is replaced."""
    row = queries.plan(request.actor, plan_id)
    actions.set_factor(actor=request.actor, plan=row, **body.model_dump())
    return _detail(request, plan_id)


class NewPlanDepartment(Versioned):
    """A department of one's own choice with the reason; without one it must have been proposed."""

    specialty: Word
    reason: Short = ""


@operation(
    router,
    "POST",
    f"{ONE}/departments",
    response=SupportPlanDetail,
    status=201,
    zh="选定科室",
    en="Choose a department",
    **EDIT,
)
def add_plan_department(request: Call, plan_id: Id, body: NewPlanDepartment) -> Any:
    """With a reason, or from `proposed-departments`."""
    row = queries.plan(request.actor, plan_id)
    if body.reason:
        actions.add_department(actor=request.actor, plan=row, **body.model_dump())
    else:
        actions.adopt_departments(
            actor=request.actor,
            plan=row,
            version=body.version,
            specialties=[body.specialty],
            proposal=proposal(request.actor, row),
        )
    return _detail(request, plan_id)


class OldPlanDepartment(Versioned):
    """A department of the draft."""

    specialty: Word


@operation(
    router,
    "POST",
    f"{ONE}/departments/remove",
    response=SupportPlanDetail,
    zh="移出科室",
    en="Take a department out",
    **EDIT,
)
def remove_plan_department(request: Call, plan_id: Id, body: OldPlanDepartment) -> Any:
    """Of a draft."""
    row = queries.plan(request.actor, plan_id)
    actions.remove_department(actor=request.actor, plan=row, **body.model_dump())
    return _detail(request, plan_id)


# ---------------------------------------------------------------- steps


@operation(
    router, "POST", f"{ONE}/offer", response=SupportPlanDetail, zh="提请双方同意", en="Ask to agree", **EDIT
)
def offer_plan(request: Call, plan_id: Id, body: Versioned) -> Any:
    """409 with everything that is missing."""
    row = queries.plan(request.actor, plan_id)
    steps.offer(actor=request.actor, plan=row, version=body.version)
    return _detail(request, plan_id)


class AgreementToPlan(Versioned):
    """For which party."""

    side: Side


@operation(
    router,
    "POST",
    f"{ONE}/agree",
    response=SupportPlanDetail,
    zh="代表一方同意",
    en="Agree for a party",
    **APPROVE,
)
def agree_to_plan(request: Call, plan_id: Id, body: AgreementToPlan) -> Any:
    """Once each party has, the edition counts."""
    row = queries.plan(request.actor, plan_id)
    steps.agree(actor=request.actor, plan=row, version=body.version, side=body.side)
    return _detail(request, plan_id)


class ReturnedPlan(AgreementToPlan):
    """With the reason."""

    reason: Reason


@operation(router, "POST", f"{ONE}/return", response=SupportPlanDetail, zh="退回修改", en="Return", **APPROVE)
def return_plan(request: Call, plan_id: Id, body: ReturnedPlan) -> Any:
    """It is a draft again; agreements given before are taken back."""
    row = queries.plan(request.actor, plan_id)
    steps.send_back(actor=request.actor, plan=row, version=body.version, side=body.side, reason=body.reason)
    return _detail(request, plan_id)


@operation(router, "POST", f"{ONE}/start", response=SupportPlanDetail, zh="开始执行", en="Start", **APPROVE)
def start_plan(request: Call, plan_id: Id, body: Versioned) -> Any:
    """Each task must have its department and person (TGT-03)."""
    row = queries.plan(request.actor, plan_id)
    steps.start(actor=request.actor, plan=row, version=body.version)
    return _detail(request, plan_id)


class PlanRevision(Versioned):
    """Why."""

    reason: Reason


@operation(router, "POST", f"{ONE}/revise", response=SupportPlanDetail, zh="修订", en="Revise", **EDIT)
def revise_plan(request: Call, plan_id: Id, body: PlanRevision) -> Any:
    """The edition in force counts until the next one is agreed to."""
    row = queries.plan(request.actor, plan_id)
    steps.revise(actor=request.actor, plan=row, version=body.version, reason=body.reason)
    return _detail(request, plan_id)


class PlanConclusion(Versioned):
    """The summary of the year."""

    conclusion: Annotated[Long, Field(min_length=1)]


@operation(router, "POST", f"{ONE}/close", response=SupportPlanDetail, zh="关闭", en="Close", **APPROVE)
def close_plan(request: Call, plan_id: Id, body: PlanConclusion) -> Any:
    """Each task must have been accepted or found not met."""
    row = queries.plan(request.actor, plan_id)
    steps.close(actor=request.actor, plan=row, version=body.version, conclusion=body.conclusion)
    return _detail(request, plan_id)


@operation(
    router,
    "POST",
    f"{ONE}/remove",
    response=SupportPlanItem,
    zh="删除草稿",
    en="Delete a draft",
    **EDIT,
)
def remove_support_plan(request: Call, plan_id: Id, body: Versioned) -> Any:
    """One that was never agreed to; answers what was removed."""
    row = queries.plan(request.actor, plan_id)
    removed = plan_item(row)
    actions.remove_plan(actor=request.actor, plan=row, version=body.version)
    return removed


@operation(
    router,
    "GET",
    "/pairings/{pairing_id}/plan-book",
    response=None,
    zh="规划书（PDF）",
    en="Plan book (PDF)",
    media="application/pdf",
    **VIEW,
)
def download_plan_book(request: Call, pairing_id: Id) -> HttpResponse:
    """All plans of a pairing; 404 before there is one."""
    pairing = queries.pairing(request.actor, pairing_id)
    address = request.build_absolute_uri(reverse("plans:code", args=["-"]))[: -len("-/")]
    content = plan_books.printed(request.actor, pairing, address)
    return HttpResponse(content, content_type="application/pdf")
