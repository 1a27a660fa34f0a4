"""Pages on which something is done: upload, withdrawal, matching, senders."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core.errors import Invalid, Missing
from duikou.core.faces import answer_form, done
from duikou.core.pages import PageRequest, both, page
from duikou.wings.imaging import actions, forms, queries
from duikou.wings.imaging.queries import pictures
from duikou.wings.patients.models import Patient


def _patient(request: PageRequest, number: str) -> Patient:
    """The patient of a number that was typed; an unknown one is an objection at its field."""
    try:
        return pictures.patient(request.actor, number)
    except Missing as error:
        raise Invalid(error.message, fields={"number": [str(error.message)]}) from error


@both
@page("study.edit")
def upload(request: PageRequest) -> HttpResponse:
    """Pictures of a patient, checked as a whole."""
    initial = {"number": request.GET.get("patient", "")[:10]}
    form = forms.UploadForm(request.POST or None, request.FILES or None, initial=initial)

    def do(data: dict[str, Any]) -> str:
        patient = _patient(request, data["number"])
        if data["upload"]:  # it has gone up in pieces before this form
            sent = actions.hand_in(actor=request.actor, patient=patient, keys=[data["upload"]])
            return reverse("imaging:delivery", args=[sent.number])
        made = actions.take(actor=request.actor, patient=patient, handed=form.handed())
        return (
            reverse("imaging:study", args=[made[0].study_uid]) if len(made) == 1 else reverse("imaging:list")
        )

    said = _("已收齐，正在核对。") if request.POST.get("upload") else _("影像已保存。")
    return answer_form(request, form, do, "imaging/upload.html", {"form": form}, said=said, then=str)


@both
@page("study.edit")
def withdraw(request: PageRequest, uid: str) -> HttpResponse:
    """Take a study out of use."""
    found = queries.study(request.actor, uid, "study.edit")
    form = forms.ReasonForm(request.POST or None)
    context = {
        "form": form,
        "title": _("撤下检查"),
        "about": found.description or found.get_kind_display(),
        "back": reverse("imaging:study", args=[uid]),
        "button": _("撤下"),
        "serious": True,
        "hint": _("传错患者或文件时使用。撤下后任何人都不能再打开，对方医院的授权同时结束；文件不删除。"),
    }
    return answer_form(
        request,
        form,
        lambda data: actions.withdraw(actor=request.actor, study=found, **data),
        "imaging/act.html",
        context,
        said=_("检查已撤下。"),
        then=reverse("imaging:list"),
    )


@both
@page("study.match")
def match(request: PageRequest, uid: str) -> HttpResponse:
    """Say whose pictures a gateway has sent."""
    found = pictures.one_unmatched(request.actor, uid)
    form = forms.MatchForm(request.POST or None)
    person = actions.person_of(found)
    context = {
        "form": form,
        "title": _("匹配患者"),
        "about": _("待匹配影像"),
        "back": reverse("imaging:unmatched"),
        "button": _("匹配"),
        "study": found,
        "person": person,
        "sex": dict(Patient.Sex.choices).get(person.sex, ""),
    }
    return answer_form(
        request,
        form,
        lambda data: actions.match(
            actor=request.actor, study=found, patient=_patient(request, data["number"])
        ),
        "imaging/act.html",
        context,
        said=_("已匹配。"),
        then=reverse("imaging:unmatched"),
    )


@both
@page("study.match")
def new_gateway(request: PageRequest) -> HttpResponse:
    """Enter a sender."""
    form = forms.GatewayForm(request.POST or None, hospitals=pictures.hospitals(request.actor))
    context = {
        "form": form,
        "title": _("登记影像网关"),
        "about": _("影像网关"),
        "back": reverse("imaging:gateways"),
        "button": _("保存"),
        "hint": _("被叫 AE 标题为 DUIKOU。端口和防火墙见部署说明。"),
    }
    return answer_form(
        request,
        form,
        lambda data: actions.enter_gateway(actor=request.actor, **data),
        "imaging/act.html",
        context,
        said=_("影像网关已登记。"),
        then=reverse("imaging:gateways"),
    )


@both
@page("study.match")
def gateway(request: PageRequest, pk: int) -> HttpResponse:
    """Switch a sender on or off."""
    found = pictures.gateway(request.actor, pk)
    if request.method == "POST":
        actions.switch_gateway(actor=request.actor, gateway=found, active=not found.active)
        done(request, _("已启用。") if found.active else _("已停用。"))
        return redirect("imaging:gateways")
    return render(request, "imaging/gateway.html", {"gateway": found})
