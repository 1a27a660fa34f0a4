"""Dashboards of a hospital, a county and the province."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.listing import BadParameter
from duikou.core.pages import PageRequest, page
from duikou.wings.discharges import demands, months, wording
from duikou.wings.discharges.figures import Figure, Reader
from duikou.wings.discharges.queries import boards, settlements
from duikou.wings.discharges.queries.boards import CountyLine, ProvinceBoard
from duikou.wings.discharges.queries.scope import Area
from duikou.wings.discharges.queries.submissions import demonstration_in_force
from duikou.wings.discharges.queries.weights import reader_for
from duikou.wings.discharges.views._common import figure_url, month_of
from duikou.wings.discharges.views.board_books import county_workbook, disease_names, province_workbook
from duikou.wings.discharges.views.two_sources import comparison_context
from duikou.wings.places.maps import Mark, grid_cells
from duikou.wings.places.queries import named_on

READABLE = 150  # counties on one map


def until_of(request: HttpRequest, reader: Reader) -> int:
    """The last month of the year that a dashboard shows."""
    return month_of(request, "until", reader.basis.last_month or months.before(months.this_month()))


def tile(figure: Figure, row: Mapping[str, Any] | None, **unit: str) -> dict[str, Any]:
    """A figure as a tile: value, unit, number of stays behind it, and where its definition is."""
    definition = figure.definition
    if reason := wording.reason(row):
        label = wording.say(definition.title)
        return {"label": label, "value": "—", "unit": "", "note": reason, "href": figure_url(figure, **unit)}
    small = row is not None and row["suppressed"]
    cases = _("%(count)d 例") % {"count": row["cases"]} if row else _("没有病例")
    return {
        "label": wording.say(definition.title),
        "value": wording.shown(definition, row["value"] if row else None),
        "unit": wording.unit(definition) if row and not small else "",
        "note": weighing(figure, _("病例太少，不显示") if small else cases),
        "href": figure_url(figure, **unit),
    }


def weighing(figure: Figure, note: str) -> str:
    """A note, and by whose weights a weighed figure was computed."""
    return f"{note} · {wording.weights(figure)}" if "weights" in figure.settings else note


def line(figure: Figure, values: list[int | None]) -> dict[str, Any]:
    """One line of a trend."""
    definition = figure.definition
    return {
        "name": wording.say(definition.title),
        "values": [wording.number(definition, value) for value in values],
    }


@page("discharge.view")
def overview(request: PageRequest) -> HttpResponseBase:
    """The dashboard of one's own place."""
    home = request.actor.home
    area = Area(request.actor)
    if home and home.org_kind in ("hospital", "department") and area.hospitals:
        return redirect("discharges:hospital", next(iter(area.hospitals.values())).pk)
    if home and home.org_kind == "county" and area.counties:
        return redirect("discharges:county", next(iter(area.counties)))
    return redirect("discharges:province")


# ---------------------------------------------------------------- hospital


@page("discharge.view")
def hospital(request: PageRequest, pk: int) -> HttpResponse:
    """One hospital: its year, its trend, its peers."""
    area = Area(request.actor)
    area.hospital(pk)
    with reader_for(request.actor) as reader:
        board = boards.hospital_board(reader, area, pk, until_of(request, reader))
        key = board.hospital.key
        points = [_point(peer, number) for number, peer in enumerate(board.peers, start=1)]
        return render(
            request,
            "discharges/hospital.html",
            {
                "board": board,
                "until": months.shown(board.period.last),
                "tiles": [tile(figure, row, hospital=key) for figure, row in board.tiles],
                "trend": {
                    "labels": [months.shown(month) for month in board.trend_months],
                    "cases": [line(*board.trend[0])],
                    "cmi": [line(*board.trend[1])],
                    "rows": [
                        {
                            "month": months.shown(month),
                            "cases": wording.shown(board.trend[0][0].definition, cases),
                            "cmi": wording.shown(board.trend[1][0].definition, cmi),
                        }
                        for month, cases, cmi in zip(
                            board.trend_months, board.trend[0][1], board.trend[1][1], strict=True
                        )
                    ],
                },
                "points": points,
                "signals": [point for point in points if point["signal"] or point["chosen"]],
                "funnel": tile(board.funnel, None),
                "empty": reader.basis.empty,
                "demo_data": demonstration_in_force(),
            },
        )


def _point(peer: boards.Peer, number: int) -> dict[str, Any]:
    name = peer.hospital.name if peer.hospital else _("同级医院 %(number)d") % {"number": number}
    point = peer.point
    value = point.value or 0.0
    words = {
        "high": _("高于 95% 界限"), "highest": _("高于 99.8% 界限"), "low": _("低于 95% 界限"),
        "lowest": _("低于 99.8% 界限"),
    }.get(point.signal, "")  # fmt: skip
    title = _("%(name)s：%(value).2f（期望死亡 %(size).1f 例）") % {
        "name": name,
        "value": value,
        "size": peer.size,
    }
    return {
        "name": name,
        "size": peer.size,
        "value": value,
        "low": point.low,
        "high": point.high,
        "lowest": point.lowest,
        "highest": point.highest,
        "title": f"{title} {words}".strip(),
        "chosen": peer.own,
        "signal": words,
        "shown": f"{value:.2f}",
        "expected": f"{peer.size:.1f}",
    }


# ---------------------------------------------------------------- county


@page("discharge.view")
def county(request: PageRequest, code: str) -> HttpResponseBase:
    """One county: where its residents are treated, for what they leave, what it needs."""
    area = Area(request.actor)
    area.county(code)
    with reader_for(request.actor) as reader:
        board = boards.county_board(reader, area, code, until_of(request, reader))
        needs = [_need(board.needs[0], row) for row in board.needs[1]]
        if request.GET.get("export") == "xlsx":
            return county_workbook(board, needs)
        definition = board.trend[0].definition
        return render(
            request,
            "discharges/county.html",
            {
                "board": board,
                "until": months.shown(board.period.last),
                "tiles": [
                    *(tile(figure, row, residence=code) for figure, row in board.rates),
                    tile(*board.cmi, hospital_county=code),
                ],
                "trend": {
                    "labels": [months.shown(month) for month in board.trend_months],
                    "series": [line(*board.trend)],
                    "rows": [
                        {"month": months.shown(month), "value": wording.shown(definition, value)}
                        for month, value in zip(board.trend_months, board.trend[1], strict=True)
                    ],
                },
                "goal": demands.goal(),
                "top": demands.top(),
                "needs": needs,
                "needs_url": figure_url(board.needs[0], residence=code),
                "departments": [
                    {
                        "title": wording.say(one.specialty.title),
                        "named": one.specialty.named,
                        "main": disease_names(one.main),
                        "shares": disease_names(one.shares),
                    }
                    for one in board.departments
                ],
                "destinations": [
                    {
                        "name": one.name,
                        "county": one.county,
                        "cases": one.row["numerator"],
                        "share": wording.shown(board.destinations[0].definition, one.row["value"]),
                    }
                    for one in board.destinations[1]
                ],
                "destinations_url": figure_url(board.destinations[0], residence=code),
                "major": [
                    {
                        "name": wording.major_disease(row["major_disease"]),
                        "share": wording.told(board.major[0].definition, row),
                        "inside": "—" if row["suppressed"] else row["numerator"],
                        "cases": row["cases"],
                    }
                    for row in sorted(board.major[1], key=lambda row: row["major_disease"])
                ],
                "major_url": figure_url(board.major[0], residence=code),
                "down": [
                    {
                        "group": wording.group(row["drg"]),
                        "cases": row["numerator"],
                        "cost": f"{row['cost_ratio'] / 1e6:.2f}" if row["cost_ratio"] else "—",
                    }
                    for row in board.down[1]
                ],
                "down_url": figure_url(board.down[0], residence=code),
                "sources": comparison_context(
                    settlements.compared(reader, area, board.period.last, code=code)
                ),
                "limits": wording.say(board.rates[0][0].definition.limits)
                if board.rates[0][0].definition.limits
                else "",
                "empty": reader.basis.empty,
                "demo_data": demonstration_in_force(),
            },
        )


def _need(figure: Figure, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "rank": row["rank"],
        "code": row["disease"],
        "disease": wording.disease(row["disease"]),
        "outside": row["numerator"],
        "share": wording.shown(figure.definition, row["value"]),
        "share_number": wording.number(figure.definition, row["value"]),
        "cases": row["cases"],
    }


# ---------------------------------------------------------------- province


@page("discharge.view")
def province(request: PageRequest) -> HttpResponseBase:
    """All counties of one's area: map of flows, in-county rates, case-mix, needs."""
    area = Area(request.actor)
    source, disease = request.GET.get("county", "").strip(), request.GET.get("disease", "").strip()
    if source and source not in area.counties:
        raise BadParameter("county", source, _("范围内的县（市、区）代码"))
    with reader_for(request.actor) as reader:
        asked = demands.settings_of(boards.NEEDS)
        listed = reader.figure(boards.NEEDS, **asked, to_month=boards.period(reader.basis, None).last)
        diseases = sorted({row["disease"] for row in listed.rows})
        if disease and disease not in diseases:
            raise BadParameter("disease", disease, _("、").join(diseases[:12]) or "—")
        board = boards.province_board(reader, area, until_of(request, reader), source=source, disease=disease)
        if request.GET.get("export") == "xlsx":
            return province_workbook(board)
        return render(request, "discharges/province.html", _province(reader, area, board, diseases))


def _province(reader: Reader, area: Area, board: ProvinceBoard, diseases: list[str]) -> dict[str, Any]:
    names = {code: county.label for code, county in area.counties.items()}
    far = {flow.target for flow in board.flows} - names.keys()
    names |= {code: unit.label for code, unit in named_on(timezone.localdate(), far).items()}
    flows = [
        {
            "source": flow.source,
            "target": flow.target,
            "from": names.get(flow.source, flow.source),
            "to": names.get(flow.target, flow.target),
            "cases": flow.cases,
            "share": f"{100 * flow.share:.1f}%",
            "title": _("%(source)s → %(target)s：%(count)d 人次")
            % {
                "source": names.get(flow.source, flow.source),
                "target": names.get(flow.target, flow.target),
                "count": flow.cases,
            },
        }
        for flow in board.flows
    ]
    until = months.shown(board.period.last)
    return {
        "board": board,
        "until": until,
        "goal": demands.goal(),
        "top": demands.top(),
        "cells": _cells(board, until) if len(board.lines) <= READABLE else [],
        "legend": LEGEND,
        "flows": flows,
        "counties": [(line.county.code, line.county.label) for line in board.lines],
        "diseases": [(code, wording.disease(code)) for code in diseases],
        "lines": [_county_line(board, one) for one in board.lines],
        "rate_url": figure_url(board.rate),
        "cmi_url": figure_url(board.cmi),
        "needs_url": figure_url(board.needs),
        "limits": wording.say(board.rate.definition.limits) if board.rate.definition.limits else "",
        "empty": reader.basis.empty,
        "demo_data": demonstration_in_force(),
    }


LEVELS = (50, 70, 80, 90)  # percent: where the map's levels begin
LEGEND = ((0, "< 50%"), (1, "50–70%"), (2, "70–80%"), (3, "80–90%"), (4, "≥ 90%"), (None, "—"))


def _cells(board: ProvinceBoard, until: str) -> list[dict[str, Any]]:
    marks = {}
    for one in board.lines:
        percent = wording.number(board.rate.definition, one.rate["value"]) if one.rate else None
        marks[one.county.pk] = Mark(
            level=None if percent is None else sum(percent >= limit for limit in LEVELS),
            title=_("%(name)s：县域内住院率 %(rate)s")
            % {
                "name": one.county.label,
                "rate": wording.told(board.rate.definition, one.rate),
            },
            href=f"{reverse('discharges:county', args=[one.county.code])}?until={until}",
            chosen=one.county.code == board.source,
            note="" if percent is None else f"{percent:.0f}%",
        )
    return grid_cells(timezone.localdate(), marks)


def _county_line(board: ProvinceBoard, one: CountyLine) -> dict[str, Any]:
    return {
        "code": one.county.code,
        "name": one.county.label,
        "city": one.county.parent.label if one.county.parent else "",
        "rate": wording.told(board.rate.definition, one.rate),
        "reached": bool(one.rate and one.rate.get("reached")),
        "cases": one.rate["cases"] if one.rate else 0,
        "cmi": wording.shown(board.cmi.definition, one.cmi["value"] if one.cmi else None),
        "needs": _("、").join(wording.disease(row["disease"]) for row in one.needs),
    }
