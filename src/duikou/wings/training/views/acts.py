"""Forms of the acts, from the offered place to the appraisal; each shows again what the action objects to."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from duikou.core.actions import require
from duikou.core.errors import Conflict, Invalid
from duikou.core.faces import add_errors, done
from duikou.core.pages import PageRequest, both, page
from duikou.wings.stays.faces import StayPages, answer
from duikou.wings.stays.forms import AwayForm, ReasonForm
from duikou.wings.training import actions, forms
from duikou.wings.training.actions.stay import ACTS
from duikou.wings.training.models import LogEntry, Place
from duikou.wings.training.queries import logbook, trainees
from duikou.wings.training.queries import places as place_queries
from duikou.wings.training.views.detail import show_own

PAGES = StayPages(ACTS, trainees.traineeship, trainees.absence, "training:detail")


@both
@page("training.edit")
def offer(request: PageRequest) -> HttpResponse:
    """The supporter offers places."""
    form = forms.OfferForm(request.POST or None, actor=request.actor)
    return answer(
        request,
        form,
        lambda data: actions.offer(actor=request.actor, **data),
        title=_("提供进修名额"),
        about=pgettext("导航", "进修名额"),
        back=reverse("training:places"),
        said=_("名额已公布。"),
        hint=_("本院支援的医院会看到这些名额并可申请。"),
    )


@both
@page("training.edit")
def close(request: PageRequest, pk: int) -> HttpResponse:
    """Take no more applications."""
    place = place_queries.place(request.actor, pk)
    require(request.actor, "training.edit", (place.host_path,))
    form = forms.CloseForm(request.POST or None, initial={"on": timezone.localdate().isoformat()})
    return answer(
        request,
        form,
        lambda data: actions.close_place(actor=request.actor, place=place, version=place.version, **data),
        title=_("停止接收"),
        about=pgettext("导航", "进修名额"),
        back=reverse("training:place", args=[pk]),
        said=_("已停止接收。"),
    )


def _applied(request: PageRequest, data: dict[str, Any], place: Place | None) -> object:
    people = list(data.pop("people"))
    post = data.pop("post")
    if len(people) == 1:
        return actions.apply(actor=request.actor, person=people[0], place=place, post=post, **data)
    if post:
        raise Invalid(_("挂职锻炼请逐人申请。"), fields={"post": [_("挂职锻炼请逐人申请。")]})
    return actions.apply_together(actor=request.actor, people=people, place=place, **data)


@both
@page("training.edit")
def apply(request: PageRequest) -> HttpResponse:
    """The recipient applies at its supporter."""
    return answer(
        request,
        forms.ApplyForm(request.POST or None, actor=request.actor),
        lambda data: _applied(request, data, None),
        title=_("申请进修"),
        about=pgettext("导航", "进修"),
        back=reverse("training:list"),
        said=_("已申请，等待支援医院答复。"),
    )


@both
@page("training.edit")
def apply_for(request: PageRequest, pk: int) -> HttpResponse:
    """The recipient applies for an offered place."""
    place = place_queries.place(request.actor, pk)
    initial = {"planned_from": place.first_day.isoformat(), "planned_to": place.last_day.isoformat()}
    return answer(
        request,
        forms.ApplyForm(request.POST or None, actor=request.actor, place=place, initial=initial),
        lambda data: _applied(request, data, place),
        title=_("申请进修"),
        about=pgettext("导航", "进修名额"),
        back=reverse("training:place", args=[pk]),
        said=_("已申请，等待支援医院答复。"),
        hint=_("结对医院优先，再按申请先后（规则 AGR-11）。"),
    )


@both
@page("training.approve")
def accept(request: PageRequest, pk: int) -> HttpResponse:
    """The supporter takes somebody."""
    return PAGES.on(
        request,
        pk,
        lambda one: forms.AcceptForm(request.POST or None, one=one),
        lambda one, data: actions.accept(actor=request.actor, traineeship=one, version=one.version, **data),
        permission="training.approve",
        title=_("接收进修"),
        said=_("已接收。"),
    )


@both
@page("training.approve")
def refuse(request: PageRequest, pk: int) -> HttpResponse:
    """The supporter cannot take somebody."""
    return PAGES.on(
        request,
        pk,
        lambda _one: ReasonForm(request.POST or None),
        lambda one, data: actions.refuse(actor=request.actor, traineeship=one, version=one.version, **data),
        permission="training.approve",
        title=_("不接收进修"),
        said=_("已答复不接收。"),
    )


@both
@page("training.edit")
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """The recipient takes an application back."""
    return PAGES.on(
        request,
        pk,
        lambda _one: ReasonForm(request.POST or None),
        lambda one, data: actions.withdraw(actor=request.actor, traineeship=one, version=one.version, **data),
        side="home",
        title=_("撤回申请"),
        said=_("申请已撤回。"),
    )


@both
@page("training.edit")
def arrive(request: PageRequest, pk: int) -> HttpResponse:
    """The supporter notes the arrival."""
    return PAGES.arrive(request, pk, forms.DayForm, title=_("登记报到"), said=_("报到已登记。"))


@both
@page("training.edit")
def absence(request: PageRequest, pk: int) -> HttpResponse:
    """The supporter notes days away."""
    return PAGES.leave(
        request,
        pk,
        AwayForm,
        title=_("登记请假"),
        said=_("请假已登记。"),
        hint=_("请假的日子不计学分（规则 CME-01）。"),
    )


@both
@page("training.edit")
def come_back(request: PageRequest, pk: int) -> HttpResponse:
    """Back earlier than noted."""
    return PAGES.come_back(request, pk, forms.ReturnForm, title=_("提前返回"), said=_("返回已登记。"))


@both
@page("training.edit")
def withdraw_absence(request: PageRequest, pk: int) -> HttpResponse:
    """Absence that did not happen."""
    return PAGES.withdraw_leave(request, pk, ReasonForm, title=_("撤回请假"), said=_("请假已撤回。"))


@both
@page("training.edit")
def end(request: PageRequest, pk: int) -> HttpResponse:
    """Either hospital notes the end."""
    return PAGES.end(
        request,
        pk,
        forms.EndForm,
        title=_("结束进修"),
        said=_("进修已结束。"),
        hint=_("早于计划的最后一天须写明理由。"),
    )


@both
@page("training.edit")
def correct(request: PageRequest, pk: int) -> HttpResponse:
    """Put wrong days right."""
    return PAGES.correct(
        request,
        pk,
        forms.CorrectForm,
        title=_("更正日期"),
        said=_("日期已更正。"),
        hint=_("原来的日期和理由留在记录中。"),
    )


@both
@page("training.view")
def appraise(request: PageRequest, pk: int) -> HttpResponse:
    """The head of the department, or the supporter's office, appraises."""
    return PAGES.appraise(
        request,
        pk,
        forms.AppraiseForm,
        title=_("考核"),
        said=_("考核已登记。"),
        hint=_("结业考核合格是学分达标的条件（规则 CME-01）。"),
    )


@both
@page("training.edit")
def assign(request: PageRequest, pk: int) -> HttpResponse:
    """Give a trainee a team of tutors."""
    return PAGES.on(
        request,
        pk,
        lambda one: forms.AssignForm(request.POST or None, one=one),
        lambda one, data: actions.assign_team(
            actor=request.actor, traineeship=one, version=one.version, **data
        ),
        title=_("指定导师团队"),
        said=_("导师团队已指定。"),
    )


@both
@page("training.edit")
def rotate(request: PageRequest, pk: int) -> HttpResponse:
    """Plan a stay in a department."""
    return PAGES.on(
        request,
        pk,
        lambda one: forms.RotationForm(request.POST or None, one=one),
        lambda one, data: actions.plan_rotation(actor=request.actor, traineeship=one, **data),
        title=_("安排轮转"),
        said=_("轮转已安排。"),
    )


@both
@page("training.edit")
def withdraw_rotation(request: PageRequest, pk: int) -> HttpResponse:
    """A stay that does not take place."""
    found = trainees.rotation(request.actor, pk)
    return PAGES.on(
        request,
        found.traineeship_id,
        lambda _one: ReasonForm(request.POST or None),
        lambda _one, data: actions.withdraw_rotation(actor=request.actor, rotation=found, **data),
        title=_("撤回轮转"),
        said=_("轮转已撤回。"),
    )


@both
@page("training.edit")
def form_team(request: PageRequest) -> HttpResponse:
    """The supporter names a team of tutors."""
    return answer(
        request,
        forms.TeamForm(request.POST or None, actor=request.actor),
        lambda data: actions.form_team(actor=request.actor, **{**data, "tutors": list(data["tutors"])}),
        title=_("组建导师团队"),
        about=pgettext("导航", "导师团队"),
        back=reverse("training:teams"),
        said=_("导师团队已组建。"),
        hint=_("支援医院以团队带团队（规则 TRN-03）。"),
    )


@both
@page("training.edit")
def end_team(request: PageRequest, pk: int) -> HttpResponse:
    """The team ends."""
    team = trainees.team(request.actor, pk)
    require(request.actor, "training.edit", (team.host_path,))
    return answer(
        request,
        forms.CloseForm(request.POST or None, initial={"on": timezone.localdate().isoformat()}),
        lambda data: actions.end_team(actor=request.actor, team=team, **data),
        title=_("解散导师团队"),
        about=str(team),
        back=reverse("training:team", args=[pk]),
        said=_("导师团队已解散。"),
    )


# ---------------------------------------------------------------- the logbook


@require_POST
@page("training.own")
def write(request: PageRequest, pk: int) -> HttpResponse:
    """The trainee writes an entry."""
    one = trainees.own_traineeship(request.actor, pk)
    form = forms.EntryForm(request.POST)
    if not form.is_valid():
        return show_own(request, one, form)
    try:
        actions.write_entry(actor=request.actor, traineeship=one, **form.cleaned_data)
    except Invalid as error:
        add_errors(form, error)
        return show_own(request, one, form)
    done(request, _("已记入日志，等待签字。"))
    return redirect("training:own", pk)


@both
@page("training.own")
def rewrite(request: PageRequest, pk: int) -> HttpResponse:
    """The trainee corrects an entry."""
    entry = logbook.own_entry(request.actor, pk)
    initial = {"number": entry.number, "note": entry.note}
    return answer(
        request,
        forms.RewriteForm(request.POST or None, initial=initial),
        lambda data: actions.rewrite_entry(actor=request.actor, entry=entry, **data),
        title=_("改正日志"),
        about=str(entry),
        back=reverse("training:own", args=[entry.traineeship_id]),
        said=_("日志已改正，等待签字。"),
        hint=_("退回理由：%(why)s") % {"why": entry.answer} if entry.answer else "",
    )


def _sign(request: PageRequest, pk: int, back: str) -> HttpResponse:
    entry: LogEntry = logbook.entry_to_sign(request.actor, pk)
    status = 200
    form = forms.SignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        signs = request.POST.get("decision") == "sign"
        try:
            if signs:
                actions.sign_entry(actor=request.actor, entry=entry)
            else:
                actions.return_entry(actor=request.actor, entry=entry, reason=form.cleaned_data["reason"])
        except (Invalid, Conflict) as error:
            status = error.status
            if isinstance(error, Invalid):
                add_errors(form, error)
            else:
                form.add_error(None, str(error.message))
        else:
            done(request, _("已签字。") if signs else _("已退回。"))
            return redirect(back)
    context = {"entry": entry, "form": form, "back": reverse(back)}
    return render(request, "training/sign.html", context, status=status)


@both
@page("training.teach")
def sign(request: PageRequest, pk: int) -> HttpResponse:
    """The head of the department signs an entry, or gives it back."""
    return _sign(request, pk, "training:signing")


@both
@page("training.own")
def teaching_sign(request: PageRequest, pk: int) -> HttpResponse:
    """The tutor signs an entry, or gives it back."""
    return _sign(request, pk, "training:teaching")
