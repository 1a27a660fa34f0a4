"""The overview of a round: deadline, who signed, filed, is late; and the job that drafts for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.errors import Conflict, Invalid
from duikou.core.faces import done
from duikou.core.pages import PageRequest, page
from duikou.wings.agreements.actions import opening
from duikou.wings.agreements.forms import OpenForm
from duikou.wings.agreements.queries import rounds as queries
from duikou.wings.agreements.queries.rounds import CityCount
from duikou.wings.pairings.queries.rounds import round_named
from duikou.wings.pairings.views._common import Chosen, chosen, rule_url


@dataclass(frozen=True, slots=True)
class Tile:
    """One number with its unit and its rows."""

    label: str
    value: int
    href: str
    tone: str
    note: str = ""


@page("agreement.view")
def overview(request: PageRequest) -> HttpResponse:
    """Where the agreements of a round stand, city by city."""
    choice = chosen(request)
    return _overview(request, choice, OpenForm())


def _overview(request: PageRequest, choice: Chosen, form: OpenForm, status: int = 200) -> HttpResponse:
    rows = queries.standings(request.actor, choice.round)
    total, cities = queries.count("", rows), queries.by_city(rows)
    deadline, rule = queries.deadline_of(choice.round), queries.deadline_rule(choice.round)
    progress = f"{reverse('agreements:progress')}?round={choice.round.key}"
    may_open = request.actor.may("agreement.manage")
    return render(
        request,
        "agreements/overview.html",
        {
            "choice": choice,
            "deadline": deadline,
            "passed": bool(deadline and timezone.localdate() > deadline),
            "rule": rule,
            "rule_url": rule_url(choice.round, rule.id) if rule else "",
            "tiles": tiles(total, progress),
            "total": total,
            "cities": cities,
            "progress": progress,
            "chart": chart(cities),
            "demo_data": queries.is_demonstration(request.actor, choice.round),
            "to_draft": opening.without_agreement(request.actor, choice.round).count() if may_open else 0,
            "form": form if may_open else None,
        },
        status=status,
    )


def tiles(total: CityCount, progress: str) -> list[Tile]:
    """The numbers on top; each opens its rows."""
    return [
        Tile(_("结对"), total.pairings, progress, ""),
        Tile(_("按期签署"), total.in_time, f"{progress}&timing=in_time", "success"),
        Tile(
            _("逾期签署"),
            total.signed_late,
            f"{progress}&timing=signed_late",
            "warning" if total.signed_late else "",
        ),
        Tile(_("逾期未签"), total.late, f"{progress}&timing=late", "danger" if total.late else ""),
        Tile(
            _("已备案"),
            total.filed,
            f"{progress}&stage=filed",
            "",
            _("其中逾期备案 %(n)d 份") % {"n": total.filed_late} if total.filed_late else "",
        ),
        Tile(
            _("条款检查未通过"), total.refused, f"{progress}&stage=refused", "danger" if total.refused else ""
        ),
        Tile(_("没有协议"), total.without, f"{progress}&stage=none", ""),
    ]


def chart(cities: list[CityCount]) -> dict[str, Any]:
    """Stacked bars: the pairings of each city by whether they signed in time."""
    series = (
        (_("按期签署"), "in_time"),
        (_("逾期签署"), "signed_late"),
        (_("逾期未签"), "late"),
        (_("未到期限"), "open"),
    )
    return {
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "legend": {"bottom": 0},
        "grid": {"left": 80, "right": 16, "top": 8, "bottom": 48},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "inverse": True, "data": [one.city for one in cities]},
        "series": [
            {
                "type": "bar",
                "stack": "all",
                "name": name,
                "data": [getattr(one, field) for one in cities],
            }
            for name, field in series
        ],
    }


@require_POST
@page("agreement.manage")
def open_round(request: PageRequest) -> HttpResponse:
    """Ask for drafts of all pairings without an agreement."""
    round_ = round_named(request.POST.get("round", ""))
    form = OpenForm(request.POST)
    if form.is_valid():
        try:
            job = opening.ask_to_open(
                actor=request.actor, round_=round_, drafted_on=form.cleaned_data["drafted_on"]
            )
        except (Invalid, Conflict) as error:
            form.add_error(None, str(error.message))
        else:
            done(request, _("正在后台起草；完成一份即可打开一份。"))
            return redirect("jobs:job", job.pk)
    return _overview(request, Chosen(round_, None, [round_]), form, status=422)
