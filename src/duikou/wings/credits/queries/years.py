"""A year's credits of an area: who has met it, what is missing, what is issued."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max, Min
from django.utils import timezone

from duikou.core.paths import contains
from duikou.core.scope import Actor
from duikou.wings.credits.histories import Part
from duikou.wings.credits.models import Certificate
from duikou.wings.credits.queries.reach import reach, reached
from duikou.wings.credits.reckoning import Credit, credits_in
from duikou.wings.credits.values import differences
from duikou.wings.people.models import Person
from duikou.wings.postings.models import Posting
from duikou.wings.training.models import Traineeship

ISSUED, DIFFERS = "issued", "differs"


@dataclass(frozen=True, slots=True)
class Line:
    """A person's credit of the year, with its certificate. `state`: standing, or issued, or differs."""

    person: Person
    credit: Credit
    certificate: Certificate | None
    state: str

    @property
    def issuable(self) -> bool:
        """Whether it waits to be recognised."""
        return self.credit.met and self.certificate is None


def years(actor: Actor) -> list[int]:
    """Years with somebody in the actor's reach on post or in training, newest first; two queries."""
    today = timezone.localdate()
    spans = []
    for model, states in ((Posting, Posting.SERVED), (Traineeship, Traineeship.SERVED)):
        rows = model.objects.filter(reach(actor), state__in=states, first_day__lte=today)
        spans.append(rows.aggregate(first=Min("first_day"), last=Max("last_day")))
    firsts = [span["first"] for span in spans if span["first"]]
    if not firsts:
        return []
    newest = min(max(span["last"] for span in spans if span["last"]), today).year
    return list(range(newest, min(firsts).year - 1, -1))


def latest_year(actor: Actor) -> int | None:
    """The year that pages open with."""
    return next(iter(years(actor)), None)


def year_lines(actor: Actor, year: int, permission: str = "credit.view") -> list[Line]:
    """Everybody's credit of the year, by hospital and name; a fixed number of queries.

    A credit is for those who see the hospital of its last stay, or the person's present employer.
    """
    return lines_by_year(actor, [year], permission).get(year, [])


def lines_by_year(
    actor: Actor, wanted: Sequence[int], permission: str = "credit.view"
) -> dict[int, list[Line]]:
    """The lines of several years, in the order asked for; no more queries than for one year."""
    today = timezone.localdate()
    wanted = [year for year in wanted if year <= today.year]
    if not wanted:
        return {}
    first, until = dt.date(min(wanted), 1, 1), min(dt.date(max(wanted), 12, 31), today)
    found = reached(actor, first, until, permission)
    persons = Person.objects.select_related("hospital").in_bulk({part.person_id for part in found})
    paths = actor.paths(permission)
    held = {
        (one.person_id, one.kind, one.year): one
        for one in Certificate.objects.standing().filter(
            reach(actor, permission), year__in=wanted, kind__in=Certificate.CREDITS
        )
    }
    by_person: dict[int, list[Part]] = defaultdict(list)
    for part in found:
        by_person[part.person_id].append(part)
    return {year: _lines(year, found, persons, paths, held, by_person) for year in wanted}


def _lines(
    year: int,
    found: Sequence[Part],
    persons: Mapping[int, Person],
    paths: Collection[str],
    held: Mapping[tuple[int, str, int | None], Certificate],
    by_person: Mapping[int, Sequence[Part]],
) -> list[Line]:
    lines = []
    for credit in credits_in(found, year):
        person = persons[credit.person_id]
        places = (credit.last.home_path, person.hospital.scope_path)
        if not any(contains(path, place) for path in paths for place in places):
            continue
        certificate = held.get((credit.person_id, credit.kind, year))
        lines.append(Line(person, credit, certificate, _state(credit, certificate, by_person[person.pk])))
    return sorted(lines, key=lambda line: (line.credit.last.home, line.person.name, line.credit.kind))


def issuable(actor: Actor, lines: Sequence[Line]) -> list[Line]:
    """Those that the actor may recognise now: met, not issued, of a hospital in its area."""
    return [line for line in lines if line.issuable and actor.may("credit.issue", line.credit.last.home_path)]


def _state(credit: Credit, certificate: Certificate | None, parts: Sequence[Part]) -> str:
    if certificate is None:
        return credit.result.standing
    return DIFFERS if differences(certificate, parts) else ISSUED
