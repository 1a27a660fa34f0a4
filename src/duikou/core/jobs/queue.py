"""The queue: claim a job by a lease, and settle it.

Everything that settles a job is one conditional UPDATE which holds only for the worker
that still has it (`holder`): a worker that was paused beyond its lease can neither
finish the job nor commit a step of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from duikou.core.jobs import presence
from duikou.core.jobs.backend import JobTask
from duikou.core.jobs.models import Job

HUNG = dt.timedelta(minutes=15)  # a worker alive but silent for so long is given up
MAX_WAIT = dt.timedelta(hours=1)  # longest back-off between two attempts


def holder(job: Job) -> QuerySet[Job]:
    """The job's row, as long as this worker's claim still holds; otherwise nothing."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, worker=job.worker, attempts=job.attempts)


def _claimable(now: dt.datetime, queues: Collection[str]) -> Iterator[QuerySet[Job]]:
    chosen = Q(queue__in=queues) if queues else Q()
    # Jobs of dead workers first: somebody has been waiting for them longest.
    yield _abandoned(now).filter(chosen).order_by("lease_until")
    due = Q(run_after__isnull=True) | Q(run_after__lte=now)
    yield Job.objects.filter(chosen, due, state=Job.State.READY).order_by("-priority", "enqueued_at", "id")


def _abandoned(now: dt.datetime) -> QuerySet[Job]:
    """Running jobs whose worker is gone."""
    expired = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=now)
    if connection.vendor == "sqlite":
        holders = set(expired.values_list("worker", flat=True))
        working = [holder for holder in holders if presence.alive(holder)]
        expired = expired.exclude(worker__in=working, lease_until__gte=now - HUNG)
    return expired


def claim(worker: str, lease: dt.timedelta, queues: Collection[str] = ()) -> Job | None:
    """Take the next job for `worker`, or None when nothing is due.

    A job whose worker vanished is taken over from its checkpoint, unless it has used up
    its attempts or was to be cancelled: then it is settled here.
    """
    now = timezone.now()
    for waiting in _claimable(now, queues):
        while waiting.exists():  # a plain read: an idle worker takes no write lock
            with transaction.atomic():
                if connection.features.has_select_for_update_skip_locked:
                    job = waiting.select_for_update(skip_locked=True).first()
                else:  # SQLite: the transaction is IMMEDIATE, so nobody else can claim meanwhile
                    job = waiting.first()
                if job is None:
                    break
                if not _settle_without_running(job) and _take(job, worker, now, lease):
                    return job
    return None


def _settle_without_running(job: Job) -> bool:
    with translation.override(job.language):
        if job.cancel_requested:
            return _close(job, Job.State.CANCELLED)
        if job.tries >= job.max_attempts:
            reason = _(
                "工作进程连续 %(tries)d 次中断，任务没有进展，已停止重试。请检查服务器内存与日志后重新提交。"
            ) % {"tries": job.tries}
            return _close(job, Job.State.FAILED, error=reason, error_class="duikou.core.jobs.context.JobLost")
    return False


def _take(job: Job, worker: str, now: dt.datetime, lease: dt.timedelta) -> bool:
    before = Job.objects.filter(pk=job.pk, state=job.state, attempts=job.attempts)
    changes: dict[str, Any] = {
        "state": Job.State.RUNNING,
        "worker": worker,
        "workers": [*job.workers, worker],
        "attempts": job.attempts + 1,
        "tries": job.tries + 1,
        "lease_until": now + lease,
        "heartbeat": now,
        "started_at": job.started_at or now,
        "last_attempted_at": now,
    }
    if not before.update(**changes):
        return False
    for name, value in changes.items():
        setattr(job, name, value)
    return True


def _close(job: Job, state: Job.State, **changes: Any) -> bool:
    closed = Job.objects.filter(pk=job.pk, attempts=job.attempts, state__in=Job.OPEN)
    return bool(closed.update(state=state, finished_at=timezone.now(), lease_until=None, **changes))


def finish(job: Job, result: Any) -> bool:
    """Record success. False when the lease was lost: then somebody else finishes the job."""
    return bool(
        holder(job).update(
            state=Job.State.DONE,
            result=result,
            done=F("total") if job.total is not None else F("done"),
            finished_at=timezone.now(),
            lease_until=None,
            error="",
            error_class="",
        )
    )


def cancelled(job: Job) -> bool:
    """Record that the job stopped because somebody asked for it."""
    return bool(holder(job).update(state=Job.State.CANCELLED, finished_at=timezone.now(), lease_until=None))


def release(job: Job) -> bool:
    """Give the job back (the worker is stopping); this claim does not count as an attempt."""
    return bool(holder(job).update(state=Job.State.READY, lease_until=None, tries=max(job.tries - 1, 0)))


def fail(job: Job, task: JobTask | None, *, error: str, error_class: str, retry: bool) -> bool:
    """Record a failure; with `retry` and attempts left, the job waits and is tried again.

    True when it will be tried again.
    """
    tries = holder(job).values_list("tries", flat=True).first()  # a new checkpoint has reset it
    changes: dict[str, Any] = {"error": error[:1000], "error_class": error_class[:200], "lease_until": None}
    if retry and task is not None and tries is not None and tries < job.max_attempts:
        wait = min(dt.timedelta(seconds=task.retry_after * 2 ** max(tries - 1, 0)), MAX_WAIT)
        return bool(holder(job).update(state=Job.State.READY, run_after=timezone.now() + wait, **changes))
    holder(job).update(state=Job.State.FAILED, finished_at=timezone.now(), **changes)
    return False
