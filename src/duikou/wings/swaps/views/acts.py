"""Make, solve, edit and adopt a plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.actions import require
from duikou.core.faces import answer_form
from duikou.core.pages import PageRequest, both, page
from duikou.wings.swaps import actions
from duikou.wings.swaps.forms import PlanForm, ReasonForm, StayForm
from duikou.wings.swaps.models import SwapPlan
from duikou.wings.swaps.queries import one_plan, one_stay, pairings_for_plans, stays_of
from duikou.wings.swaps.views._common import carry_out
from duikou.wings.swaps.views.reading import plan_context


def _answer(
    request: PageRequest,
    form: Form,
    do: Callable[[dict[str, Any]], SwapPlan],
    title: str,
    back: SwapPlan | None,
) -> HttpResponse:
    """Show the form; carry out what it says; show it again with what the action objects to."""
    context = {"form": form, "title": title, "plan": back}
    return answer_form(
        request, form, do, "swaps/act.html", context, said=_("已保存。"),
        then=lambda plan: reverse("swaps:detail", args=[plan.pk]),
    )  # fmt: skip


@both
@page("swap.plan")
def new(request: PageRequest) -> HttpResponse:
    """Begin a plan."""
    form = PlanForm(request.POST or None, pairings=list(pairings_for_plans(request.actor)))

    def do(data: dict[str, Any]) -> SwapPlan:
        pairing = form.known[data.pop("pairing")]
        return actions.make_plan(actor=request.actor, pairing=pairing, **data)

    return _answer(request, form, do, _("编制置换方案"), None)


@both
@page("swap.plan")
def change(request: PageRequest, pk: int) -> HttpResponse:
    """Move a row by hand."""
    stay = one_stay(request.actor, pk)
    require(request.actor, "swap.plan", stay.plan.scope_paths())
    form = StayForm(
        request.POST or None, initial={"first_month": stay.plan.day(stay.start), "months": stay.months}
    )
    return _answer(
        request,
        form,
        lambda data: actions.change_stay(actor=request.actor, stay=stay, **data),
        _("改期：%(what)s") % {"what": stay},
        stay.plan,
    )


@require_POST
@page("swap.plan")
def drop(request: PageRequest, pk: int) -> HttpResponse:
    """Take a row out."""
    stay = one_stay(request.actor, pk)
    plan = stay.plan
    return _done(request, plan, lambda: actions.drop_stay(actor=request.actor, stay=stay), _("已移除。"))


@require_POST
@page("swap.plan")
def solve(request: PageRequest, pk: int) -> HttpResponse:
    """Have the best plan found in the background."""
    plan = one_plan(request.actor, pk)
    return _done(
        request,
        plan,
        lambda: actions.request_solution(actor=request.actor, plan=plan),
        _("正在后台求解，人工指定的安排保持不变。"),
    )


@require_POST
@page("training.edit")
def agree(request: PageRequest, pk: int) -> HttpResponse:
    """The recipient agrees to the months of its trainees."""
    plan = one_plan(request.actor, pk)
    return _done(
        request,
        plan,
        lambda: actions.agree(actor=request.actor, plan=plan, version=_version(request)),
        _("已同意，支援医院可以采用方案。"),
    )


@require_POST
@page("posting.edit")
def adopt(request: PageRequest, pk: int) -> HttpResponse:
    """Nominate everybody whom the plan posts, move the applications of those who study."""
    plan = one_plan(request.actor, pk)
    return _done(
        request,
        plan,
        lambda: actions.adopt(actor=request.actor, plan=plan, version=_version(request)),
        _("已采用：下派人员已提名，待受援医院同意；进修申请已改为方案的日期，待支援医院接收。"),
    )


@both
@page("swap.plan")
def discard(request: PageRequest, pk: int) -> HttpResponse:
    """Give a plan up."""
    plan = one_plan(request.actor, pk)
    require(request.actor, "swap.plan", plan.scope_paths())
    return _answer(
        request,
        ReasonForm(request.POST or None),
        lambda data: actions.discard(actor=request.actor, plan=plan, reason=data["reason"]),
        _("作废：%(what)s") % {"what": plan},
        plan,
    )


def _done(request: PageRequest, plan: SwapPlan, do: Callable[[], object], said: str) -> HttpResponse:
    def shown() -> dict[str, Any]:
        now = one_plan(request.actor, plan.pk)
        return plan_context(request, now, stays_of(request.actor, now))

    return carry_out(request, plan.pk, do, said, "swaps/plan.html", shown)


def _version(request: PageRequest) -> int:
    """The version that the page was read with; 0 (which none has) for anything else."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
