"""Milestones of the area, a technique at a hospital, kept proofs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core import documents, exports
from duikou.core.errors import Missing
from duikou.core.listing import BadParameter, Column, Listing
from duikou.core.pages import PageRequest, page
from duikou.wings.capabilities.queries import progress as milestones
from duikou.wings.capabilities.queries import record as records
from duikou.wings.capabilities.queries.waiting import waiting_approvals
from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.models import Capability
from duikou.wings.pairings.queries.rounds import default_round
from duikou.wings.places.maps import Mark, grid_cells

State = Capability.State
LEVELS = (1, 34, 67, 100)  # percent of the year's techniques: where the map's levels begin
LEGEND = ((0, "0"), (1, "1–33%"), (2, "34–66%"), (3, "67–99%"), (4, "100%"), (None, "—"))


@page("capability.view")
def progress(request: PageRequest) -> HttpResponseBase:
    """Milestones of a year over the recipients of the round: map, counties, techniques."""
    years = [year for year, listed in catalogue.techniques_by_year() if listed]
    round_ = default_round(request.actor)
    if round_ is None or not years:
        return render(request, "capabilities/progress.html", {"found": None})
    asked = request.GET.get("year", "").strip() or str(years[0].year)
    year = next((one for one in years if str(one.year) == asked), None)
    if year is None:
        raise BadParameter("year", asked, _("、").join(str(one.year) for one in years))
    only = request.GET.get("technique", "").strip()
    known = [t for t in catalogue.techniques().values() if t.year == year.year]
    if only and only not in {t.id for t in known}:
        raise BadParameter("technique", only, _("所选年份的技术"))
    found = milestones.progress(request.actor, round_, year, only)
    if request.GET.get("export") == "xlsx":
        return _workbook(found)
    return render(
        request,
        "capabilities/progress.html",
        {
            "found": found,
            "round": round_,
            "years": [one.year for one in years],
            "techniques": [(t.id, catalogue.words(t.title)) for t in known],
            "only": only,
            "cells": _cells(found, round_.divisions_on),
            "legend": LEGEND,
            "counties": [_county(found, line) for line in found.counties],
            "lines": [
                {
                    "title": catalogue.words(line.technique.title),
                    "independent": line.independent,
                    "learning": line.learning,
                    "none": line.none,
                }
                for line in found.lines
            ],
            "demo_data": milestones.is_demonstration(),
        },
    )


def _cells(found: milestones.Progress, day: dt.date) -> list[dict[str, Any]]:
    total, marks = len(found.techniques), {}
    for line in found.counties:
        done = line.count(State.INDEPENDENT)
        percent = 100 * done // total if total else 0
        marks[line.county.pk] = Mark(
            level=sum(percent >= limit for limit in LEVELS),
            title=_("%(name)s：%(total)d 项技术中 %(done)d 项能独立开展")
            % {"name": line.county.label, "total": total, "done": done},
            note=f"{done}/{total}",
        )
    return grid_cells(day, marks) if marks else []


def _county(found: milestones.Progress, line: milestones.CountyLine) -> dict[str, Any]:
    return {
        "name": line.county.label,
        "city": line.county.parent.label if line.county.parent else "",
        "hospitals": [
            {
                "name": one.hospital.name,
                "url": reverse("hospitals:capabilities", args=[one.hospital.pk]),
                "independent": one.states[State.INDEPENDENT],
                "learning": one.states[State.LEARNING],
            }
            for one in line.hospitals
        ],
        "independent": line.count(State.INDEPENDENT),
        "learning": line.count(State.LEARNING),
        "total": len(found.techniques),
    }


def _workbook(found: milestones.Progress) -> HttpResponseBase:
    total = len(found.techniques)
    sheets = [
        exports.Sheet(
            _("各院"),
            (_("县（市、区）"), _("受援医院"), _("独立开展"), _("指导下开展"), _("应掌握")),
            [
                (
                    line.county.label,
                    one.hospital.name,
                    one.states[State.INDEPENDENT],
                    one.states[State.LEARNING],
                    total,
                )
                for line in found.counties
                for one in line.hospitals
            ],
            (16, 30),
        ),
        exports.Sheet(
            _("各项技术"),
            (_("技术"), _("独立开展的医院"), _("指导下开展的医院"), _("未开展的医院")),
            [
                (catalogue.words(line.technique.title), line.independent, line.learning, line.none)
                for line in found.lines
            ],
            (36,),
        ),
    ]
    return exports.download(f"duikou-techniques-{found.year.year}", "xlsx", sheets)


@page("capability.view")
def technique(request: PageRequest, pk: int, technique: str) -> HttpResponse:
    """A technique at a hospital: standing, approvals of both, cases, what happened in order."""
    hospital = records.recipient(request.actor, pk)
    found = records.record(request.actor, hospital, technique)
    actor, today = request.actor, timezone.localdate()
    may_approve = [
        one for one in (hospital, *found.supporters) if actor.may("capability.approve", one.scope_path)
    ]
    return render(
        request,
        "capabilities/technique.html",
        {
            "record": found,
            "hospital": hospital,
            "title": catalogue.words(found.technique.title),
            "source": "; ".join(map(str, found.technique.clauses)),
            "year": found.technique.year,
            "own": found.leave_of(hospital, today),
            "supporters": [(one, found.leave_of(one, today)) for one in found.supporters],
            "timeline": [
                {
                    "entry": entry,
                    "may_end": entry.approval is not None
                    and entry.approval.ended_on is None
                    and actor.may("capability.approve", entry.approval.hospital_path),
                    "may_withdraw": entry.performance is not None
                    and entry.performance.withdrawn_at is None
                    and actor.may("capability.edit", hospital.scope_path),
                }
                for entry in records.timeline(found)
            ],
            "may_approve": bool(may_approve),
            "may_declare": actor.may("capability.approve", hospital.scope_path)
            and (found.capability is None or found.capability.state != State.INDEPENDENT),
            "may_record": actor.may("capability.edit", hospital.scope_path),
            "demo_data": any(each.demonstration for each in found.approvals)
            or any(each.demonstration for each in found.performances),
        },
    )


WAITING = Listing(
    key="technique-approvals",
    title=gettext_lazy("待本院批准的技术"),
    default_sort="on",
    empty=gettext_lazy("没有等待本院批准的技术。"),
    columns=(
        Column(
            "technique",
            gettext_lazy("技术"),
            head=True,
            value=lambda a: catalogue.technique_label(a.capability.technique),
            href=lambda a: reverse(
                "capabilities:technique", args=[a.capability.hospital_id, a.capability.technique]
            ),
        ),
        Column("hospital", gettext_lazy("受援医院"), value=lambda a: a.hospital.name, sort="hospital__name"),
        Column("on", gettext_lazy("受援医院批准日期"), sort=True),
        Column("number", gettext_lazy("批准文号")),
    ),
)


@page("capability.approve")
def waiting(request: PageRequest) -> HttpResponseBase:
    """Techniques that a supported hospital has approved and the actor's hospital has not."""
    rows = waiting_approvals(request.actor).select_related("capability", "hospital")
    return WAITING.respond(request, rows, "capabilities/waiting.html", {})


@page("capability.view")
def approval_document(request: PageRequest, pk: int) -> HttpResponse:
    """The paper of an approval."""
    return _document(records.approval(request.actor, pk).document)


@page("capability.view")
def case_document(request: PageRequest, pk: int) -> HttpResponse:
    """The proof of a case."""
    return _document(records.performance(request.actor, pk).document)


def _document(document: Any) -> HttpResponse:
    if document is None:
        raise Missing(_("这条记录没有附文件。"))
    return documents.download(document)
