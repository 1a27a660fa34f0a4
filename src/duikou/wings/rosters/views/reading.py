"""The list of rosters, one month's table, how far working it out is, exchanges to decide on."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duikou.core import exports
from duikou.core.faces import row_url
from duikou.core.listing import ChoiceFilter, Column, DateFilter, FlagFilter, Listing, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.wings.rosters import board, queries
from duikou.wings.rosters.models import Roster, SwapRequest
from duikou.wings.rosters.queries.rules import job_of
from duikou.wings.rosters.queries.waiting import away
from duikou.wings.rosters.sheet import Sheet, sheet_of
from duikou.wings.rosters.views._common import state_badge, swap_badge
from duikou.wings.rosters.workflows import ROSTER

ROSTERS = Listing(
    key="rosters",
    title=_("月排班表"),
    default_sort="-month",
    empty=_("先为科室设定班次和限制，再新建一个月的排班表。"),
    columns=(
        Column(
            "month",
            _("月份"),
            head=True,
            value=lambda r: f"{r.month:%Y-%m}",
            href=lambda r: row_url("rosters:detail", r.pk),
            sort="month",
        ),
        Column("hospital", _("医院"), value=lambda r: r.hospital.name, sort="hospital__name"),
        Column("department", _("科室"), value=lambda r: r.department.name, sort="department__name"),
        Column(
            "state",
            _("状态"),
            value=lambda r: ROSTER.states[r.state].label,
            html=lambda r: state_badge(r.state),
            sort=True,
        ),
        Column("people", _("人数"), numeric=True, sort=True),
        Column("posted", _("其中派驻"), numeric=True, sort=True),
        Column("shifts", _("班次数"), numeric=True, sort=True),
        Column("published_at", _("发布时间"), sort=True, nulls_last=True),
    ),
    filters=(
        TextFilter("q", _("医院或科室"), fields=("hospital__name", "department__name")),
        ChoiceFilter("state", _("状态"), choices=lambda _actor: ROSTER.choices()),
        DateFilter("since", _("月份不早于"), fields=("month",)),
        FlagFilter("away", _("有人请假或离岗"), fields=("has_away",)),
    ),
)


SWAPS = Listing(
    key="roster-swaps",
    title=_("换班申请"),
    default_sort="-asked_at",
    empty=_("没有换班申请。"),
    columns=(
        Column(
            "asker",
            _("申请人"),
            head=True,
            value=lambda s: s.asker.name,
            href=lambda s: row_url("rosters:swap", s.pk),
            sort="asker__name",
        ),
        Column(
            "gives",
            _("换出"),
            value=lambda s: f"{s.asker_day} {s.asker_shift.name}",
            sort="asker_day",
        ),
        Column("other", _("对方"), value=lambda s: s.other.name, sort="other__name"),
        Column(
            "takes",
            _("换入"),
            value=lambda s: f"{s.other_day} {s.other_shift.name}",
            sort="other_day",
        ),
        Column("department", _("科室"), value=lambda s: s.roster.department.name),
        Column(
            "state",
            _("状态"),
            value=lambda s: s.get_state_display(),
            html=swap_badge,
            sort=True,
        ),
        Column("asked_at", _("申请时间"), sort=True),
    ),
    filters=(
        TextFilter("q", _("姓名"), fields=("asker__name", "other__name")),
        ChoiceFilter("state", _("状态"), choices=SwapRequest.State.choices),
    ),
)


@page("roster.view")
def rosters(request: PageRequest) -> HttpResponseBase:
    """The rosters of the actor's departments."""
    rows = queries.rosters(request.actor).annotate(
        has_away=Exists(away(request.actor).filter(roster=OuterRef("pk")))
    )
    return ROSTERS.respond(
        request,
        rows,
        "rosters/list.html",
        {
            "demo_data": rows.filter(demonstration=True).exists(),
            "may_open": request.actor.may("roster.edit"),
            "waiting_swaps": queries.managed_swaps(request.actor).filter(state="agreed").count(),
        },
    )


@page("roster.view")
def detail(request: PageRequest, pk: int) -> HttpResponseBase:
    """One month: people by days, conflicts, what can be done."""
    roster = queries.find_roster(request.actor, pk)
    if request.GET.get("export") == "xlsx":
        name = f"duikou-roster-{roster.pk}-{roster.month:%Y-%m}"
        return exports.download(name, "xlsx", board.sheets_of(sheet_of(roster)))
    return render(request, "rosters/detail.html", context(request, roster))


def context(request: PageRequest, roster: Roster, refusal: str = "", changed: str = "") -> dict[str, Any]:
    """What the page and its part that an edit changes show."""
    sheet = sheet_of(roster)
    job = job_of(roster)
    heads = board.heads_of(sheet)
    may_edit = request.actor.may("roster.edit", roster.scope_path)
    return {
        "roster": roster,
        "state": state_badge(roster.state),
        "heads": heads,
        "notes": board.notes_of(heads),
        "special_words": gettext("人数单独设定"),
        "lines": board.lines_of(sheet),
        "cover": board.cover_of(sheet),
        "conflicts": board.conflicts_of(sheet),
        "shifts": list(sheet.shifts.values()),
        "unrostered": board.not_on_all_rosters(sheet),
        "may_edit": may_edit,
        "editable": may_edit and roster.state == "draft" and job is None,
        "job": job,
        "solved": _solved(roster, sheet),
        "changes": board.changes_of(sheet) if roster.state == "draft" else [],
        "refusal": refusal,
        "changed": changed,
        "demo_data": roster.demonstration,
    }


def _solved(roster: Roster, sheet: Sheet) -> dict[str, Any] | None:
    """What working it out reached, and what the roster costs as it now stands."""
    if roster.solved_at is None or roster.cost is None or roster.bound is None:
        return None
    return {
        "at": roster.solved_at,
        "cost": roster.cost,
        "bound": roster.bound,
        "proved": roster.bound >= roster.cost,
        "now": sum(one.cost for one in sheet.conflicts),
    }


@page("roster.view")
def progress(request: PageRequest, pk: int) -> HttpResponse:
    """How far working it out is; the page is read anew when it has ended."""
    roster = queries.find_roster(request.actor, pk)
    job = job_of(roster)
    response = render(
        request,
        "rosters/_progress.html" if job else "web/fragment.html",
        {"roster": roster, "job": job},
    )
    if job is None:
        response["HX-Refresh"] = "true"
    return response


@page("roster.view")
def swaps(request: PageRequest) -> HttpResponseBase:
    """Exchanges of the actor's departments."""
    return SWAPS.respond(request, queries.managed_swaps(request.actor), "rosters/swaps.html", {})


def back_to(roster: Roster) -> str:
    """The roster's page."""
    return reverse("rosters:detail", args=[roster.pk])


def this_month() -> str:
    """The month that forms begin with."""
    return f"{timezone.localdate():%Y-%m}"
