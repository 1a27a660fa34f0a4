"""Demonstration data (演示数据): certificates for invented postings and traineeships of 2014.

Most credits that are met are recognised; some still wait. A few certificates were issued before leave was
put on record, so that they differ from the data, and a few are revoked. Nobody in it exists.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from django.db.models import Q
from django.utils import timezone

from duikou.core.actions import act
from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM
from duikou.wings.agreements.documents.verification import ALPHABET, LENGTH
from duikou.wings.credits.actions import credit_fields, service_fields
from duikou.wings.credits.histories import Part, parts
from duikou.wings.credits.models import Certificate
from duikou.wings.credits.reckoning import credits_of_person
from duikou.wings.credits.values import cut, services
from duikou.wings.people.models import Person

YEAR = 2014
RECOGNISED, DIFFERING, REVOKED = 0.85, 6, 4
ISSUED, REVOKED_ON, SERVED_UNTIL = dt.date(2015, 1, 20), dt.date(2015, 3, 5), dt.date(2015, 12, 31)
ISSUER, NOTE = "省对口支援办公室（演示）", "演示数据（虚构）：姓名有误"


def load(*, seed: int = 2014) -> dict[str, int]:
    """Issue for invented stays; the same seed gives the same data. Raises Conflict when they are there."""
    if Certificate.objects.filter(demonstration=True).exists():
        raise Conflict(
            "演示数据已经载入，请先运行 duikou demo clear / demonstration data are there: clear first"
        )
    chance = random.Random(seed)  # noqa: S311  (invented data, no secret)
    with act("demo.loaded", actor=SYSTEM, permission="credit.issue") as event:
        by_person: dict[int, list[Part]] = defaultdict(list)
        for part in parts(Q(demonstration=True), dt.date(YEAR, 1, 1), SERVED_UNTIL):
            by_person[part.person_id].append(part)
        persons = Person.objects.in_bulk(list(by_person))
        made = []
        differing = 0
        for pk in sorted(by_person):
            own = by_person[pk]
            early = differing < DIFFERING and any(part.away for part in own if part.first.year == YEAR)
            rows = list(_issued(chance, persons[pk], _before_leave(own) if early else own))
            differing += early and bool(rows)
            made += rows
        for one in made[:: max(1, len(made) // REVOKED)][:REVOKED]:
            one.revoked_at, one.revoked_on, one.revoked_reason = timezone.now(), REVOKED_ON, NOTE
        Certificate.objects.bulk_create(made)
        counts = {"certificates": len(made), "differing_certificates": differing}
        event.note(label="演示数据", after={"seed": seed, **counts})
    return counts


def _issued(chance: random.Random, person: Person, own: list[Part]) -> Iterator[Certificate]:
    """The credits of the year that are met, most of them; service where a year of it is full."""
    for credit in credits_of_person(cut(own, dt.date(YEAR, 12, 31))):
        if credit.year == YEAR and credit.met and chance.random() < RECOGNISED:
            yield _row(chance, {**credit_fields(SYSTEM, person, credit), "issued_on": ISSUED})
    for served in services(own, SERVED_UNTIL):
        if served.terms.applies and served.result.met:
            fields = {**service_fields(SYSTEM, person, served), "until": SERVED_UNTIL}
            yield _row(chance, {**fields, "issued_on": SERVED_UNTIL + dt.timedelta(days=20)})


def _row(chance: random.Random, fields: dict[str, object]) -> Certificate:
    drawn = "".join(chance.choice(ALPHABET) for _ in range(LENGTH))
    code = "-".join(drawn[place : place + 4] for place in range(0, LENGTH, 4))
    return Certificate(**{**fields, "code": code, "issuer": ISSUER, "demonstration": True})


def _before_leave(own: list[Part]) -> list[Part]:
    """The stays as they stood before leave was put on record."""
    return [replace(part, stay=replace(part.stay, leaves=())) for part in own]


def clear() -> dict[str, int]:
    """Remove all of it."""
    with act("demo.cleared", actor=SYSTEM, permission="credit.issue") as event:
        removed = {"certificates": Certificate.objects.filter(demonstration=True).delete()[0]}
        event.note(after=removed)
    return removed
