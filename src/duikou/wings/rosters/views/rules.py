"""The department's rules: limits, shifts, people, days away."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from duikou.core.actions import require
from duikou.core.errors import Missing
from duikou.core.faces import done, row_url
from duikou.core.listing import Column, Listing, TextFilter
from duikou.core.pages import PageRequest, both, page
from duikou.wings.hospitals.models import Department
from duikou.wings.rosters import actions, queries
from duikou.wings.rosters.forms import AbsenceForm, LimitsForm, MemberForm, ShiftForm
from duikou.wings.rosters.needs import WEEK, needs_of, special_days
from duikou.wings.rosters.queries import rules as reading
from duikou.wings.rosters.sheet import Who, key_of, people_of
from duikou.wings.rosters.views._common import answer, month_of, next_month

DEPARTMENTS = Listing(
    key="roster-departments",
    title=gettext_lazy("科室排班规则"),
    default_sort="name",
    empty=gettext_lazy("没有由您排班的科室。请先在医院登记中登记科室，并请系统管理员授权。"),
    columns=(
        Column(
            "name",
            gettext_lazy("科室"),
            head=True,
            href=lambda d: row_url("rosters:rules", d.pk),
            sort=True,
        ),
        Column("hospital", gettext_lazy("医院"), value=lambda d: d.hospital.name, sort="hospital__name"),
        Column(
            "begun",
            gettext_lazy("已设规则"),
            value=lambda d: d.begun,
            sort=True,
        ),
    ),
    filters=(TextFilter("q", gettext_lazy("医院或科室"), fields=("name", "hospital__name")),),
)


@page("roster.view")
def departments(request: PageRequest) -> HttpResponse:
    """Departments whose rosters the actor sees."""
    rows = reading.departments_with_rules(request.actor)
    return DEPARTMENTS.respond(request, rows, "rosters/departments.html", {})  # type: ignore[return-value]


@page("roster.view")
def rules(request: PageRequest, pk: int) -> HttpResponse:
    """What a department rosters by, and who is there in a month."""
    department = queries.find_department(request.actor, pk)
    first = month_of(request) or timezone.localdate().replace(day=1)
    last = next_month(first) - dt.timedelta(days=1)
    people = people_of(department, first, last)
    shifts = list(reading.shifts_of([department]))
    needs = needs_of(department, first=first)
    return render(
        request,
        "rosters/rules.html",
        {
            "department": department,
            "rules": reading.rules_of(department),
            "shifts": shifts,
            "weekdays": [WEEKDAYS[weekday] for weekday in WEEK],
            "week": [(one, [needs.on_weekday(one, weekday) for weekday in WEEK]) for one in shifts],
            "special": [
                (one, [one.people.get(shift.pk) for shift in shifts]) for one in special_days(needs, shifts)
            ],
            "people": list(people.values()),
            "left_out": list(reading.left_out_of(department)),
            "absences": list(reading.absences_of(department, first, last)),
            "wishes": list(reading.wishes_of(department, first, last)),
            "month": f"{first:%Y-%m}",
            "may_edit": request.actor.may_any("roster.edit", _paths(department)),
        },
    )


def _paths(department: Department) -> tuple[str, ...]:
    """The narrowest place of the department that there is."""
    return ((department.org.path if department.org else None) or department.hospital.scope_path,)


def crumbs_to(department: Department) -> list[tuple[str, str]]:
    """The way to a department's rules."""
    return [
        (reverse("rosters:departments"), _("科室排班规则")),
        (reverse("rosters:rules", args=[department.pk]), department.name),
    ]


def own_department(request: PageRequest, pk: int) -> tuple[Department, str]:
    """A department that the actor makes rosters for, and the address of its rules."""
    department = queries.find_department(request.actor, pk)
    require(request.actor, "roster.edit", _paths(department))
    return department, reverse("rosters:rules", args=[pk])


@require_POST
@page("roster.edit")
def begin(request: PageRequest, pk: int) -> HttpResponse:
    """Start from the usual shifts."""
    department, back = own_department(request, pk)
    actions.begin(actor=request.actor, department=department)
    done(request, _("已建立排班规则，请按本科室的实际情况修改。"))
    return redirect(back)


@both
@page("roster.edit")
def limits(request: PageRequest, pk: int) -> HttpResponse:
    """Limits and weights."""
    department, back = own_department(request, pk)
    found = reading.rules_of(department)
    if found is None:
        raise Missing(_("“%(name)s”还没有排班规则。请先设定班次和限制。") % {"name": department.name})
    version = found.version
    form = LimitsForm(request.POST or None, instance=found)
    return answer(
        request,
        form,
        lambda data: actions.set_limits(actor=request.actor, rules=found, version=version, values=data),
        back=back,
        title=_("限制与权重"),
        said=_("限制与权重已保存。"),
        crumbs=crumbs_to(department),
        hint=_("限制必须守住；权重越大，生成时越优先满足。"),
    )


@both
@page("roster.edit")
def new_shift(request: PageRequest, pk: int) -> HttpResponse:
    """Add a shift."""
    department, back = own_department(request, pk)
    return answer(
        request,
        ShiftForm(request.POST or None),
        lambda data: actions.keep_shift(actor=request.actor, department=department, values=data),
        back=back,
        title=_("新增班次"),
        said=_("班次已保存。"),
        crumbs=crumbs_to(department),
    )


@both
@page("roster.edit")
def edit_shift(request: PageRequest, pk: int) -> HttpResponse:
    """Change a shift."""
    shift = reading.find_shift(request.actor, pk)
    department, back = own_department(request, shift.department_id)
    form = ShiftForm(request.POST or None, instance=reading.find_shift(request.actor, pk))
    return answer(
        request,
        form,
        lambda data: actions.keep_shift(actor=request.actor, department=department, values=data, shift=shift),
        back=back,
        title=_("修改班次：%(name)s") % {"name": shift.name},
        said=_("班次已保存。"),
        crumbs=crumbs_to(department),
    )


@require_POST
@page("roster.edit")
def retire_shift(request: PageRequest, pk: int) -> HttpResponse:
    """Use a shift no more."""
    shift = reading.find_shift(request.actor, pk)
    actions.retire_shift(actor=request.actor, shift=shift)
    done(request, _("班次已停用；已排的班保持不变。"))
    return redirect("rosters:rules", shift.department_id)


@both
@page("roster.edit")
def member(request: PageRequest, pk: int, person: int) -> HttpResponse:
    """How a person takes part."""
    department, back = own_department(request, pk)
    row = reading.member_of(department, person)
    who = people_of(department, dt.date.min, dt.date.max).get(key_of(person))
    who = who or (Who(row.person, (), row) if row else None)
    if who is None:
        raise Missing(_("该人员不在本科室工作，也未派驻到本科室。"))
    named = who.person
    return answer(
        request,
        MemberForm(request.POST or None, instance=row),
        lambda data: actions.set_member(
            actor=request.actor,
            department=department,
            person=named,
            takes_part=data["takes_part"],
            skills=data["skills"],
            max_duties=data["max_duties"],
        ),
        back=back,
        title=_("参加排班：%(name)s") % {"name": named.name},
        said=_("已保存。"),
        crumbs=crumbs_to(department),
    )


@both
@page("roster.edit")
def absence(request: PageRequest, pk: int) -> HttpResponse:
    """Enter days on which a person cannot be rostered."""
    department, back = own_department(request, pk)
    people = people_of(department, dt.date.min, dt.date.max)
    form = AbsenceForm(request.POST or None, people=[who.person for who in people.values()])
    return answer(
        request,
        form,
        lambda data: actions.add_absence(
            actor=request.actor,
            department=department,
            person=form.known[data["person"]],
            first_day=data["first_day"],
            last_day=data["last_day"],
            reason=data["reason"],
        ),
        back=back,
        title=_("登记不能排班的日期"),
        said=_("日期已登记。"),
        crumbs=crumbs_to(department),
        hint=_("派驻人员的请假在派驻记录中登记，这里不必重复。"),
    )


@require_POST
@page("roster.edit")
def withdraw_absence(request: PageRequest, pk: int) -> HttpResponse:
    """Take entered days back."""
    found = reading.find_absence(request.actor, pk)
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的记录，或不在您的查看范围内。") % {"pk": pk})
    actions.withdraw_absence(actor=request.actor, absence=found)
    done(request, _("记录已撤回。"))
    return redirect("rosters:rules", found.department_id)
