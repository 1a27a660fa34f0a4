"""The list of plans, and a plan month by month."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core import exports
from duikou.core.faces import badge, row_url, words
from duikou.core.listing import ChoiceFilter, Column, FlagFilter, Listing, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.wings.swaps.models import SwapPlan, SwapStay
from duikou.wings.swaps.queries import (
    job_of,
    one_plan,
    pairs_of,
    plans_of,
    repairs_of,
    stays_of,
    swap_rate,
)
from duikou.wings.swaps.views._common import progress_of
from duikou.wings.swaps.workflows import PLAN

STATUS = {
    "optimal": ("success", gettext_lazy("已证明为最优")),
    "short": ("danger", gettext_lazy("已证明：任何方案都会低于下限")),
    "feasible": ("warning", gettext_lazy("可行，尚未证明最优")),
    "edited": ("warning", gettext_lazy("经人工修改")),
}
PARTS = {
    "gap": gettext_lazy("空岗"),
    "grade": gettext_lazy("职称不足"),
    "unserved": gettext_lazy("未能安排的申请"),
    "unfair": gettext_lazy("超出公平份额"),
    "change": gettext_lazy("人员更替"),
}
LOOKS = {
    "draft": "neutral",
    "solved": "info",
    "agreed": "info",
    "adopted": "success",
    "discarded": "neutral",
}


def state_badge(state: str) -> SafeString:
    """How a plan stands."""
    return badge(LOOKS[state], PLAN.states[state].label)


PLANS = Listing(
    key="swaps",
    title=gettext_lazy("置换方案"),
    empty=gettext_lazy("还没有置换方案。先有派驻需求和进修申请，再编制方案。"),
    columns=(
        Column(
            "name",
            gettext_lazy("名称"),
            head=True,
            sort=True,
            width=30,
            href=lambda row: row_url("swaps:detail", row.pk),
        ),
        Column("supporter__name", gettext_lazy("支援医院"), sort=True),
        Column("recipient__name", gettext_lazy("受援医院"), sort=True),
        Column(
            "first_month",
            gettext_lazy("第一个月"),
            sort=True,
            value=lambda row: f"{row.first_month:%Y-%m}",
        ),
        Column("months", gettext_lazy("月数"), numeric=True, sort=True),
        Column("down", gettext_lazy("下派（段）"), numeric=True),
        Column("up", gettext_lazy("上送进修（段）"), numeric=True),
        Column(
            "state",
            gettext_lazy("状态"),
            sort=True,
            value=lambda row: PLAN.states[row.state].label,
            html=lambda row: state_badge(row.state),
        ),
    ),
    filters=(
        ChoiceFilter("state", gettext_lazy("状态"), choices=lambda _actor: PLAN.choices()),
        FlagFilter("repair", gettext_lazy("有待决定的补救"), fields=("has_repair",)),
        TextFilter("q", gettext_lazy("名称或医院"), fields=("name", "supporter__name", "recipient__name")),
    ),
    default_sort="-first_month",
)


@page("swap.view")
def plans(request: PageRequest) -> HttpResponseBase:
    """Plans of the area."""
    rows = plans_of(request.actor)
    return PLANS.respond(
        request,
        rows,
        "swaps/list.html",
        {
            "demo_data": rows.filter(demonstration=True).exists(),
            "may_plan": request.actor.may("swap.plan"),
        },
    )


@page("swap.view")
def plan(request: PageRequest, pk: int) -> HttpResponseBase:
    """A plan: who is where in which month, why, what is short."""
    found = one_plan(request.actor, pk)
    stays = stays_of(request.actor, found)
    if request.GET.get("export") == "xlsx":
        return _workbook(found, stays)
    return render(request, "swaps/plan.html", plan_context(request, found, stays))


@page("swap.view")
def progress(request: PageRequest, pk: int) -> HttpResponse:
    """How far solving is; the page is read anew when it has ended."""
    return progress_of(request, job_of(one_plan(request.actor, pk)))


def plan_context(request: PageRequest, found: SwapPlan, stays: list[SwapStay]) -> dict[str, Any]:
    """What the page of a plan shows."""
    actor, result = request.actor, found.result
    job = job_of(found)
    running = job is not None and job.state in job.OPEN
    may = actor.may_any("swap.plan", found.scope_paths())
    open_ = found.state in SwapPlan.CHANGEABLE and not running
    sound = open_ and found.state != SwapPlan.State.DRAFT and not result.get("breaches")
    trainees = any(row.way == SwapStay.Way.UP for row in stays)
    waits_for_recipient = trainees and found.state == SwapPlan.State.SOLVED
    look, status = STATUS.get(result.get("status", ""), ("neutral", ""))
    return {
        "plan": found,
        "state": PLAN.states[found.state].label,
        "job": job,
        "running": running,
        "failed": job is not None and job.state == job.State.FAILED,
        "address": reverse("swaps:progress", args=[found.pk]),
        "stays": stays,
        "months": [found.day(month) for month in range(found.months)],
        "grid": [(row, *_cells(found, row)) for row in stays],
        "look": look,
        "status": status,
        "parts": [(PARTS[name], value) for name, value in result.get("parts", {}).items() if value],
        "breaches": [words(one) for one in result.get("breaches", [])],
        "gaps": [
            {**gap, "text": words(gap["text"]), "others": [words(one) for one in gap["others"]]}
            for gap in result.get("gaps", [])
        ],
        "unserved": [words(one) for one in result.get("unserved", [])],
        "shortages": [[words(one) for one in rows] for rows in result.get("shortages", [])],
        "rate": swap_rate(actor, found),
        "pairs": pairs_of(stays),
        "repairs": repairs_of(actor, found),
        "may_change": may and open_,
        "may_repair": may and not running and bool(stays) and found.state != SwapPlan.State.DISCARDED,
        "may_agree": sound and waits_for_recipient and actor.may("training.edit", found.recipient_path),
        "may_adopt": sound and not waits_for_recipient and actor.may("posting.edit", found.supporter_path),
        "waits_for_recipient": sound and waits_for_recipient,
        "demo_data": found.demonstration,
    }


def _cells(found: SwapPlan, row: SwapStay) -> tuple[range, range]:
    """Months before and after a stay."""
    return range(row.start), range(row.start + row.months, found.months)


def _workbook(found: SwapPlan, stays: list[SwapStay]) -> HttpResponseBase:
    sheet = exports.Sheet(
        _("置换方案"),
        (_("方向"), _("人员"), _("岗位"), _("第一天"), _("最后一天"), _("月数"), _("交接天数"), _("理由")),
        [
            (
                row.get_way_display(),
                row.person.name,
                row.place,
                row.first_day,
                row.last_day,
                row.months,
                row.extra_days,
                row.why_text,
            )
            for row in stays
        ],
        (10, 16, 40, 12, 12, 8, 10, 60),
    )
    return exports.download(f"swap-plan-{found.pk}", "xlsx", [sheet])
