"""The job that drafts a round's agreements, killed again and again: one whole draft for each pairing."""

from __future__ import annotations

import random
import time

import pytest

from tests.kill.site import Site, kill, wait_for

pytestmark = pytest.mark.slow

KILLS = 5  # more than a job may be tried without getting on

ASK = """
from duikou.core.scope import SYSTEM
from duikou.wings.agreements.actions.opening import ask_to_open, without_agreement
from duikou.wings.pairings.models import Round
round_ = Round.objects.get(key="zhejiang-2014")
count = without_agreement(SYSTEM, round_).count()
print(count, ask_to_open(actor=SYSTEM, round_=round_).pk)
"""
WHOLE = """
from duikou.core import documents
from duikou.wings.agreements.models import Version
rows = list(Version.objects.select_related("document", "pdf"))
assert all(documents.content(v.document)[:2] == b"PK" for v in rows)
assert all(documents.content(v.pdf)[:4] == b"%PDF" for v in rows)
print(len(rows), len({v.agreement_id for v in rows}), sum(v.accepted for v in rows))
"""


def test_kills_lose_no_draft_and_make_none_twice(site: Site) -> None:
    chance = random.Random(2014)
    pairings, job = site.python(ASK).splitlines()[-1].split()  # tests before may have added to the round

    def state() -> str:
        return str(site.value(f"SELECT state FROM core_job WHERE id = '{job}'"))

    def drafts() -> int:
        return int(site.value("SELECT count(*) FROM agreements_agreement"))

    killed = 0
    while killed < KILLS:
        before = drafts()
        worker = site.start_worker()
        wait_for(lambda: drafts() > before, seconds=60)  # noqa: B023  (asked at once)
        time.sleep(chance.uniform(0, 2))
        kill(worker)
        assert state() == "running"
        killed += 1
        versions = int(site.value("SELECT count(*) FROM agreements_version"))
        assert drafts() == versions  # an agreement never without its text
    worker = site.start_worker()
    wait_for(lambda: state() == "done", seconds=300)
    site.stop(worker)
    assert site.python(WHOLE).splitlines()[-1] == f"{pairings} {pairings} {pairings}"
    site.finish("audit", "verify")
