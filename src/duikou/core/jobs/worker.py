"""The worker: takes one job after the other until it is told to stop."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import signal
import socket
import threading
import time
import traceback
from collections.abc import Callable, Collection
from importlib import import_module
from types import FrameType
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils import translation
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from django_tasks.base import TaskContext
from django_tasks.signals import task_finished, task_started
from django_tasks.utils import get_module_path, normalize_json

from duikou.core.errors import DuikouError
from duikou.core.jobs import queue, schedule
from duikou.core.jobs.backend import JobTask, LeaseBackend, find_task, result_of
from duikou.core.jobs.context import JobCancelled, JobContext, JobLost, JobReleased, Pulse, running
from duikou.core.jobs.models import Job
from duikou.core.jobs.presence import Presence

POLL = 0.5  # seconds between two looks into an empty queue
TICK = 15.0  # seconds between two looks at the schedule
SETTLE_ATTEMPTS = 5  # tries to record an outcome while the database is away

log = structlog.get_logger(__name__)


def run_worker(
    *,
    once: bool = False,
    burst: bool = False,
    queues: Collection[str] = (),
    heartbeat: bool = True,
    signals: bool = True,
) -> int:
    """Work on the queue; returns the number of jobs worked on.

    `once`: at most one job; `burst`: until the queue is empty; otherwise until SIGTERM
    or SIGINT. Without `heartbeat` no thread is started (tests inside one transaction).
    """
    worker = Worker(queues=queues, heartbeat=heartbeat)
    if signals:
        worker.listen_to_signals()
    return worker.run(once=once, burst=burst)


def _tidy_connection() -> None:
    if not connection.in_atomic_block:  # inside one only in tests: there is nothing to reconnect to
        close_old_connections()


class Worker:
    """One worker process."""

    def __init__(self, *, queues: Collection[str] = (), heartbeat: bool = True) -> None:
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(3)}"
        self.lease = dt.timedelta(seconds=settings.JOB_LEASE_SECONDS)
        self.queues = queues
        self.heartbeat = heartbeat
        self.stopping = threading.Event()

    def listen_to_signals(self) -> None:
        """Stop on SIGTERM and SIGINT: the running job keeps its checkpoint and goes back into the queue."""

        def stop(number: int, frame: FrameType | None) -> None:
            self.stopping.set()
            signal.signal(number, signal.SIG_DFL)  # a second signal ends the process at once

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)

    def run(self, *, once: bool = False, burst: bool = False) -> int:
        """Work until there is nothing more to do (`once`, `burst`) or the worker is told to stop."""
        import_module("duikou.core.jobs.tasks")
        autodiscover_modules("tasks")  # each app's periodic work declares itself
        present = Presence(self.name)
        try:
            return self._work(once=once, burst=burst)
        finally:
            present.end()

    def _work(self, *, once: bool, burst: bool) -> int:
        worked, next_tick, trouble = 0, 0.0, 0
        log.info("worker.started", worker=self.name)
        while not self.stopping.is_set():
            try:
                _tidy_connection()
                if not (once or burst) and time.monotonic() >= next_tick:
                    schedule.tick()
                    next_tick = time.monotonic() + TICK
                job = queue.claim(self.name, self.lease, self.queues)
                trouble = 0
            except DatabaseError as error:
                if once or burst:
                    raise
                trouble += 1
                log.warning("worker.database_away", kind=type(error).__name__)
                connection.close()
                self.stopping.wait(min(POLL * 2**trouble, 30))
                continue
            if job is not None:
                self.execute(job)
                worked += 1
            if once or (burst and job is None):
                break
            if job is None:
                self.stopping.wait(POLL)
        log.info("worker.stopped", worker=self.name, worked=worked)
        return worked

    def execute(self, job: Job) -> None:
        """Run one claimed job and record what became of it."""
        task = find_task(job.task)
        pulse = Pulse(job, self.lease, self.stopping)
        with (
            structlog.contextvars.bound_contextvars(job=job.pk, task=job.task),
            translation.override(job.language),
        ):
            log.info("job.started", attempt=job.attempts)
            if self.heartbeat:
                pulse.start()
            try:
                settle = self._outcome(job, task, pulse)
            finally:
                pulse.stop()
            self._settle(settle)
            if task is not None and (settled := Job.objects.filter(pk=job.pk).first()):
                log.info("job.settled", state=settled.state)
                if not settled.is_open:
                    task_finished.send_robust(LeaseBackend, task_result=result_of(settled, task))

    def _outcome(self, job: Job, task: JobTask | None, pulse: Pulse) -> Callable[[], Any]:
        """Run the task; returns how to record the outcome."""
        if task is None:
            text = _("此版本的程序没有任务“%(task)s”，无法执行。请重新提交。") % {"task": job.task}
            return lambda: queue.fail(job, None, error=text, error_class="builtins.ImportError", retry=False)
        task_started.send_robust(LeaseBackend, task_result=result_of(job, task))
        try:
            with running(JobContext(job, pulse)):
                first = [TaskContext(task_result=result_of(job, task))] if task.takes_context else []
                result = normalize_json(task.call(*first, *job.args, **job.kwargs))
        except JobCancelled:
            return lambda: queue.cancelled(job)
        except JobReleased:
            return lambda: queue.release(job)
        except JobLost:
            log.warning("job.lost")
            return lambda: None
        except DuikouError as error:  # meant for people, and no better on a second attempt
            message, kind = str(error.message), get_module_path(type(error))
            return lambda: queue.fail(job, task, error=message, error_class=kind, retry=False)
        except Exception as error:
            return self._crashed(job, task, error)
        return lambda: queue.finish(job, result)

    @staticmethod
    def _crashed(job: Job, task: JobTask, error: Exception) -> Callable[[], Any]:
        # The text of an unforeseen exception may quote a row: only its kind and place are kept.
        kind = get_module_path(type(error))
        frames = traceback.extract_tb(error.__traceback__)[-6:]
        log.error("job.crashed", kind=kind, at=[f"{f.filename}:{f.lineno} {f.name}" for f in frames])
        text = _("程序内部错误（%(kind)s）。请把任务编号 %(id)s 告诉系统管理员，详情在日志中。") % {
            "kind": type(error).__name__,
            "id": job.pk,
        }
        return lambda: queue.fail(job, task, error=text, error_class=kind, retry=True)

    def _settle(self, settle: Callable[[], Any]) -> None:
        for attempt in range(SETTLE_ATTEMPTS):
            try:
                _tidy_connection()
                settle()
                return
            except DatabaseError as error:
                log.warning("job.not_recorded", kind=type(error).__name__)
                if connection.in_atomic_block:
                    raise
                connection.close()
                time.sleep(0.5 * 2**attempt)
        # Not recorded: the lease runs out and the job is taken up again from its checkpoint.
