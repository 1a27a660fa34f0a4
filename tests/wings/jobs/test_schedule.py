"""Periodic work and housekeeping."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from duikou.core.jobs import schedule
from duikou.core.jobs import tasks as core_tasks
from duikou.core.jobs.models import Job, Schedule
from duikou.core.jobs.worker import run_worker
from tests.wings.jobs import sample_tasks as tasks

pytestmark = pytest.mark.django_db


def test_due_work_is_enqueued_once_and_moves_on() -> None:
    assert "prune" in schedule.tick()
    assert schedule.tick() == []
    assert Job.objects.filter(dedupe="schedule:prune").count() == 1
    row = Schedule.objects.get(name="prune")
    assert timezone.now() < row.next_at <= timezone.now() + row.every


def test_after_a_long_pause_once_is_enough() -> None:
    schedule.tick()
    run_worker(burst=True, heartbeat=False, signals=False)
    then = timezone.now() - dt.timedelta(days=9, hours=1)
    Schedule.objects.filter(name="prune").update(next_at=then)
    assert "prune" in schedule.tick()
    assert schedule.tick() == []
    assert Schedule.objects.get(name="prune").next_at == then + dt.timedelta(days=10)


def test_of_two_workers_one_enqueues() -> None:
    schedule.tick()
    run_worker(burst=True, heartbeat=False, signals=False)
    row = Schedule.objects.get(name="prune")
    now = row.next_at
    assert schedule._enqueue(row, now)
    run_worker(burst=True, heartbeat=False, signals=False)
    assert not schedule._enqueue(row, now)  # the other one had read the same row


def test_a_disabled_or_unknown_entry_does_nothing() -> None:
    past = timezone.now() - dt.timedelta(days=1)
    day = dt.timedelta(days=1)
    Schedule.objects.create(
        name="prune", task=core_tasks.prune.module_path, every=day, next_at=past, enabled=False
    )
    Schedule.objects.create(name="gone", task="duikou.core.jobs.tasks.gone", every=day, next_at=past)
    assert not {"prune", "gone"} & set(schedule.tick())


def test_prune_keeps_what_may_still_be_asked_for() -> None:
    now = timezone.now()

    def job(state: str, age: int) -> None:
        finished = now - dt.timedelta(days=age)
        Job.objects.create(
            task=tasks.add.module_path, subject=f"{state}-{age}", state=state, finished_at=finished
        )

    for state, age in (("done", 31), ("done", 29), ("cancelled", 31), ("failed", 31), ("failed", 181)):
        job(state, age)
    waiting = tasks.add.using(run_after=now + dt.timedelta(days=400)).enqueue(1, 1)
    Session.objects.create(session_key="old", session_data="", expire_date=now - dt.timedelta(days=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + dt.timedelta(days=1))
    result = core_tasks.prune.enqueue()
    run_worker(burst=True, heartbeat=False, signals=False)
    result.refresh()
    assert result.return_value == {"jobs": 3, "sessions": 1, "files": 0, "uploads": 0}
    kept = set(Job.objects.exclude(pk__in=[waiting.id, result.id]).values_list("subject", flat=True))
    assert kept == {"done-29", "failed-31"}
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
