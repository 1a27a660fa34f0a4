"""The job queue: enqueue with the business transaction, claim, settle, retry, lease, dedupe."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation
from django_tasks import TaskResultStatus, default_task_backend
from django_tasks.exceptions import InvalidTaskError, TaskResultDoesNotExist

from duikou.core.jobs import queue
from duikou.core.jobs.actions import request_job
from duikou.core.jobs.context import JobContext, JobLost, Pulse
from duikou.core.jobs.models import Job
from duikou.core.jobs.presence import Presence
from duikou.core.jobs.worker import Worker, run_worker
from duikou.core.models import AuditEvent
from duikou.core.scope import SYSTEM
from tests.wings.jobs import sample_tasks as tasks

pytestmark = pytest.mark.django_db

LEASE = dt.timedelta(seconds=30)


def work() -> int:
    """Run everything that is due, in this thread and transaction."""
    return run_worker(burst=True, heartbeat=False, signals=False)


def effects() -> list[str]:
    return list(
        AuditEvent.objects.filter(action=tasks.EFFECT)
        .order_by("number")
        .values_list("target_label", flat=True)
    )


def expire(job: Job) -> None:
    """As if the worker had been killed and its lease had run out."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - dt.timedelta(seconds=1))


# --- the django-tasks interface


def test_it_works() -> None:
    result = tasks.add.enqueue(2, second=3)
    assert result.status == TaskResultStatus.READY
    assert work() == 1
    result.refresh()
    assert (result.status, result.return_value, result.attempts) == (TaskResultStatus.SUCCESSFUL, 5, 1)
    assert tasks.add.get_result(result.id).return_value == 5


def test_context_and_coroutines() -> None:
    first, second = tasks.with_context.enqueue("word"), tasks.asynchronous.enqueue("abc")
    assert work() == 2
    first.refresh()
    second.refresh()
    assert first.return_value == {"attempt": 1, "word": "word"}
    assert second.return_value == "cba"


def test_unknown_result() -> None:
    with pytest.raises(TaskResultDoesNotExist):
        default_task_backend.get_result("nothing")


def test_settings_without_sense_are_refused() -> None:
    from dataclasses import replace

    with pytest.raises(InvalidTaskError, match="max_attempts"):
        replace(tasks.add, max_attempts=0)
    with pytest.raises(InvalidTaskError, match="priority"):
        tasks.add.using(priority=101)
    with pytest.raises(InvalidTaskError, match="aware"):
        tasks.add.using(run_after=dt.datetime(2030, 1, 1))


def test_a_job_belongs_to_the_transaction_of_its_act() -> None:
    def business() -> None:
        with transaction.atomic():
            tasks.add.enqueue(1, 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        business()
    assert Job.objects.count() == 0


# --- order


def test_priority_first_then_age() -> None:
    tasks.add.enqueue(1, 1)
    tasks.urgent.enqueue()
    tasks.add.using(priority=-5).enqueue(2, 2)
    order = [queue.claim("w", LEASE) for _ in range(3)]
    assert [job.priority for job in order if job] == [20, 0, -5]
    assert queue.claim("w", LEASE) is None


def test_run_after_is_waited_for() -> None:
    later = timezone.now() + dt.timedelta(minutes=5)
    result = tasks.add.using(run_after=later).enqueue(1, 1)
    assert work() == 0
    Job.objects.filter(pk=result.id).update(run_after=timezone.now())
    assert work() == 1


def test_only_the_wanted_queues() -> None:
    tasks.add.enqueue(1, 1)
    assert queue.claim("w", LEASE, queues=("other",)) is None
    assert queue.claim("w", LEASE, queues=("default",)) is not None


# --- failure


def test_a_defect_is_tried_again_and_its_text_is_not_shown() -> None:
    result = tasks.broken.enqueue("张三 13800000000")
    assert work() == 1
    job = Job.objects.get(pk=result.id)
    assert job.state == Job.State.READY
    assert job.run_after is not None
    assert dt.timedelta(seconds=50) < job.run_after - timezone.now() <= dt.timedelta(seconds=60)
    assert work() == 0  # it waits
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
    assert work() == 1
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.FAILED, 2)
    assert "ValueError" in job.error
    assert job.pk in job.error
    assert "13800000000" not in job.error
    result.refresh()
    assert result.status == TaskResultStatus.FAILED
    assert result.errors[0].exception_class is ValueError
    assert "13800000000" not in result.errors[0].traceback


def test_a_refusal_is_final_and_says_why() -> None:
    result = tasks.refuses.enqueue()
    work()
    job = Job.objects.get(pk=result.id)
    assert (job.state, job.attempts) == (Job.State.FAILED, 1)
    assert "第 3 行" in job.error


def test_a_result_that_cannot_be_kept_is_a_defect() -> None:
    result = tasks.unserialisable.enqueue()
    work()
    assert Job.objects.get(pk=result.id).error_class == "builtins.TypeError"


def test_errors_speak_the_language_of_the_request() -> None:
    with translation.override("en"):
        result = tasks.broken.enqueue("x")
    work()
    job = Job.objects.get(pk=result.id)
    assert job.language == "en"
    assert "Internal error" in job.error


def test_a_task_that_no_longer_exists() -> None:
    result = tasks.add.enqueue(1, 1)
    Job.objects.filter(pk=result.id).update(task="duikou.core.jobs.tasks.gone")
    work()
    job = Job.objects.get(pk=result.id)
    assert job.state == Job.State.FAILED
    assert "duikou.core.jobs.tasks.gone" in job.error


def test_what_a_failed_attempt_committed_in_steps_stays_and_is_not_repeated() -> None:
    tasks.fails_after_a_step.enqueue("a")
    for _ in range(5):
        Job.objects.update(run_after=None)
        work()
    job = Job.objects.get()
    assert job.state == Job.State.FAILED
    assert effects() == ["a:0"]


# --- leases


def test_a_killed_job_goes_on_from_its_checkpoint() -> None:
    tasks.stepwise.enqueue("a", 5)
    job = queue.claim("killed", LEASE)
    assert job is not None
    context = JobContext(job, Pulse(job, LEASE, Worker().stopping))
    for place in range(2):
        with context.step(place + 1, 5):
            tasks.effect(f"a:{place}")
    assert work() == 0  # the lease still holds
    expire(job)
    assert work() == 1
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.attempts, job.tries) == (Job.State.DONE, 5, 5, 2, 0)
    assert effects() == [f"a:{place}" for place in range(5)]


def test_a_paused_worker_can_commit_nothing_after_its_lease() -> None:
    tasks.stepwise.enqueue("a", 3)
    paused = queue.claim("paused", LEASE)
    assert paused is not None
    pulse = Pulse(paused, LEASE, Worker().stopping)
    pulse.beat = lambda: None  # type: ignore[method-assign]  # its thread sleeps, too
    expire(paused)
    other = queue.claim("other", LEASE)
    assert other is not None
    with pytest.raises(JobLost), JobContext(paused, pulse).step(1, 3):
        tasks.effect("a:0")
    assert effects() == []
    assert not queue.finish(paused, 3)
    assert not queue.release(paused)
    assert not queue.cancelled(paused)
    assert not queue.fail(paused, tasks.stepwise, error="x", error_class="x", retry=True)
    other.refresh_from_db()
    assert (other.state, other.worker) == (Job.State.RUNNING, "other")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="elsewhere the heartbeat is never kept out")
def test_on_sqlite_an_expired_lease_of_a_living_worker_is_left_alone() -> None:
    tasks.add.enqueue(1, 1)
    job = queue.claim("busy", LEASE)
    assert job is not None
    expire(job)
    busy = Presence("busy")
    assert queue.claim("other", LEASE) is None
    Job.objects.update(lease_until=timezone.now() - queue.HUNG - LEASE)
    assert Job.objects.filter(pk__in=queue._abandoned(timezone.now())).exists()  # it must be stuck
    Job.objects.update(lease_until=timezone.now() - LEASE)
    busy.end()
    assert queue.claim("other", LEASE) is not None


def test_the_heartbeat_never_writes_older_progress_over_a_step() -> None:
    tasks.stepwise.enqueue("a", 5)
    job = queue.claim("w", LEASE)
    assert job is not None
    pulse = Pulse(job, LEASE, Worker().stopping)
    pulse.report(1, 5, "older")
    with JobContext(job, pulse).step(2, 5, note="step"):
        pulse.report(1, 5, "older")
    pulse.beat()
    job.refresh_from_db()
    assert (job.done, job.note) == (2, "step")


def test_progress_raises_when_the_lease_was_lost() -> None:
    tasks.add.enqueue(1, 1)
    job = queue.claim("paused", LEASE)
    assert job is not None
    expire(job)
    assert queue.claim("other", LEASE)
    with pytest.raises(JobLost):
        JobContext(job, Pulse(job, LEASE, Worker().stopping)).progress(1)


def test_a_job_that_keeps_killing_its_worker_fails_with_a_reason() -> None:
    result = tasks.stepwise.enqueue("a", 3)
    for _ in range(3):
        job = queue.claim("killed", LEASE)
        assert job is not None
        expire(job)
    assert work() == 0
    job = Job.objects.get(pk=result.id)
    assert (job.state, job.tries) == (Job.State.FAILED, 3)
    assert "3" in job.error


def test_a_stopping_worker_gives_the_job_back_without_counting() -> None:
    result = tasks.stepwise.enqueue("a", 3)
    worker = Worker(heartbeat=False)
    job = queue.claim(worker.name, LEASE)
    assert job is not None
    worker.stopping.set()
    worker.execute(job)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.tries, job.lease_until) == (Job.State.READY, 1, 0, None)
    work()
    assert Job.objects.get(pk=result.id).state == Job.State.DONE


def test_the_database_refuses_a_running_job_without_lease() -> None:
    result = tasks.add.enqueue(1, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=result.id).update(state=Job.State.RUNNING)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=result.id).update(state=Job.State.DONE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=result.id).update(done=3, total=2)


# --- dedupe


def test_one_open_job_per_dedupe_key() -> None:
    first = request_job(tasks.add, 1, 1, actor=SYSTEM, dedupe="round:7")
    again = request_job(tasks.add, 1, 1, actor=SYSTEM, dedupe="round:7")
    other = request_job(tasks.add, 1, 1, actor=SYSTEM, dedupe="round:8")
    assert first.pk == again.pk != other.pk
    work()
    assert request_job(tasks.add, 1, 1, actor=SYSTEM, dedupe="round:7").pk != first.pk


def test_losing_the_race_for_a_dedupe_key_returns_the_winner(monkeypatch: pytest.MonkeyPatch) -> None:
    from duikou.core.jobs.backend import LeaseBackend

    first = request_job(tasks.add, 1, 1, actor=SYSTEM, dedupe="k")
    look, looks = LeaseBackend._open_twin, []

    def blind_at_first(dedupe: str) -> Job | None:
        looks.append(dedupe)
        return None if len(looks) == 1 else look(dedupe)

    monkeypatch.setattr(LeaseBackend, "_open_twin", staticmethod(blind_at_first))
    assert request_job(tasks.add, 1, 1, actor=SYSTEM, dedupe="k").pk == first.pk


# --- a task called directly


def test_outside_a_worker_a_task_simply_runs() -> None:
    assert tasks.stepwise.call("direct", 2) == 2
    assert effects() == ["direct:0", "direct:1"]
