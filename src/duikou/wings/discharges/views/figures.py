"""One figure and how it came about: definition, parameters, rows, what it was computed from."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from duikou.core import exports
from duikou.core.errors import Missing
from duikou.core.faces import row_url
from duikou.core.listing import BadParameter
from duikou.core.pages import PageRequest, page
from duikou.wings.discharges import months, wording
from duikou.wings.discharges.figures import Figure
from duikou.wings.discharges.queries import figures as queries
from duikou.wings.discharges.queries.scope import Area
from duikou.wings.discharges.queries.submissions import demonstration_in_force
from duikou.wings.discharges.queries.told import INSIDE, OUTSIDE
from duikou.wings.discharges.queries.weights import reader_for

SHOWN = 200  # rows of a figure on its page; the workbook has all
UNITS = ("hospital", "hospital_county", "city", "residence", "residence_city")


@page("discharge.view")
def definitions(request: PageRequest) -> HttpResponse:
    """All indicators with their formulas."""
    from duikou.engines.casemix.indicators import DEFINITIONS

    rows = [
        {
            "id": one.id,
            "title": wording.say(one.title),
            "formula": wording.say(one.formula),
            "unit": wording.say(one.unit),
            "better": queries.better(one),
            "mark": one.mark,
            "clause": one.clause,
        }
        for one in DEFINITIONS.values()
    ]
    return render(request, "discharges/definitions.html", {"rows": rows})


@page("discharge.view")
def figure(request: PageRequest, name: str) -> HttpResponseBase:
    """The rows of an indicator that one may see, with everything that made them."""
    area = Area(request.actor)
    with reader_for(request.actor, request.GET.get("weight_table", "")) as reader:
        try:
            found = queries.figure(reader, name, request.GET.dict())
        except queries.Unknown as error:
            raise Missing(str(error)) from None
        except queries.BadParameters as error:
            raise BadParameter(*error.args) from None
        rows = queries.narrowed(area, found, request.GET.dict())
        lines = queries.lines(found, rows)
        if request.GET.get("export") == "xlsx":
            return _workbook(found, lines)
        definition = found.definition
        return render(
            request,
            "discharges/figure.html",
            {
                "figure": found,
                "definition": definition,
                "title": wording.say(definition.title),
                "formula": wording.say(definition.formula),
                "unit": wording.say(definition.unit),
                "better": queries.better(definition),
                "weighing": wording.weights(found),
                "clause": wording.clause(found),
                "limits": wording.say(definition.limits) if definition.limits else "",
                "no_hospital": wording.no_hospital_told() if definition.id in (*INSIDE, *OUTSIDE) else "",
                "parameters": queries.parameters(found),
                "filters": queries.filters(area, found, request.GET.dict()),
                "headings": queries.headings(found),
                "lines": lines[:SHOWN],
                "count": len(lines),
                "shown": min(len(lines), SHOWN),
                "cases": sum(int(row["cases"]) for row in rows),
                "batches": [
                    {"text": str(one), "url": row_url("discharges:submission", one.pk)}
                    for one in queries.batches(request.actor, area, found, request.GET.dict())
                ],
                "batch_count": queries.batch_count(request.actor, area, found, request.GET.dict()),
                "query": request.GET.urlencode(),
                "from_month": months.shown(found.settings["from_month"])
                if found.settings.get("from_month")
                else "",
                "to_month": months.shown(found.settings["to_month"])
                if found.settings.get("to_month")
                else "",
                "demo_data": demonstration_in_force(),
            },
        )


def _workbook(found: Figure, lines: list[list[Any]]) -> HttpResponseBase:
    definition = found.definition
    notes = [
        (_("指标"), wording.say(definition.title)),
        (_("公式"), wording.say(definition.formula)),
        (_("条款"), wording.clause(found)),
        (_("存储版本"), found.basis.version),
        *([(_("权重"), wording.weights(found))] if wording.weights(found) else []),
        *([(_("权重表校验值"), found.weights.sha256)] if found.weights else []),
        (_("区划日期"), found.basis.day),
        *((title, value) for title, value in queries.parameters(found)),
    ]
    sheets = [
        exports.Sheet(wording.say(definition.title), queries.headings(found), lines),
        exports.Sheet(_("口径"), (_("项目"), _("内容")), notes, (30, 80)),
    ]
    return exports.download(f"duikou-{definition.id}", "xlsx", sheets)
