"""Workers are killed with kill -9: no job is lost, none is done twice, nothing is half-written."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

from tests.kill.site import LEASE, Site, kill, wait_for

pytestmark = pytest.mark.slow

KILLS = 20
TASKS = "tests.wings.jobs.sample_tasks"


def enqueue(site: Site, call: str) -> list[str]:
    """Enqueue by an expression over `tasks`; returns the ids, one per printed line."""
    return site.python(f"from {TASKS} import *\nfrom {TASKS} import add\n{call}").split()


def column(site: Site, job: str, name: str) -> Any:
    return site.value(f"SELECT {name} FROM core_job WHERE id = '{job}'")


def effects(site: Site, name: str) -> list[str]:
    rows = site.rows(
        "SELECT target_label FROM core_auditevent "
        f"WHERE action = 'test.effect' AND target_label LIKE '{name}%' ORDER BY number"
    )
    return [str(row[0]) for row in rows]


def test_twenty_kills_and_each_step_exactly_once(site: Site) -> None:
    chance = random.Random(20140126)
    steps = 200
    (job,) = enqueue(site, f"print(stepwise.enqueue('killed', {steps}, pause=0.04).id)")
    workers = {worker.pid: worker for worker in (site.start_worker(), site.start_worker())}
    for number in range(1, KILLS + 1):
        wait_for(lambda n=number: column(site, job, "attempts") == n)
        time.sleep(chance.uniform(0, 0.5))
        assert column(site, job, "state") == "running", "done before its twentieth kill: give it more steps"
        victim = int(column(site, job, "worker").split(":")[1])
        kill(workers.pop(victim))
        done = effects(site, "killed:")
        assert done == [f"killed:{n}" for n in range(len(done))]
        assert column(site, job, "done") >= len(done)
        replacement = site.start_worker()  # the other one stands by and takes over
        workers[replacement.pid] = replacement
    assert 0 < len(effects(site, "killed:")) < steps
    wait_for(lambda: column(site, job, "state") == "done", seconds=60)
    for worker in workers.values():
        site.stop(worker)
    assert effects(site, "killed:") == [f"killed:{n}" for n in range(steps)]
    assert column(site, job, "attempts") == KILLS + 1
    site.finish("audit", "verify")


def test_a_killed_act_leaves_no_phantom_job(site: Site) -> None:
    before = site.value("SELECT count(*) FROM core_job")
    code = (
        "import django, time; django.setup()\n"
        "from django.db import transaction\n"
        f"from {TASKS} import add, effect\n"
        "with transaction.atomic():\n"
        "    add.enqueue(1, 1); effect('phantom'); print('inside', flush=True); time.sleep(60)\n"
    )
    process = site.start(["-c", code])
    wait_for(lambda: "inside" in site.log())
    kill(process)
    assert site.value("SELECT count(*) FROM core_job") == before
    assert effects(site, "phantom") == []


def test_sigterm_gives_the_job_back_at_its_checkpoint(site: Site) -> None:
    (job,) = enqueue(site, "print(stepwise.enqueue('stopped', 60, pause=0.1).id)")
    worker = site.start_worker()
    wait_for(lambda: len(effects(site, "stopped:")) > 2)
    site.stop(worker)
    assert column(site, job, "state") == "ready"
    assert column(site, job, "tries") == 0
    done = len(effects(site, "stopped:"))
    assert 2 < done < 60
    site.finish("worker", "--burst")
    assert column(site, job, "state") == "done"
    assert effects(site, "stopped:") == [f"stopped:{n}" for n in range(60)]


def test_the_heartbeat_holds_the_lease_through_a_long_transaction(site: Site) -> None:
    """Another worker must not take over a job that is alive; progress is seen meanwhile (PostgreSQL)."""
    (job,) = enqueue(site, f"print(one_transaction.enqueue('long', {LEASE * 3}).id)")
    workers = [site.start_worker(), site.start_worker()]
    if site.on_postgres:  # on SQLite the long transaction is the only writer
        wait_for(lambda: column(site, job, "note") == "inside")
    wait_for(lambda: column(site, job, "state") == "done", seconds=30)
    for worker in workers:
        site.stop(worker)
    assert column(site, job, "attempts") == 1
    assert effects(site, "long") == ["long"]


def test_three_workers_share_the_queue_without_doing_anything_twice(site: Site) -> None:
    count = 60
    workers = [site.start_worker() for _ in range(3)]
    wait_for(lambda: all(f":{worker.pid}:" in site.log() for worker in workers))
    enqueue(site, f"[stepwise.enqueue(f'shared{{n}}', 1, pause=0.02) for n in range({count})]")
    wait_for(lambda: site.value("SELECT count(*) FROM core_job WHERE state IN ('ready', 'running')") == 0, 60)
    for worker in workers:
        site.stop(worker)
    assert sorted(effects(site, "shared")) == sorted(f"shared{n}:0" for n in range(count))
    by_worker = site.rows("SELECT worker, count(*) FROM core_job WHERE task LIKE '%stepwise' GROUP BY worker")
    assert len(by_worker) > 1
    assert site.value("SELECT count(*) FROM core_schedule WHERE name = 'prune'") == 1  # periodic work runs
