"""Several real processes act at once: one wins, nothing is written twice, the audit chain holds."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.kill.site import Site

pytestmark = pytest.mark.slow

RACERS = 3

TOGETHER = """
import django, sys
django.setup()
from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM
{prepare}
print("at the start", flush=True)
sys.stdin.readline()
{act}
"""


def race(site: Site, prepare: str, act: str) -> list[list[str]]:
    """Run the same code in several processes that begin to act at the same moment; returns their lines."""
    code = TOGETHER.format(prepare=prepare, act=act)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(number)], env=site.environment, cwd=site.home, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for number in range(RACERS)
    ]  # fmt: skip
    for racer in racers:
        assert racer.stdout
        assert racer.stdout.readline() == "at the start\n", racer.communicate()[1]
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    outcomes = [racer.communicate(timeout=120) for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * RACERS, "\n".join(err for _, err in outcomes)
    return [out.splitlines() for out, _ in outcomes]


def test_of_several_people_who_take_the_same_step_one_wins(site: Site) -> None:
    before = site.value("SELECT count(*) FROM core_auditevent WHERE action = 'finding.assign'")
    lines = race(
        site,
        "from duikou.core.workflow import move\n"
        "from duikou.wings.pairings.models import Finding\n"
        "from duikou.wings.pairings.workflows import FINDING\n"
        "findings = list(Finding.objects.filter(state='open', version=1).order_by('pk')[:25])",
        "for finding in findings:\n"
        "    try:\n"
        "        move(FINDING, finding, 'assign', actor=SYSTEM)\n"
        "        print(finding.pk)\n"
        "    except Conflict:\n"
        "        pass\n",
    )
    winners = [line for racer in lines for line in racer]
    assert len(winners) == len(set(winners)) == 25
    after = site.value("SELECT count(*) FROM core_auditevent WHERE action = 'finding.assign'")
    assert after - before == 25
    site.run("audit", "verify")


def test_of_several_requests_with_one_dedupe_key_one_job_comes_out(site: Site) -> None:
    lines = race(
        site,
        "from duikou.core.jobs.actions import request_job\nfrom tests.wings.jobs.sample_tasks import add",
        "for n in range(20):\n    print(request_job(add, n, 1, actor=SYSTEM, dedupe=f'race{n}').pk)\n",
    )
    assert all(racer == lines[0] for racer in lines)
    assert len(set(lines[0])) == 20
    site.run("worker", "--burst")


def test_concurrent_writers_leave_an_unbroken_chain(site: Site) -> None:
    race(
        site,
        "from django.db import transaction\nfrom tests.wings.jobs.sample_tasks import effect",
        "for n in range(30):\n    with transaction.atomic():\n        effect(f'chain{sys.argv[1]}:{n}')\n",
    )
    written = site.value("SELECT count(*) FROM core_auditevent WHERE target_label LIKE 'chain%'")
    assert written == RACERS * 30
    site.run("audit", "verify")


def test_a_tick_of_the_schedule_enqueues_once(site: Site) -> None:
    site.python("from duikou.core.jobs import tasks, schedule; schedule.tick()")
    site.run("worker", "--burst")
    site.python(
        "from duikou.core.jobs.models import Schedule; from django.utils import timezone; "
        "Schedule.objects.update(next_at=timezone.now())"
    )
    count = "SELECT count(*) FROM core_job WHERE dedupe = 'schedule:prune'"
    before = site.value(count)
    race(site, "from duikou.core.jobs import tasks, schedule", "schedule.tick()")
    assert site.value(count) == before + 1


def test_two_preparations_at_once_wait_for_each_other(site: Site) -> None:
    users = site.value("SELECT count(*) FROM core_user")
    both = [site.start(site.command("setup")) for _ in range(2)]
    assert [one.wait(60) for one in both] == [0, 0]
    assert site.value("SELECT count(*) FROM core_user") == users
