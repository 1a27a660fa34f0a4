"""The rows of a batch: as the preview lists them, and each on a page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.errors import Missing
from duikou.core.faces import words
from duikou.core.listing import ChoiceFilter, Column, Listing, NameFilter
from duikou.core.pages import PageRequest, page
from duikou.engines.pairing.annex import Field, SourceRef
from duikou.wings.hospitals.actions import ALIAS_KINDS
from duikou.wings.pairings.annexes import issue_from
from duikou.wings.pairings.models import AnnexBatch, AnnexRow
from duikou.wings.pairings.queries import imports as queries
from duikou.wings.pairings.views._common import severity_badge
from duikou.wings.pairings.views.pairings import resolution_words


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of a batch as the preview shows it."""

    position: int
    place: str
    table: str
    group: str
    supporter: str
    supporter_name: str
    supporter_resolution: str
    recipient: str
    recipient_name: str
    recipient_resolution: str
    issues: list[dict[str, Any]]
    state: str  # error, warning, note, ok, dropped
    url: str

    @classmethod
    def of(cls, row: AnnexRow, batch: AnnexBatch) -> RowView:
        """The row in the language of the request."""
        shown = [issue_view(issue, row) for issue in row.issues]
        found = {issue["severity"] for issue in shown}
        worst = next((one for one in ("error", "warning", "note") if one in found), "ok")
        return cls(
            position=row.position,
            place=_place(row),
            table=row.table,
            group=row.group,
            supporter=row.supporter_printed,
            supporter_name=row.supporter.name if row.supporter else "",
            supporter_resolution=row.supporter_resolution,
            recipient=row.recipient_printed,
            recipient_name=row.recipient.name if row.recipient else "",
            recipient_resolution=row.recipient_resolution,
            issues=shown,
            state="dropped" if row.dropped else worst,
            url=reverse("pairings:batch_row", args=[batch.pk, row.position]),
        )


def _place(row: AnnexRow) -> str:
    return words(SourceRef(**row.where["row"]).text) if row.where else ""


def issue_view(issue: dict[str, Any], row: AnnexRow | None = None) -> dict[str, Any]:
    """An issue in the language of the request, with its repair as a button's value."""
    found = issue_from(issue)
    return {
        "code": found.code,
        "severity": found.severity.value,
        "badge": severity_badge(found.severity.value),
        "place": words(found.where.text),
        "expected": words(found.expected),
        "found": words(found.found),
        "repair": words(found.repair),
        "value": found.repair_value or "",
        "offer": f"{row.position}:{found.code}" if row is not None and found.repair_action else "",
        "drops": found.repair_action == "drop",
    }


def _name_cell(printed: str, name: str, resolution: str) -> SafeString:
    if not printed:
        return format_html('<span class="dk-muted">{}</span>', "—")
    look, text = resolution_words(resolution)
    below = format_html('<div class="dk-small dk-muted">{}</div>', name) if name and name != printed else ""
    if resolution == "exact":
        return format_html("{}{}", printed, below)
    return format_html('{} <span class="dk-badge dk-badge-{}">{}</span>{}', printed, look, text, below)


def _issues_cell(row: RowView) -> SafeString:
    return format_html_join(
        "",
        '<div class="dk-small">{} {}{}{} {} {}</div>',
        (
            (
                issue["badge"],
                issue["place"],
                _("：") if issue["place"] else "",
                _("应为%(expected)s；实际为%(found)s。")
                % {"expected": issue["expected"], "found": issue["found"]},
                issue["repair"],
                _offer(issue),
            )
            for issue in row.issues
        ),
    )


def _offer(issue: dict[str, Any]) -> SafeString | str:
    if not issue["offer"]:
        return ""
    text = _("删去此行") if issue["drops"] else _("改为“%(value)s”") % {"value": issue["value"]}
    return format_html(
        '<button class="btn btn-sm" form="repair" name="repair" value="{}">{}</button>', issue["offer"], text
    )


ROW_STATES = (
    ("error", gettext_lazy("有错误")),
    ("warning", gettext_lazy("有警告")),
    ("note", gettext_lazy("有提示")),
    ("ok", gettext_lazy("没有问题")),
    ("dropped", gettext_lazy("已删去")),
)

ROWS = Listing(
    key="rows",
    title=gettext_lazy("读到的行"),
    size=50,
    empty=gettext_lazy("没有读到行。"),
    columns=(
        Column("position", gettext_lazy("次序"), numeric=True, sort=True),
        Column(
            "place",
            gettext_lazy("位置"),
            html=lambda r: format_html('<span class="dk-nowrap">{}</span>', r.place),
        ),
        Column(
            "table",
            gettext_lazy("表"),
            value=lambda r: f"{r.table} {r.group}".strip(),
            html=lambda r: format_html('<span class="dk-nowrap">{} {}</span>', r.table, r.group),
            sort=("table", "group", "position"),
        ),
        Column(
            "supporter",
            gettext_lazy("支援医院（原文）"),
            head=True,
            html=lambda r: _name_cell(r.supporter, r.supporter_name, r.supporter_resolution),
            sort=True,
        ),
        Column(
            "recipient",
            gettext_lazy("受援医院（原文）"),
            html=lambda r: _name_cell(r.recipient, r.recipient_name, r.recipient_resolution),
            sort=True,
        ),
        Column("supporter_name", gettext_lazy("支援医院（登记名称）"), on_page=False),
        Column("recipient_name", gettext_lazy("受援医院（登记名称）"), on_page=False),
        Column(
            "issues",
            gettext_lazy("问题与修正"),
            value=lambda r: "；".join(f"{i['expected']} / {i['found']}" for i in r.issues),
            html=_issues_cell,
        ),
        Column(
            "url",
            gettext_lazy("修改"),
            html=lambda r: format_html('<a class="dk-nowrap" href="{}">{}</a>', r.url, _("修改")),
            in_export=False,
        ),
    ),
    filters=(
        ChoiceFilter("state", gettext_lazy("行的状况"), choices=ROW_STATES),
        NameFilter(
            "q",
            gettext_lazy("医院名称或拼音"),
            ("supporter", "recipient", "supporter_name", "recipient_name"),
        ),
    ),
)


def offered_codes(rows: list[AnnexRow]) -> list[tuple[str, int]]:
    """Codes that offer a repair in several rows, with the number of rows: they can be repaired together."""
    counted: dict[str, int] = {}
    for row in rows:
        for issue in row.issues:
            if issue["repair_action"] and not row.dropped:
                counted[issue["code"]] = counted.get(issue["code"], 0) + 1
    return [(code, count) for code, count in counted.items() if count > 1]


CELLS = (
    (Field.GROUP, gettext_lazy("地区"), "group"),
    (Field.SUPPORTER, gettext_lazy("支援医院"), "supporter_printed"),
    (Field.RUNNING_NUMBER, gettext_lazy("支援数"), "running_number"),
    (Field.RECIPIENT, gettext_lazy("受援医院"), "recipient_printed"),
    (Field.START, gettext_lazy("起"), "start"),
    (Field.END, gettext_lazy("止（含）"), "end"),
    (Field.DEPARTMENTS, gettext_lazy("限定科室"), "departments"),
    (Field.REASON, gettext_lazy("理由"), "reason"),
)


@page("pairing.import")
def row(request: PageRequest, pk: int, position: int) -> HttpResponse:
    """One row of a batch with everything that can be done about it."""
    return row_page(request, pk, position)


def row_page(request: PageRequest, pk: int, position: int, error: str = "") -> HttpResponse:
    """The page of a row; with an error, why an act on it was refused."""
    found = queries.batch(request.actor, pk)
    rows = queries.batch_rows(found)
    line = next((one for one in rows if one.position == position), None)
    if line is None:
        raise Missing(_("批次中没有第 %(row)d 行。") % {"row": position})
    wrong = [
        one.position for one in rows if any(i["severity"] == "error" for i in one.issues) and not one.dropped
    ]
    return render(
        request,
        "pairings/batch_row.html",
        {
            "batch": found,
            "row": line,
            "view": RowView.of(line, found),
            "cells": [
                (column.value, label, _cell(getattr(line, name)), line.raw.get(column.value, ""))
                for column, label, name in CELLS
            ],
            "sides": [
                _side(line, side, label)
                for side, label in (("supporter", _("支援医院")), ("recipient", _("受援医院")))
            ],
            "alias_kinds": ALIAS_KINDS,
            "next_wrong": next((other for other in wrong if other > position), wrong[0] if wrong else None),
            "open": found.state == "preview",
            "error": error,
        },
        status=422 if error else 200,
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return _("、").join(value) if isinstance(value, list) else str(value)


def _side(line: AnnexRow, side: str, label: str) -> dict[str, Any]:
    hospital = getattr(line, side)
    look, text = resolution_words(getattr(line, f"{side}_resolution"))
    return {
        "id": side,
        "label": label,
        "printed": getattr(line, f"{side}_printed"),
        "hospital": hospital,
        "look": look,
        "resolution": text,
        "chosen": side in line.chosen,
        "candidates": [
            {**one, "why": words(one["why"]), "percent": round(one["score"] * 100)}
            for one in line.candidates.get(side, [])
        ],
    }
