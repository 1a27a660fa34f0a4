"""Sums instead of stays: the board of what provinces sent, a file received, a file to send up."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from duikou.core import exports
from duikou.core.errors import Invalid
from duikou.core.faces import badge, done
from duikou.core.pages import PageRequest, page
from duikou.engines.casemix.indicators import definition_of
from duikou.wings.discharges import months, wording
from duikou.wings.discharges.actions import sums as actions
from duikou.wings.discharges.figures import current
from duikou.wings.discharges.queries import sums as queries
from duikou.wings.discharges.queries.sums import RESIDENTS, WORK, Sum, SumsBoard
from duikou.wings.discharges.views._common import month_of, taken

STATE_LOOK = {"in_force": "success", "replaced": "neutral", "retracted": "neutral"}
SHOWN = 50


class SumsForm(forms.Form):
    """A file of sums."""

    file = forms.FileField(
        label=gettext_lazy("汇总文件"),
        max_length=200,
        help_text=gettext_lazy("对方在“汇总上报”页导出的 .zip；签名、校验值和口径不符的一律退回。"),
    )
    replace = forms.BooleanField(
        label=gettext_lazy("替换该单位已上报的期间"),
        required=False,
        help_text=gettext_lazy("更正时勾选；新文件须包含已上报的整个期间。"),
    )


@page("discharge.view")
def sums(request: PageRequest) -> HttpResponseBase:
    """Each province's sums and the whole; what came; what can be sent."""
    may_receive = request.actor.may("discharge.receive")
    form = SumsForm(request.POST or None, request.FILES or None) if may_receive else None
    if request.method == "POST":
        made = taken(
            form,
            lambda file, data: actions.receive_sums(
                actor=request.actor, content=file, filename=data["file"].name or "", replace=data["replace"]
            ),
            lambda: actions.receive_sums(actor=request.actor, content=b"", filename=""),
        )
        if made is not None:
            done(request, _("已接收 %(file)s。") % {"file": made})
            return redirect("discharges:sums")
    first, last = month_of(request, "from", 0), month_of(request, "until", 0)
    board = queries.board(request.actor, first, last)
    if request.GET.get("export") == "xlsx":
        return _workbook(board)
    basis = current()
    context = {
        "headings": [_heading(name) for name in (*WORK, *RESIDENTS)],
        "rows": _rows(board),
        "from": months.shown(first) if first else "",
        "until": months.shown(last) if last else "",
        "files": [
            (one, badge(STATE_LOOK[one.state], one.get_state_display()))
            for one in queries.sums_files(request.actor)[:SHOWN]
        ],
        "senders": queries.senders(request.actor),
        "form": form,
        "may_receive": may_receive,
        "may_export": request.actor.may("discharge.manage"),
        "public_key": actions.public_key() if request.actor.may("discharge.manage") else "",
        "own_first": months.shown(basis.first_month) if basis.first_month else "",
        "own_last": months.shown(basis.last_month) if basis.last_month else "",
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "discharges/sums.html", context, status=status)


def _heading(name: str) -> str:
    definition = definition_of(name)
    unit = wording.unit(definition)
    return (
        f"{wording.say(definition.title)} ({unit})"
        if unit and name != "cmi"
        else wording.say(definition.title)
    )


def _rows(board: SumsBoard) -> list[dict[str, Any]]:
    parts = [(str(sender), board.rows.get(sender.name, {})) for sender in board.senders]
    if parts:
        parts.append((_("合计"), board.whole))
    return [
        {"name": name, "cells": [_cell(indicator, found.get(indicator)) for indicator in (*WORK, *RESIDENTS)]}
        for name, found in parts
    ]


def _cell(name: str, one: Sum | None) -> dict[str, str]:
    definition = definition_of(name)
    if one is None:
        return {"heading": _heading(name), "value": "—", "parts": ""}
    parts = "" if name == "cases" else f"{one.numerator:,} / {one.denominator:,}"
    return {"heading": _heading(name), "value": wording.shown(definition, one.value), "parts": parts}


def _workbook(board: SumsBoard) -> HttpResponseBase:
    """Numerators, denominators and values of every province, and what they are."""
    parts = [(sender.name, board.rows.get(sender.name, {})) for sender in board.senders]
    parts.append((_("合计"), board.whole))
    rows = [
        (
            name,
            wording.say(definition_of(indicator).title),
            one.numerator,
            one.denominator,
            wording.number(definition_of(indicator), one.value),
        )
        for name, found in parts
        for indicator, one in found.items()
    ]
    terms = [
        (wording.say(one.title), wording.say(one.formula), one.version, one.clause)
        for one in map(definition_of, (*WORK, *RESIDENTS))
    ]
    sheets = [
        exports.Sheet(_("汇总"), (_("省"), _("指标"), _("分子"), _("分母"), _("数值")), rows),
        exports.Sheet(_("口径"), (_("指标"), _("公式"), _("版本"), _("条款")), terms, (24, 80, 8, 30)),
    ]
    return exports.download("duikou-sums", "xlsx", sheets)


@require_POST
@page("discharge.manage")
def export(request: PageRequest) -> HttpResponseBase:
    """The signed sums of a period as a file to send up."""
    first, last = request.POST.get("first", ""), request.POST.get("last", "")
    minimum = request.POST.get("minimum", "0") or "0"
    if not minimum.isdecimal() or len(minimum) > 4:
        raise Invalid(_("最小例数应为 0 至 1000 的整数；实际为 %(found)s。") % {"found": minimum[:20]})
    with tempfile.TemporaryDirectory(prefix="duikou-sums-") as folder:
        path = Path(folder) / "sums.zip"
        actions.export_sums(
            actor=request.actor,
            name=request.POST.get("name", ""),
            first=first,
            last=last,
            target=path,
            minimum=int(minimum),
        )
        content = path.open("rb")  # stays readable after the folder has gone
    return FileResponse(
        content,
        as_attachment=True,
        filename=f"duikou-sums-{first}-{last}.zip",
        content_type="application/zip",
    )


@require_POST
@page("discharge.receive")
def sender(request: PageRequest) -> HttpResponse:
    """Register who sends, with the key."""
    given = {name: request.POST.get(name, "") for name in ("name", "code", "public_key")}
    made = actions.register_sender(actor=request.actor, **given)
    done(request, _("已登记 %(sender)s。") % {"sender": made})
    return redirect("discharges:sums")


@require_POST
@page("discharge.receive")
def retract(request: PageRequest, pk: int) -> HttpResponse:
    """Take a file out of the board."""
    found = queries.sums_file(request.actor, pk)
    actions.retract_sums(actor=request.actor, file=found, reason=request.POST.get("reason", ""))
    done(request, _("已撤回，该文件不再计入。"))
    return redirect("discharges:sums")
