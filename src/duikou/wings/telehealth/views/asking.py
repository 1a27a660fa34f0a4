"""Pages of the inviting side: the case, its files, the own medical office, what becomes of the opinion."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.faces import answer_form, done, form_key
from duikou.core.pages import PageRequest, both, page
from duikou.wings.patients import consents
from duikou.wings.telehealth import actions, forms
from duikou.wings.telehealth.models import Consultation, Rating
from duikou.wings.telehealth.queries import desk
from duikou.wings.telehealth.views.acts import at_once, on, page_of
from duikou.wings.telehealth.views.detail import sides_to_rate


@page("consult.request")
def choose(request: PageRequest) -> HttpResponse:
    """For whom: the actor's own patients, the latest first."""
    rows = desk.own_patients(request.actor).order_by("-last_contact_on", "-pk")[:50]
    return render(request, "telehealth/choose.html", {"patients": rows})


@both
@page("consult.request")
def new(request: PageRequest, number: str) -> HttpResponse:
    """A new case of one patient."""
    patient = desk.own_patient(request.actor, number)
    form = forms.NewCaseForm(request.POST or None, patient=patient, initial={"key": form_key()})

    def do(data: dict[str, Any]) -> Consultation:
        return actions.create(
            actor=request.actor,
            patient=patient,
            invited=desk.hospital_for(patient, data["invited"]),
            request=form.request(),
            key=data["key"],
        )

    context = {
        "form": form,
        "title": _("发起远程会诊"),
        "patient": patient,
        "agreed": consents.standing(patient, "consultation") is not None,
        "back": reverse("telehealth:list"),
    }
    said = _("病例已保存。请添加资料，然后提交医务科。")
    return answer_form(request, form, do, "telehealth/case.html", context, said=said, then=page_of)


@both
@page("consult.request")
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a draft, or complete what was returned."""

    def make(one: Consultation) -> forms.CaseForm:
        first: dict[str, Any] = {name: getattr(one, name) for name in forms.CaseForm.base_fields}
        if one.wanted_at:
            first["wanted_at"] = timezone.localtime(one.wanted_at).strftime("%Y-%m-%dT%H:%M")
        return forms.CaseForm(request.POST or None, initial=first)

    form_of: dict[str, forms.CaseForm] = {}

    def kept(one: Consultation) -> forms.CaseForm:
        form_of["form"] = make(one)
        return form_of["form"]

    return on(
        request,
        pk,
        "home_path",
        "consult.request",
        kept,
        lambda one, _data: actions.edit(actor=request.actor, one=one, request=form_of["form"].request()),
        title=_("修改病例"),
        said=_("已保存。"),
        template="telehealth/case.html",
    )


@both
@page("consult.request")
def add_file(request: PageRequest, pk: int) -> HttpResponse:
    """A file of the case."""
    return on(
        request,
        pk,
        "home_path",
        "consult.request",
        lambda _one: forms.FileForm(request.POST or None, request.FILES or None),
        lambda one, data: actions.add_file(
            actor=request.actor,
            one=one,
            part=data["part"],
            title=data["title"],
            filename=data["file"].name or "",
            content=data["file"].read(),
        ),
        title=_("添加资料"),
        said=_("资料已添加。"),
        hint=_("请遮去与会诊无关的个人信息。"),
    )


@both
@page("consult.request")
def studies(request: PageRequest, pk: int) -> HttpResponse:
    """Which studies of the patient go with the case."""
    found: dict[int, Any] = {}

    def make(one: Consultation) -> forms.StudiesForm:
        found.update({row.pk: row for row in desk.studies_to_choose(request.actor, one)})
        first = {"studies": [row.pk for row in desk.studies_of(one)]}
        return forms.StudiesForm(request.POST or None, found=list(found.values()), initial=first)

    return on(
        request,
        pk,
        "home_path",
        "consult.request",
        make,
        lambda one, data: actions.choose_studies(
            actor=request.actor, one=one, studies=[found[key] for key in data["studies"]]
        ),
        title=_("选择检查影像"),
        said=_("已保存。"),
        hint=_("发出后受邀医院才能看到所选的检查；会诊结束即不再能看。"),
    )


@require_POST
@page("consult.request")
def remove_file(request: PageRequest, pk: int) -> HttpResponse:
    """Take a file out of the case."""
    found = desk.file(request.actor, pk)
    actions.remove_file(actor=request.actor, file=found)
    done(request, _("资料已移除。"))
    return redirect(page_of(found.consultation))


@require_POST
@page("consult.request")
def submit(request: PageRequest, pk: int) -> HttpResponse:
    """To the own medical office."""
    return at_once(
        request,
        pk,
        lambda one, seen: actions.submit(actor=request.actor, one=one, version=seen),
        _("已提交医务科。"),
    )


@require_POST
@page("consult.approve")
def approve(request: PageRequest, pk: int) -> HttpResponse:
    """The own medical office approves, and it is sent."""
    return at_once(
        request,
        pk,
        lambda one, seen: actions.approve(actor=request.actor, one=one, version=seen),
        _("已核准并发出。"),
    )


@require_POST
@page("consult.request")
def resend(request: PageRequest, pk: int) -> HttpResponse:
    """Completed, and sent again."""
    return at_once(
        request,
        pk,
        lambda one, seen: actions.resend(actor=request.actor, one=one, version=seen),
        _("已再次发出。"),
    )


@require_POST
@page("consult.request")
def close(request: PageRequest, pk: int) -> HttpResponse:
    """Done."""
    return at_once(
        request,
        pk,
        lambda one, seen: actions.close(actor=request.actor, one=one, version=seen),
        _("已办结。受邀方不再能看患者的资料。"),
    )


@both
@page("consult.approve")
def send_back(request: PageRequest, pk: int) -> HttpResponse:
    """The own medical office wants changes."""
    return on(
        request,
        pk,
        "home_path",
        "consult.approve",
        lambda _one: forms.ReasonForm(request.POST or None),
        lambda one, data: actions.send_back(actor=request.actor, one=one, **data),
        title=_("退回修改"),
        said=_("已退回。"),
    )


@both
@page("consult.request")
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Taken back by the inviting side."""
    return on(
        request,
        pk,
        "home_path",
        "consult.request",
        lambda _one: forms.ReasonForm(request.POST or None),
        lambda one, data: actions.withdraw(actor=request.actor, one=one, **data),
        title=_("撤回邀请"),
        said=_("已撤回。受邀方不再能看患者的资料。"),
    )


@both
@page("consult.request")
def acknowledge(request: PageRequest, pk: int) -> HttpResponse:
    """Adopted, in part, or not."""
    return on(
        request,
        pk,
        "home_path",
        "consult.request",
        lambda _one: forms.AcknowledgeForm(request.POST or None),
        lambda one, data: actions.acknowledge(actor=request.actor, one=one, **data),
        title=_("确认意见"),
        said=_("已确认。"),
        hint=_("会诊意见供参考，处置由治疗医院决定（规则 TEL-07）。"),
    )


@both
@page("consult.view")
def rate(request: PageRequest, pk: int) -> HttpResponse:
    """What the own side thought of it."""

    def side_of(one: Consultation) -> str:
        sides = sides_to_rate(request.actor, one)
        if sides:
            return sides[0]
        return Rating.Side.INVITING if one.inviting_side(request.actor) else Rating.Side.INVITED

    return on(
        request,
        pk,
        "",
        "consult.view",
        lambda _one: forms.RateForm(request.POST or None),
        lambda one, data: actions.rate(actor=request.actor, one=one, side=side_of(one), **data),
        title=_("评价"),
        said=_("评价已保存。"),
        hint=_("1 到 5 分。邀请方评意见的质量，受邀方评病例资料的质量。"),
    )
