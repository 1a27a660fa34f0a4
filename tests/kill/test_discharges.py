"""Reading and committing front pages, killed again and again: each month whole, in one version, none lost."""

from __future__ import annotations

import json
import random
import time
from collections import deque

import polars as pl
import pytest

from duikou.engines.casemix.store import Store
from tests.kill.nursery import Child
from tests.kill.site import Site, kill

pytestmark = pytest.mark.slow

KILLS = 20
HOSPITALS = ("安吉县人民医院", "德清县人民医院")
MONTHS = (202501, 202502, 202503)
VERSIONS = 4
ROWS = 1500  # of the first version; each later one has some more

PREPARE = f"""
import json
from duikou.core.scope import SYSTEM
from duikou.wings.discharges.actions.uploads import submit_file
from duikou.wings.hospitals.models import Hospital
from tests.wings.discharges.files import csv, stays
made = []
for version in range({VERSIONS}):
    for month in {MONTHS}:
        for name in {HOSPITALS}:
            text = f"{{month // 100}}-{{month % 100:02d}}"
            content = csv(stays({ROWS} + 10 * version, hospital=name, month=text, seed=version))
            one = submit_file(actor=SYSTEM, hospital_id=Hospital.objects.get(name=name).pk, month=text,
                filename="x.csv", chunks=[content], size=len(content))
            made.append((one.pk, one.batch))
print(json.dumps(made))
"""
# From whatever state a submission is in to its end, as jobs and people take it there.
DRIVE = """
import sys
import django
django.setup()
from duikou.core.scope import SYSTEM
from duikou.wings.discharges import ingest, storage
from duikou.wings.discharges.actions.checking import check
from duikou.wings.discharges.actions.signing import commit, sign
from duikou.wings.discharges.models import Submission
print("ready", flush=True)
pk = int(sys.stdin.readline())
print("begun", flush=True)
check(submission_id=pk)
found = Submission.objects.get(pk=pk)
if found.state == "checked":
    sign(actor=SYSTEM, submission=found)
commit(submission_id=pk)
print("done", flush=True)
"""


class Drivers:
    """Processes that have started and wait for a submission; one starts while another works."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.waiting = deque(self._start() for _ in range(2))

    def _start(self) -> Child:
        return self.site.converse(DRIVE)

    def begin(self, pk: int) -> Child:
        """Let the next one drive a submission; returns it once it is at work."""
        process = self.waiting.popleft()
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "ready\n", process.communicate(timeout=20)
        process.stdin.write(f"{pk}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "begun\n"
        self.waiting.append(self._start())
        return process

    def close(self) -> None:
        """End those that still wait."""
        for process in self.waiting:
            kill(process)


def finish(process: Child) -> None:
    _out, error = process.communicate(timeout=120)
    assert process.returncode == 0, error


def state(site: Site, pk: int) -> str:
    return str(site.value(f"SELECT state FROM discharges_submission WHERE id = {pk}"))


def stored(site: Site) -> dict[tuple[str, int], tuple[str, int]]:
    """Batch and number of rows of each hospital and month, read from the files themselves."""
    store = Store(site.home / "files" / "discharges" / "store")
    columns = ["hospital", "month", "batch"]
    frames = [pl.read_parquet(path, hive_partitioning=True, columns=columns) for path in store.files()]
    if not frames:
        return {}
    counted = pl.concat(frames).group_by(columns).len()
    units = {(hospital, int(month)): (batch, rows) for hospital, month, batch, rows in counted.iter_rows()}
    assert len(units) == counted.height, "a hospital and month in two versions"
    return units


def check_whole(site: Site) -> None:
    """No part of a batch, and everything that the registry calls committed."""
    units = stored(site)
    sizes = dict(site.rows("SELECT batch, accepted FROM discharges_submission"))
    for batch, rows in units.values():
        assert rows == sizes[batch]
    committed = site.rows(
        "SELECT h.key, s.month, s.batch FROM discharges_submission s "
        "JOIN hospitals_hospital h ON h.id = s.hospital_id WHERE s.state = 'committed'"
    )
    there = {place: batch for place, (batch, _rows) in units.items()}
    signed = {
        batch for (batch,) in site.rows("SELECT batch FROM discharges_submission WHERE state = 'signed'")
    }
    for key, month, batch in committed:
        # A signed batch may be in the store already: its registry entry is written after it.
        assert there[key, month] == batch or there[key, month] in signed


def test_twenty_kills_leave_every_month_whole_and_the_work_then_ends(site: Site) -> None:
    chance = random.Random(20250301)
    made = json.loads(site.python(PREPARE).splitlines()[-1])
    waiting = deque(pk for pk, _batch in made)
    drivers = Drivers(site)
    finish(drivers.begin(waiting.popleft()))  # the first makes tables that the others find
    begun = time.monotonic()
    finish(drivers.begin(waiting.popleft()))  # one undisturbed: how long it takes
    work = time.monotonic() - begun
    check_whole(site)
    killed = 0
    while killed < KILLS:
        assert waiting, "nearly every kill came too late"
        process = drivers.begin(waiting[0])
        time.sleep(chance.uniform(0.1, 0.9) * work)
        early = process.poll() is None
        kill(process)
        check_whole(site)
        if state(site, waiting[0]) == "committed":
            waiting.popleft()
        killed += early
        if not early:  # the machine has become faster: aim earlier
            work *= 0.8
    while len(waiting) > 2:
        finish(drivers.begin(waiting.popleft()))
    pair = [drivers.begin(pk) for pk in waiting]  # two hospitals at the same time
    for process in pair:
        finish(process)
    drivers.close()
    check_whole(site)
    last = made[-len(HOSPITALS) * len(MONTHS) :]
    assert {batch for batch, _rows in stored(site).values()} == {batch for _pk, batch in last}
    states = dict(site.rows("SELECT state, count(*) FROM discharges_submission GROUP BY state"))
    assert states == {"committed": len(last), "replaced": len(made) - len(last)}
    assert not leftovers(site)
    sound = site.python(
        "from duikou.wings.discharges.actions.signing import reconcile\nprint(reconcile().sound)"
    )
    assert sound.splitlines()[-1] == "True"
    site.finish("audit", "verify")


def leftovers(site: Site) -> list[str]:
    """Files as they came that should have been deleted with their commit."""
    return [str(path) for path in (site.home / "files" / "discharges" / "batches").rglob("source*")]
