"""The import wizard: upload, progress, preview, repairs row by row, commit or withdraw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from duikou.core.errors import Invalid, Missing
from duikou.core.jobs.actions import request_job
from duikou.core.jobs.queries import job as job_named
from duikou.core.listing import ChoiceFilter, Column, Listing, TextFilter
from duikou.core.pages import PageRequest, View, page
from duikou.engines.pairing.annex import Field, template_workbook
from duikou.wings.hospitals.actions import ALIAS_KINDS
from duikou.wings.hospitals.queries import register_on
from duikou.wings.pairings.actions import imports as actions
from duikou.wings.pairings.actions import repairs
from duikou.wings.pairings.annexes import issue_from
from duikou.wings.pairings.forms import UploadForm
from duikou.wings.pairings.jobs import audit_round_again
from duikou.wings.pairings.models import AnnexBatch, AnnexRow
from duikou.wings.pairings.queries import imports as queries
from duikou.wings.pairings.queries.pairings import events_of
from duikou.wings.pairings.queries.rounds import default_round, rounds
from duikou.wings.pairings.views._common import add_errors, done, severity_badge, words
from duikou.wings.pairings.views.history import event_words
from duikou.wings.pairings.views.pairings import resolution_words
from duikou.wings.pairings.workflows import ANNEX_BATCH

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

BATCHES = Listing(
    key="batches",
    title=gettext_lazy("导入批次"),
    empty=gettext_lazy("上传第一张结对关系表。"),
    columns=(
        Column(
            "filename",
            gettext_lazy("文件"),
            head=True,
            sort=True,
            href=lambda b: reverse("pairings:batch", args=[b.pk]),
        ),
        Column("round", gettext_lazy("轮次"), value=lambda b: str(b.round)),
        Column("state", gettext_lazy("状态"), value=lambda b: ANNEX_BATCH.states[b.state].label, sort=True),
        Column("created", gettext_lazy("新增结对"), numeric=True, sort=True),
        Column("already_there", gettext_lazy("已有结对"), numeric=True, sort=True),
        Column("uploaded_by", gettext_lazy("上传人"), value=lambda b: str(b.uploaded_by or "—")),
        Column("uploaded_at", gettext_lazy("上传时间"), sort=True),
    ),
    filters=(ChoiceFilter("state", gettext_lazy("状态"), choices=lambda actor: ANNEX_BATCH.choices()),),
)


@page("pairing.import")
def wizard(request: PageRequest) -> HttpResponseBase:
    """Upload a table; the batches so far below."""
    known = list(rounds())
    start = default_round(request.actor, known) if known else None
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        rounds=[(one.key, str(one)) for one in known],
        initial={"round": request.GET.get("round") or (start.key if start else "")},
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = actions.upload_annex(
                actor=request.actor,
                round_key=form.cleaned_data["round"],
                content=file.read(),
                filename=file.name or "",
            )
        except Invalid as error:
            add_errors(form, error)
        else:
            return redirect("pairings:batch", batch.pk)
    if form.is_bound:
        context = {"form": form, "listing": BATCHES.page(request, queries.batches(request.actor))}
        return render(request, "pairings/import.html", context, status=422)
    return BATCHES.respond(request, queries.batches(request.actor), "pairings/import.html", {"form": form})


@page("pairing.import")
def template(request: PageRequest) -> HttpResponse:
    """The empty workbook to fill in."""
    return _workbook(template_workbook(), "duikou-annex-template.xlsx")


@page("pairing.import")
def issues(request: PageRequest, pk: int) -> HttpResponse:
    """Every issue of a batch as a workbook."""
    batch = queries.batch(request.actor, pk)
    return _workbook(queries.issues_workbook(batch), f"duikou-issues-{batch.pk}.xlsx")


def _workbook(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


# ---------------------------------------------------------------- preview


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
    from duikou.engines.pairing.annex import SourceRef

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
        TextFilter(
            "q", gettext_lazy("医院名称"), ("supporter", "recipient", "supporter_name", "recipient_name")
        ),
    ),
)


@page("pairing.import")
def batch(request: PageRequest, pk: int) -> HttpResponseBase:
    """A batch: being read, refused, in preview, committed or withdrawn."""
    found = queries.batch(request.actor, pk)
    rows = queries.batch_rows(found)
    views = [RowView.of(row, found) for row in rows]
    steps = {step.id: step for step in ANNEX_BATCH.available(found, request.actor)}
    return ROWS.respond(
        request,
        views,
        "pairings/batch.html",
        {
            "batch": found,
            "state": ANNEX_BATCH.states[found.state].label,
            "tally": queries.tally(found, rows),
            "file_issues": [issue_view(issue) for issue in found.issues],
            "refusal": issue_view(found.refusal) if found.refusal else None,
            "steps": steps,
            "job": _job(request, found),
            "events": [event_words(event) for event in events_of(found)],
            "codes": _offered_codes(rows),
        },
    )


def _offered_codes(rows: list[AnnexRow]) -> list[tuple[str, int]]:
    """Codes that offer a repair in several rows, with the number of rows: they can be repaired together."""
    counted: dict[str, int] = {}
    for row in rows:
        for issue in row.issues:
            if issue["repair_action"] and not row.dropped:
                counted[issue["code"]] = counted.get(issue["code"], 0) + 1
    return [(code, count) for code, count in counted.items() if count > 1]


def _job(request: PageRequest, found: AnnexBatch) -> Any:
    if found.state != ANNEX_BATCH.initial or not found.job_id:
        return None
    try:
        return job_named(request.actor, found.job_id)
    except Missing:
        return None


@page("pairing.import")
def progress(request: PageRequest, pk: int) -> HttpResponse:
    """The reading's progress as a fragment; once it is over, the browser is sent to the preview."""
    found = queries.batch(request.actor, pk)
    if found.state != ANNEX_BATCH.initial:
        answer = HttpResponse(status=200)
        answer["HX-Redirect"] = reverse("pairings:batch", args=[pk])
        return answer
    return render(request, "pairings/_progress.html", {"batch": found, "job": _job(request, found)})


# ---------------------------------------------------------------- one row

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
    return _row_page(request, pk, position)


def _row_page(request: PageRequest, pk: int, position: int, error: str = "") -> HttpResponse:
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


# ---------------------------------------------------------------- acts


def _version(request: PageRequest) -> int:
    text = request.POST.get("version", "")
    if not text.isdecimal():
        raise Invalid(_("页面已过时，请刷新后再试。"))
    return int(text)


def _position(request: PageRequest) -> int:
    text = request.POST.get("position", "")
    if not text.isdecimal():
        raise Invalid(_("没有指明是哪一行，请刷新后再试。"))
    return int(text)


@require_POST
@page("pairing.import")
def repair(request: PageRequest, pk: int) -> HttpResponse:
    """Make offered repairs: of one issue (`repair`), of one code (`code`), or all (`all`)."""
    found = queries.batch(request.actor, pk)
    position, _colon, code = request.POST.get("repair", "").partition(":")
    count = repairs.apply_repairs(
        actor=request.actor,
        batch=found,
        version=_version(request),
        position=int(position) if position.isdecimal() else None,
        code=code or request.POST.get("code", ""),
    )
    done(request, ngettext("已修正 %(count)d 处。", "已修正 %(count)d 处。", count) % {"count": count})
    return _back(request, pk)


def _back(request: PageRequest, pk: int) -> HttpResponseRedirect:
    """To the row that the act was about, else to the preview."""
    position = request.POST.get("position", "")
    if position.isdecimal():
        return HttpResponseRedirect(reverse("pairings:batch_row", args=[pk, int(position)]))
    return HttpResponseRedirect(reverse("pairings:batch", args=[pk]))


@require_POST
@page("pairing.import")
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Set one cell by hand."""
    column, position = request.POST.get("column", ""), _position(request)
    if column not in {field.value for field in repairs.EDITABLE}:
        raise Invalid(_("这一列不能修改。"))
    try:
        repairs.edit_cell(
            actor=request.actor,
            batch=queries.batch(request.actor, pk),
            version=_version(request),
            position=position,
            column=Field(column),
            value=request.POST.get("value", "")[:500],
        )
    except Invalid as error:
        return _row_page(request, pk, position, str(error.message))
    done(request, _("已修改第 %(row)d 行。") % {"row": position})
    return _back(request, pk)


@require_POST
@page("pairing.import")
def choose(request: PageRequest, pk: int) -> HttpResponse:
    """Say which hospital a name means: a candidate by key, or any other by its registered name."""
    found, position = queries.batch(request.actor, pk), _position(request)
    name = request.POST.get("name", "").strip()
    try:
        repairs.choose_hospital(
            actor=request.actor,
            batch=found,
            version=_version(request),
            position=position,
            side=request.POST.get("side", ""),
            hospital=_key_of(found, name) if name else request.POST.get("hospital", ""),
            alias_kind=request.POST.get("alias", ""),
        )
    except Invalid as error:
        return _row_page(request, pk, position, str(error.message))
    done(request, _("已选定医院，同名的行一并更新。"))
    return _back(request, pk)


def _key_of(found: AnnexBatch, name: str) -> str:
    match = register_on(found.round.divisions_on).resolve(name, found.round.divisions_on)
    if match.hospital is None:
        near = _("、").join(one.hospital.name for one in match.candidates[:5]) or _("没有相近的名称")
        raise Invalid(_("登记中没有“%(found)s”。相近的有：%(near)s。") % {"found": name, "near": near})
    return match.hospital.key


def _simple(act: Callable[[PageRequest, AnnexBatch], str]) -> View:
    """A page for an act that needs nothing but the batch; `act` returns what to tell."""

    @require_POST
    @page("pairing.import")
    def view(request: PageRequest, pk: int) -> HttpResponse:
        done(request, act(request, queries.batch(request.actor, pk)))
        return _back(request, pk)

    return view


def _drop(request: PageRequest, found: AnnexBatch) -> str:
    repairs.drop_row(actor=request.actor, batch=found, version=_version(request), position=_position(request))
    return _("已删去第 %(row)d 行；可随时恢复。") % {"row": _position(request)}


def _restore(request: PageRequest, found: AnnexBatch) -> str:
    repairs.restore_row(
        actor=request.actor, batch=found, version=_version(request), position=_position(request)
    )
    return _("已恢复第 %(row)d 行。") % {"row": _position(request)}


def _recheck(request: PageRequest, found: AnnexBatch) -> str:
    repairs.recheck_names(actor=request.actor, batch=found, version=_version(request))
    return _("已按最新的登记重新对应名称。")


def _ask(request: PageRequest, found: AnnexBatch) -> str:
    count = repairs.ask_reviewers(actor=request.actor, batch=found)
    return _("已把 %(count)d 个名称提交裁定；裁定之后请重新对应名称。") % {"count": count}


def _commit(request: PageRequest, found: AnnexBatch) -> str:
    found.version = _version(request)
    done_batch = actions.commit_batch(actor=request.actor, batch=found)
    round_ = found.round
    request_job(
        audit_round_again,
        round_.key,
        actor=request.actor,
        scope_path=round_.org.path or "",
        subject=str(round_),
        dedupe=f"audit-{round_.pk}",
    )
    return _("整批导入完成：新增 %(created)d 对，已有 %(there)d 对。核查已在后台开始。") % {
        "created": done_batch.created,
        "there": done_batch.already_there,
    }


def _withdraw(request: PageRequest, found: AnnexBatch) -> str:
    actions.withdraw_batch(actor=request.actor, batch=found)
    return _("批次已撤回。")


def _revoke(request: PageRequest, found: AnnexBatch) -> str:
    count = actions.revoke_batch(actor=request.actor, batch=found, reason=request.POST.get("reason", ""))
    return _("已撤销：%(count)d 对结对已移除。") % {"count": count}


drop = _simple(_drop)
restore = _simple(_restore)
recheck = _simple(_recheck)
ask = _simple(_ask)
commit = _simple(_commit)
withdraw = _simple(_withdraw)
revoke = _simple(_revoke)
