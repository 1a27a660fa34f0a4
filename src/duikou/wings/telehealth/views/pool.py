"""Pages of the pool: an expert, the times, coming and going."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.actions import require
from duikou.core.faces import answer_form, done
from duikou.core.pages import PageRequest, both, page
from duikou.core.scope import Actor
from duikou.wings.hospitals import catalogue as register
from duikou.wings.telehealth import actions, forms
from duikou.wings.telehealth.models import Consultation, Expert
from duikou.wings.telehealth.queries import desk


def _page_of(found: Expert) -> str:
    return reverse("telehealth:expert", args=[found.pk])


def _own(actor: Actor, found: Expert) -> bool:
    return actor.user_id is not None and found.person.user_id == actor.user_id


@both
@page("consult.pool")
def new(request: PageRequest) -> HttpResponse:
    """Put a doctor into the pool."""
    form = forms.NewExpertForm(request.POST or None, staff=desk.staff(request.actor))

    def do(data: dict[str, Any]) -> Expert:
        person = desk.person(request.actor, data.pop("person"))
        return actions.enter_expert(actor=request.actor, person=person, **data)

    context = {"form": form, "title": _("加入专家"), "back": reverse("telehealth:experts")}
    return answer_form(
        request, form, do, "telehealth/act.html", context, said=_("已加入专家库。"), then=_page_of
    )


@page("consult.view")
def expert(request: PageRequest, pk: int) -> HttpResponse:
    """One expert with the times."""
    found = desk.expert(request.actor, pk)
    keeps = request.actor.may("consult.pool", found.scope_path)
    return render(
        request,
        "telehealth/expert.html",
        {
            "found": found,
            "title": register.title_label(found.person.title),
            "specialty": register.specialty_label(found.person.specialty),
            "kinds": [Consultation.Kind(kind).label for kind in found.kinds],
            "slots": desk.slots_of(found),
            "keeps": keeps and found.left_at is None,
            "offers": (keeps or _own(request.actor, found)) and found.left_at is None,
        },
    )


def _on(request: PageRequest, found: Expert, form: Any, do: Any, title: str, said: str) -> HttpResponse:
    context = {"form": form, "title": title, "back": _page_of(found), "about": found.person.name}
    return answer_form(request, form, do, "telehealth/act.html", context, said=said, then=_page_of(found))


@both
@page("consult.pool")
def correct(request: PageRequest, pk: int) -> HttpResponse:
    """Put right what the pool says."""
    found = desk.expert(request.actor, pk)
    require(request.actor, "consult.pool", found.scope_paths())
    first = {name: getattr(found, name) for name in forms.ExpertForm.base_fields}
    return _on(
        request,
        found,
        forms.ExpertForm(request.POST or None, initial=first),
        lambda data: actions.correct_expert(actor=request.actor, expert=found, **data),
        _("更正专家信息"),
        _("已更正。"),
    )


@both
@page("consult.pool")
def leave(request: PageRequest, pk: int) -> HttpResponse:
    """Out of the pool."""
    found = desk.expert(request.actor, pk)
    require(request.actor, "consult.pool", found.scope_paths())
    return _on(
        request,
        found,
        forms.ReasonForm(request.POST or None),
        lambda data: actions.leave_pool(actor=request.actor, expert=found, **data),
        _("退出专家库"),
        _("已退出专家库。"),
    )


@both
@page("consult.view")
def offer(request: PageRequest, pk: int) -> HttpResponse:
    """A time at which the expert can be there."""
    found = desk.expert(request.actor, pk)
    if not _own(request.actor, found):
        require(request.actor, "consult.pool", found.scope_paths())
    return _on(
        request,
        found,
        forms.TimeForm(request.POST or None),
        lambda data: actions.offer_weekly(actor=request.actor, expert=found, **data),
        _("登记空闲时段"),
        _("时段已登记。"),
    )


@require_POST
@page("consult.view")
def withdraw_slot(request: PageRequest, pk: int) -> HttpResponse:
    """Take a free time back."""
    slot = desk.slot(request.actor, pk)
    actions.withdraw_slot(actor=request.actor, slot=slot)
    done(request, _("时段已撤回。"))
    return redirect(_page_of(slot.expert))
