"""What makes a roster: opened, worked out, changed cell by cell, published, taken back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.actions import require
from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.faces import done
from duikou.core.pages import PageRequest, both, page
from duikou.wings.rosters import actions, queries
from duikou.wings.rosters.forms import CellForm, OpenForm, ReasonForm
from duikou.wings.rosters.models import Roster
from duikou.wings.rosters.sheet import key_of, sheet_of
from duikou.wings.rosters.views._common import answer, day_of, version_of
from duikou.wings.rosters.views.reading import back_to, context, this_month


@both
@page("roster.edit")
def new(request: PageRequest) -> HttpResponse:
    """Begin the roster of a month."""
    choices = list(queries.departments(request.actor).filter(roster_rules__isnull=False))
    form = OpenForm(
        request.POST or None,
        departments=choices,
        initial={"month": this_month(), "department": request.GET.get("department", "")},
    )
    opened: list[Roster] = []
    response = answer(
        request,
        form,
        lambda data: opened.append(
            actions.open_roster(
                actor=request.actor, department=form.known[data["department"]], month=data["month"]
            )
        ),
        back=reverse("rosters:list"),
        title=_("新建排班表"),
        said=_("排班表已建立。"),
        crumbs=[(reverse("rosters:list"), _("月排班表"))],
        hint="" if choices else _("您的科室还没有排班规则。请先到“科室排班规则”设定班次和限制。"),
    )
    return redirect(back_to(opened[0])) if opened else response


@require_POST
@page("roster.edit")
def solve(request: PageRequest, pk: int) -> HttpResponse:
    """Have it worked out in the background."""
    roster = queries.find_roster(request.actor, pk)
    actions.request_solution(actor=request.actor, roster=roster)
    done(request, _("正在后台生成：锁定的班次保持不变，其余从现在的排班出发。"))
    return redirect(back_to(roster))


@require_POST
@page("roster.edit")
def publish(request: PageRequest, pk: int) -> HttpResponse:
    """Show it to those who are on it."""
    roster = queries.find_roster(request.actor, pk)
    try:
        actions.publish(actor=request.actor, roster=roster, version=version_of(request))
    except (Invalid, Conflict) as error:
        roster.refresh_from_db()
        found = context(request, roster, refusal=str(error.message))
        return render(request, "rosters/detail.html", found, status=error.status)
    done(request, _("排班表已发布，排到班的人员可以看到自己的班次。"))
    return redirect(back_to(roster))


@both
@page("roster.edit")
def reopen(request: PageRequest, pk: int) -> HttpResponse:
    """Take it back to correct it."""
    roster = queries.find_roster(request.actor, pk)
    require(request.actor, "roster.edit", roster.scope_paths())
    return answer(
        request,
        ReasonForm(request.POST or None),
        lambda data: actions.reopen(
            actor=request.actor, roster=roster, version=roster.version, reason=data["reason"]
        ),
        back=back_to(roster),
        title=_("收回修改：%(what)s") % {"what": roster},
        said=_("排班表已收回，可以修改。"),
        crumbs=[(reverse("rosters:list"), _("月排班表")), (back_to(roster), str(roster))],
        hint=_("收回后，人员看不到这个月的班次，直到再次发布。"),
    )


@both
@page("roster.edit")
def cell(request: PageRequest, pk: int, person: int, day: str) -> HttpResponse:
    """One person's day: choose the shift; conflicts are shown at once."""
    roster = queries.find_roster(request.actor, pk)
    require(request.actor, "roster.edit", roster.scope_paths())
    when = day_of(day)
    sheet = sheet_of(roster)
    who = sheet.people.get(key_of(person))
    if who is None or when not in sheet.days:
        raise Missing(_("这张排班表上没有这个人员或日期。"))
    held = next((one for one in sheet.duties if one.person_id == person and one.day == when), None)
    form = CellForm(
        request.POST or None,
        shifts=[one for one in sheet.shifts.values() if one.retired_at is None],
        initial={
            "shift": str(held.shift_id) if held else "",
            "fixed": held.fixed if held else True,
        },
    )
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            chosen = form.cleaned_data["shift"]
            try:
                actions.assign(
                    actor=request.actor,
                    roster=roster,
                    version=version_of(request),
                    person_id=person,
                    day=when,
                    shift_id=int(chosen) if chosen else None,
                    fixed=form.cleaned_data["fixed"],
                )
                status = 200
            except (Invalid, Conflict) as error:
                refusal, status = str(error.message), error.status
        else:
            refusal = _("本科室没有这个班次，或已停用。")
        if request.htmx:
            roster.refresh_from_db()
            said = f"{who.person.name} {when.isoformat()}" if status == 200 else ""
            return render(
                request, "rosters/_board.html", context(request, roster, refusal, said), status=status
            )
        if status == 200:
            done(request, _("班次已更改。"))
            return redirect(back_to(roster))
    found = {
        "roster": roster,
        "form": form,
        "who": who,
        "day": when,
        "refusal": refusal,
        "wishes": [],
        "back": back_to(roster),
    }
    return render(
        request, "rosters/_cell.html" if request.htmx else "rosters/cell.html", found, status=status
    )
