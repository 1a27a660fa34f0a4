"""What a running task may ask for: `current_job()`."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import structlog
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from duikou.core.jobs.models import Job
from duikou.core.jobs.queue import holder
from duikou.core.models import User
from duikou.core.scope import SYSTEM, Actor, actor_for

Item = TypeVar("Item")

log = structlog.get_logger(__name__)


class JobInterrupted(BaseException):
    """The task has to stop now. Not an Exception, so that a task's own error handling lets it pass."""


class JobCancelled(JobInterrupted):
    """Somebody cancelled the job."""


class JobLost(JobInterrupted):
    """Another worker has taken the job over; nothing of this run may be committed any more."""


class JobReleased(JobInterrupted):
    """The worker is stopping; the job goes back into the queue."""


def progress_values(done: int, total: int | None, note: str) -> dict[str, Any]:
    """Columns of `Job` that show progress; a total that proves too small grows."""
    return {"done": done, "total": None if total is None else max(total, done), "note": note[:200]}


class Pulse:
    """Keeps the lease alive and carries progress out and requests to stop in.

    Runs in a thread with a database connection of its own, so that progress is seen and
    the lease holds even while the task sits in one long transaction.
    """

    def __init__(self, job: Job, lease: dt.timedelta, stopping: threading.Event) -> None:
        self.job = job
        self.lease = lease
        self.stopping = stopping  # the worker's: set when it has to end
        self.cancelled = self.lost = False
        self.interval = min(1.0, lease.total_seconds() / 3)
        self._progress: dict[str, Any] = {}
        self._next_extension = time.monotonic() + lease.total_seconds() / 3
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to beat in a thread."""
        self._thread = threading.Thread(target=self._run, name=f"pulse-{self.job.pk}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._end.set()
        if self._thread is not None:
            self._thread.join()

    def report(self, done: int, total: int | None, note: str) -> None:
        """Remember progress for the next beat."""
        self._progress = progress_values(done, total, note)

    def forget(self) -> None:
        """Drop progress that was not written yet."""
        self._progress = {}

    def check(self) -> None:
        """Raise JobLost, JobCancelled or JobReleased when the task has to stop."""
        if self._thread is None:
            self.beat()
        if self.lost:
            raise JobLost
        if self.cancelled:
            raise JobCancelled
        if self.stopping.is_set():
            raise JobReleased

    def beat(self) -> None:
        """Read requests; write progress and extend the lease when either is due."""
        progress, self._progress = self._progress, {}
        asked = holder(self.job).values_list("cancel_requested", flat=True).first()
        if asked is None:
            self.lost = True
            return
        self.cancelled = asked
        if not progress and time.monotonic() < self._next_extension:
            return
        now = timezone.now()
        kept = holder(self.job).update(lease_until=now + self.lease, heartbeat=now, **progress)
        self.lost = not kept
        self._next_extension = time.monotonic() + self.lease.total_seconds() / 3

    def _run(self) -> None:
        try:
            while not self._end.wait(self.interval):
                try:
                    self.beat()
                except DatabaseError as error:  # locked or away for a moment: the next beat tries again
                    log.warning("job.heartbeat_failed", job=self.job.pk, kind=type(error).__name__)
                    connections.close_all()
        finally:
            connections.close_all()


class JobContext:
    """The running job, as its task sees it.

    Outside a worker (a task called directly) progress goes nowhere and steps are plain
    transactions.
    """

    def __init__(self, job: Job | None = None, pulse: Pulse | None = None) -> None:
        self._job = job
        self._pulse = pulse
        self._checkpoint = job.checkpoint if job else None

    @property
    def id(self) -> str:
        """The job's id; empty outside a worker."""
        return self._job.pk if self._job else ""

    @property
    def user_id(self) -> int | None:
        """Who asked for the job."""
        return self._job.enqueued_by_id if self._job else None

    @property
    def asker(self) -> Actor:
        """Who asked for the job, with the rights of now; the system where nobody did."""
        user = User.objects.filter(pk=self.user_id).first() if self.user_id else None
        return actor_for(user) if user else SYSTEM

    @property
    def checkpoint(self) -> Any:
        """What the last committed `step` left; None at the very beginning."""
        return self._checkpoint

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Tell how far the task is. Cheap: call it as often as you like.

        Raises JobCancelled when somebody cancelled the job, JobLost when the lease was
        lost, JobReleased when the worker is stopping.
        """
        if self._pulse is not None:
            self._pulse.report(done, total, note)
            self._pulse.check()

    @contextmanager
    def step(
        self, done: int, total: int | None = None, *, checkpoint: Any = None, note: str = ""
    ) -> Iterator[None]:
        """One transaction that holds some effects and the new checkpoint (default: `done`).

        After a kill the job goes on behind the last committed step, so each effect
        happens exactly once. Raises like `progress`; then nothing of the step is kept.
        """
        if self._pulse is not None:
            self._pulse.check()
        reached = done if checkpoint is None else checkpoint
        with transaction.atomic(durable=True):
            yield
            if self._job is not None and self._pulse is not None:
                self._keep(self._job, self._pulse, done, total, note, reached)
        self._checkpoint = reached

    def _keep(self, job: Job, pulse: Pulse, done: int, total: int | None, note: str, checkpoint: Any) -> None:
        pulse.forget()  # what it would still write is older than this step
        now = timezone.now()
        changes: dict[str, Any] = {
            "checkpoint": checkpoint,
            **progress_values(done, total, note),
            "heartbeat": now,
            "lease_until": now + pulse.lease,
        }
        if checkpoint != self._checkpoint:
            changes["tries"] = 0  # it gets somewhere: kills so far no longer count
        if not holder(job).update(**changes):
            raise JobLost

    def remaining(self, items: Sequence[Item]) -> Iterator[tuple[int, Item]]:
        """Items not yet done, with their place from 0, for tasks whose checkpoint is a plain count."""
        for place in range(self._checkpoint or 0, len(items)):
            yield place, items[place]


_DETACHED = JobContext()
_current: ContextVar[JobContext] = ContextVar("duikou_job", default=_DETACHED)


def current_job() -> JobContext:
    """The job that this code runs in; a harmless stand-in outside a worker."""
    return _current.get()


@contextmanager
def running(context: JobContext) -> Iterator[JobContext]:
    """Make `context` the current job."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)
