"""What the keeper of records decides: emergency accesses, records that are due."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core.faces import answer_form
from duikou.core.pages import PageRequest, both, page
from duikou.wings.patients import actions, forms, retention
from duikou.wings.patients.models import Erasure
from duikou.wings.patients.queries import records
from duikou.wings.patients.views.acts import answer


@both
@page("patient.review")
def review(request: PageRequest, pk: int) -> HttpResponse:
    """One emergency access, with what was looked at during it, and the verdict."""
    found = records.emergency(request.actor, pk)
    form = forms.ReviewForm(request.POST or None)
    back = reverse("patients:emergencies")
    may_review = found.reviewed_at is None and found.user_id != request.actor.user_id
    context = {
        "found": found,
        "form": form if may_review else None,
        "looks": records.looks_of(found),
        "own": found.user_id == request.actor.user_id,
    }
    return answer_form(
        request,
        form,
        lambda data: actions.review_emergency(actor=request.actor, emergency=found, **data),
        "patients/review.html",
        context,
        said=_("审核已登记。"),
        then=back,
    )


@both
@page("patient.review")
def propose(request: PageRequest, number: str) -> HttpResponse:
    """Put a record forward for erasure."""
    found = records.own_patient(request.actor, number, "patient.review")
    return answer(
        request,
        forms.ReasonForm(request.POST or None),
        lambda data: actions.propose_erasure(actor=request.actor, patient=found, **data),
        title=_("提出到期销毁"),
        about=found.number,
        back=reverse("patients:due"),
        said=_("已提出，等第二人核准。"),
        hint=_("保存到 %(until)s。核准后姓名、证件号码等个人信息清除，不能恢复；查阅记录保留。")
        % {"until": retention.kept_until(found)},
    )


@both
@page("patient.review")
def decide(request: PageRequest, pk: int) -> HttpResponse:
    """The second person decides."""
    found = records.erasure(request.actor, pk)
    back = reverse("patients:erasures")
    if found.state != Erasure.State.PROPOSED and request.method == "GET":
        return render(request, "patients/act.html", _settled(found, back))
    return answer(
        request,
        forms.DecideForm(request.POST or None),
        lambda data: actions.decide_erasure(actor=request.actor, erasure=found, **data),
        title=_("核准到期销毁"),
        about=found.patient.number,
        back=back,
        said=_("已办理。"),
        hint=_("到期日 %(due)s，理由：%(reason)s。核准后不能恢复；不能核准自己提出的。")
        % {"due": found.due_on, "reason": found.reason},
        serious=True,
    )


def _settled(found: Erasure, back: str) -> dict[str, object]:
    return {
        "form": None,
        "title": _("核准到期销毁"),
        "about": found.patient.number,
        "back": back,
        "hint": f"{found.get_state_display()} {found.remark}".strip(),
    }
