"""Who is quicker with a posting, a traineeship or a conduct record: one wins, the others are told so."""

from __future__ import annotations

import pytest

from tests.kill.racing import RACERS, race
from tests.kill.site import Site

pytestmark = pytest.mark.slow

STAGE = """
import datetime as dt
from duikou.core.scope import SYSTEM
from tests.wings.posted import FIRST, LAST, a_pairing, person_of, posting_of, traineeship_of
from duikou.wings.postings import actions as postings
from duikou.wings.postings.models import ConductRecord, Posting
from duikou.wings.training import actions as training
from duikou.wings.training.models import Place, Traineeship
pairing = a_pairing()
day = dt.date(2014, 4, 1)
"""
SET = """
for number in range(4):
    person_of(pairing.supporter, f"down-{number}", specialty="cardiology", registered_scope="内科专业")
    person_of(pairing.recipient, f"up-{number}", specialty="cardiology")
    posting = posting_of(pairing, f"posted-{number}")
    for kind in ("notice", "dispute"):
        ConductRecord.objects.create(
            posting=posting, kind=kind, happened_on=day, text=f"{kind}-{number}",
            home_path=posting.home_path, host_path=posting.host_path,
        )
    place = Place.objects.create(
        supporter=pairing.supporter, host_path=pairing.supporter.scope_path, specialty="cardiology",
        first_day=FIRST, last_day=LAST, places=1, note=f"place-{number}",
    )
    for racer in range(3):
        traineeship_of(
            pairing, f"waits-{number}-{racer}", place=place, state="applied", arrived_on=None,
        )
"""
# Each loser is told in words: Conflict or Invalid, never an error of the database.
ACT = """
from duikou.core.errors import Conflict, Invalid
for number in range(4):
    try:
        {attempt}
        print(number)
    except (Conflict, Invalid):
        pass
"""
ATTEMPTS = {
    "nominate": (
        "from duikou.wings.people.models import Person",
        "postings.nominate(actor=SYSTEM, pairing=pairing, planned_from=FIRST, planned_to=LAST,"
        " person=Person.objects.get(name=f'down-{number}'))",
    ),
    "apply": (
        "from duikou.wings.people.models import Person",
        "training.apply(actor=SYSTEM, pairing=pairing, planned_from=FIRST, planned_to=LAST,"
        " person=Person.objects.get(name=f'up-{number}'))",
    ),
    "leave": (
        "stays = {n: Posting.objects.get(person__name=f'posted-{n}') for n in range(4)}",
        "postings.take_leave(actor=SYSTEM, stay=stays[number], first_day=day, last_day=day, reason='x')",
    ),
    "acknowledge": (
        "records = {n: ConductRecord.objects.get(text=f'notice-{n}') for n in range(4)}",
        "postings.acknowledge(actor=SYSTEM, record=records[number])",
    ),
    "settle": (
        "records = {n: ConductRecord.objects.get(text=f'dispute-{n}') for n in range(4)}",
        "postings.settle(actor=SYSTEM, record=records[number], on=LAST, outcome='x')",
    ),
    "last place": (
        "rows = {n: Traineeship.objects.get(person__name=f'waits-{n}-{sys.argv[1]}') for n in range(4)}",
        "training.accept(actor=SYSTEM, traineeship=rows[number], reason='x')",
    ),
    "end": (
        "stays = {n: Posting.objects.get(person__name=f'posted-{n}') for n in range(4)}",
        "postings.end(actor=SYSTEM, stay=stays[number], on=LAST)",
    ),
}


def test_of_several_who_act_on_a_stay_one_wins(site: Site) -> None:
    site.python(STAGE + SET)
    for name, (prepare, attempt) in ATTEMPTS.items():
        lines = race(site, STAGE + prepare, ACT.replace("{attempt}", attempt))
        assert len(lines) == RACERS
        winners = sorted(line for racer in lines for line in racer)
        assert winners == ["0", "1", "2", "3"], name
    overlaps = (
        "SELECT count(*) FROM {table} a JOIN {table} b ON a.person_id = b.person_id AND a.id < b.id "
        "AND a.first_day <= b.last_day AND b.first_day <= a.last_day "
        "WHERE a.state IN ({live}) AND b.state IN ({live})"
    )
    for table, live in (
        ("postings_posting", "'nominated', 'approved', 'on_post', 'ended'"),
        ("training_traineeship", "'applied', 'accepted', 'in_training', 'ended'"),
    ):
        assert site.value(overlaps.format(table=table, live=live)) == 0
    site.finish("audit", "verify")
