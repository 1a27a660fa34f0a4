"""Grouping schemes: the list, an import, one scheme, a year by two schemes side by side."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from duikou.core.errors import Invalid, Missing
from duikou.core.exports import XLSX
from duikou.core.faces import done
from duikou.core.jobs.queries import job as job_named
from duikou.core.pages import PageRequest, page
from duikou.wings.discharges import wording
from duikou.wings.discharges.actions import schemes as actions
from duikou.wings.discharges.queries import schemes as queries
from duikou.wings.discharges.queries import weights
from duikou.wings.discharges.queries.scope import Area
from duikou.wings.discharges.views._common import taken


class WorkbookForm(forms.Form):
    """A scheme as a workbook."""

    file = forms.FileField(
        label=gettext_lazy("方案工作簿"),
        max_length=200,
        help_text=gettext_lazy(".xlsx，列见模板；整份导入或整份退回。版本号不能与已有的相同。"),
    )


@page("discharge.view")
def schemes(request: PageRequest) -> HttpResponse:
    """All schemes, and (for those who keep them) an import."""
    may_manage = request.actor.may("discharge.manage")
    form = WorkbookForm(request.POST or None, request.FILES or None) if may_manage else None
    if request.method == "POST":
        made = taken(
            form,
            lambda file, data: actions.import_scheme(
                actor=request.actor, content=file, filename=data["file"].name or ""
            ),
            lambda: actions.import_scheme(actor=request.actor, content=b"x", filename=""),
        )
        if made is not None:
            scheme, doubts = made
            done(request, _("已导入 %(scheme)s，尚未启用。") % {"scheme": scheme})
            for doubt in doubts[:20]:
                done(request, wording.say(doubt))
            return redirect("discharges:scheme", scheme.pk)
    status = 422 if form is not None and form.is_bound else 200
    context = {
        "schemes": queries.schemes(),
        "form": form,
        "regroupings": queries.regroupings(request.actor)[:20],
    }
    return render(request, "discharges/schemes.html", context, status=status)


@page("discharge.manage")
def template(request: PageRequest) -> HttpResponse:
    """Our own scheme as a workbook: the form into which an official table can be pasted."""
    answer = HttpResponse(queries.template_workbook(), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="duikou-scheme-template.xlsx"'
    return answer


@page("discharge.view")
def scheme(request: PageRequest, pk: int) -> HttpResponse:
    """One scheme: where it comes from, how large it is, what it would change."""
    found = queries.scheme(pk)
    return render(
        request,
        "discharges/scheme.html",
        {
            "scheme": found,
            "may_manage": request.actor.may("discharge.manage"),
            "years": queries.years(),
            "tables": weights.tables(request.actor, found)[:10],
            "areas": queries.managed_areas(request.actor),
            "regroupings": queries.regroupings(request.actor).filter(scheme=found),
        },
    )


@require_POST
@page("discharge.manage")
def activate(request: PageRequest, pk: int) -> HttpResponse:
    """Bring a scheme into force from a day on."""
    found = queries.scheme(pk)
    try:
        day = dt.date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise Invalid(_("请选择启用日期，写作 2014-03-01。")) from None
    actions.activate(actor=request.actor, scheme=found, day=day)
    done(request, _("自 %(day)s 起启用；此前入库的分组不变。") % {"day": day})
    return redirect("discharges:scheme", pk)


@require_POST
@page("discharge.manage")
def ask(request: PageRequest, pk: int) -> HttpResponse:
    """Have a year grouped by this scheme, beside the one in force."""
    found = queries.scheme(pk)
    areas = {str(org.pk): org for org in queries.managed_areas(request.actor)}
    org = areas.get(request.POST.get("area", "")) or (next(iter(areas.values())) if len(areas) == 1 else None)
    year = request.POST.get("year", "")
    if org is None or not (year.isdecimal() and len(year) == 4):
        raise Invalid(_("请选择年度和省。"))
    asked = actions.ask_for_regrouping(actor=request.actor, scheme=found, year=int(year), org=org)
    return redirect("discharges:regrouping", asked.pk)


@page("discharge.view")
def regrouping(request: PageRequest, pk: int) -> HttpResponseBase:
    """A year by two schemes side by side."""
    found = queries.regrouping(request.actor, pk)
    result = found.result
    context: dict[str, Any] = {"regrouping": found, "result": result, "job": _job(request, found.job_id)}
    if result:
        area = Area(request.actor)
        context |= {
            "sides": [
                {
                    "name": name,
                    "grouped": side["grouped"],
                    "rate": f"{100 * side['grouped'] / result['stays']:.2f}%" if result["stays"] else "—",
                    "groups": side["groups"],
                    "explained": "—" if side["explained"] is None else f"{100 * side['explained']:.1f}%",
                }
                for name, side in (
                    (result["present"], result["sides"]["now"]),
                    (str(found.scheme), result["sides"]["then"]),
                )
            ],
            "moved": f"{100 * result['moved'] / result['stays']:.1f}%" if result["stays"] else "—",
            "moves": [
                {**row, "now": row["adrg_now"] or _("未入组"), "then": row["adrg_then"] or _("未入组")}
                for row in result["moves"]
            ],
            "hospitals": [
                {
                    "name": area.hospitals[row["hospital"]].name,
                    "now": _cmi(row["cmi_now"]),
                    "then": _cmi(row["cmi_then"]),
                    "change": _change(row["cmi_now"], row["cmi_then"]),
                }
                for row in result["hospitals"]
                if row["hospital"] in area.hospitals
            ],
        }
    return render(request, "discharges/regrouping.html", context)


def _cmi(value: int | None) -> str:
    return "—" if value is None else f"{value / 10_000:.3f}"


def _change(now: int | None, then: int | None) -> str:
    return "—" if now is None or then is None else f"{(then - now) / 10_000:+.3f}"


def _job(request: PageRequest, job_id: str) -> Any:
    try:
        return job_named(request.actor, job_id) if job_id else None
    except Missing:
        return None
