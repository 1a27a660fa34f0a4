"""Declared needs and strengths: the list, a workbook uploaded, looked at, taken whole or withdrawn."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.exports import XLSX
from duikou.core.faces import add_errors, done, words
from duikou.core.listing import ChoiceFilter, Column, Listing
from duikou.core.pages import PageRequest, page
from duikou.engines.text import Text
from duikou.wings.pairings import declaration_texts as texts
from duikou.wings.pairings.actions import needs as actions
from duikou.wings.pairings.models import Declaration, DeclarationBatch
from duikou.wings.pairings.queries import needs as queries
from duikou.wings.pairings.views._common import hospital_url
from duikou.wings.pairings.views.proposals import refused
from duikou.wings.pairings.workflows import DECLARATION_BATCH

SHOWN = 200  # rows of a workbook shown before it counts


def _specialty(row: Declaration) -> str:
    title = queries.specialty_titles().get(row.specialty)
    return words(title) if title else row.specialty


DECLARATIONS = Listing(
    key="declarations",
    title=gettext_lazy("供需填报"),
    empty=gettext_lazy("还没有填报。没有填报的需求与能力按未知处理，不作推测。"),
    columns=(
        Column(
            "hospital",
            gettext_lazy("医院"),
            head=True,
            value=lambda r: r.hospital.name,
            href=lambda r: hospital_url(r.hospital_id),
            sort=("hospital__name", "pk"),
            width=30,
        ),
        Column("year", gettext_lazy("年度"), numeric=True, sort=True),
        Column("kind", gettext_lazy("类别"), value=lambda r: r.get_kind_display(), sort=True),
        Column("specialty", gettext_lazy("专业"), value=_specialty),
        Column("amount", gettext_lazy("数量"), numeric=True),
        Column("source", gettext_lazy("来源"), width=30),
        Column("mark", gettext_lazy("依据"), value=lambda r: r.get_mark_display()),
        Column(
            "demonstration",
            gettext_lazy("演示"),
            value=lambda r: _("演示数据") if r.demonstration else "",
        ),
    ),
    filters=(ChoiceFilter("kind", gettext_lazy("类别"), choices=Declaration.Kind.choices),),
)


class WorkbookForm(forms.Form):
    """A workbook of declarations."""

    file = forms.FileField(
        label=gettext_lazy("供需工作簿"),
        max_length=200,
        help_text=gettext_lazy(".xlsx、.xls 或 .ods，不超过 4 MB；一行一项，列见模板。"),
    )


@page("need.view")
def needs(request: PageRequest) -> HttpResponseBase:
    """All declarations that one may see; with an upload for those who may declare."""
    may_edit = request.actor.may("need.edit")
    form = WorkbookForm(request.POST or None, request.FILES or None) if may_edit else None
    if request.method == "POST":
        if form is None:
            actions.upload_declarations(actor=request.actor, content=b"", filename="")  # says why not
        elif form.is_valid():
            file = form.cleaned_data["file"]
            try:
                batch = actions.upload_declarations(
                    actor=request.actor, content=file.read(), filename=file.name
                )
            except Invalid as error:
                add_errors(form, error)
            else:
                return redirect("pairings:needs_batch", batch.pk)
    response = DECLARATIONS.respond(
        request,
        queries.declarations(request.actor),
        "pairings/needs.html",
        {
            "form": form,
            "batches": [
                {"batch": one, "state": DECLARATION_BATCH.states[one.state].label}
                for one in queries.declaration_batches(request.actor)[:20]
            ]
            if may_edit
            else [],
        },
    )
    if form is not None and form.is_bound:
        response.status_code = 422
    return response


@page("need.edit")
def batch(request: PageRequest, pk: int) -> HttpResponse:
    """One workbook as it was read: its rows, what is wrong with it, and what can be done."""
    found = queries.declaration_batch(request.actor, pk)
    return render(
        request,
        "pairings/needs_batch.html",
        {
            "batch": found,
            "state": DECLARATION_BATCH.states[found.state].label,
            "preview": found.state == "preview",
            "ready": found.state == "preview" and not found.issues and bool(found.rows),
            "issues": [_issue(one) for one in found.issues],
            "rows": [_row(one) for one in found.rows[:SHOWN]],
            "more": max(0, len(found.rows) - SHOWN),
        },
    )


def _issue(one: dict[str, Any]) -> dict[str, Any]:
    return {
        **one,
        "column": _heading(one["column"]) if one["column"] in texts.COLUMNS else "—",
        "expected": words(one["expected"]),
        "line": one["line"] or _("整个文件"),
    }


def _heading(column: str) -> str:
    """What we call a column ourselves."""
    zh, en, *_others = texts.COLUMNS[column]
    return words(Text(zh, en))


def _row(one: dict[str, Any]) -> dict[str, Any]:
    title = queries.specialty_titles().get(one["specialty"])
    return {
        **one,
        "kind": Declaration.Kind(one["kind"]).label,
        "specialty": words(title) if title else one["specialty"],
    }


@require_POST
@page("need.edit")
def commit(request: PageRequest, pk: int) -> HttpResponse:
    """Let a workbook count."""
    return _decide(request, pk, "commit")


@require_POST
@page("need.edit")
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Put a workbook aside."""
    return _decide(request, pk, "withdraw")


def _decide(request: PageRequest, pk: int, what: str) -> HttpResponse:
    found: DeclarationBatch = queries.declaration_batch(request.actor, pk)
    version = request.POST.get("version", "")
    if version != str(found.version):
        refused(request, Conflict(_("批次刚被他人改动。请看过之后再试。")))
        return redirect("pairings:needs_batch", pk)
    try:
        if what == "commit":
            taken = actions.commit_declarations(actor=request.actor, batch=found)
            done(
                request,
                _("已导入：新增 %(created)d 项，更改 %(changed)d 项。相关方案须重新求解。")
                % {"created": taken.created, "changed": taken.changed},
            )
        else:
            actions.withdraw_declarations(actor=request.actor, batch=found)
            done(request, _("批次已撤回，没有写入任何填报。"))
    except (Invalid, Conflict, Missing) as error:
        refused(request, error)
    return redirect("pairings:needs_batch", pk)


@page("need.edit")
def template(request: PageRequest) -> HttpResponse:
    """An empty workbook with the columns and the words that may be used."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet = book.add_worksheet(_("填报"))
        for at, column in enumerate(texts.COLUMNS):
            sheet.write_string(0, at, _heading(column), bold)
            sheet.set_column(at, at, 22)
        sheet.freeze_panes(1, 0)
        known = book.add_worksheet(_("可用的词"))
        for at, (label, values) in enumerate(_words()):
            known.write_string(0, at, label, bold)
            known.set_column(at, at, 26)
            for line, value in enumerate(values, start=1):
                known.write_string(line, at, value)
    response = HttpResponse(memory.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="declarations.xlsx"'
    return response


def _words() -> list[tuple[str, list[str]]]:
    return [
        (_("类别"), [str(label) for label in Declaration.Kind.labels]),
        (_("专业"), [words(title) for title in queries.specialty_titles().values()]),
    ]
