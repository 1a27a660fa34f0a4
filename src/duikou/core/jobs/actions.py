"""What people do with jobs: ask for one, cancel one."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks.base import Task
from structlog.contextvars import get_contextvars

from duikou.core import audit
from duikou.core.actions import require
from duikou.core.errors import Conflict
from duikou.core.jobs.backend import JobOptions, LeaseBackend
from duikou.core.jobs.models import Job
from duikou.core.scope import Actor


def request_job(
    task: Task,
    *args: Any,
    actor: Actor,
    scope_path: str = "",
    subject: str = "",
    dedupe: str = "",
    **kwargs: Any,
) -> Job:
    """Put a task into the queue for `actor`, inside the transaction of the act that needs it.

    `scope_path` says which area the job belongs to, `subject` what it is about (a file
    name, a round; no personal data). While a job with the same `dedupe` key is open, that
    one is returned instead of a second. The act that calls this writes the audit event.
    """
    backend = task.get_backend()
    assert isinstance(backend, LeaseBackend)  # the only backend in settings.TASKS
    options = JobOptions(user_id=actor.user_id, scope_path=scope_path, subject=subject, dedupe=dedupe)
    return backend.put(task, args, kwargs, options)


def cancel(*, actor: Actor, job: Job, reason: str = "") -> Job:
    """Cancel a job: a waiting one at once, a running one at its next sign of progress.

    One's own jobs may always be cancelled; others need `job.cancel` where the job
    belongs. Raises Denied, and Conflict when the job has already ended.
    """
    own = actor.user_id is not None and actor.user_id == job.enqueued_by_id
    if not own:
        require(actor, "job.cancel", job.scope_paths())
    with transaction.atomic():
        waiting = Job.objects.filter(pk=job.pk, state=Job.State.READY)
        if not waiting.update(
            state=Job.State.CANCELLED, cancel_requested=True, finished_at=timezone.now()
        ) and not Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_requested=True):
            raise Conflict(_("该任务已经结束，无法取消。请刷新页面查看结果。"))
        before = job.state
        job.refresh_from_db()
        audit.append(
            actor=actor,
            action="job.cancel",
            target_type=Job._meta.label_lower,
            target_id=job.pk,
            target_label=str(job),
            scope_path=job.scope_path,
            before={"state": before},
            after={"state": job.state, "cancel_requested": True},
            reason=reason,
            request_id=str(get_contextvars().get("request_id", "")),
        )
    return job
