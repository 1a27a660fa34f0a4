"""Solving as background work: asked for once, kept whole or not at all, taken up again."""

from __future__ import annotations

import datetime as dt
import os
from functools import partial

import pytest
from django.utils import timezone

from duikou.core.errors import Conflict
from duikou.core.jobs import queue
from duikou.core.jobs.models import Job
from duikou.core.jobs.worker import run_worker
from duikou.core.models import AuditEvent, User
from duikou.engines import swap as engine
from duikou.wings.swaps import actions
from duikou.wings.swaps.models import SwapPlan
from duikou.wings.swaps.problems import problem_for
from duikou.wings.swaps.solving import solve_apart
from tests.wings.swaps.conftest import Scene

pytestmark = pytest.mark.django_db


def work() -> int:
    return run_worker(burst=True, heartbeat=False, signals=False)


def test_the_worker_solves_for_who_asked_and_once(scene: Scene) -> None:
    plan = scene.make()
    job = actions.request_solution(actor=scene.sender, plan=plan)
    assert actions.request_solution(actor=scene.host, plan=plan).pk == job.pk
    assert not plan.stays.exists()
    assert work() == 1
    plan.refresh_from_db()
    assert (plan.state, plan.result["status"], plan.job_id) == ("solved", "optimal", job.pk)
    assert plan.stays.count() == 2
    asker = User.objects.get(username=f"hospital_liaison-{scene.supporter.pk}")
    assert AuditEvent.objects.get(action="swap.solve").actor_id == asker.pk


def test_what_a_killed_worker_left_is_taken_up_again(scene: Scene) -> None:
    plan = scene.make()
    job = actions.request_solution(actor=scene.sender, plan=plan)
    assert queue.claim("killed", dt.timedelta(seconds=30)) is not None
    assert work() == 0  # the lease still holds
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert work() == 1
    job.refresh_from_db()
    plan.refresh_from_db()
    assert (job.state, job.attempts, plan.state) == (Job.State.DONE, 2, "solved")


def test_a_result_for_a_plan_that_was_changed_is_not_kept(scene: Scene) -> None:
    plan = scene.make()
    translated = problem_for(plan)
    found = engine.plan(translated.problem)
    SwapPlan.objects.filter(pk=plan.pk).update(version=9)
    with pytest.raises(Conflict, match="被改动"):
        actions.keep_solution(actor=scene.sender, plan=plan, translated=translated, found=found)
    assert not plan.stays.exists()


def test_of_who_is_discarded_meanwhile_the_job_fails_with_the_reason(scene: Scene) -> None:
    plan = scene.make()
    job = actions.request_solution(actor=scene.sender, plan=plan)
    actions.discard(actor=scene.sender, plan=plan, reason="不要了")
    work()
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "已作废" in job.error


def test_a_solver_that_dies_is_told_as_such() -> None:
    with pytest.raises(Conflict, match="求解器中断"):
        solve_apart(partial(os._exit, 9), 5.0, lambda _passed: None)


def test_input_without_sense_is_told_in_words() -> None:
    nothing = engine.Problem(months=0, departments=(), persons=(), places=())
    with pytest.raises(Conflict, match="至少要 1 个月"):
        solve_apart(partial(engine.plan, nothing), 5.0, lambda _passed: None)
