"""Pages of the places wing: divisions, changes, boundaries, travel."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from duikou.core import exports
from duikou.core.errors import Invalid
from duikou.core.listing import as_of
from duikou.core.pages import PageRequest, page
from duikou.wings.places import actions, boundaries, maps, points, queries, tables, wording
from duikou.wings.places.distance import travel_rules
from duikou.wings.places.forms import BoundaryForm, ReasonForm, TravelForm
from duikou.wings.places.matrix import COLUMNS, MAX_BYTES, MatrixReading, read_matrix
from duikou.wings.places.models import Division
from duikou.wings.places.outlines import MAX_BYTES as MAX_OUTLINE_BYTES
from duikou.wings.places.outlines import Warning
from duikou.wings.places.panels import division_named, division_panel, event_rows, url_of
from duikou.wings.places.replay import RECORDED_SINCE, settings

# Levels of the tile map that shows kinds.
KIND_LEVELS = {"district": 4, "county_city": 3, "county": 2, "autonomous_county": 1}


@require_GET
@page("places.view")
def divisions(request: PageRequest) -> HttpResponseBase:
    """All county-level units on a day, with the map of their kinds."""
    day = as_of(request)
    counts = queries.counts_by_kind(day)
    labels = dict(Division.Kind.choices)
    context = {
        "day": day.isoformat(),
        "kinds": [(kind, labels[kind], counts[kind]) for kind in KIND_LEVELS],
        "total": sum(counts.values()),
        "before_records": day < RECORDED_SINCE,
        "recorded_since": RECORDED_SINCE.isoformat(),
        "data_date": day.isoformat(),
    }
    if not request.htmx and "export" not in request.GET:
        context |= _map_of_kinds(day)
    return tables.DIVISIONS.respond(request, queries.divisions_on(day), "places/list.html", context)


def _map_of_kinds(day: dt.date) -> dict[str, Any]:
    units = list(queries.divisions_on(day))
    marks = {
        unit.pk: maps.Mark(KIND_LEVELS[unit.kind], f"{unit.label}（{unit.get_kind_display()}）", url_of(unit))
        for unit in units
    }
    labels = dict(Division.Kind.choices)
    return {
        "cells": maps.grid_cells(day, marks),
        "legend": [(level, labels[kind]) for kind, level in KIND_LEVELS.items()],
        "outlines": maps.outline_map(marks),
        "cities": [
            (url_of(city), city.label, sum(u.parent_id == city.pk for u in units))
            for city in queries.cities_on(day)
        ],
    }


@require_GET
@page("places.view")
def division(request: PageRequest, pk: int) -> HttpResponse:
    """One division: facts, history, what it is today, nearest units; a city's counties."""
    found = division_named(pk)
    default = timezone.localdate()
    if found.valid_to is not None:
        default = found.valid_to - dt.timedelta(days=1)
    day = as_of(request, default)
    counties = queries.divisions_on(day, city=found.code) if found.level == Division.Level.CITY else ()
    context = {
        "panel": division_panel(found, day),
        "counties": [
            (url_of(c), c.label, c.get_kind_display(), c.code, wording.since_words(c)) for c in counties
        ],
        "day": day.isoformat(),
        "data_date": day.isoformat(),
    }
    return render(request, "places/division.html", context)


@require_GET
@page("places.view")
def changes(request: PageRequest) -> HttpResponse:
    """All recorded changes with dates, documents and how sure we are."""
    links = [link for change in queries.changes() for link in change.links.all()]
    return render(request, "places/changes.html", {"events": event_rows(links)})


# ---------------------------------------------------------------- boundaries


@require_http_methods(["GET", "POST"])
@page("places.view")
def boundary_sets(request: PageRequest) -> HttpResponse:
    """The sets of outlines; upload of a new one."""
    form = BoundaryForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _import_outlines(request, form):
        return redirect("places:boundaries")
    context = {
        "form": form,
        "may_manage": actions.may_manage(request.actor),
        "sets": [
            (found, [Warning(**stored) for stored in found.warnings]) for found in boundaries.boundary_sets()
        ],
        "package": boundaries.package_file() is not None,
        "outlines": maps.outline_map(),
        "reason_form": ReasonForm(auto_id=False),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "places/boundaries.html", context, status=status)


def _import_outlines(request: HttpRequest, form: BoundaryForm) -> bool:
    data = form.cleaned_data
    try:
        found = boundaries.import_boundaries(
            _content(data["file"], MAX_OUTLINE_BYTES),
            name=data["name"],
            source_text=data["source_text"],
            review_number=data["review_number"],
            as_of=data["as_of"],
            datum=data["datum"],
            edited=data["edited"],
            actor=request.actor,  # type: ignore[attr-defined]
        )
    except Invalid as refusal:
        for name, texts in refusal.fields.items():
            for text in texts:
                form.add_error(name, text)
        return False
    messages.success(request, _("已导入“%(name)s”，地图从现在起使用这套边界。") % {"name": found.name})
    return True


def _content(file: UploadedFile, limit: int) -> bytes:
    """The upload, read no further than one byte over the limit (the readers refuse that)."""
    return file.read(limit + 1)


@require_POST
@page("places.manage")
def boundary_package(request: PageRequest) -> HttpResponse:
    """Import from the optional package."""
    found = boundaries.import_from_package(actor=request.actor)
    messages.success(request, _("已导入“%(name)s”，地图从现在起使用这套边界。") % {"name": found.name})
    return redirect("places:boundaries")


@require_POST
@page("places.manage")
def boundary_use(request: PageRequest, pk: int) -> HttpResponse:
    """Draw maps from a set (0: from none)."""
    actions.use_boundary_set(actor=request.actor, boundary_set_id=pk or None)
    messages.success(request, _("已更换地图所用的边界。") if pk else _("地图改为只用格网图。"))
    return redirect("places:boundaries")


@require_POST
@page("places.manage")
def boundary_remove(request: PageRequest, pk: int) -> HttpResponse:
    """Remove a set."""
    actions.remove_boundary_set(
        actor=request.actor, boundary_set_id=pk, reason=request.POST.get("reason", "")
    )
    messages.success(request, _("已删除这套边界。"))
    return redirect("places:boundaries")


# ---------------------------------------------------------------- travel


@require_http_methods(["GET", "POST"])
@page("places.view")
def travel(request: PageRequest) -> HttpResponseBase:
    """Stored distances, the rules of the estimate, and the upload of a matrix."""
    form = TravelForm(None, request.FILES or None)
    reading = None
    if request.method == "POST":
        form = TravelForm({}, request.FILES)
        reading = _read_matrix(form)
        if reading and not reading.issues:
            new, replaced = actions.import_travel_matrix(actor=request.actor, reading=reading)
            messages.success(
                request, _("已导入 %(new)d 行新路程，更新 %(old)d 行。") % {"new": new, "old": replaced}
            )
            return redirect("places:travel")
    context = {
        "form": form,
        "reading": reading,
        "may_manage": actions.may_manage(request.actor),
        "columns": [(name, " / ".join(known)) for name, known in COLUMNS.items()],
        "sources": queries.travel_sources(),
        "reason_form": ReasonForm(auto_id=False),
        **_estimate_rules(),
    }
    if request.method == "POST":
        context["listing"] = tables.TRAVEL.page(_without_query(request), queries.travel_times())
        return render(request, "places/travel.html", context, status=422)
    return tables.TRAVEL.respond(request, queries.travel_times(), "places/travel.html", context)


def _without_query(request: PageRequest) -> PageRequest:
    request.GET = request.GET.__class__()
    return request


def _read_matrix(form: TravelForm) -> MatrixReading | None:
    if not form.is_valid():
        return None
    return read_matrix(
        _content(form.cleaned_data["file"], MAX_BYTES), points.unknown_points, timezone.localdate()
    )


def _estimate_rules() -> dict[str, Any]:
    rules, raw = travel_rules(), settings("travel.toml")
    english = wording.in_english()
    names = queries.names_of_codes()
    return {
        "rules": rules,
        "regions": [
            (
                region.name_en if english else region.name,
                region.factor,
                "、".join(names.get(code, code) for code in sorted(region.cities | region.units)),
            )
            for region in rules.regions
        ],
        "speeds": rules.speeds,
        "estimate_source": raw["detour"]["source_en" if english else "source"],
        "estimate_error": raw["uncertainty"],
        "ferries": [
            (names.get(entry["unit"], entry["unit"]), entry["until"].isoformat() if "until" in entry else "")
            for entry in raw["ferry"]
        ],
    }


@require_GET
@page("places.view")
def travel_template(request: PageRequest) -> HttpResponseBase:
    """An empty matrix with two example rows."""
    rows = [
        ["330522", "330102", 98.5, 85, _("示例：请改为实际来源"), "2014-03-01", "matrix", "road"],
        ["331023", "331082", 52, 55, _("示例：请改为实际来源"), "2014-03-01", "measured", "road"],
    ]
    return exports.download("travel", "csv", [exports.Sheet("travel", list(COLUMNS), rows)])


@require_POST
@page("places.manage")
def travel_remove(request: PageRequest) -> HttpResponse:
    """Remove all stored distances of one source."""
    count = actions.remove_travel_source(
        actor=request.actor, source=request.POST.get("source", ""), reason=request.POST.get("reason", "")
    )
    messages.success(request, _("已删除 %(n)d 行路程。") % {"n": count})
    return redirect("places:travel")
