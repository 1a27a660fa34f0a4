"""Routes about the system: the audit trail and background jobs."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from duikou.core import trail
from duikou.core.jobs import actions, queries
from duikou.core.jobs.models import Job
from duikou.core.rest import Answer, Body, Call, Code, Day, Id, Limit, Offset, Page, operation, page_of
from duikou.core.rest.types import TEXT_PATTERN

audit = Router(tags=["audit"])
jobs = Router(tags=["jobs"])


class EventItem(Answer):
    """One link of the audit chain; `digest` covers the event and `previous`."""

    number: int
    at: dt.datetime
    actor_id: int | None
    actor_label: str
    action: str
    target_type: str
    target_id: str
    target_label: str
    before: Any
    after: Any
    reason: str
    request_id: str
    previous: str
    digest: str


@operation(
    audit,
    "GET",
    "/audit-events",
    response=Page[EventItem],
    permission="audit.view",
    zh="审计日志",
    en="Audit trail",
)
def list_audit_events(
    request: Call,
    action: Code | None = None,
    target_type: Code | None = None,
    target_id: Code | None = None,
    since: Day | None = None,
    until: Day | None = None,
    before: Id | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Events of the caller's area, newest first. `before`: only lower numbers, for reading on steadily."""
    rows = trail.events(request.actor)
    conditions = {
        "action": action, "target_type": target_type, "target_id": target_id, "number__lt": before,
        "at__date__gte": since, "at__date__lte": until,
    }  # fmt: skip
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    return page_of(rows.values(*EventItem.model_fields), limit, offset)


@operation(
    audit,
    "GET",
    "/audit-events/{number}",
    response=EventItem,
    permission="audit.view",
    zh="一个审计事件",
    en="One event",
)
def get_audit_event(request: Call, number: Id) -> Any:
    """By its number in the chain."""
    return trail.event(request.actor, number)


class JobItem(Answer):
    """A piece of background work."""

    id: str
    title: str
    subject: str
    state: Literal["ready", "running", "done", "failed", "cancelled"]
    cancel_requested: bool
    done: int
    total: int | None
    note: str
    error: str
    attempts: int
    enqueued_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None


@operation(
    audit,
    "POST",
    "/audit-verifications",
    response=JobItem,
    permission="audit.view",
    status=202,
    zh="核对审计链",
    en="Verify the chain",
)
def verify_chain(request: Call) -> Any:
    """In the background; while a check waits or runs, that one is answered."""
    return trail.request_verification(actor=request.actor)


State = Literal["ready", "running", "done", "failed", "cancelled"]
JobId = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9]+$")]


@operation(
    jobs, "GET", "/jobs", response=Page[JobItem], permission="job.view", zh="后台任务", en="Background jobs"
)
def list_jobs(request: Call, state: State | None = None, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Of the caller's area, and those that the caller has asked for, newest first."""
    rows = queries.jobs(request.actor)
    return page_of(rows.filter(state=state) if state else rows, limit, offset)


class JobDetail(JobItem):
    """With its result."""

    result: Any


@operation(
    jobs, "GET", "/jobs/{job_id}", response=JobDetail, permission="job.view", zh="一个任务", en="One job"
)
def get_job(request: Call, job_id: JobId) -> Job:
    """With progress and result."""
    return queries.job(request.actor, job_id)


class Cancelling(Body):
    """Why a job is cancelled, if there is more to say."""

    reason: Annotated[str, Field(max_length=500, pattern=TEXT_PATTERN)] = ""


@operation(
    jobs,
    "POST",
    "/jobs/{job_id}/cancel",
    response=JobDetail,
    permission="job.view",
    zh="取消任务",
    en="Cancel a job",
)
def cancel_job(request: Call, job_id: JobId, body: Cancelling) -> Any:
    """A waiting one at once, a running one at its next sign of progress; others' jobs need `job.cancel`."""
    return actions.cancel(actor=request.actor, job=queries.job(request.actor, job_id), reason=body.reason)
