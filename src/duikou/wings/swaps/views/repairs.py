"""An absence: asked for, shown before and after, adopted or dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from duikou.core.actions import require
from duikou.core.faces import answer_form, words
from duikou.core.pages import PageRequest, page
from duikou.wings.swaps import actions
from duikou.wings.swaps.changes import changes_of
from duikou.wings.swaps.forms import RepairForm
from duikou.wings.swaps.models import SwapPlan, SwapRepair
from duikou.wings.swaps.queries import job_of, one_plan, one_repair, people_of
from duikou.wings.swaps.views._common import carry_out, progress_of
from duikou.wings.swaps.views.reading import STATUS


@require_http_methods(["GET", "POST"])
@page("swap.plan")
def new(request: PageRequest, pk: int) -> HttpResponse:
    """Say who cannot be away, and when."""
    plan = one_plan(request.actor, pk)
    require(request.actor, "swap.plan", plan.scope_paths())
    form = RepairForm(request.POST or None, people=people_of(plan), initial={"first_month": plan.first_month})

    def do(data: dict[str, Any]) -> SwapRepair:
        return actions.request_repair(
            actor=request.actor, plan=plan, **{**data, "person": form.known[data["person"]]}
        )

    context = {
        "form": form,
        "title": _("有人不能外派：%(what)s") % {"what": plan},
        "plan": plan,
        "hint": _("只重新安排与此人相关的科室和岗位，其他人的安排尽量不动。先看前后对照，再决定是否采用。"),
        "submit": _("找出补救办法"),
    }
    return answer_form(
        request, form, do, "swaps/act.html", context, said=_("正在后台求解。"),
        then=lambda one: reverse("swaps:repair-detail", args=[one.pk]),
    )  # fmt: skip


@page("swap.view")
def detail(request: PageRequest, pk: int) -> HttpResponse:
    """The plan before and after, with the reasons."""
    return render(request, "swaps/repair.html", _context(request, one_repair(request.actor, pk)))


@page("swap.view")
def progress(request: PageRequest, pk: int) -> HttpResponse:
    """How far it is; the page is read anew when it has ended."""
    return progress_of(request, job_of(one_repair(request.actor, pk)))


@require_POST
@page("swap.plan")
def adopt(request: PageRequest, pk: int) -> HttpResponse:
    """Change the plan as proposed."""
    repair = one_repair(request.actor, pk)
    return _decide(
        request,
        repair,
        lambda: actions.adopt_repair(actor=request.actor, repair=repair),
        _("已采用，方案已更新。"),
    )


@require_POST
@page("swap.plan")
def drop(request: PageRequest, pk: int) -> HttpResponse:
    """Leave the plan as it is."""
    repair = one_repair(request.actor, pk)
    return _decide(
        request,
        repair,
        lambda: actions.drop_repair(actor=request.actor, repair=repair),
        _("已放弃，方案保持不变。"),
    )


def _decide(request: PageRequest, repair: SwapRepair, do: Callable[[], object], said: str) -> HttpResponse:
    def shown() -> dict[str, Any]:
        return _context(request, one_repair(request.actor, repair.pk))

    return carry_out(request, repair.plan_id, do, said, "swaps/repair.html", shown)


def _context(request: PageRequest, repair: SwapRepair) -> dict[str, Any]:
    plan, actor = repair.plan, request.actor
    job = job_of(repair)
    may = actor.may_any("swap.plan", plan.scope_paths())
    settled = plan.state == SwapPlan.State.ADOPTED
    result = repair.result
    look, status = STATUS.get(result.get("status", ""), ("secondary", ""))
    return {
        "repair": repair,
        "plan": plan,
        "job": job,
        "running": job is not None and job.state in job.OPEN,
        "failed": repair.state == SwapRepair.State.WAITING and job is not None and job.state not in job.OPEN,
        "address": reverse("swaps:repair-progress", args=[repair.pk]),
        "look": look,
        "status": status,
        "before": result.get("before"),
        "after": result.get("after"),
        "changes": changes_of(repair),
        "unfilled": [
            {**gap, "text": words(gap["text"]), "others": [words(one) for one in gap["others"]]}
            for gap in result.get("unfilled", [])
        ],
        "stale": repair.state == SwapRepair.State.PROPOSED and plan.version != repair.plan_version,
        "may_adopt": repair.state == SwapRepair.State.PROPOSED
        and plan.version == repair.plan_version
        and (actor.may("posting.edit", plan.supporter_path) if settled else may),
        "may_drop": repair.state in SwapRepair.OPEN and may,
        "settled": settled,
        "demo_data": repair.demonstration,
    }
