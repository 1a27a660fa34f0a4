"""Forms of acts on one entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, TypeVar

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import require
from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.pages import PageRequest, both, page
from duikou.wings.hospitals import actions, queries
from duikou.wings.hospitals.actions import Facts
from duikou.wings.hospitals.actions.common import EDIT, KEEP
from duikou.wings.hospitals.detail import specialty_rows
from duikou.wings.hospitals.forms import (
    NOT_JUDGED,
    ActForm,
    AliasForm,
    DayReasonForm,
    DepartmentForm,
    DepartmentNameForm,
    EditForm,
    LevelForm,
    MoveForm,
    ReasonForm,
    RegisterForm,
    RenameForm,
    StatesForm,
)
from duikou.wings.hospitals.models import Department, Hospital, HospitalName
from duikou.wings.hospitals.views.reading import may_keep

AnyForm = TypeVar("AnyForm", bound=Form)


@contextmanager
def told_by(form: Form) -> Iterator[None]:
    """Put what an action refuses at the fields of the form; what is not about a field goes on top."""
    try:
        yield
    except (Invalid, Conflict) as error:
        form.status = error.status  # type: ignore[attr-defined]
        placed = False
        for name, found in error.fields.items():
            for message in found:
                form.add_error(name if name in form.fields else None, message)
                placed = True
        if not placed:
            form.add_error(None, str(error.message))


def answered(form: Form) -> int:
    """Status of the page that shows the form again: 409 for a lost race, else 422."""
    return int(getattr(form, "status", 422))


def editable(request: PageRequest, pk: int, permission: str = EDIT) -> Hospital:
    """The entry, if the actor has `permission` at it: else Missing (not visible) or Denied."""
    found = queries.find_hospital(request.actor, pk)
    require(request.actor, permission, found.scope_paths())
    return found


def form_page(
    request: PageRequest,
    found: Hospital,
    form: ActForm,
    do: Callable[[dict[str, Any]], object],
    *,
    title: str,
    done: str,
    submit: str = "",
    lead: str = "",
    back: str = "hospitals:detail",
    danger: bool = False,
    template: str = "hospitals/form.html",
    wide: bool = False,
) -> HttpResponse:
    """Show the form; when it is sent and right, do the act and go back to the entry."""
    if request.method == "POST" and form.is_valid():
        with told_by(form):
            do(form.cleaned_data)
            messages.success(request, done)
            return redirect(back, found.pk)
    context = {
        "hospital": found,
        "form": form,
        "title": title,
        "lead": lead,
        "submit": submit or _("保存"),
        "danger": danger,
        "back": back,
        "wide": wide,
    }
    return render(request, template, context, status=answered(form) if form.is_bound else 200)


def filled(form: type[AnyForm], request: PageRequest, initial: dict[str, Any]) -> AnyForm:
    """The form with what was sent, or with its first values."""
    return form(request.POST if request.method == "POST" else None, initial=initial)


@both
@page(KEEP)
def new(request: PageRequest) -> HttpResponse:
    """Register a hospital."""
    form = filled(RegisterForm, request, {"tier": "county", "division": request.GET.get("division")})
    form.offer_counties(request.actor)
    if request.method == "POST" and form.is_valid():
        with told_by(form):
            found = actions.register_hospital(
                actor=request.actor,
                name=form.cleaned_data["name"],
                facts=form.facts(),
                division=form.chosen_division(),
                level=form.cleaned_data["level"],
                reason=form.cleaned_data["reason"],
                confirmed=form.cleaned_data["confirmed"],
            )
            messages.success(request, _("已登记“%(name)s”。") % {"name": found.name})
            return redirect("hospitals:detail", found.pk)
    status = answered(form) if form.is_bound else 200
    return render(request, "hospitals/new.html", {"form": form}, status=status)


@both
@page(EDIT)
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change facts."""
    found = editable(request, pk)
    keeps = may_keep(request.actor, found)
    form = EditForm(
        request.POST if request.method == "POST" else None,
        initial={**asdict(Facts.of(found)), "version": found.version},
        hospital=found,
        keeps=keeps,
    )
    return form_page(
        request,
        found,
        form,
        lambda data: actions.edit_facts(
            actor=request.actor,
            hospital=found,
            version=data["version"],
            facts=form.facts(),
            reason=data["reason"],
        ),
        title=_("修改登记"),
        done=_("登记已保存。"),
        lead=_("名称、等级、所在地各有自己的操作，因为它们要记日期。")
        if keeps
        else _("类别、隶属层级等影响核查结果的事项由主管部门维护；如有误，请联系主管部门。"),
    )


@both
@page(KEEP)
def rename(request: PageRequest, pk: int) -> HttpResponse:
    """A new official name."""
    found = editable(request, pk, KEEP)
    form = filled(RenameForm, request, {"version": found.version})
    return form_page(
        request,
        found,
        form,
        lambda data: actions.rename_hospital(actor=request.actor, hospital=found, **data),
        title=_("更名"),
        done=_("已更名；原名称作为曾用名保留。"),
        submit=_("更名"),
    )


@both
@page(KEEP)
def alias_new(request: PageRequest, pk: int) -> HttpResponse:
    """Another name."""
    found = editable(request, pk, KEEP)
    form = filled(AliasForm, request, {"version": found.version, "kind": HospitalName.Kind.SHORT})
    return form_page(
        request,
        found,
        form,
        lambda data: actions.add_alias(actor=request.actor, hospital=found, **data),
        title=_("增加别名"),
        done=_("已增加别名；以后按它也能查到和识别。"),
    )


@both
@page(KEEP)
def alias_remove(request: PageRequest, pk: int, alias: int) -> HttpResponse:
    """Remove a wrong alias."""
    found = editable(request, pk, KEEP)
    name = found.names.filter(pk=alias).first()
    if name is None:
        raise Missing(_("该医院没有这个别名，可能已被删除。请刷新页面。"))
    form = filled(ReasonForm, request, {"version": found.version})
    return form_page(
        request,
        found,
        form,
        lambda data: actions.remove_alias(actor=request.actor, hospital=found, alias=alias, **data),
        title=_("删除别名“%(name)s”") % {"name": name.name},
        done=_("已删除别名“%(name)s”。") % {"name": name.name},
        submit=_("删除"),
        danger=True,
        lead=_("已导入的结对表保留原文，不受影响；以后再遇到这个名称，将不再自动识别为本院。"),
    )


@both
@page(KEEP)
def level(request: PageRequest, pk: int) -> HttpResponse:
    """A grade."""
    found = editable(request, pk, KEEP)
    form = filled(LevelForm, request, {"version": found.version, "level": found.level})
    return form_page(
        request,
        found,
        form,
        lambda data: actions.set_level(actor=request.actor, hospital=found, **data),
        title=_("登记等级"),
        done=_("等级已保存。"),
    )


@both
@page(KEEP)
def move(request: PageRequest, pk: int) -> HttpResponse:
    """Another county."""
    found = editable(request, pk, KEEP)
    form = filled(MoveForm, request, {"version": found.version})
    form.offer_counties(request.actor)
    return form_page(
        request,
        found,
        form,
        lambda data: actions.move_place(
            actor=request.actor, hospital=found, **{**data, "division": form.chosen_division()}
        ),
        title=_("变更所在地"),
        done=_("所在地已变更；原所在地保留在沿革中。"),
        lead=_("仅用于医院迁到另一县（市、区）。行政区划调整由区划数据处理，不必在此变更。"),
    )


@both
@page(KEEP)
def close(request: PageRequest, pk: int) -> HttpResponse:
    """Strike off the register."""
    found = editable(request, pk, KEEP)
    form = filled(DayReasonForm, request, {"version": found.version, "on": timezone.localdate()})
    return form_page(
        request,
        found,
        form,
        lambda data: actions.close_hospital(actor=request.actor, hospital=found, **data),
        title=_("注销"),
        done=_("已注销；登记仍可查阅。"),
        submit=_("注销"),
        danger=True,
    )


@both
@page(KEEP)
def reopen(request: PageRequest, pk: int) -> HttpResponse:
    """Take back on the register."""
    found = editable(request, pk, KEEP)
    form = filled(ReasonForm, request, {"version": found.version})
    return form_page(
        request,
        found,
        form,
        lambda data: actions.reopen_hospital(actor=request.actor, hospital=found, **data),
        title=_("恢复在册"),
        done=_("已恢复在册。"),
    )


@both
@page(EDIT)
def department_new(request: PageRequest, pk: int) -> HttpResponse:
    """A department."""
    found = editable(request, pk)
    initial = {"version": found.version, "specialty": request.GET.get("specialty")}
    form = filled(DepartmentForm, request, initial)
    return form_page(
        request,
        found,
        form,
        lambda data: actions.add_department(actor=request.actor, hospital=found, **data),
        title=_("增加科室"),
        done=_("已增加科室。"),
        back="hospitals:departments",
    )


def _open_department(found: Hospital, pk: int) -> Department:
    row = found.departments.filter(pk=pk, closed_on=None).first()
    if row is None:
        raise Missing(_("该医院没有这个在设科室，可能已被撤销。请刷新页面。"))
    return row


@both
@page(EDIT)
def department_rename(request: PageRequest, pk: int, department: int) -> HttpResponse:
    """Another name for a department; it stays the same to those who act for it."""
    found = editable(request, pk)
    row = _open_department(found, department)
    form = filled(DepartmentNameForm, request, {"version": found.version, "name": row.name})
    return form_page(
        request,
        found,
        form,
        lambda data: actions.rename_department(
            actor=request.actor, hospital=found, department=department, **data
        ),
        title=_("科室“%(name)s”更名") % {"name": row.name},
        done=_("科室已更名。"),
        back="hospitals:departments",
    )


@both
@page(EDIT)
def department_close(request: PageRequest, pk: int, department: int) -> HttpResponse:
    """End a department."""
    found = editable(request, pk)
    row = _open_department(found, department)
    form = filled(DayReasonForm, request, {"version": found.version, "on": timezone.localdate()})
    return form_page(
        request,
        found,
        form,
        lambda data: actions.close_department(
            actor=request.actor, hospital=found, department=department, **data
        ),
        title=_("撤销科室“%(name)s”") % {"name": row.name},
        done=_("已撤销科室“%(name)s”。") % {"name": row.name},
        submit=_("撤销科室"),
        back="hospitals:departments",
        danger=True,
    )


@both
@page(EDIT)
def department_states(request: PageRequest, pk: int) -> HttpResponse:
    """Judge all named specialties on one page."""
    found = editable(request, pk)
    states = {row.specialty.id: row.state or NOT_JUDGED for row in specialty_rows(found)}
    form = filled(StatesForm, request, {"version": found.version, **states})
    return form_page(
        request,
        found,
        form,
        lambda data: actions.set_specialty_states(
            actor=request.actor, hospital=found, version=data["version"], states=form.states()
        ),
        title=_("评定专科状况"),
        done=_("专科状况已保存。"),
        back="hospitals:departments",
        template="hospitals/states.html",
        wide=True,
        lead=_("“薄弱”“缺”用于安排对口的科室；未评定的保持原样。"),
    )
