"""What the acts' pages share: a form of one consultation, and acts that need no form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from duikou.core.actions import require
from duikou.core.faces import answer_form, done
from duikou.core.pages import PageRequest
from duikou.wings.telehealth.models import Consultation
from duikou.wings.telehealth.queries import desk


def page_of(one: Consultation) -> str:
    """The address of a consultation's page."""
    return reverse("telehealth:consultation", args=[one.pk])


def on(
    request: PageRequest,
    pk: int,
    side: str,
    permission: str,
    make: Callable[[Consultation], Form],
    do: Callable[[Consultation, Any], Any],
    *,
    title: str,
    said: str,
    hint: object = "",
    template: str = "telehealth/act.html",
    more: Callable[[Consultation], dict[str, Any]] = lambda _one: {},
    then: Callable[[Consultation], str] = page_of,
) -> HttpResponse:
    """Show an act's form on a consultation; carry it out; show it again with what the action objects to.

    `side`: the path column where the permission is needed; none for what a seat decides.
    """
    one = desk.find(request.actor, pk)
    if side:
        require(request.actor, permission, (getattr(one, side),))
    form = make(one)
    context = {"form": form, "title": title, "one": one, "back": page_of(one), "hint": hint, **more(one)}
    return answer_form(
        request, form, lambda data: do(one, data), template, context, said=said, then=then(one)
    )


def at_once(request: PageRequest, pk: int, do: Callable[[Consultation, int], Any], said: str) -> HttpResponse:
    """Carry out an act that needs no form, on the version that the page showed."""
    one = desk.find(request.actor, pk)
    seen = request.POST.get("version", "")
    do(one, int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else one.version)
    done(request, said)
    return redirect(page_of(one))
