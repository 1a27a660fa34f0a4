"""Periodic work: who moves a schedule on to its next time also enqueues its job."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone, translation
from django_tasks.base import Task

from duikou.core.jobs.backend import JobOptions, LeaseBackend, find_task
from duikou.core.jobs.models import Schedule
from duikou.core.models import OrgUnit


@dataclass(frozen=True, slots=True)
class Periodic:
    """A task to be run again and again."""

    name: str
    task: Task
    every: dt.timedelta


_known: dict[str, Periodic] = {}


def periodic(name: str, task: Task, *, every: dt.timedelta) -> None:
    """Declare a periodic task, in the `tasks` module of an app. It is first due at once."""
    _known[name] = Periodic(name, task, every)


def tick() -> list[str]:
    """Enqueue what is due; returns the names. Several workers may tick at once: one of them wins."""
    now = timezone.now()
    rows = {row.name: row for row in Schedule.objects.all()}
    for entry in _known.values():
        if entry.name not in rows:
            rows[entry.name], _ = Schedule.objects.get_or_create(
                name=entry.name,
                defaults={"task": entry.task.module_path, "every": entry.every, "next_at": now},
            )
    due = (row for row in rows.values() if row.enabled and row.next_at <= now)
    return [row.name for row in due if _enqueue(row, now)]


def _enqueue(row: Schedule, now: dt.datetime) -> bool:
    task = find_task(row.task)
    if task is None:
        return False
    missed = (now - row.next_at) // row.every  # after a long pause once is enough
    with transaction.atomic():
        moved = Schedule.objects.filter(pk=row.pk, next_at=row.next_at).update(
            next_at=row.next_at + (missed + 1) * row.every
        )
        if not moved:
            return False
        nation = OrgUnit.objects.filter(parent=None).values_list("path", flat=True).first()
        backend = task.get_backend()
        assert isinstance(backend, LeaseBackend)  # find_task returns only tasks of our backend
        with translation.override("zh-hans"):
            backend.put(task, (), {}, JobOptions(scope_path=nation or "", dedupe=f"schedule:{row.name}"))
    return True
