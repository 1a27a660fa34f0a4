"""Working out a roster is killed in the middle: taken up again, one roster, nothing half written."""

from __future__ import annotations

import random
import time

import pytest

from tests.kill.site import Site, kill, wait_for
from tests.kill.test_proposals import left_behind

pytestmark = pytest.mark.slow

# Two doctors are proved to their best within seconds; one duty is settled by hand.
WARD = """
import datetime as dt
from duikou.core.scope import SYSTEM
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.people.models import Person
from duikou.wings.rosters import actions
from duikou.wings.rosters.models import Shift
hospital = Hospital.objects.get(name="安吉县人民医院")
department = Department.objects.create(hospital=hospital, specialty="cardiology", name="中断试验科")
people = [Person.objects.create(hospital=hospital, department=department, name=name) for name in "甲乙"]
actions.begin(actor=SYSTEM, department=department)
roster = actions.open_roster(actor=SYSTEM, department=department, month=dt.date(2014, 5, 1))
night = Shift.objects.get(department=department, kind="duty")
roster = actions.assign(actor=SYSTEM, roster=roster, version=roster.version, person_id=people[0].pk,
    day=dt.date(2014, 5, 9), shift_id=night.pk)
job = actions.request_solution(actor=SYSTEM, roster=roster)
print(roster.pk, job.pk)
"""


def test_a_killed_roster_is_taken_up_again_and_made_once(site: Site) -> None:
    roster, job = site.python(WARD).splitlines()[-1].split()

    def state() -> str:
        return str(site.value(f"SELECT state FROM core_job WHERE id = '{job}'"))

    def duties() -> int:
        return int(site.value(f"SELECT count(*) FROM rosters_duty WHERE roster_id = {roster}"))

    def written() -> int:
        return int(
            site.value(
                "SELECT count(*) FROM core_auditevent WHERE action = 'roster.solve' "
                f"AND target_id = '{roster}'"
            )
        )

    chance = random.Random(20140509)
    killed = 0
    for delay in (0.0, chance.uniform(0, 2)):
        worker = site.start_worker()
        wait_for(lambda: (state() != "ready" and len(left_behind(site)) > 1) or state() == "done", seconds=60)
        time.sleep(delay)
        kill(worker)
        killed += state() == "running"
        assert (duties() > 1) == (written() == 1)  # all of it, or nothing
        wait_for(lambda: not left_behind(site), seconds=30)  # the solver's process ends with its worker
    assert killed > 0
    worker = site.start_worker()
    wait_for(lambda: state() == "done", seconds=120)
    site.stop(worker)
    assert written() == 1
    assert duties() > 20
    assert site.value(f"SELECT count(*) FROM rosters_roster WHERE id = {roster} AND cost >= bound") == 1
    fixed = site.rows(f"SELECT day FROM rosters_duty WHERE roster_id = {roster} AND fixed")
    assert [str(day) for (day,) in fixed] == ["2014-05-09"]
    twice = site.rows(
        f"SELECT person_id, day FROM rosters_duty WHERE roster_id = {roster} "
        "GROUP BY person_id, day HAVING count(*) > 1"
    )
    assert twice == []
    site.finish("audit", "verify")
