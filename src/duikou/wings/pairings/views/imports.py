"""The import wizard: upload, progress, preview."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from duikou.core.errors import Invalid, Missing
from duikou.core.exports import XLSX
from duikou.core.faces import add_errors
from duikou.core.jobs.queries import job as job_named
from duikou.core.listing import ChoiceFilter, Column, Listing
from duikou.core.pages import PageRequest, page
from duikou.engines.pairing.annex import template_workbook
from duikou.wings.pairings.actions import imports as actions
from duikou.wings.pairings.forms import UploadForm
from duikou.wings.pairings.models import AnnexBatch
from duikou.wings.pairings.queries import imports as queries
from duikou.wings.pairings.queries.pairings import events_of
from duikou.wings.pairings.queries.rounds import default_round, rounds
from duikou.wings.pairings.views.history import event_words
from duikou.wings.pairings.views.import_rows import ROWS, RowView, issue_view, offered_codes
from duikou.wings.pairings.workflows import ANNEX_BATCH

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
            "codes": offered_codes(rows),
        },
    )


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
