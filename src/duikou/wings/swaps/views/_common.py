"""What the pages of plans and of repairs share: an act without a form, and how far a job is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from duikou.core.errors import Conflict, Invalid
from duikou.core.faces import done
from duikou.core.jobs.models import Job
from duikou.core.pages import PageRequest


def carry_out(
    request: PageRequest,
    plan_id: int,
    do: Callable[[], object],
    said: str,
    template: str,
    shown: Callable[[], Mapping[str, Any]],
) -> HttpResponse:
    """Carry out, and go to the plan; or show the page again, read anew, with what was objected to."""
    try:
        do()
    except (Invalid, Conflict) as error:
        return render(request, template, {**shown(), "objection": str(error.message)}, status=error.status)
    done(request, said)
    return redirect("swaps:detail", plan_id)


def progress_of(request: PageRequest, job: Job | None) -> HttpResponse:
    """How far a job is; the page is read anew when it has ended."""
    if job is None or job.state not in job.OPEN:
        response = render(request, "web/fragment.html", {})
        response["HX-Refresh"] = "true"
        return response
    return render(request, "swaps/_progress.html", {"job": job, "address": request.path})
