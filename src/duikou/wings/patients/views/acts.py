"""Forms of the acts on a patient: consents, relations, merges, emergency access."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from duikou.core.actions import require
from duikou.core.errors import Conflict, Missing
from duikou.core.faces import answer_form, done, words
from duikou.core.pages import PageRequest, both, page
from duikou.wings.patients import actions, forms
from duikou.wings.patients.catalogue import GLASS, cite, number, purpose_title, purposes
from duikou.wings.patients.models import Share
from duikou.wings.patients.queries import records


def answer(
    request: PageRequest,
    form: Form,
    do: Callable[[dict[str, Any]], Any],
    *,
    title: str,
    about: str,
    back: str,
    said: str,
    hint: str = "",
    then: str | Callable[[Any], str] = "",
    **more: Any,
) -> HttpResponse:
    """Show an act's form; carry out what it says; show it again with what the action objects to."""
    context = {"form": form, "title": title, "about": about, "back": back, "hint": hint, **more}
    return answer_form(request, form, do, "patients/act.html", context, said=said, then=then or back)


def _page_of(number: str) -> str:
    return reverse("patients:patient", args=[number])


@both
@page("patient.consent")
def consent(request: PageRequest, number: str) -> HttpResponse:
    """A consent, with the words that the patient is told."""
    patient = records.visible(request.actor, number)
    require(request.actor, "patient.consent", (actions.reach(request.actor, patient, "patient.consent"),))
    form = forms.ConsentForm(
        request.POST or None,
        request.FILES or None,
        initial={"giver": "patient", "way": "written", "given_at": forms.now()},
    )
    return answer(
        request,
        form,
        lambda _data: actions.give_consent(
            actor=request.actor, patient=patient, said=form.said(), scan=forms.scan_of(request.FILES)
        ),
        title=_("登记同意"),
        about=patient.number,
        back=_page_of(patient.number),
        said=_("同意已登记。"),
        hint=_("每个事项单独征得同意（规则 SEC-04）；未满 14 周岁的由监护人同意。"),
        told=[(purpose_title(one.id), words(one.text), one.rule) for one in purposes().values()],
    )


@both
@page("patient.consent")
def confirm(request: PageRequest, pk: int) -> HttpResponse:
    """The written confirmation of an oral consent."""
    found = records.consent(request.actor, pk)
    place = actions.reach(request.actor, found.patient, "patient.consent")
    require(request.actor, "patient.consent", (place,))
    form = forms.ConfirmForm(request.POST or None, request.FILES or None, initial={"at": forms.now()})
    return answer(
        request,
        form,
        lambda data: actions.confirm_consent(
            actor=request.actor,
            consent=found,
            at=data["at"],
            kept_at=data["kept_at"],
            scan=forms.scan_of(request.FILES),
        ),
        title=_("补书面确认"),
        about=f"{found.patient.number} · {purpose_title(found.purpose)}",
        back=_page_of(found.patient.number),
        said=_("书面确认已登记。"),
    )


@both
@page("patient.consent")
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """A consent taken back."""
    found = records.consent(request.actor, pk)
    place = actions.reach(request.actor, found.patient, "patient.consent")
    require(request.actor, "patient.consent", (place,))
    form = forms.WithdrawForm(request.POST or None, initial={"at": forms.now(), "by": found.giver})
    return answer(
        request,
        form,
        lambda data: actions.withdraw_consent(actor=request.actor, consent=found, **data),
        title=_("撤回同意"),
        about=f"{found.patient.number} · {purpose_title(found.purpose)}",
        back=_page_of(found.patient.number),
        said=_("撤回已登记。"),
        hint=_("撤回以前依同意所做的不受影响，此后不再办理。"),
    )


@both
@page("patient.edit")
def share(request: PageRequest, number: str) -> HttpResponse:
    """A relation with another hospital by hand."""
    patient = records.own_patient(request.actor, number, "patient.edit")
    form = forms.ShareForm(
        request.POST or None, hospitals=records.others(patient), initial={"until": forms.in_a_month()}
    )
    return answer(
        request,
        form,
        lambda data: actions.share(actor=request.actor, patient=patient, kind=Share.Kind.CARE, **data),
        title=_("与他院共享"),
        about=patient.number,
        back=_page_of(patient.number),
        said=_("已共享。对方每次查阅都有记录。"),
        hint=_("转诊、会诊会自动建立并结束共享；这里只用于其他协同诊疗。"),
    )


@require_POST
@page("patient.edit")
def unshare(request: PageRequest, pk: int) -> HttpResponse:
    """End a relation."""
    found = records.relation(request.actor, pk)
    actions.unshare(actor=request.actor, relation=found)
    done(request, _("共享已结束。"))
    if not request.actor.may("patient.view", found.patient.scope_path):
        return redirect("patients:list")
    return redirect("patients:patient", found.patient.number)


@both
@page("patient.edit")
def merge(request: PageRequest, number: str) -> HttpResponse:
    """Make another record part of this one."""
    survivor = records.own_patient(request.actor, number, "patient.edit")
    form = forms.MergeForm(request.POST or None)

    def do(data: dict[str, Any]) -> Any:
        typed = data["duplicate"].strip().upper()
        try:
            duplicate = records.own_patient(request.actor, typed, "patient.edit")
        except Missing as error:
            raise Conflict(error.message) from error
        return actions.merge(
            actor=request.actor, survivor=survivor, duplicate=duplicate, reason=data["reason"]
        )

    return answer(
        request,
        form,
        do,
        title=_("合并重复档案"),
        about=survivor.number,
        back=_page_of(survivor.number),
        said=_("已合并。"),
        hint=_("另一份档案的同意、共享和查阅记录一并归到本档案；合并可以撤销。"),
    )


@both
@page("patient.edit")
def undo_merge(request: PageRequest, pk: int) -> HttpResponse:
    """Take a merge back."""
    found = records.merge_done(request.actor, pk)
    return answer(
        request,
        forms.ReasonForm(request.POST or None),
        lambda data: actions.undo_merge(actor=request.actor, done=found, **data),
        title=_("撤销合并"),
        about=f"{found.duplicate.number} → {found.survivor.number}",
        back=_page_of(found.survivor.number),
        said=_("合并已撤销，两份档案分开。"),
    )


@both
@page("patient.break_glass")
def break_glass(request: PageRequest) -> HttpResponse:
    """One record opened in an emergency: named in the body, never in an address."""

    def do(data: dict[str, Any]) -> Any:
        try:
            return actions.break_glass(actor=request.actor, **data)
        except Missing as error:
            raise Conflict(error.message) from error

    return answer(
        request,
        forms.GlassForm(request.POST or None),
        do,
        title=_("紧急调阅"),
        about=pgettext("导航", "患者"),
        back=reverse("patients:list"),
        said=_("档案已打开，到时自动关闭。建档医院已得到通知，将进行审核。"),
        hint=_(
            "只限抢救等紧急情况：一次一名患者，%(hours)s 小时内有效；"
            "理由和每次查阅都会被审核（规则 %(rule)s）。"
        )
        % {"hours": number(GLASS, "hours"), "rule": cite(GLASS)},
        then=lambda opened: _page_of(opened.patient.number),
        serious=True,
    )
