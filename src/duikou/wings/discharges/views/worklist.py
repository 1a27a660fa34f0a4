"""The worklist of missing months: hospitals by months."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from duikou.core import exports
from duikou.core.pages import PageRequest, page
from duikou.wings.discharges import months
from duikou.wings.discharges.queries.worklist import Worklist, worklist
from duikou.wings.discharges.views._common import STATE_LOOK, month_of, row_url
from duikou.wings.discharges.workflows import SUBMISSION

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
                for line in lines
            ],
            "legend": [(SIGNS[STATE_LOOK[state.id]], state.label) for state in SUBMISSION.states.values()]
            + [(SIGNS[""], _("未报"))],
        },
    )


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
