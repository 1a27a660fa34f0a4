"""The django-tasks backend: tasks become rows of the `Job` table, in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import InvalidTaskError, TaskResultDoesNotExist
from django_tasks.signals import task_enqueued
from django_tasks.utils import normalize_json

from duikou.core.jobs.models import Job

P = ParamSpec("P")
T = TypeVar("T")

STATUS = {
    Job.State.READY: TaskResultStatus.READY,
    Job.State.RUNNING: TaskResultStatus.RUNNING,
    Job.State.DONE: TaskResultStatus.SUCCESSFUL,
    Job.State.FAILED: TaskResultStatus.FAILED,
    Job.State.CANCELLED: TaskResultStatus.FAILED,  # django-tasks knows no cancelling
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTask(Task[P, T]):
    """A task with a title for people and with its manner of trying again."""

    title: object = ""  # (lazy) translated string
    max_attempts: int = 3  # claims without a new checkpoint before the job fails
    retry_after: float = 10.0  # seconds before the second attempt; doubles with each further one


@dataclass(frozen=True, slots=True)
class JobOptions:
    """What a request may say about a job beyond the django-tasks interface."""

    user_id: int | None = None
    scope_path: str = ""
    subject: str = ""
    dedupe: str = ""


@cache
def _import_task(path: str) -> JobTask:
    task = import_string(path)
    if not isinstance(task, JobTask):
        raise ImportError(f"{path} is not a task")
    return task


def find_task(path: str) -> JobTask | None:
    """The task of a dotted path; None when this version of the program no longer has it."""
    try:
        return _import_task(path)
    except ImportError:
        return None


class LeaseBackend(BaseTaskBackend):
    """Keeps jobs in the database; `run_worker` executes them."""

    task_class = JobTask
    supports_defer = True
    supports_async_task = True
    supports_get_result = True
    supports_priority = True

    def validate_task(self, task: Task) -> None:
        """Also refuse counts and waits that make no sense. Raises InvalidTaskError."""
        super().validate_task(task)
        if isinstance(task, JobTask) and (task.max_attempts < 1 or task.retry_after < 0):
            raise InvalidTaskError("max_attempts must be at least 1 and retry_after must not be negative.")

    def enqueue(self, task: Task[P, T], args: Any, kwargs: Any) -> TaskResult[T]:
        """Put a task into the queue; it exists once the surrounding transaction is committed."""
        return result_of(self.put(task, args, kwargs, JobOptions()), task)

    def put(self, task: Task, args: Any, kwargs: Any, options: JobOptions) -> Job:
        """Like `enqueue`, with options.

        When a job with the same dedupe key is still open, that job is returned and no
        second one is made.
        """
        self.validate_task(task)
        if options.dedupe and (job := self._open_twin(options.dedupe)):
            return job
        job = Job(
            task=task.module_path,
            backend=self.alias,
            queue=task.queue_name,
            priority=task.priority,
            run_after=task.run_after,
            args=normalize_json(args),
            kwargs=normalize_json(kwargs),
            max_attempts=getattr(task, "max_attempts", 1),
            language=get_language() or "zh-hans",
            enqueued_by_id=options.user_id,
            scope_path=options.scope_path,
            subject=options.subject[:200],
            dedupe=options.dedupe,
        )
        try:
            with transaction.atomic():  # a savepoint: losing the race must not spoil the caller's work
                job.save(force_insert=True)
        except IntegrityError:
            twin = self._open_twin(options.dedupe) if options.dedupe else None
            if twin is None:
                raise
            return twin
        task_enqueued.send(type(self), task_result=result_of(job, task))
        return job

    @staticmethod
    def _open_twin(dedupe: str) -> Job | None:
        return Job.objects.open().filter(dedupe=dedupe).first()

    def get_result(self, result_id: str) -> TaskResult:
        """The state of a job by its id. Raises TaskResultDoesNotExist."""
        job = Job.objects.filter(pk=result_id).first()
        task = find_task(job.task) if job else None
        if job is None or task is None:
            raise TaskResultDoesNotExist(result_id)
        return result_of(job, task)


def result_of(job: Job, task: Task) -> TaskResult:
    """A job as django-tasks shows it. Tracebacks are left out: they may quote personal data."""
    errors = [TaskError(exception_class_path=job.error_class, traceback=job.error)] if job.error_class else []
    result: TaskResult = TaskResult(
        task=task,
        id=job.pk,
        status=STATUS[Job.State(job.state)],
        enqueued_at=job.enqueued_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        last_attempted_at=job.last_attempted_at,
        args=job.args,
        kwargs=job.kwargs,
        backend=job.backend,
        errors=errors,
        worker_ids=list(job.workers),
    )
    object.__setattr__(result, "_return_value", job.result)
    return result
