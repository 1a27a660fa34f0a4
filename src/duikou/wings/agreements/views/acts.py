"""What is done to an agreement from its page. Each act is on the agreement as the reader saw it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.errors import Conflict, Invalid
from duikou.core.faces import add_errors, done
from duikou.core.pages import PageRequest, page
from duikou.wings.agreements.actions import drafting, ending, life, reviewing, signing
from duikou.wings.agreements.actions._common import Refused
from duikou.wings.agreements.actions.drafting import Terms
from duikou.wings.agreements.forms import (
    ChangeTermsForm,
    CommentForm,
    DayForm,
    EndForm,
    EventForm,
    SignForm,
    UploadForm,
)
from duikou.wings.agreements.models import Agreement, Event, Side
from duikou.wings.agreements.queries import agreements as queries
from duikou.wings.agreements.views._common import as_seen, uploaded
from duikou.wings.agreements.views.detail import _clause_names, show, show_check


def _simple(request: PageRequest, pk: int, act: Callable[[Agreement], object], words: str) -> HttpResponse:
    """An act without a form; a text that the check refuses leads to the check, side by side."""
    found = as_seen(request, queries.agreement(request.actor, pk))
    try:
        act(found)
    except Refused as error:
        text = queries.version(found, found.latest)
        return show_check(request, found, text, refused=str(error.message))
    done(request, words)
    return redirect("agreements:detail", pk)


def _formed(
    request: PageRequest,
    found: Agreement,
    place: str,
    form: Form,
    act: Callable[[Agreement, dict[str, Any]], object],
    words: str,
) -> HttpResponse:
    """An act with a form: back on the page with its errors when it is not taken."""
    if form.is_valid():
        if "version" in form.cleaned_data:
            found.version = form.cleaned_data["version"]
        try:
            act(found, form.cleaned_data)
        except Refused as error:
            text = queries.version(found, found.latest)
            return show_check(request, found, text, refused=str(error.message))
        except Invalid as error:
            add_errors(form, error)
        except Conflict as error:
            form.add_error(None, str(error.message))
        else:
            done(request, words)
            return redirect("agreements:detail", found.pk)
    return show(request, queries.agreement(request.actor, found.pk), **{place: form})


# ---------------------------------------------------------------- review


@require_POST
@page("agreement.edit")
def send(request: PageRequest, pk: int) -> HttpResponse:
    """Send to both sides."""
    return _simple(
        request,
        pk,
        lambda found: reviewing.send(actor=request.actor, agreement=found),
        _("已送双方审议。"),
    )


@require_POST
@page("agreement.approve")
def agree(request: PageRequest, pk: int) -> HttpResponse:
    """Agree for one side."""
    side = request.POST.get("side", "")
    return _simple(
        request,
        pk,
        lambda found: reviewing.agree(actor=request.actor, agreement=found, side=side),
        _("已同意这一版文本。"),
    )


@require_POST
@page("agreement.approve")
def send_back(request: PageRequest, pk: int) -> HttpResponse:
    """Return the text for one side."""
    side, reason = request.POST.get("side", ""), request.POST.get("reason", "")
    return _simple(
        request,
        pk,
        lambda found: reviewing.send_back(actor=request.actor, agreement=found, side=side, reason=reason),
        _("已退回修改。"),
    )


@require_POST
@page("agreement.edit")
def reopen(request: PageRequest, pk: int) -> HttpResponse:
    """Take the text back to change it."""
    reason = request.POST.get("reason", "")
    return _simple(
        request,
        pk,
        lambda found: reviewing.reopen(actor=request.actor, agreement=found, reason=reason),
        _("已收回，可以修改。"),
    )


@require_POST
@page("agreement.edit")
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Give up a draft."""
    reason = request.POST.get("reason", "")
    return _simple(
        request,
        pk,
        lambda found: reviewing.withdraw(actor=request.actor, agreement=found, reason=reason),
        _("草稿已撤回，留作记录。"),
    )


@require_POST
@page("agreement.edit")
def comment(request: PageRequest, pk: int) -> HttpResponse:
    """Remark on the text."""
    found = queries.agreement(request.actor, pk)
    clauses = _clause_names(found, queries.version(found, found.latest))
    return _formed(
        request,
        found,
        "comment_form",
        CommentForm(request.POST, clauses=clauses),
        lambda one, data: reviewing.comment(
            actor=request.actor, agreement=one, text=data["text"], clause=data["clause"]
        ),
        _("批注已保存。"),
    )


@require_POST
@page("agreement.edit")
def settle(request: PageRequest, pk: int, comment: int) -> HttpResponse:
    """Mark a remark as dealt with."""
    found = queries.agreement(request.actor, pk)
    reviewing.settle_comment(actor=request.actor, agreement=found, comment_id=comment)
    done(request, _("批注已了结。"))
    return redirect("agreements:detail", pk)


# ---------------------------------------------------------------- text and terms


@require_POST
@page("agreement.edit")
def upload(request: PageRequest, pk: int) -> HttpResponse:
    """Hand in a text that was edited in Word."""
    found = queries.agreement(request.actor, pk)

    def act(one: Agreement, data: dict[str, Any]) -> None:
        file = data["file"]
        drafting.upload_text(
            actor=request.actor,
            agreement=one,
            content=file.read(),
            filename=file.name or "",
            accept_changes=data["accept_changes"],
            note=data["note"],
        )

    answer = _formed(
        request, found, "upload_form", UploadForm(request.POST, request.FILES), act, _("文本已保存并核对。")
    )
    if answer.status_code == 302:
        return redirect("agreements:check", pk, found.latest)
    return answer


@require_POST
@page("agreement.edit")
def terms(request: PageRequest, pk: int) -> HttpResponse:
    """Change days and representatives of a draft."""
    found = queries.agreement(request.actor, pk)
    return _formed(
        request,
        found,
        "terms_form",
        ChangeTermsForm(request.POST),
        lambda one, data: drafting.change_terms(actor=request.actor, agreement=one, terms=terms_of(data)),
        _("已保存，文本已按新的期限和代表重新生成。"),
    )


def terms_of(data: dict[str, Any]) -> Terms:
    """What a form says of days and representatives."""
    return Terms(
        drafted_on=data["drafted_on"],
        start=data["term_start"],
        end=data["term_end"],
        supporter_representative=data["supporter_representative"],
        recipient_representative=data["recipient_representative"],
    )


# ---------------------------------------------------------------- signing and filing


@require_POST
@page("agreement.approve")
def sign(request: PageRequest, pk: int) -> HttpResponse:
    """Record a signature."""
    found = queries.agreement(request.actor, pk)
    form = SignForm(
        request.POST, request.FILES, sides=queries.sides(request.actor, "agreement.approve", found)
    )
    return _formed(
        request,
        found,
        "sign_form",
        form,
        lambda one, data: signing.sign(
            actor=request.actor,
            agreement=one,
            side=data["side"],
            signatory=data["signatory"],
            post=data["post"],
            on=data["on"],
            scan=uploaded(form, "scan"),
        ),
        _("签署已登记。"),
    )


@require_POST
@page("agreement.view")
def original(request: PageRequest, pk: int, number: int) -> HttpResponse:
    """Confirm that a holder has its original."""
    found = queries.agreement(request.actor, pk)
    return _formed(
        request,
        found,
        "original_form",
        DayForm(request.POST, place="original"),
        lambda one, data: signing.receive_original(
            actor=request.actor, agreement=one, number=number, on=data["on"]
        ),
        _("原件已登记。"),
    )


@require_POST
@page("agreement.edit")
def send_copy(request: PageRequest, pk: int) -> HttpResponse:
    """Send the copy to the provincial office."""
    found = queries.agreement(request.actor, pk)
    return _formed(
        request,
        found,
        "copy_form",
        DayForm(request.POST, place="copy"),
        lambda one, data: signing.send_copy(actor=request.actor, agreement=one, on=data["on"]),
        _("已登记报送，待省办收存。"),
    )


@require_POST
@page("agreement.manage")
def confirm_copy(request: PageRequest, pk: int) -> HttpResponse:
    """The provincial office confirms its copy."""
    found = queries.agreement(request.actor, pk)
    return _formed(
        request,
        found,
        "receipt_form",
        DayForm(request.POST, place="receipt"),
        lambda one, data: signing.confirm_copy(actor=request.actor, agreement=one, on=data["on"]),
        _("已收存，回执已生成。"),
    )


# ---------------------------------------------------------------- after signing


@require_POST
@page("agreement.edit")
def amend(request: PageRequest, pk: int) -> HttpResponse:
    """Begin an amendment."""
    found = queries.agreement(request.actor, pk)
    made = life.amend(actor=request.actor, agreement=found)
    done(request, _("修订草稿已生成；签署之后替代原协议。"))
    return redirect("agreements:detail", made.pk)


@require_POST
@page("agreement.edit")
def renew(request: PageRequest, pk: int) -> HttpResponse:
    """Begin the agreement of the next term."""
    found = queries.agreement(request.actor, pk)
    made = life.renew(actor=request.actor, agreement=found)
    done(request, _("续签草稿已生成，期限与上一期衔接。"))
    return redirect("agreements:detail", made.pk)


@require_POST
@page("agreement.edit")
def event(request: PageRequest, pk: int) -> HttpResponse:
    """Record a change of a party."""
    found = queries.agreement(request.actor, pk)
    form = EventForm(request.POST, request.FILES, sides=list(Side))

    def act(one: Agreement, data: dict[str, Any]) -> None:
        shared = {
            "actor": request.actor,
            "agreement": one,
            "side": data["side"],
            "on": data["on"],
            "reason": data["reason"],
            "paper": uploaded(form, "paper"),
        }
        if data["kind"] == Event.Kind.SUCCESSION:
            life.succeed(**shared)
        else:
            life.change_representative(name=data["name"], **shared)

    return _formed(request, found, "event_form", form, act, _("变更已登记，协议继续有效。"))


@require_POST
@page("agreement.approve")
def ask_to_end(request: PageRequest, pk: int) -> HttpResponse:
    """Ask the superior for an early end."""
    found = queries.agreement(request.actor, pk)
    form = EndForm(
        request.POST, request.FILES, sides=queries.sides(request.actor, "agreement.approve", found)
    )
    return _formed(
        request,
        found,
        "end_form",
        form,
        lambda one, data: ending.ask_to_end(
            actor=request.actor,
            agreement=one,
            side=data["side"],
            last_day=data["last_day"],
            reason=data["reason"],
            evidence=uploaded(form, "evidence"),
        ),
        _("申请已提交上级主管部门。"),
    )


@require_POST
@page("agreement.consent")
def decide_end(request: PageRequest, pk: int, step: str) -> HttpResponse:
    """The superior consents to an end, or refuses it."""
    asked = queries.termination(request.actor, pk)
    reason = request.POST.get("reason", "")
    if step == "consent":
        ending.consent(actor=request.actor, request=asked, decision=reason)
        done(request, _("已批准终止；责任自最后一日的次日起不再计入。"))
    elif step == "refuse":
        ending.refuse(actor=request.actor, request=asked, reason=reason)
        done(request, _("已不予批准，协议继续有效。"))
    else:
        raise Invalid(_("没有这个步骤。"))
    return redirect("agreements:detail", asked.agreement_id)


@require_POST
@page("agreement.approve")
def take_back_end(request: PageRequest, pk: int) -> HttpResponse:
    """The side that asked takes its request back."""
    asked = queries.termination(request.actor, pk)
    ending.take_back(actor=request.actor, request=asked)
    done(request, _("终止申请已撤回。"))
    return redirect("agreements:detail", asked.agreement_id)
