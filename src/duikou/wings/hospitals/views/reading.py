"""The list and the pages of one hospital."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from duikou.core.listing import as_of
from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.core.times import time_words
from duikou.wings.hospitals import detail, queries, texts
from duikou.wings.hospitals.actions.common import EDIT, KEEP
from duikou.wings.hospitals.models import Department, Hospital, Mark
from duikou.wings.hospitals.tables import COLUMNS, hospital_listing
from duikou.wings.places import maps
from duikou.wings.places.models import Division

TO_CONFIRM = frozenset({Mark.RECALLED, Mark.INFERRED})


@require_GET
@page("hospital.view")
def hospital_list(request: PageRequest) -> HttpResponseBase:
    """The register, as of today or of `?as_of=`."""
    day = as_of(request) if request.GET.get("as_of") else None
    # Without a state and a text the list holds what is in force; a text finds all, see `hospitals`.
    chosen = queries.HospitalFilter(state="" if not _asked(request) else queries.ANY_STATE)
    rows = queries.hospitals(request.actor, chosen).select_related(None).values(*COLUMNS)
    context = {
        "day": day.isoformat() if day else "",
        "data_date": (day or timezone.localdate()).isoformat(),
        "may_register": request.actor.may(KEEP),
        "may_review": request.actor.may("hospital.review"),
    }
    return hospital_listing(request.actor, day).respond(request, rows, "hospitals/list.html", context)


def _asked(request: HttpRequest) -> bool:
    return bool(request.GET.get("q", "").strip() or request.GET.get("state", "").strip())


@require_GET
@page("hospital.view")
def hospital(request: PageRequest, pk: int) -> HttpResponse:
    """Overview: facts, names, places, grades, mergers, pairings."""
    found = queries.find_hospital(request.actor, pk)
    asked = bool(request.GET.get("as_of"))
    day = as_of(request)
    places = detail.places_of(found)
    then = queries.on_day([pk], day)[pk]
    official = detail.once_official(found)
    context = {
        "day": day.isoformat(),
        "asked": day.isoformat() if asked else "",
        "then": then,
        "names": [
            {
                "row": name,
                "span": span(name.valid_from, name.valid_to),
                "note": name.note,
                "removable": name.pk not in official,
            }
            for name in detail.names_of(found)
        ],
        "places": [
            {"row": place, "span": span(place.valid_from, place.valid_to, _("有记录以来"))}
            for place in places
        ],
        "levels": [
            {"row": level, "span": span(level.valid_from, level.valid_to)}
            for level in detail.levels_of(found)
        ],
        "steps": detail.steps_of(request.actor, found),
        "cells": _map(found, then.division, day),
        "facts_to_confirm": found.mark in TO_CONFIRM,
    }
    return _tab(request, found, "hospitals/detail.html", "overview", context)


def _map(found: Hospital, place: Division | None, day: dt.date) -> list[dict[str, Any]]:
    """The tile grid with the hospital's county marked."""
    if place is None:
        return []
    words = f"{place.label}：{found.name}"
    mark = maps.Mark(3, words, reverse("places:division", args=[place.pk]), chosen=True)
    return maps.grid_cells(day, {place.pk: mark})


@require_GET
@page("hospital.view")
def departments(request: PageRequest, pk: int) -> HttpResponse:
    """The gap matrix: departments by named specialty."""
    found = queries.find_hospital(request.actor, pk)
    rows = detail.specialty_rows(found)
    labels = dict(Department.State.choices)
    counts = detail.state_counts(rows)
    context = {
        "rows": rows,
        "others": detail.other_departments(found),
        "closed": detail.closed_departments(found),
        "counts": [(state, labels.get(state, _("未评定")), number) for state, number in counts.items()],
        "labels": labels,
    }
    return _tab(request, found, "hospitals/departments.html", "departments", context)


@require_GET
@page("hospital.view")
def capabilities(request: PageRequest, pk: int) -> HttpResponse:
    """The capability record by milestone year."""
    found = queries.find_hospital(request.actor, pk)
    context = {"years": detail.capability_years(found)}
    return _tab(request, found, "hospitals/capabilities.html", "capabilities", context)


@require_GET
@page("hospital.view")
def history(request: PageRequest, pk: int) -> HttpResponse:
    """Who changed what, and when."""
    found = queries.find_hospital(request.actor, pk)
    events = [
        {
            "number": event.number,
            "at": time_words(event.at),
            "by": event.actor_label,
            "act": texts.act_label(event.action),
            "differences": list(texts.differences(event.action, event.before, event.after)),
            "reason": event.reason,
        }
        for event in detail.history_of(request.actor, found)
    ]
    return _tab(request, found, "hospitals/history.html", "history", {"events": events})


def _tab(
    request: PageRequest, found: Hospital, template: str, tab: str, more: dict[str, Any]
) -> HttpResponse:
    keeps, active = may_keep(request.actor, found), found.state == Hospital.State.ACTIVE
    context = {
        "hospital": found,
        f"on_{tab}": True,
        "may_change": request.actor.may(EDIT, found.scope_path) and active,
        "may_keep": keeps and active,
        "may_restore": keeps and not active,
        "may_see_history": detail.may_see_history(request.actor, found),
        "target_visible": found.merged_into_id is not None
        and queries.hospitals(request.actor, queries.HospitalFilter(state=queries.ANY_STATE))
        .filter(pk=found.merged_into_id)
        .exists(),
        "data_date": timezone.localdate().isoformat(),
        **more,
    }
    return render(request, template, context)


def may_keep(actor: Actor, found: Hospital) -> bool:
    """Whether the actor keeps this entry: names, place, mergers and all else that findings depend on."""
    return actor.may(KEEP, found.scope_path)


def span(start: dt.date | None, end: dt.date | None, unknown: str = "") -> str:
    """A stretch of time in words; the end is the first day that no longer counts.

    `unknown` are the words for a stretch without both.
    """
    if start and end:
        return _("%(start)s 至 %(end)s（不含）") % {"start": start.isoformat(), "end": end.isoformat()}
    if start:
        return _("%(start)s 起") % {"start": start.isoformat()}
    if end:
        return _("至 %(end)s（不含）") % {"end": end.isoformat()}
    return unknown or _("起止未登记")
