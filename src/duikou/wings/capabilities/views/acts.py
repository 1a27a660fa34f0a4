"""Forms of the acts: approve, declare, record, and what takes them back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import require
from duikou.core.faces import answer_form
from duikou.core.pages import PageRequest, both, page
from duikou.wings.capabilities import actions
from duikou.wings.capabilities.forms import ApproveForm, CaseForm, EndForm, PaperForm, WithdrawForm
from duikou.wings.capabilities.queries import record as records
from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.models import Hospital


def _upload(request: PageRequest) -> tuple[str, bytes] | None:
    file = request.FILES.get("file")
    return (file.name or "", file.read()) if file else None


def _answer(
    request: PageRequest,
    hospital: Hospital,
    technique: str,
    form: Form,
    do: Callable[[dict[str, Any]], object],
    *,
    title: str,
    said: str,
    hint: str = "",
) -> HttpResponse:
    """Show the form; carry out what it says; show it again with what the action objects to."""
    context = {
        "form": form,
        "hospital": hospital,
        "technique": technique,
        "technique_title": catalogue.technique_label(technique),
        "title": title,
        "hint": hint,
    }
    back = reverse("capabilities:technique", args=[hospital.pk, technique])
    return answer_form(request, form, do, "capabilities/act.html", context, said=said, then=back)


def _initial(hospital: Hospital) -> dict[str, Any]:
    return {"on": records.last_day(hospital, timezone.localdate()).isoformat()}


@both
@page("capability.approve")
def approve(request: PageRequest, pk: int, technique: str) -> HttpResponse:
    """A hospital approves the technique for itself."""
    hospital = records.recipient(request.actor, pk)
    found = records.record(request.actor, hospital, technique)
    mine = [
        one
        for one in (hospital, *found.supporters)
        if request.actor.may("capability.approve", one.scope_path)
    ]
    if not mine:
        require(request.actor, "capability.approve", (hospital.scope_path,))
    form = ApproveForm(
        request.POST or None, request.FILES or None, hospitals=mine, initial=_initial(hospital)
    )
    return _answer(
        request,
        hospital,
        technique,
        form,
        lambda data: actions.approve(
            actor=request.actor,
            recipient=hospital,
            technique=technique,
            hospital=form.known[data["hospital"]],
            on=data["on"],
            number=data["number"],
            document=_upload(request),
        ),
        title=_("批准开展"),
        said=_("批准已登记。"),
        hint=_("两院各自批准后，派驻人员才能在受援医院开展这项技术（规则 PER-06）。"),
    )


@both
@page("capability.approve")
def independent(request: PageRequest, pk: int, technique: str) -> HttpResponse:
    """The recipient states that it masters the technique."""
    hospital = records.recipient(request.actor, pk)
    records.technique(technique)
    require(request.actor, "capability.approve", (hospital.scope_path,))
    form = PaperForm(request.POST or None, request.FILES or None, initial=_initial(hospital))
    return _answer(
        request,
        hospital,
        technique,
        form,
        lambda data: actions.declare_independent(
            actor=request.actor,
            recipient=hospital,
            technique=technique,
            on=data["on"],
            number=data["number"],
            document=_upload(request),
        ),
        title=_("认定独立开展"),
        said=_("已认定独立开展。"),
        hint=_("须已有本院的批准和本院独立完成的病例。"),
    )


@both
@page("capability.edit")
def case(request: PageRequest, pk: int, technique: str) -> HttpResponse:
    """Record cases of a day."""
    hospital = records.recipient(request.actor, pk)
    found = records.record(request.actor, hospital, technique)
    require(request.actor, "capability.edit", (hospital.scope_path,))
    form = CaseForm(request.POST or None, request.FILES or None, record=found, initial=_initial(hospital))
    return _answer(
        request,
        hospital,
        technique,
        form,
        lambda data: actions.record_case(
            actor=request.actor,
            recipient=hospital,
            technique=technique,
            case=actions.Case(
                on=data["on"],
                by=data["by"],
                cases=data["cases"],
                supporter=form.supporters.get(data["supporter"]),
                person=form.persons.get(data["person"]),
                note=data["note"],
                document=_upload(request),
            ),
        ),
        title=_("登记开展病例"),
        said=_("病例数已登记。"),
        hint=_("只记日期、例数和由谁开展，不记任何患者信息。"),
    )


@both
@page("capability.approve")
def end_approval(request: PageRequest, pk: int) -> HttpResponse:
    """Take an approval back."""
    approval = records.approval(request.actor, pk)
    require(request.actor, "capability.approve", (approval.hospital_path,))
    form = EndForm(request.POST or None, initial=_initial(approval.capability.hospital))
    return _answer(
        request,
        approval.capability.hospital,
        approval.capability.technique,
        form,
        lambda data: actions.end_approval(
            actor=request.actor, approval=approval, on=data["on"], reason=data["reason"]
        ),
        title=_("停止批准：%(what)s") % {"what": approval},
        said=_("批准已停止。"),
        hint=_("从停止日期起不能再登记新的病例；以前的记录保留。"),
    )


@both
@page("capability.edit")
def withdraw_case(request: PageRequest, pk: int) -> HttpResponse:
    """Take a wrong record back."""
    performance = records.performance(request.actor, pk)
    require(request.actor, "capability.edit", (performance.recipient_path,))
    form = WithdrawForm(request.POST or None)
    return _answer(
        request,
        performance.capability.hospital,
        performance.capability.technique,
        form,
        lambda data: actions.withdraw_case(
            actor=request.actor, performance=performance, reason=data["reason"]
        ),
        title=_("撤回记录：%(what)s") % {"what": performance},
        said=_("记录已撤回。"),
        hint=_("撤回的记录仍然可见，但不再计数。"),
    )
