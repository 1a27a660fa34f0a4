"""The worklist of missing months: hospitals by months."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from duikou.core import exports
from duikou.core.faces import row_url
from duikou.core.listing import BadParameter
from duikou.core.pages import PageRequest, page
from duikou.wings.discharges import months
from duikou.wings.discharges.queries.worklist import Worklist, worklist
from duikou.wings.discharges.views._common import STATE_LOOK, month_of
from duikou.wings.discharges.workflows import SUBMISSION

LINES = 50  # hospitals on a page
SIGNS = {"success": "●", "info": "◐", "warning": "◑", "danger": "✕", "neutral": "○", "": "·"}


@page("discharge.view")
def missing(request: PageRequest) -> HttpResponseBase:
    """Who has submitted which month; as a workbook with `export=xlsx`."""
    last = month_of(request, "until", months.before(months.this_month()))
    only = request.GET.get("only", "") == "missing"
    found = worklist(request.actor, last)
    if request.GET.get("export") == "xlsx":
        return _workbook(found)
    lines = [line for line in found.lines if line.missing or not only]
    number, last_page = _page(request, len(lines))
    shown = lines[(number - 1) * LINES : number * LINES]
    return render(
        request,
        "discharges/worklist.html",
        {
            "months": [months.shown(month) for month in found.months],
            "until": months.shown(last),
            "earlier": months.shown(months.before(last, 12)),
            "only": only,
            "missing": found.missing,
            "hospitals": len(found.lines),
            "missing_in": found.missing_in(),
            "lines": [
                {
                    "line": line,
                    "cells": [
                        {
                            "month": months.shown(cell.month),
                            "url": row_url("discharges:submission", cell.pk) if cell.pk else "",
                            "look": (look := STATE_LOOK.get(cell.state, "")),
                            "sign": SIGNS[look],
                            "words": SUBMISSION.states[cell.state].label if cell.state else _("未报"),
                        }
                        for cell in line.cells
                    ],
                }
                for line in shown
            ],
            "page": number,
            "last_page": last_page,
            "previous": number - 1,
            "next": number + 1 if number < last_page else 0,
            "legend": [(SIGNS[STATE_LOOK[state.id]], state.label) for state in SUBMISSION.states.values()]
            + [(SIGNS[""], _("未报"))],
        },
    )


def _page(request: PageRequest, count: int) -> tuple[int, int]:
    """The page that the address asks for and the last one; raises BadParameter."""
    last = max(1, -(-count // LINES))
    text = request.GET.get("page", "1")
    number = int(text) if text.isdecimal() and len(text) < 6 else 0
    if not 1 <= number <= last:
        raise BadParameter("page", text, f"1–{last}")
    return number, last


def _workbook(found: Worklist) -> HttpResponseBase:
    rows = [
        [
            line.name,
            line.city,
            line.county,
            line.missing,
            *(SUBMISSION.states[cell.state].label if cell.state else _("未报") for cell in line.cells),
        ]
        for line in found.lines
    ]
    headings = [
        _("医院"), _("市"), _("县（市、区）"), _("缺报月数"), *(months.shown(month) for month in found.months)
    ]  # fmt: skip
    return exports.download(
        "duikou-discharges-worklist", "xlsx", [exports.Sheet(_("报送进度"), headings, rows, (30,))]
    )
