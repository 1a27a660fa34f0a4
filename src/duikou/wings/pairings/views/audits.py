"""Auditing a round again, and what an audit brought."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.faces import done, english
from duikou.core.jobs.actions import request_job
from duikou.core.links import link
from duikou.core.pages import PageRequest, page
from duikou.wings.pairings.actions.audits import audit_round
from duikou.wings.pairings.jobs import audit_round_again
from duikou.wings.pairings.queries import findings as queries
from duikou.wings.pairings.queries.rounds import round_named
from duikou.wings.pairings.views._common import severity_badge, state_badge
from duikou.wings.pairings.workflows import FINDING

AUDIT_AT_ONCE = 2_000  # pairings; a larger round is audited in the background


@require_POST
@page("finding.work")
def audit(request: PageRequest) -> HttpResponse:
    """Audit a round again: at once when it is small, else in the background."""
    round_ = round_named(request.POST.get("round", ""))
    if round_.pairings.count() > AUDIT_AT_ONCE:
        job = request_job(
            audit_round_again,
            round_.key,
            actor=request.actor,
            scope_path=round_.org.path or "",
            subject=str(round_),
            dedupe=f"audit-{round_.pk}",
        )
        done(request, _("核查已在后台开始。"))
        return HttpResponseRedirect(link("jobs:detail", job.pk) or reverse("pairings:findings"))
    run = audit_round(actor=request.actor, round_key=round_.key)
    done(
        request,
        _("第 %(number)d 次核查完成：新增 %(new)d 条，消除 %(gone)d 条，未变 %(unchanged)d 条。")
        % {"number": run.number, "new": run.added, "gone": run.gone, "unchanged": run.unchanged},
    )
    return redirect("pairings:run", round_.key, run.number)


@page("finding.view")
def run(request: PageRequest, key: str, number: int) -> HttpResponse:
    """What one audit brought."""
    round_ = round_named(key)
    found = queries.run_named(round_, number)
    changes = queries.changes_of(request.actor, found)
    titles = (("new", _("新增的发现")), ("gone", _("消除的发现")), ("changed", _("事实有变的发现")))
    return render(
        request,
        "pairings/run.html",
        {
            "round": round_,
            "run": found,
            "groups": [
                {
                    "title": title,
                    "rows": [
                        {
                            "finding": row,
                            "message": row.text("message"),
                            "severity": severity_badge(row.severity),
                            "state": state_badge(row.state, FINDING.states[row.state].label),
                        }
                        for row in changes[name]
                    ],
                }
                for name, title in titles
            ],
            "english": english(),
        },
    )
