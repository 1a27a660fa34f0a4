"""Submissions: the list, an upload, one submission with its report, and what is done to it."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.exports import XLSX
from duikou.core.faces import add_errors, done, row_url, words
from duikou.core.jobs.queries import job as job_named
from duikou.core.listing import ChoiceFilter, Column, Listing, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.wings.discharges import files, rules
from duikou.wings.discharges.actions import signing, uploads
from duikou.wings.discharges.forms import UploadForm
from duikou.wings.discharges.models import Submission
from duikou.wings.discharges.queries import submissions as queries
from duikou.wings.discharges.views._common import event_words, severity_badge, state_badge
from duikou.wings.discharges.workflows import SUBMISSION

RUNNING = ("checking", "signed", "retracting")

SUBMISSIONS = Listing(
    key="submissions",
    title=gettext_lazy("病案首页报送"),
    empty=gettext_lazy("上传第一个月的病案首页。"),
    columns=(
        Column(
            "hospital",
            gettext_lazy("医院"),
            head=True,
            value=lambda s: s.hospital.name,
            href=lambda s: row_url("discharges:submission", s.pk),
            sort=("hospital__name", "pk"),
            width=30,
        ),
        Column("month", gettext_lazy("出院月份"), value=lambda s: s.period, sort=True),
        Column("number", gettext_lazy("版次"), numeric=True),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda s: SUBMISSION.states[s.state].label,
            html=lambda s: state_badge(s.state),
            sort=True,
        ),
        Column("rows", gettext_lazy("读到的行"), numeric=True, sort=True),
        Column("rejected", gettext_lazy("隔离的行"), numeric=True, sort=True),
        Column("completeness", gettext_lazy("完整度"), numeric=True, value=lambda s: percent(s.completeness)),
        Column("submitted_at", gettext_lazy("报送时间"), sort=True),
        Column(
            "demonstration", gettext_lazy("演示"), value=lambda s: _("演示数据") if s.demonstration else ""
        ),
    ),
    filters=(
        ChoiceFilter("state", gettext_lazy("状态"), choices=lambda actor: SUBMISSION.choices()),
        TextFilter("q", gettext_lazy("医院"), fields=("hospital__name",)),
    ),
)


def percent(share: int | None) -> str:
    """A share in 1e-4 as people write it."""
    return "—" if share is None else f"{share / 100:.2f}%"


@page("discharge.view")
def submissions(request: PageRequest) -> HttpResponseBase:
    """All submissions that one may see."""
    rows = queries.submissions(request.actor)
    return SUBMISSIONS.respond(
        request,
        rows,
        "discharges/list.html",
        {
            "may_submit": request.actor.may("discharge.submit"),
            "demo_data": rows.filter(demonstration=True).exists(),
        },
    )


@page("discharge.submit")
def new(request: PageRequest) -> HttpResponseBase:
    """Upload a file: in pieces with script, as one form without."""
    hospitals = queries.submitting_hospitals(request.actor)
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        hospitals=[(str(one.pk), one.name) for one in hospitals],
        initial={name: request.GET.get(name, "")[:20] for name in ("hospital", "month")},
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            submission = uploads.submit_file(
                actor=request.actor,
                hospital_id=int(form.cleaned_data["hospital"]),
                month=form.cleaned_data["month"],
                filename=file.name or "",
                chunks=file.chunks(),
                size=file.size,
            )
        except Invalid as error:
            add_errors(form, error)
        except Conflict as error:
            form.add_error(None, str(error.message))
        else:
            return redirect("discharges:submission", submission.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "piece": uploads.MAX_CHUNK // 2}
    return render(request, "discharges/new.html", context, status=status)


@page("discharge.view")
def submission(request: PageRequest, pk: int) -> HttpResponse:
    """One submission: on its way, its report, its fate."""
    found = queries.submission(request.actor, pk)
    return render(request, "discharges/submission.html", _context(request, found))


def _context(request: PageRequest, found: Submission) -> dict[str, Any]:
    steps = {step.id: step for step in SUBMISSION.available(found, request.actor)}
    if not files.source(found).is_file():
        steps.pop("recheck", None)
    return {
        "submission": found,
        "state": state_badge(found.state),
        "at": {"receiving": 1, "checking": 2, "checked": 3, "refused": 3, "withdrawn": 3}.get(found.state, 4),
        "running": found.state in RUNNING,
        "refusal": words(found.refusal) if found.refusal else "",
        "completeness": percent(found.completeness),
        "grouping_rate": percent(found.grouped * 10_000 // found.accepted if found.accepted else None),
        "faults": [
            {
                "count": entry,
                "badge": severity_badge(entry.severity),
                "title": words(rules.title(entry.rule)),
                "url": reverse("discharges:faults", args=[found.pk, entry.rule]),
            }
            for entry in found.fault_counts.all()
        ],
        "steps": steps,
        "may_see_rows": queries.may_see_rows(request.actor, found),
        "has_workbook": files.workbook(found).is_file(),
        "job": _job(request, found),
        "events": [event_words(event) for event in queries.events_of(found)],
        "demo_data": found.demonstration,
    }


def _job(request: PageRequest, found: Submission) -> Any:
    if found.state not in RUNNING or not found.job_id:
        return None
    try:
        return job_named(request.actor, found.job_id)
    except Missing:
        return None


@page("discharge.view")
def progress(request: PageRequest, pk: int) -> HttpResponse:
    """How far the work on a submission is, as a fragment; once it is over, the page is loaded anew."""
    found = queries.submission(request.actor, pk)
    if found.state not in RUNNING:
        answer = HttpResponse(status=200)
        answer["HX-Redirect"] = reverse("discharges:submission", args=[pk])
        return answer
    return render(request, "discharges/_progress.html", {"submission": found, "job": _job(request, found)})


# ---------------------------------------------------------------- the report


@page("discharge.view")
def faults(request: PageRequest, pk: int, rule: str) -> HttpResponse:
    """One rule in one submission: what it demands, and (for those who submit) the rows that break it."""
    found = queries.submission(request.actor, pk)
    entry = found.fault_counts.filter(rule=rule).first()
    if entry is None:
        raise Missing(_("这个批次没有这条规则的问题。"))
    may_see = queries.may_see_rows(request.actor, found)
    return render(
        request,
        "discharges/faults.html",
        {
            "submission": found,
            "entry": entry,
            "badge": severity_badge(entry.severity),
            "title": words(rules.title(rule)),
            "about": rules.about(rule),
            "rows": rules.rows_of(found, rule) if may_see else [],
            "may_see_rows": may_see,
            "demo_data": found.demonstration,
        },
    )


@page("discharge.submit")
def workbook(request: PageRequest, pk: int) -> FileResponse:
    """Every fault as a workbook, to correct the records by."""
    found = queries.submission(request.actor, pk)
    path, name = queries.workbook(request.actor, found)
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=XLSX)


# ---------------------------------------------------------------- acts


def _as_seen(request: PageRequest, found: Submission) -> Submission:
    """The submission as the person saw it; raises Invalid when the page does not say which version."""
    text = request.POST.get("version", "")
    if not text.isdecimal() or len(text) > 9:
        raise Invalid(_("页面已过时，请刷新后再试。"))
    found.version = int(text)
    return found


@require_POST
@page("discharge.sign")
def sign(request: PageRequest, pk: int) -> HttpResponse:
    """Sign off."""
    found = queries.submission(request.actor, pk)
    signing.sign(actor=request.actor, submission=_as_seen(request, found))
    done(request, _("已签发，正在入库。"))
    return redirect("discharges:submission", pk)


@require_POST
@page("discharge.submit")
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Give up a file that is not signed."""
    found = queries.submission(request.actor, pk)
    uploads.withdraw(actor=request.actor, submission=found)
    done(request, _("已撤回，原文件已删除。"))
    return redirect("discharges:submission", pk)


@require_POST
@page("discharge.submit")
def recheck(request: PageRequest, pk: int) -> HttpResponse:
    """Check again."""
    found = queries.submission(request.actor, pk)
    uploads.recheck(actor=request.actor, submission=found)
    return redirect("discharges:submission", pk)


@require_POST
@page("discharge.sign")
def retract(request: PageRequest, pk: int) -> HttpResponse:
    """Take committed rows back."""
    found = queries.submission(request.actor, pk)
    signing.retract(actor=request.actor, submission=found, reason=request.POST.get("reason", ""))
    done(request, _("正在从库中撤回。"))
    return redirect("discharges:submission", pk)
