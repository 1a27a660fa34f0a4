"""A service of the directory: its page with free places, and keeping it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.faces import answer_form, done
from duikou.core.pages import PageRequest, both, page
from duikou.wings.hospitals.catalogue import specialty_label
from duikou.wings.referrals import actions, places
from duikou.wings.referrals.catalogue import problem_label
from duikou.wings.referrals.forms import ServiceForm, slot_lines
from duikou.wings.referrals.models import Service
from duikou.wings.referrals.queries import services as directory


@page("referral.view")
def service(request: PageRequest, pk: int) -> HttpResponse:
    """A service with its slots and the places of the next four weeks."""
    found = directory.service(pk)
    return render(
        request,
        "referrals/service.html",
        {
            "service": found,
            "specialty": specialty_label(found.specialty),
            "tiers": [problem_label(one, one) for one in found.tiers],
            "slots": list(found.slots.all()),
            "free": places.free(found, timezone.localdate())[:20],
            "may_keep": request.actor.may("referral.service", found.scope_path),
            "demo_data": found.demonstration,
        },
    )


@both
@page("referral.service")
def new(request: PageRequest) -> HttpResponse:
    """A new service."""
    listed = directory.keeping_places(request.actor)
    form = ServiceForm(request.POST or None, places=listed, initial={"takes": "up", "weekly": 5})

    def do(data: dict[str, Any]) -> Service:
        hospital, _dash, department = data["place"].partition("-")
        place = directory.keeping_place(request.actor, int(hospital), int(department) or None)
        return actions.keep_service(
            actor=request.actor, hospital=place.hospital, department=place.department, offered=form.offered()
        )

    return answer_form(
        request,
        form,
        do,
        "referrals/act.html",
        _context(form, _("登记接诊服务"), reverse("referrals:services")),
        said=_("服务已登记。"),
        then=lambda made: reverse("referrals:service", args=[made.pk]),
    )


@both
@page("referral.service")
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """A service changed."""
    found = directory.own_service(request.actor, pk)
    names = ("name", "specialty", "takes", "tiers", "emergency", "weekly", "phone", "note", "version")
    initial = {name: getattr(found, name) for name in names}
    form = ServiceForm(
        request.POST or None, places=[], initial={**initial, "slots": slot_lines(list(found.slots.all()))}
    )
    back = reverse("referrals:service", args=[found.pk])
    return answer_form(
        request,
        form,
        lambda data: actions.keep_service(
            actor=request.actor,
            hospital=found.hospital,
            offered=form.offered(),
            service=found,
            version=data["version"],
        ),
        "referrals/act.html",
        _context(form, _("修改接诊服务"), back),
        said=_("服务已修改。"),
        then=back,
    )


@require_POST
@page("referral.service")
def close(request: PageRequest, pk: int) -> HttpResponse:
    """Take no more referrals."""
    actions.close_service(actor=request.actor, service=directory.own_service(request.actor, pk))
    done(request, _("该服务已停止接收新的转诊；在办的继续。"))
    return redirect("referrals:services")


def _context(form: ServiceForm, title: str, back: str) -> dict[str, Any]:
    return {"form": form, "title": title, "about": _("接诊服务"), "back": back, "submit": _("保存")}
