"""Pages on which somebody is typed in: a new patient, a correction, a search; never in an address."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.faces import answer_form
from duikou.core.pages import PageRequest, both, page
from duikou.core.scope import Actor
from duikou.wings.patients import actions
from duikou.wings.patients.forms import CorrectionForm, FindForm, NewPatientForm, SameForm
from duikou.wings.patients.models import Access, Patient
from duikou.wings.patients.queries import doubles, records

MOST = 50


def _place(actor: Actor, key: str) -> records.Place:
    hospital, _dash, department = key.partition("-")
    return records.place(actor, int(hospital), int(department) or None)


@both
@page("patient.edit")
def new(request: PageRequest) -> HttpResponse:
    """A new patient, with doubles told while typing."""
    places = records.places(request.actor)
    today = timezone.localdate().isoformat()
    form = NewPatientForm(request.POST or None, places=places, initial={"last_contact_on": today})

    def do(data: dict[str, Any]) -> Patient:
        place = _place(request.actor, data["place"])
        return actions.register(
            actor=request.actor,
            hospital=place.hospital,
            department=place.department,
            details=form.details(),
        )

    return answer_form(
        request,
        form,
        do,
        "patients/new.html",
        {"form": form, "places": places},
        said=_("患者已登记。"),
        then=lambda made: reverse("patients:patient", args=[made.number]),
    )


@require_POST
@page("patient.edit")
def same(request: PageRequest) -> HttpResponse:
    """Who may be the same as the person typed in so far: a part of the page."""
    form = SameForm(request.POST)
    found = doubles.Found((), None)
    if form.is_valid() and form.cleaned_data["place"]:
        typed = {name: form.cleaned_data[name] for name in form.fields if name != "place"}
        place = _place(request.actor, form.cleaned_data["place"])
        found = doubles.doubles(request.actor, place.hospital, **typed)
        if found.hidden is not None:
            actions.note_match(actor=request.actor, patient=found.hidden)
    return render(request, "patients/_same.html", {"found": found})


@both
@page("patient.view")
def find(request: PageRequest) -> HttpResponse:
    """Patients by number, identity number or exact name."""
    form = FindForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        found = list(records.find(request.actor, form.cleaned_data["text"])[:MOST])
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "patients/find.html", {"form": form, "found": found}, status=status)


@both
@page("patient.edit")
def edit(request: PageRequest, number: str) -> HttpResponse:
    """A record put right: the form shows it, so it is a look."""
    found = records.own_patient(request.actor, number, "patient.edit")
    found = actions.look(
        actor=request.actor,
        number=found.number,
        where=Access.Where.PAGE,
        purpose=Access.Purpose.CORRECTION,
    )
    whole = request.actor.may("patient.edit", found.hospital_path)
    form = CorrectionForm(
        request.POST or None,
        departments=records.departments_for(request.actor, found),
        whole=whole,
        initial={
            "name": found.name,
            "identity_kind": found.identity_kind,
            "identity": found.identity,
            "birth_date": found.birth_date,
            "sex": found.sex,
            "phone": found.phone,
            "payment": found.payment,
            "residence": found.residence.code if found.residence else "",
            "care": found.care,
            "last_contact_on": found.last_contact_on,
            "department": found.department_id,
            "version": found.version,
        },
    )
    back = reverse("patients:patient", args=[found.number])
    return answer_form(
        request,
        form,
        lambda data: actions.correct(
            actor=request.actor,
            patient=found,
            details=form.details(),
            reason=data["reason"],
            department=data["department"],
            version=data["version"],
        ),
        "patients/act.html",
        {
            "form": form,
            "title": _("更正档案"),
            "about": found.number,
            "back": back,
            "hint": _("更正前的内容加密留存；审计日志只记改了哪几项。"),
        },
        said=_("档案已更正。"),
        then=back,
    )
