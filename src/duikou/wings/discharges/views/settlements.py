"""The insurer's settlements: both rates beside each other, an import, one table and its fate."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from duikou.core import exports
from duikou.core.errors import Missing
from duikou.core.faces import badge, done, words
from duikou.core.pages import PageRequest, page
from duikou.core.times import time_words
from duikou.engines.casemix import settlements as engine
from duikou.wings.discharges import months, wording
from duikou.wings.discharges.actions import settlements as actions
from duikou.wings.discharges.figures import Reader
from duikou.wings.discharges.models import SettlementTable
from duikou.wings.discharges.queries import settlements as queries
from duikou.wings.discharges.queries.scope import Area
from duikou.wings.discharges.queries.settlements import Rate
from duikou.wings.discharges.queries.submissions import demonstration_in_force
from duikou.wings.discharges.views._common import taken
from duikou.wings.discharges.views.boards import until_of
from duikou.wings.discharges.views.two_sources import comparison_context

SHOWN = 20  # tables listed below the rates
FAULTS = 100  # on the page of a refused table; its workbook has all
STATE_LOOK = {"in_force": "success", "refused": "danger", "retracted": "neutral"}
EVENTS = {
    "settlements.import": gettext_lazy("导入"),
    "settlements.retract": gettext_lazy("撤回"),
}


class SettlementsForm(forms.Form):
    """A table of the insurer."""

    file = forms.FileField(
        label=gettext_lazy("医保结算表"),
        max_length=200,
        help_text=gettext_lazy(".csv 或 .xlsx，每县每月一行，列见模板；整表导入或整表退回。"),
    )
    replace = forms.BooleanField(
        label=gettext_lazy("替换已有的县月"),
        required=False,
        help_text=gettext_lazy("更正时勾选；被替换的数据留在记录中。"),
    )


@page("discharge.view")
def settlements(request: PageRequest) -> HttpResponseBase:
    """Rates of both sources for each county, and (for those who keep them) an import."""
    may_manage = request.actor.may("discharge.manage")
    form = SettlementsForm(request.POST or None, request.FILES or None) if may_manage else None
    if request.method == "POST":
        made = taken(
            form,
            lambda file, data: actions.import_settlements(
                actor=request.actor, content=file, filename=data["file"].name or "", replace=data["replace"]
            ),
            lambda: actions.import_settlements(actor=request.actor, content=b"", filename=""),
        )
        if made is not None:
            if made.state == SettlementTable.State.IN_FORCE:
                done(request, _("已导入 %(count)d 个县月的医保结算数据。") % {"count": made.rows})
            return redirect("discharges:settlement", made.pk)
    with Reader() as reader:
        found = queries.compared(reader, Area(request.actor), until_of(request, reader))
        if request.GET.get("export") == "xlsx":
            return _workbook(found)
        tables = queries.tables(request.actor)
        context = {
            **comparison_context(found),
            "form": form,
            "until": months.shown(found.period.last),
            "tables": [(table, _state(table)) for table in tables[:SHOWN]],
            "demo_data": demonstration_in_force() or tables.filter(demonstration=True).exists(),
        }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "discharges/settlements.html", context, status=status)


def _state(table: SettlementTable) -> Any:
    return badge(STATE_LOOK[table.state], table.get_state_display())


@page("discharge.view")
def settlement(request: PageRequest, pk: int) -> HttpResponse:
    """One table: its lines, or its faults, and what was done to it."""
    found = queries.table(request.actor, pk)
    standing = found.state == SettlementTable.State.IN_FORCE
    lines = queries.lines_of(found)
    context = {
        "table": found,
        "state": _state(found),
        "period": f"{months.shown(found.first_month)} – {months.shown(found.last_month)}"
        if found.first_month and found.last_month
        else "—",
        "lines": lines,
        "standing": sum(line.in_force for line in lines),
        "faults": [_fault(one) for one in found.faults[:FAULTS]],
        "may_retract": standing and request.actor.may("discharge.manage", found.scope_path),
        "events": [
            {
                "at": time_words(event.at),
                "who": event.actor_label,
                "what": EVENTS.get(event.action, event.action),
                "reason": event.reason,
            }
            for event in queries.events_of(found)
        ],
        "demo_data": found.demonstration,
    }
    return render(request, "discharges/settlement.html", context)


def _fault(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "expected": words(one)}


@require_POST
@page("discharge.manage")
def retract(request: PageRequest, pk: int) -> HttpResponse:
    """Take a table out of the rates."""
    found = queries.table(request.actor, pk)
    actions.retract(actor=request.actor, table=found, reason=request.POST.get("reason", ""))
    done(request, _("已撤回，这些县月不再计入。"))
    return redirect("discharges:settlement", pk)


@page("discharge.view")
def faults(request: PageRequest, pk: int) -> HttpResponseBase:
    """The faults of a refused table as a workbook."""
    found = queries.table(request.actor, pk)
    if not found.faults:
        raise Missing(_("这张结算表没有问题清单：它没有被退回。"))
    headings = (_("行"), _("列"), _("实际"), _("应为"))
    rows = [(one["row"], one["column"], one["found"], words(one)) for one in found.faults]
    sheet = exports.Sheet(_("问题"), headings, rows, (8, 24, 30, 60))
    return exports.download(f"duikou-settlements-faults-{found.pk}", "xlsx", [sheet])


@page("discharge.manage")
def template(request: PageRequest) -> HttpResponseBase:
    """An empty table with the headings, and what each column means."""
    empty = exports.Sheet(_("结算表"), list(engine.HEADINGS.values()), (), (18,) * len(engine.HEADINGS))
    needed = (_("必填"), _("可不填"))
    rows = [
        (heading, name, needed[name in engine.OPTIONAL], words(engine.MEANINGS[name]))
        for name, heading in engine.HEADINGS.items()
    ]
    about = exports.Sheet(_("说明"), (_("列"), _("英文列名"), _("要求"), _("含义")), rows, (24, 16, 10, 60))
    return exports.download("duikou-settlements-template", "xlsx", [empty, about])


def _workbook(found: queries.Compared) -> HttpResponseBase:
    """The same numbers unrounded, with their terms."""

    def rate(one: Rate) -> tuple[object, ...]:
        reason = wording.reason({"reason": one.reason})
        return (reason or one.percent, reason or one.away, one.inside, one.whole)

    names = (_("病案首页"), _("医保结算"), _("并入省外"))
    parts = (_("县域内住院率（%）"), _("县外住院率（%）"), _("县域内住院"), _("全部住院"))
    headings = (
        _("代码"), _("县（市、区）"), _("共同月份数"), _("共同月份"),
        *(f"{name} · {part}" for name in names for part in parts),
        _("两源之差（百分点）"), _("省外住院结算"),
    )  # fmt: skip
    rows = [
        (
            one.county.code,
            one.county.label,
            len(one.months),
            _("、").join(map(months.shown, one.months)),
            *rate(one.pages),
            *rate(one.insurer),
            *rate(one.joined),
            one.difference,
            one.outside,
        )
        for one in found.lines
    ]
    terms = [(one["title"], one["formula"]) for one in comparison_context(found)["formulas"]]
    terms += [
        (_("没有登记的医院"), wording.no_hospital_told()),
        (_("版本"), str(engine.VERSION)),
        (_("说明"), words(engine.LIMITS)),
        (_("期间"), found.period.words),
    ]
    sheets = [
        exports.Sheet(_("两个来源"), headings, rows),
        exports.Sheet(_("口径"), (_("项目"), _("内容")), terms, (36, 90)),
    ]
    return exports.download(f"duikou-two-sources-{months.shown(found.period.last)}", "xlsx", sheets)
