"""The same queue of a phone comes over several lines at once, each in its own order: one row per item."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests.kill.site import Site
from tests.kill.test_races import RACERS, race

pytestmark = pytest.mark.slow

DOCTOR = """
from tests.wings.posted import a_pairing, account_of, posting_of
print(account_of(posting_of(a_pairing(), {name!r}).person).pk)
"""
PREPARE = """
import datetime as dt, json, random, uuid
from duikou.core.models import User
from duikou.core.scope import actor_for
from duikou.wings.presence import actions
from duikou.wings.presence.folding import CHINA
actor = actor_for(User.objects.get(pk={user}))
now = dt.datetime(2014, 3, 10, 9, tzinfo=CHINA)
queue = []
for number, day in enumerate(dt.date(2014, 3, n) for n in range(3, 8)):
    def item(kind, hour, **more):
        at = dt.datetime.combine(day, dt.time(hour), CHINA).isoformat()
        return dict(uuid=str(uuid.UUID(int={first} + len(queue))), kind=kind, at=at, **more)
    queue.append(item("in", 8, place="near"))
    queue.append(item("work", 12, day=str(day), counts=dict(outpatient=10, ward_round=1)))
    queue.append(item("out", 17))
    queue.append(item("work", 18, day=str(day), counts=dict(outpatient=30 + number)))
def send(items):
    return actions.replay(actor=actor, sent_at=now, sent=items, now=now).outcomes
"""
DAYS = """
SELECT d.day, d.present, d.first_in, d.last_out, d.place FROM presence_workday d
JOIN postings_posting p ON p.id = d.posting_id JOIN people_person n ON n.id = p.person_id
WHERE n.user_id = {user} ORDER BY d.day
"""
WORK = """
SELECT w.day, w.activity, w.count FROM presence_work w
JOIN postings_posting p ON p.id = w.posting_id JOIN people_person n ON n.id = p.person_id
WHERE n.user_id = {user} ORDER BY w.day, w.activity
"""


def facts(site: Site, user: str) -> list[tuple[Any, ...]]:
    """What counts of a person, read past everything that is under test."""
    return [*site.rows(DAYS.format(user=user)), *site.rows(WORK.format(user=user))]


def counts(site: Site, user: str) -> tuple[int, int, int]:
    """Rows of deliveries, numbers among them, and marks of a person."""
    deliveries = f"FROM presence_delivery WHERE user_id = {user}"
    return (
        site.value(f"SELECT count(*) {deliveries}"),
        site.value(f"SELECT count(DISTINCT uuid) {deliveries}"),
        site.value(f"SELECT count(*) FROM presence_mark WHERE delivery_id IN (SELECT id {deliveries})"),
    )


def test_one_queue_over_several_lines_at_once_and_in_any_order(site: Site) -> None:
    alone = site.python(DOCTOR.format(name="独一"))
    site.python(PREPARE.format(user=alone, first=0) + "send(queue)\n")
    user = site.python(DOCTOR.format(name="同时"))
    lines = race(
        site,
        PREPARE.format(user=user, first=1000),
        # each line sends one by one in an order of its own, and the whole queue again
        "random.Random(sys.argv[1]).shuffle(queue)\n"
        "for part in [[item] for item in queue] + [queue]:\n"
        "    print(json.dumps([[one.uuid, one.status] for one in send(part)]))\n",
    )
    answers = [tuple(one) for racer in lines for line in racer for one in json.loads(line)]
    assert len(answers) == RACERS * 2 * 20  # every item was answered each time
    assert counts(site, user) == (20, 20, 10)
    took = Counter(uuid for uuid, status in answers if status != "known")
    assert set(took.values()) == {1}  # who came first took it; all others were told so
    assert len(took) == 20
    assert {status for _uuid, status in answers} <= {"taken", "superseded", "known"}
    assert facts(site, user) == facts(site, alone)
    site.finish("audit", "verify")


def test_one_item_at_the_same_moment(site: Site) -> None:
    user = site.python(DOCTOR.format(name="一刻"))
    lines = race(
        site,
        PREPARE.format(user=user, first=2000),
        "print(json.dumps([[one.uuid, one.status] for one in send(queue[:1])]))\n",
    )
    statuses = sorted(status for racer in lines for line in racer for _uuid, status in json.loads(line))
    assert statuses == ["known"] * (RACERS - 1) + ["taken"]
    assert counts(site, user) == (1, 1, 1)


def test_one_file_at_the_same_moment(site: Site) -> None:
    user = site.python(DOCTOR.format(name="佐证"))
    lines = race(
        site,
        PREPARE.format(user=user, first=3000),
        "for n in range(5):\n"
        "    row = actions.add_proof(actor=actor, day=dt.date(2014, 3, 3), activity='lecture',\n"
        "        number=uuid.UUID(int=3000 + n), filename='list.pdf', content=b'%%PDF-1.7 %d' % n)\n"
        "    print(row.pk)\n",
    )
    assert all(racer == lines[0] for racer in lines)
    assert len(set(lines[0])) == 5
