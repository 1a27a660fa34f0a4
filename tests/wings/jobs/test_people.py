"""What people do with jobs: see them, cancel them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from duikou.core.errors import Conflict, Denied, Missing
from duikou.core.jobs import queries, queue
from duikou.core.jobs.actions import cancel, request_job
from duikou.core.jobs.models import Job
from duikou.core.jobs.worker import run_worker
from duikou.core.models import AuditEvent, OrgUnit
from duikou.core.scope import NOBODY, SYSTEM, actor_for
from tests.wings.jobs import sample_tasks as tasks
from tests.wings.jobs.test_queue import LEASE, effects

pytestmark = pytest.mark.django_db


def path(name: str) -> str:
    return str(OrgUnit.objects.get(name=name).path)


def test_who_sees_which_job(actor: Callable[..., Any], account: Callable[..., Any]) -> None:
    county = account("county_officer", "长兴县")  # a role without job.view
    request_job(tasks.add, 1, 1, actor=SYSTEM, scope_path=path("杭州市"), subject="hangzhou")
    request_job(tasks.add, 1, 1, actor=SYSTEM, scope_path=path("宁波市"), subject="ningbo")
    request_job(tasks.add, 1, 1, actor=actor_for(county), scope_path=path("湖州市"), subject="own")
    request_job(tasks.add, 1, 1, actor=SYSTEM, subject="system")

    def seen(who: Any) -> set[str]:
        return set(queries.jobs(who).values_list("subject", flat=True))

    assert seen(actor("city_officer", "杭州市")) == {"hangzhou"}
    assert seen(actor("provincial_officer", "浙江省")) == {"hangzhou", "ningbo", "own"}
    assert seen(actor_for(county)) == {"own"}
    assert seen(actor_for(county).limited_to(["pairing.view"])) == set()
    assert seen(actor_for(county).limited_to(["job.view"])) == {"own"}
    assert seen(NOBODY) == set()
    assert seen(SYSTEM) == {"hangzhou", "ningbo", "own", "system"}


def test_a_job_out_of_scope_looks_like_a_missing_one(actor: Callable[..., Any]) -> None:
    job = request_job(tasks.add, 1, 1, actor=SYSTEM, scope_path=path("宁波市"))
    assert queries.job(actor("city_officer", "宁波市"), job.pk) == job
    for job_id in (job.pk, "absent"):
        with pytest.raises(Missing):
            queries.job(actor("city_officer", "杭州市"), job_id)


def test_a_waiting_job_is_cancelled_at_once(actor: Callable[..., Any]) -> None:
    me = actor("city_officer", "杭州市")
    job = request_job(tasks.stepwise, "a", 3, actor=me, scope_path=path("杭州市"))
    cancel(actor=me, job=job)
    assert run_worker(burst=True, heartbeat=False, signals=False) == 0
    assert (job.state, effects()) == (Job.State.CANCELLED, [])
    event = AuditEvent.objects.get(action="job.cancel")
    assert (event.target_id, event.before, event.actor_id) == (job.pk, {"state": "ready"}, me.user_id)


def test_a_running_job_stops_at_its_next_step_and_keeps_the_finished_ones() -> None:
    job = request_job(tasks.stepwise, "a", 5, actor=SYSTEM, cancel_at=2)
    run_worker(burst=True, heartbeat=False, signals=False)
    job.refresh_from_db()
    assert (job.state, job.done) == (Job.State.CANCELLED, 2)
    assert effects() == ["a:0", "a:1"]


def test_a_cancelled_job_of_a_killed_worker_is_not_taken_up_again() -> None:
    job = request_job(tasks.stepwise, "a", 3, actor=SYSTEM)
    claimed = queue.claim("killed", LEASE)
    assert claimed is not None
    cancel(actor=SYSTEM, job=job)
    assert (job.state, job.cancel_requested) == (Job.State.RUNNING, True)
    Job.objects.filter(pk=job.pk).update(lease_until=claimed.last_attempted_at)
    assert run_worker(burst=True, heartbeat=False, signals=False) == 0
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


def test_others_jobs_need_the_permission_where_the_job_belongs(actor: Callable[..., Any]) -> None:
    job = request_job(tasks.add, 1, 1, actor=SYSTEM, scope_path=path("杭州市"))
    for who in (
        actor("city_officer", "杭州市"),
        actor("provincial_officer", "浙江省").limited_to([]),
        NOBODY,
    ):
        with pytest.raises(Denied):
            cancel(actor=who, job=job)
    cancel(actor=actor("provincial_officer", "浙江省"), job=job)
    assert job.state == Job.State.CANCELLED


def test_an_ended_job_cannot_be_cancelled() -> None:
    job = request_job(tasks.add, 1, 1, actor=SYSTEM)
    run_worker(burst=True, heartbeat=False, signals=False)
    with pytest.raises(Conflict):
        cancel(actor=SYSTEM, job=job)
    assert not AuditEvent.objects.filter(action="job.cancel").exists()


def test_the_state_of_the_queue() -> None:
    request_job(tasks.add, 1, 1, actor=SYSTEM)
    request_job(tasks.add, 1, 1, actor=SYSTEM)
    claimed = queue.claim("killed", LEASE)
    assert claimed is not None
    state = queries.queue_state()
    assert (state.waiting, state.running, state.stuck) == (1, 1, 0)
    assert state.lag.total_seconds() >= 0
    Job.objects.filter(pk=claimed.pk).update(lease_until=claimed.last_attempted_at)
    assert queries.queue_state().stuck == 1


def test_the_list_takes_a_fixed_number_of_queries(
    actor: Callable[..., Any], django_assert_num_queries: Callable[..., Any]
) -> None:
    me = actor("provincial_officer", "浙江省")
    for number in range(30):
        request_job(tasks.add, number, 1, actor=me, scope_path=path("浙江省"))
    with django_assert_num_queries(1):
        assert len([(str(job), job.enqueued_by, job.percent) for job in queries.jobs(me)]) == 30
