"""A referral typed: what is live, what the tiers say and which service has places is told meanwhile."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.actions import require
from duikou.core.errors import Conflict, Missing
from duikou.core.faces import answer_form, form_key
from duikou.core.guard import keepable
from duikou.core.pages import PageRequest, both, page
from duikou.core.scope import Actor
from duikou.wings.patients.models import Patient
from duikou.wings.patients.queries import records
from duikou.wings.referrals import actions, judging, places
from duikou.wings.referrals.forms import ReferralForm, lines_of
from duikou.wings.referrals.models import Referral
from duikou.wings.referrals.queries import referrals as queries
from duikou.wings.referrals.queries import services as directory


def _form(request: PageRequest, initial: dict[str, Any]) -> ReferralForm:
    return ReferralForm(
        request.POST or None,
        places=queries.places(request.actor),
        services=directory.directory(),  # type: ignore[arg-type]
        initial=initial,
    )


def _patient(actor: Actor, number: str) -> Patient:
    """The patient by number; that there is none is said at the form, not as a missing page."""
    try:
        return records.visible(actor, keepable(number).strip().upper())
    except Missing as error:
        raise Conflict(error.message) from error


@both
@page("referral.edit")
def new(request: PageRequest) -> HttpResponse:
    """A new referral of a patient whom the actor sees."""
    number = (request.POST.get("patient") or request.GET.get("patient", ""))[:20].upper()
    form = _form(request, {"key": form_key(), "direction": "up", "urgency": "routine"})

    def do(data: dict[str, Any]) -> Referral:
        hospital, _dash, department = data["place"].partition("-")
        place = queries.place(request.actor, int(hospital), int(department) or None)
        return actions.draft(
            actor=request.actor,
            key=data["key"],
            patient=_patient(request.actor, number),
            hospital=place.hospital,
            department=place.department,
            details=form.details(),
        )

    return answer_form(
        request,
        form,
        do,
        "referrals/new.html",
        {"form": form, "number": number, "title": _("新建转诊"), "back": reverse("referrals:list")},
        said=_("草稿已保存。核对后签名发出。"),
        then=lambda made: reverse("referrals:referral", args=[made.pk]),
    )


@both
@page("referral.edit")
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """A draft, or one that was returned, put right. The form shows it, so it is a look."""
    found, _seen = queries.opened(request.actor, pk, "page")
    require(request.actor, "referral.edit", (found.from_path,))
    own = f"{found.from_hospital_id}-{found.from_department_id or 0}"
    initial: dict[str, Any] = {
        name: getattr(found, name)
        for name in (
            "direction", "urgency", "diagnosis", "code", "tier", "exception", "why", "summary", "plan",
            "escort", "escort_phone", "from_phone", "version",
        )
    }  # fmt: skip
    initial |= {
        "place": own,
        "service": str(found.service_id),
        f"conditions_{found.direction}": found.conditions,
        "follow_ups": lines_of(found.follow_ups.all()) if found.direction == "down" else "",
    }
    form = _form(request, initial)
    form.fields["place"].required = False
    back = reverse("referrals:referral", args=[found.pk])
    return answer_form(
        request,
        form,
        lambda data: actions.edit(
            actor=request.actor, referral=found, details=form.details(), version=data["version"]
        ),
        "referrals/new.html",
        {"form": form, "number": found.patient.number, "title": _("修改转诊"), "back": back, "found": found},
        said=_("已保存。核对后签名发出。"),
        then=back,
    )


@require_POST
@page("referral.edit")
def told(request: PageRequest) -> HttpResponse:
    """What is known of the case typed so far: a part of the page."""
    form = _form(request, {})
    form.full_clean()
    data = {**dict.fromkeys(form.fields, ""), **getattr(form, "cleaned_data", {})}
    direction = data["direction"] or "up"
    service = form.services.get(data["service"])
    code = str(data["code"]).strip().upper()
    judged = judging.judge(
        direction,
        data["tier"],
        code,
        data[f"conditions_{direction}"] or (),
        service.specialty if service else "",
    )
    live, missing = None, ""
    try:
        patient = _patient(request.actor, request.POST.get("patient", "")[:20])
        without = request.POST.get("pk", "")
        live = judging.live_for(
            patient, judged.problem, int(without) if without.isascii() and without.isdigit() else None
        )
    except Conflict as error:
        missing = str(error.message) if request.POST.get("patient") else ""
    wanted = directory.offered(
        direction,
        specialty=service.specialty if service else "",
        emergency=data["urgency"] == Referral.Urgency.EMERGENCY,
    )[:30]
    free = places.first_free(list(wanted), timezone.localdate())
    return render(
        request,
        "referrals/_told.html",
        {
            "live": live,
            "missing": missing,
            "judged": judged,
            "fault": judging.fault_of_service(service, direction, judged.tier, data["urgency"] or "routine")
            if service
            else "",
            "services": sorted(
                ((one, free.get(one.pk)) for one in wanted),
                key=lambda pair: (pair[1] is None, pair[1].day if pair[1] else timezone.localdate()),
            )[:6],
        },
    )
