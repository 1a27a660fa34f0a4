"""Forms of the steps of a referral. The button of a step is on the referral's page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import require
from duikou.core.faces import answer_form
from duikou.core.pages import PageRequest, both, page
from duikou.core.second_factor import signed_in_with
from duikou.wings.referrals import actions, forms, places
from duikou.wings.referrals.catalogue import CLOCKS, RETURN, SIGNING, cite
from duikou.wings.referrals.models import Referral
from duikou.wings.referrals.queries import referrals as queries
from duikou.wings.referrals.workflows import REFERRAL


def _signed() -> str:
    return _("签名用您的账号：系统记下时间、登录方式和内容摘要，之后的改动会被看出（规则 %(rule)s）。") % {
        "rule": cite(SIGNING)
    }


def _found(request: PageRequest, pk: int, step: str) -> Referral:
    """The referral, if the actor may ever take the step on it."""
    found = queries.referral(request.actor, pk)
    REFERRAL.transitions[step].require(found, request.actor)
    return found


def _answer(
    request: PageRequest,
    found: Referral,
    step: str,
    form: Form,
    do: Callable[[dict[str, Any]], Any],
    *,
    said: str,
    hint: str = "",
    serious: bool = False,
) -> HttpResponse:
    back = reverse("referrals:referral", args=[found.pk])
    title = REFERRAL.transitions[step].label
    context = {
        "form": form,
        "title": title,
        "about": f"{_('转诊')} {found.pk}",
        "back": back,
        "hint": hint,
        "submit": title,
        "serious": serious,
        "found": found,
    }
    return answer_form(request, form, do, "referrals/act.html", context, said=said, then=back)


def _step(
    request: PageRequest,
    pk: int,
    step: str,
    act: Callable[..., Referral],
    form: type[Form] = forms.SignForm,
    *,
    signed: bool = False,
    initial: Mapping[str, Any] | None = None,
    **words: Any,
) -> HttpResponse:
    """A step whose form's fields are what the action takes; a signed one says so, and how one signed in."""
    found = _found(request, pk, step)
    more = {"factor": signed_in_with(request)} if signed else {}
    if signed:
        words["hint"] = _signed()
    return _answer(
        request,
        found,
        step,
        form(request.POST or None, initial={**(initial or {}), "version": found.version}),
        lambda data: act(actor=request.actor, referral=found, **data, **more),
        **words,
    )


@both
@page("referral.edit")
def send(request: PageRequest, pk: int) -> HttpResponse:
    """Sign and send."""
    return _step(request, pk, "send", actions.send, signed=True, said=_("转诊已签名发出，等对方答复。"))


@both
@page("referral.edit")
def complete(request: PageRequest, pk: int) -> HttpResponse:
    """Sign and send again."""
    return _step(request, pk, "complete", actions.complete, signed=True, said=_("已补充并再次发出。"))


@both
@page("referral.edit")
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Take it back."""
    said = _("转诊已撤回。")
    return _step(request, pk, "withdraw", actions.withdraw, forms.ReasonForm, said=said, serious=True)


@both
@page("referral.answer")
def give_back(request: PageRequest, pk: int) -> HttpResponse:
    """Return for completion."""
    return _step(
        request,
        pk,
        "return",
        actions.give_back,
        forms.ReasonForm,
        said=_("已退回，等对方补充；答复时限暂停。"),
        hint=_("写明缺什么。补充期间，答复时限暂停（规则 %(rule)s）。") % {"rule": cite(CLOCKS)},
    )


@both
@page("referral.answer")
def accept(request: PageRequest, pk: int) -> HttpResponse:
    """Sign and accept."""
    found = _found(request, pk, "accept")
    free = places.free(found.service, timezone.localdate())
    form = forms.AcceptForm(request.POST or None, free=free, initial={"version": found.version})
    return _answer(
        request,
        found,
        "accept",
        form,
        lambda data: actions.accept(
            actor=request.actor,
            referral=found,
            appointment=form.appointment(),
            version=data["version"],
            factor=signed_in_with(request),
        ),
        said=_("已接受，对方可看到预约。"),
        hint=_signed(),
    )


@both
@page("referral.answer")
def decline(request: PageRequest, pk: int) -> HttpResponse:
    """Decline."""
    return _step(
        request,
        pk,
        "decline",
        actions.decline,
        forms.ReasonForm,
        said=_("已答复不接受；贵院不再能看到该患者的档案。"),
        hint=_("理由会告知转出医院。答复后不能再改。"),
        serious=True,
    )


@both
@page("referral.answer")
def receive(request: PageRequest, pk: int) -> HttpResponse:
    """An emergency that has arrived."""
    return _step(
        request,
        pk,
        "receive",
        actions.receive,
        forms.ArriveForm,
        signed=True,
        initial={"at": forms.now()},
        said=_("急诊患者已接收。"),
    )


@both
@page("referral.answer")
def arrive(request: PageRequest, pk: int) -> HttpResponse:
    """The arrival."""
    at = {"at": forms.now()}
    return _step(request, pk, "arrive", actions.arrive, forms.ArriveForm, initial=at, said=_("已登记到达。"))


@both
@page("referral.answer")
def treat(request: PageRequest, pk: int) -> HttpResponse:
    """Treatment begins."""
    return _step(request, pk, "treat", actions.treat, said=_("已登记开始诊治。"))


@both
@page("referral.answer")
def refer_back(request: PageRequest, pk: int) -> HttpResponse:
    """Sign and send back."""
    found = _found(request, pk, "refer_back")
    form = forms.BackForm(request.POST or None, initial={"version": found.version})
    return _answer(
        request,
        found,
        "refer_back",
        form,
        lambda data: actions.refer_back(
            actor=request.actor,
            referral=found,
            plan=form.back(),
            version=data["version"],
            factor=signed_in_with(request),
        ),
        said=_("已签名转回，等对方确认接回。"),
        hint=_signed(),
    )


@both
@page("referral.edit")
def confirm(request: PageRequest, pk: int) -> HttpResponse:
    """The return is confirmed."""
    return _step(
        request,
        pk,
        "confirm",
        actions.confirm,
        said=_("已确认接回，请按计划随访。"),
        hint=_("确认患者已回本院、已收到诊治小结和后续计划（规则 %(rule)s）。") % {"rule": cite(RETURN)},
    )


def _outcome(request: PageRequest, pk: int, step: str, act: Callable[..., Referral]) -> HttpResponse:
    today = {"on": timezone.localdate()}
    said = _("结局已登记，转诊已结案。")
    return _step(request, pk, step, act, forms.OutcomeForm, initial=today, said=said)


@both
@page("referral.edit")
def close(request: PageRequest, pk: int) -> HttpResponse:
    """The outcome after the return."""
    return _outcome(request, pk, "close", actions.close)


@both
@page("referral.answer")
def settle(request: PageRequest, pk: int) -> HttpResponse:
    """The outcome where the patient is."""
    return _outcome(request, pk, "settle", actions.settle)


@both
@page("referral.view")
def follow_up(request: PageRequest, pk: int) -> HttpResponse:
    """A follow-up took place."""
    row = queries.follow_up(request.actor, pk)
    found = row.referral
    path, permission = actions.side_of(found)
    require(request.actor, permission, (path,))
    back = reverse("referrals:referral", args=[found.pk])
    form = forms.FollowUpForm(request.POST or None, initial={"on": timezone.localdate()})
    context = {
        "form": form,
        "title": _("登记随访"),
        "about": f"{_('转诊')} {found.pk}",
        "back": back,
        "hint": f"{row.due_on} · {row.what}",
        "submit": _("保存"),
        "found": found,
    }
    return answer_form(
        request,
        form,
        lambda data: actions.note_follow_up(actor=request.actor, follow_up=row, **data),
        "referrals/act.html",
        context,
        said=_("随访已登记。"),
        then=back,
    )
