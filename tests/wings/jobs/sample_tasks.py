"""Tasks that only tests run. Their effects are audit events, which can be counted and never disappear."""

from __future__ import annotations

import time

from django.db import transaction
from django_tasks import task
from django_tasks.base import TaskContext

from duikou.core import audit
from duikou.core.errors import Invalid
from duikou.core.jobs.context import current_job
from duikou.core.scope import SYSTEM

EFFECT = "test.effect"


def effect(label: str) -> None:
    """Leave a countable trace in the running transaction."""
    audit.append(actor=SYSTEM, action=EFFECT, target_type="", target_id="", target_label=label, scope_path="")


@task(title="加法")
def add(first: int, second: int) -> int:
    """The smallest task with a result."""
    return first + second


@task(priority=20)
def urgent() -> str:
    """A task with a priority of its own."""
    return "done"


@task(takes_context=True)
def with_context(context: TaskContext, word: str) -> dict[str, object]:
    """A task that takes the context of django-tasks."""
    return {"attempt": context.attempt, "word": word}


@task
async def asynchronous(word: str) -> str:
    """A coroutine as task."""
    return word[::-1]


@task(max_attempts=2, retry_after=60)
def broken(secret: str) -> None:
    """A defect whose message quotes something that nobody else may read."""
    raise ValueError(f"could not convert {secret}")


@task
def refuses() -> None:
    """A task that finds its input wrong, and says so."""
    raise Invalid("第 3 行缺少受援医院 / row 3 has no recipient")


@task
def unserialisable() -> object:
    """A task whose result cannot be kept."""
    return object()


@task
def stepwise(name: str, steps: int, pause: float = 0.0, cancel_at: int = -1) -> int:
    """One effect per step; asks for its own cancelling at `cancel_at`."""
    from duikou.core.jobs.models import Job

    job = current_job()
    for place, _ in job.remaining(range(steps)):
        if place == cancel_at:
            Job.objects.filter(pk=job.id).update(cancel_requested=True)
        with job.step(place + 1, steps, note=f"{place + 1}/{steps}"):
            effect(f"{name}:{place}")
            time.sleep(pause / 2)
        time.sleep(pause / 2)
    return steps


@task
def one_transaction(name: str, seconds: float) -> None:
    """A long transaction that reports progress from inside."""
    end = time.monotonic() + seconds
    with transaction.atomic():
        effect(name)
        while (left := end - time.monotonic()) > 0:
            current_job().progress(round((seconds - left) * 100), round(seconds * 100), note="inside")
            time.sleep(0.05)


@task(max_attempts=2, retry_after=0)
def fails_after_a_step(name: str) -> None:
    """Commits one step, then breaks: the step must stay, and must not be repeated."""
    job = current_job()
    if job.checkpoint is None:
        with job.step(1, 2):
            effect(f"{name}:0")
    raise RuntimeError("broken on purpose")
