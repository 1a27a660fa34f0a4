"""Pages of background jobs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from duikou.core import trail
from duikou.core.exports import text
from duikou.core.jobs import queries
from duikou.core.jobs.actions import cancel
from duikou.core.jobs.models import Job
from duikou.core.listing import ChoiceFilter, Column, Listing, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.web.templatetags.web import badge

JOBS = Listing(
    key="jobs",
    title=pgettext_lazy("导航", "后台任务"),
    empty=gettext_lazy("导入、核查等耗时的工作在后台进行，会列在这里。"),
    columns=(
        Column("title", gettext_lazy("任务"), head=True, href=lambda job: job.url),
        Column("subject", gettext_lazy("对象"), sort=True),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda job: job.get_state_display(),
            html=lambda job: badge("job", job.state),
            sort=True,
        ),
        Column("progress", gettext_lazy("进度"), value=lambda job: _progress(job)),
        Column("by", gettext_lazy("提交人"), value=lambda job: str(job.enqueued_by or _("系统"))),
        Column("enqueued_at", gettext_lazy("提交时间"), sort=True),
        Column("finished_at", gettext_lazy("结束时间"), sort=True, nulls_last=True),
        Column("error", gettext_lazy("原因"), on_page=False),
    ),
    filters=(
        TextFilter("q", gettext_lazy("对象"), ("subject",)),
        ChoiceFilter("state", gettext_lazy("状态"), choices=Job.State.choices),
    ),
    default_sort="-enqueued_at",
    prepare=lambda rows: _with_addresses(rows),
)


def _progress(job: Job) -> str:
    if job.percent is not None:
        return f"{job.percent}%"
    return str(job.done) if job.done else ""


def _with_addresses(rows: list[Any]) -> list[Any]:
    here = reverse("jobs:list")
    for row in rows:
        row.url = f"{here}{row.pk}/"
    return rows


@page(None)
def jobs(request: PageRequest) -> HttpResponseBase:
    """Jobs of the actor's area, and the actor's own."""
    return JOBS.respond(request, queries.jobs(request.actor), "web/pages/jobs_list.html", {})


@page(None)
def job(request: PageRequest, pk: str) -> HttpResponse:
    """One job: its progress while it runs, then what came of it."""
    return render(request, "web/pages/jobs_job.html", _panel(request, pk))


@page(None)
def progress(request: PageRequest, pk: str) -> HttpResponse:
    """The part of a job's page that is asked for again and again until the job has ended."""
    return render(request, "web/pages/jobs_panel.html", {**_panel(request, pk), "polled": True})


def _panel(request: PageRequest, pk: str) -> dict[str, Any]:
    found = queries.job(request.actor, pk)
    own = found.enqueued_by_id is not None and found.enqueued_by_id == request.actor.user_id
    result = found.result if isinstance(found.result, dict) else {}
    return {
        "job": found,
        "own": own,
        "enqueued": text(found.enqueued_at),
        "started": text(found.started_at) if found.started_at else "",
        "finished": text(found.finished_at) if found.finished_at else "",
        "is_check": found.task == trail.verify_chain.module_path,
        "result": result,
        "facts": [(key, value) for key, value in result.items() if not isinstance(value, dict | list)],
        "may_cancel": found.is_open
        and not found.cancel_requested
        and (own or request.actor.may_any("job.cancel", found.scope_paths())),
    }


@require_POST
@page(None)
def stop(request: PageRequest, pk: str) -> HttpResponse:
    """Cancel a job."""
    found = cancel(
        actor=request.actor,
        job=queries.job(request.actor, pk),
        reason=request.POST.get("reason", "").strip()[:500],
    )
    if found.is_open:
        messages.info(request, _("已请求取消；任务会在下一步停下。"))
    else:
        messages.success(request, _("任务已取消，没有写入任何内容。"))
    return redirect("jobs:job", pk)
