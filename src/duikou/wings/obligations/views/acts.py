"""What people do on the page of an obligation. Who may is the actions' business: a deputy has no grant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core import documents
from duikou.core.errors import Invalid, Missing
from duikou.core.faces import add_errors, done
from duikou.core.pages import PageRequest, page
from duikou.wings.obligations import evidence as registry
from duikou.wings.obligations.actions import changes, targets
from duikou.wings.obligations.actions import evidence as evidence_actions
from duikou.wings.obligations.actions.evidence import File
from duikou.wings.obligations.actions.statements import state
from duikou.wings.obligations.forms import TargetForm
from duikou.wings.obligations.models import Obligation
from duikou.wings.obligations.queries import ledger as queries
from duikou.wings.obligations.standing import Says, Side
from duikou.wings.obligations.views.detail import attach_form, reason_form, show, state_form, version_form


def _carried_out(
    request: PageRequest,
    one: Obligation,
    part: str,
    form: Form,
    act: Callable[[dict[str, Any]], object],
    told: str,
) -> HttpResponse:
    """Do it and go back to the page; a refused form is shown again with what was wrong."""
    if not form.is_valid():
        return show(request, one, part, form)
    try:
        act(form.cleaned_data)
    except Invalid as error:
        add_errors(form, error)
        return show(request, one, part, form)
    done(request, told)
    return redirect("obligations:detail", one.pk)


@require_POST
@page("obligation.view")
def say(request: PageRequest, pk: int) -> HttpResponse:
    """Say how the obligation stands, for one side."""
    one = queries.obligation(request.actor, pk)
    side, says = _side(request.POST.get("side", "")), _says(request.POST.get("says", ""))
    return _carried_out(
        request,
        one,
        f"state:{side}:{says}",
        state_form(one, side, says, request.POST),
        lambda data: state(
            actor=request.actor,
            obligation=one,
            version=data["version"],
            says=says,
            side=side,
            quantity=data.get("quantity"),
            note=data["note"],
        ),
        _("已记入台账。"),
    )


def _side(text: str) -> Side:
    try:
        return Side(text)
    except ValueError:
        raise Invalid(_("请选择代表哪一方。")) from None


def _says(text: str) -> Says:
    try:
        return Says(text)
    except ValueError:
        raise Invalid(_("没有这种说法。")) from None


@require_POST
@page("obligation.view")
def attach(request: PageRequest, pk: int) -> HttpResponse:
    """Give evidence."""
    one = queries.obligation(request.actor, pk)
    form = attach_form(request.actor, one, request.POST, request.FILES)
    if form is None:  # closed, or not this person's: the action says which
        evidence_actions.attach(actor=request.actor, obligation=one, kind="")
        raise Missing(_("没有这项责任，或它不在您的范围内。"))

    def act(data: dict[str, Any]) -> None:
        upload = data.get("file")
        kind, _colon, reference = (data.get("reference") or "").partition(":")
        evidence_actions.attach(
            actor=request.actor,
            obligation=one,
            kind=kind or data["kind"],
            reference=reference,
            quantity=data.get("quantity"),
            on=data.get("on"),
            note=data["note"],
            file=File(upload.name, upload.read()) if upload else None,
        )

    return _carried_out(request, one, "attach", form, act, _("佐证已提交，等待对方核实。"))


@require_POST
@page("obligation.view")
def judge(request: PageRequest, pk: int) -> HttpResponse:
    """Accept or reject evidence, or take that back."""
    row = queries.evidence(request.actor, pk)
    one = queries.obligation(request.actor, row.obligation_id)
    return _carried_out(
        request,
        one,
        f"judge:{pk}",
        reason_form("judge", pk, row.version, request.POST),
        lambda data: evidence_actions.judge(
            actor=request.actor,
            evidence=row,
            version=data["version"],
            verdict=request.POST.get("verdict", "?"),
            reason=data["reason"],
        ),
        _("意见已记录。"),
    )


@require_POST
@page("obligation.view")
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Take evidence back."""
    row = queries.evidence(request.actor, pk)
    one = queries.obligation(request.actor, row.obligation_id)
    return _carried_out(
        request,
        one,
        f"withdraw:{pk}",
        reason_form("withdraw", pk, row.version, request.POST),
        lambda data: evidence_actions.withdraw(
            actor=request.actor, evidence=row, version=data["version"], reason=data["reason"]
        ),
        _("佐证已撤回，留作记录，不再计数。"),
    )


@require_POST
@page("obligation.view")
def renew(request: PageRequest, pk: int) -> HttpResponse:
    """Give evidence anew by the figure that its work has now."""
    row = queries.evidence(request.actor, pk)
    one = queries.obligation(request.actor, row.obligation_id)
    return _carried_out(
        request,
        one,
        f"renew:{pk}",
        version_form("renew", pk, row.version, request.POST),
        lambda data: changes.renew(actor=request.actor, evidence=row, version=data["version"]),
        _("已按新数字处理，原佐证留作记录。"),
    )


@page("obligation.view")
def file(request: PageRequest, pk: int) -> HttpResponse:
    """The file of a piece of evidence, as it came."""
    row = queries.evidence(request.actor, pk)
    if row.document is None:
        raise Missing(_("这项佐证没有文件。"))
    return documents.download(row.document)


@page("obligation.view")
def proof(request: PageRequest, pk: int) -> HttpResponse:
    """The page of the work that a piece of evidence stands for."""
    row = queries.evidence(request.actor, pk)
    kind = registry.kind(row.kind) if row.reference else None
    found = kind.resolve(request.actor, row.obligation, row.reference) if kind else None
    if found is None or not found.url:
        raise Missing(_("这项佐证没有可打开的页面。"))
    return redirect(str(found.url))


@require_POST
@page("obligation.view")
def propose(request: PageRequest, pk: int) -> HttpResponse:
    """Put a target forward."""
    one = queries.obligation(request.actor, pk)
    return _carried_out(
        request,
        one,
        "target",
        TargetForm(request.POST, auto_id="target-%s"),
        lambda data: targets.propose(actor=request.actor, obligation=one, target=data["target"]),
        _("目标已提出，等待对方答复。"),
    )


@require_POST
@page("obligation.view")
def answer(request: PageRequest, pk: int) -> HttpResponse:
    """Agree to the other party's target, or decline it."""
    row = queries.proposal(request.actor, pk)
    one = queries.of_duty(request.actor, row)
    return _carried_out(
        request,
        queries.obligation(request.actor, one.pk),
        f"answer:{pk}",
        reason_form("answer", pk, row.version, request.POST),
        lambda data: targets.answer(
            actor=request.actor,
            obligation=one,
            proposal=row,
            version=data["version"],
            agree=request.POST.get("answer") == "agree",
            reason=data["reason"],
        ),
        _("答复已记录。"),
    )
