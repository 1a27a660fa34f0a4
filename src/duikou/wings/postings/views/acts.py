"""Forms of the acts, from the request to the appraisal; each shows again what the action objects to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.actions import require
from duikou.core.errors import Missing
from duikou.core.faces import done
from duikou.core.pages import PageRequest, both, page
from duikou.policy import load_pack
from duikou.wings.pairings.models import Pairing
from duikou.wings.postings import actions, forms
from duikou.wings.postings.actions.service import ACTS
from duikou.wings.postings.models import ConductAnswer
from duikou.wings.postings.queries import desk
from duikou.wings.postings.views.detail import sides
from duikou.wings.stays.faces import StayPages
from duikou.wings.stays.faces import answer as answer_act
from duikou.wings.stays.forms import AppraiseForm, AwayForm, ReasonForm

PAGES = StayPages(ACTS, desk.find_posting, desk.find_leave, "postings:posting")


@both
@page("posting.approve")
def approve(request: PageRequest, pk: int) -> HttpResponse:
    """The recipient agrees."""
    return PAGES.on(
        request,
        pk,
        lambda one: forms.ApproveForm(
            request.POST or None,
            recipient=one.recipient_id,
            initial={"host_department": one.host_department_id},
        ),
        lambda one, data: actions.approve(
            actor=request.actor, posting=one, host_department=data["host_department"], version=one.version
        ),
        side="host",
        permission="posting.approve",
        title=_("同意派驻"),
        said=_("已同意。"),
    )


@both
@page("posting.approve")
def refuse(request: PageRequest, pk: int) -> HttpResponse:
    """The recipient does not agree."""
    return PAGES.on(
        request,
        pk,
        lambda one: forms.RefuseForm(request.POST or None, pack=load_pack(one.pairing.round.policy_pack)),
        lambda one, data: actions.refuse(
            actor=request.actor, posting=one, reason=data["reason"], rule=data["rule"], version=one.version
        ),
        side="host",
        permission="posting.approve",
        title=_("不同意派驻"),
        said=_("已答复不同意。"),
        hint=_("支援医院会看到理由和所依规则的条款。"),
    )


@both
@page("posting.edit")
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """The supporter takes a nomination back."""
    return PAGES.on(
        request,
        pk,
        lambda _one: ReasonForm(request.POST or None),
        lambda one, data: actions.withdraw(
            actor=request.actor, posting=one, reason=data["reason"], version=one.version
        ),
        side="home",
        permission="posting.edit",
        title=_("撤回提名"),
        said=_("已撤回。"),
    )


@both
@page("posting.edit")
def arrive(request: PageRequest, pk: int) -> HttpResponse:
    """The day of arrival."""
    return PAGES.arrive(request, pk, forms.ArriveForm, title=_("登记到岗"), said=_("到岗已登记。"))


@both
@page("posting.edit")
def leave(request: PageRequest, pk: int) -> HttpResponse:
    """Days away."""
    return PAGES.leave(
        request,
        pk,
        AwayForm,
        title=_("登记请假"),
        said=_("请假已登记。"),
        hint=_("首尾两天都算请假；请假的日子不计入学分认定。"),
    )


@both
@page("posting.edit")
def end(request: PageRequest, pk: int) -> HttpResponse:
    """The last day on post."""
    return PAGES.end(
        request,
        pk,
        forms.EndForm,
        title=_("结束派驻"),
        said=_("派驻已结束。"),
        hint=_("早于计划结束的须写明理由：支援不得无故终止（规则 AGR-13）。"),
    )


@both
@page("posting.edit")
def days(request: PageRequest, pk: int) -> HttpResponse:
    """Put real days right."""
    return PAGES.correct(
        request,
        pk,
        forms.DaysForm,
        title=_("更正到岗和离岗日期"),
        said=_("日期已更正。"),
        hint=_("原来的日期和理由留在审计日志中。"),
    )


@both
@page("posting.edit")
def appraise(request: PageRequest, pk: int) -> HttpResponse:
    """The appraisal of a year."""
    return PAGES.appraise(
        request,
        pk,
        AppraiseForm,
        title=_("年度考核"),
        said=_("考核已登记。"),
        hint=_(
            "同一年度再次考核会取代前一次，须写明更正理由；"
            "考核合格且在岗满期的，当年学分视为达标（规则 CME-01）。"
        ),
    )


@both
@page("posting.edit")
def come_back(request: PageRequest, pk: int) -> HttpResponse:
    """Back earlier than noted."""
    return PAGES.come_back(request, pk, forms.ReturnForm, title=_("提前返岗"), said=_("返岗已登记。"))


@both
@page("posting.edit")
def withdraw_leave(request: PageRequest, pk: int) -> HttpResponse:
    """Leave that was not taken."""
    return PAGES.withdraw_leave(
        request,
        pk,
        ReasonForm,
        title=_("撤回请假"),
        said=_("请假已撤回。"),
        hint=_("撤回的请假仍然可见，但不再计算。"),
    )


def _pairing(request: PageRequest, side: str) -> Pairing | HttpResponse:
    """The pairing that the address names; else the form that asks for it, or the only one there is."""
    asked = request.GET.get("pairing", "")
    if asked:
        if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
            raise Missing(_("没有这条结对。请重新选择。"))
        return desk.find_pairing(request.actor, int(asked), side)
    known = list(desk.pairings_of(request.actor, side)[:200])
    if len(known) == 1:
        return redirect(f"{request.path}?pairing={known[0].pk}")
    choices = [
        (str(one.pk), f"{one.supporter.name} → {one.recipient.name} · {one.start} – {one.end}")
        for one in known
    ]
    form = forms.PairingForm(pairings=choices)
    return render(request, "postings/choose_pairing.html", {"form": form, "known": known})


@both
@page("posting.edit")
def ask(request: PageRequest) -> HttpResponse:
    """The recipient asks for people."""
    pairing = _pairing(request, "recipient_path")
    if isinstance(pairing, HttpResponse):
        return pairing
    form = forms.AskForm(
        request.POST or None,
        pack=load_pack(pairing.round.policy_pack),
        recipient=pairing.recipient_id,
        initial={
            "wanted_from": min(max(pairing.start, timezone.localdate()), pairing.end).isoformat(),
            # Other pages lead here with what they know: whoever leaves, and when.
            **{name: request.GET[name] for name in ("specialty", "wanted_from") if request.GET.get(name)},
        },
    )
    return answer_act(
        request,
        form,
        lambda data: actions.ask(actor=request.actor, pairing=pairing, wanted=actions.Ask(**data)),
        title=_("提出派驻需求"),
        about=f"{pairing.supporter.name} → {pairing.recipient.name} · {pairing.start} – {pairing.end}",
        back=reverse("postings:requests"),
        said=_("需求已提出。"),
        hint=_("支援医院按受援医院的需要派人（规则 AGR-09）。"),
        then=lambda made: reverse("postings:request", args=[made.pk]),  # type: ignore[attr-defined]
    )


@both
@page("posting.edit")
def nominate(request: PageRequest) -> HttpResponse:
    """The supporter puts somebody forward without a request."""
    pairing = _pairing(request, "supporter_path")
    if isinstance(pairing, HttpResponse):
        return pairing
    return _nominate(request, pairing, reverse("postings:list"), {}, {})


@both
@page("posting.edit")
def nominate_for(request: PageRequest, pk: int) -> HttpResponse:
    """The supporter puts somebody forward for a request."""
    asked = desk.find_request(request.actor, pk)
    require(request.actor, "posting.edit", (asked.home_path,))
    person = request.GET.get("person", "")
    initial = {
        "person": person if person.isascii() and person.isdigit() else None,
        "planned_from": asked.wanted_from.isoformat(),
        "specialty": asked.specialty,
        "office": asked.office,
        "host_department": asked.host_department_id,
    }
    pairing = desk.find_pairing(request.actor, asked.pairing_id, "supporter_path")
    return _nominate(request, pairing, reverse("postings:request", args=[pk]), initial, {"request": asked})


def _nominate(
    request: PageRequest, pairing: Pairing, back: str, initial: dict[str, Any], more: dict[str, Any]
) -> HttpResponse:
    form = forms.NominateForm(
        request.POST or None, staff=desk.staff_of(pairing), recipient=pairing.recipient_id, initial=initial
    )
    return answer_act(
        request,
        form,
        lambda data: actions.nominate(actor=request.actor, pairing=pairing, **data, **more),
        title=_("提名派驻人员"),
        about=f"{pairing.supporter.name} → {pairing.recipient.name} · {pairing.start} – {pairing.end}",
        back=back,
        said=_("已提名，等受援医院答复。"),
        hint=_("不符合派驻条件的会指出是哪条规则、哪一条款。"),
        then=lambda made: reverse("postings:posting", args=[made.pk]),  # type: ignore[attr-defined]
    )


def _close(request: PageRequest, pk: int, side: str, do: Callable[..., object], **words: Any) -> HttpResponse:
    found = desk.find_request(request.actor, pk)
    require(request.actor, "posting.edit", (getattr(found, side),))
    return answer_act(
        request,
        ReasonForm(request.POST or None),
        lambda data: do(actor=request.actor, request=found, reason=data["reason"], version=found.version),
        about=str(found),
        back=reverse("postings:request", args=[pk]),
        **words,
    )


@both
@page("posting.edit")
def withdraw_request(request: PageRequest, pk: int) -> HttpResponse:
    """The recipient takes a request back."""
    return _close(
        request, pk, "host_path", actions.withdraw_request, title=_("撤回需求"), said=_("需求已撤回。")
    )


@both
@page("posting.edit")
def decline_request(request: PageRequest, pk: int) -> HttpResponse:
    """The supporter cannot send anybody."""
    return _close(
        request, pk, "home_path", actions.decline_request, title=_("答复不能派人"), said=_("已答复。")
    )


@both
@page("conduct.edit")
def report(request: PageRequest, pk: int) -> HttpResponse:
    """A conduct notice, or the record of a dispute."""
    posting = desk.find_posting(request.actor, pk)
    require(request.actor, "conduct.edit", (posting.recipient.scope_path,))
    return answer_act(
        request,
        forms.ConductForm(request.POST or None),
        lambda data: actions.report(actor=request.actor, posting=posting, **data),
        title=_("违纪通报或纠纷记录"),
        about=str(posting),
        back=reverse("postings:posting", args=[pk]),
        said=_("已登记，支援医院和本人可以看到。"),
        hint=_("违纪及时通报支援医院（规则 AGR-15）；派驻中发生的医疗纠纷由受援医院受理（规则 AGR-16）。"),
        then=lambda made: reverse("postings:record", args=[made.pk]),  # type: ignore[attr-defined]
    )


@require_POST
@page("conduct.edit")
def acknowledge(request: PageRequest, pk: int) -> HttpResponse:
    """The supporter confirms that it has the record."""
    actions.acknowledge(actor=request.actor, record=desk.find_record(request.actor, pk))
    done(request, _("已确认收到。"))
    return redirect("postings:record", pk)


@both
@page("conduct.edit")
def answer(request: PageRequest, pk: int) -> HttpResponse:
    """A hospital answers."""
    found = desk.find_record(request.actor, pk)
    require(request.actor, "conduct.edit", found.scope_paths())
    form = forms.AnswerForm(request.POST or None, sides=sides(request.actor, found))
    return _answered(request, found, form, reverse("postings:record", args=[pk]))


@both
@page("posting.own")
def own_answer(request: PageRequest, pk: int) -> HttpResponse:
    """The person concerned answers."""
    found = desk.find_own_record(request.actor, pk)
    side = ConductAnswer.Side.PERSON
    form = forms.AnswerForm(request.POST or None, sides=[(side.value, side.label)])
    return _answered(request, found, form, reverse("postings:own_record", args=[pk]))


def _answered(request: PageRequest, found: Any, form: Form, back: str) -> HttpResponse:
    return answer_act(
        request,
        form,
        lambda data: actions.answer(actor=request.actor, record=found, **data),
        title=_("答复"),
        about=str(found),
        back=back,
        said=_("已答复。"),
        hint=_("答复提交后不能修改。"),
    )


@both
@page("conduct.edit")
def settle(request: PageRequest, pk: int) -> HttpResponse:
    """The recipient has settled a dispute."""
    found = desk.find_record(request.actor, pk)
    require(request.actor, "conduct.edit", (found.host_path,))
    return answer_act(
        request,
        forms.SettleForm(request.POST or None),
        lambda data: actions.settle(actor=request.actor, record=found, **data),
        title=_("登记了结"),
        about=str(found),
        back=reverse("postings:record", args=[pk]),
        said=_("已登记了结。"),
    )
