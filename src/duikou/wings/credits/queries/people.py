"""One person: every year's credit, service before promotion, certificates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.paths import contains
from duikou.core.scope import Actor
from duikou.wings.credits.histories import POSTING, Part, parts
from duikou.wings.credits.models import Certificate
from duikou.wings.credits.queries.reach import reach
from duikou.wings.credits.reckoning import Credit, credits_of_person
from duikou.wings.credits.values import Difference, Served, differences, services
from duikou.wings.people.models import Person


@dataclass(frozen=True, slots=True)
class Record:
    """All that is known of a person here. `certificates` come newest first, with what has changed since."""

    person: Person
    parts: Sequence[Part]
    credits: Sequence[Credit]
    services: Sequence[Served]
    certificates: Sequence[tuple[Certificate, list[Difference]]]

    def certificate_of(self, kind: str, *, year: int | None = None, rule: str = "") -> Certificate | None:
        """The certificate in force for a credit, or for service under a rule."""
        return next(
            (
                one
                for one, _differences in self.certificates
                if one.valid and one.kind == kind and one.year == year and (not rule or one.rule == rule)
            ),
            None,
        )

    @property
    def demonstration(self) -> bool:
        """Whether it is invented."""
        return self.person.demonstration or any(part.demonstration for part in self.parts)


def credit_of(person: Person, year: int, until: dt.date | None = None) -> list[Credit]:
    """A person's credit of a year as it stands (of postings, of training), for other wings and acts."""
    last = min(dt.date(year, 12, 31), until or timezone.localdate())
    if last.year < year:
        return []
    found = parts(Q(person=person.pk), dt.date(year, 1, 1), last)
    return [credit for credit in credits_of_person(found) if credit.year == year]


def service_of(person: Person, rule: str) -> Served | None:
    """What a person's postings amount to today under a rule (its key); None without postings or rule."""
    today = timezone.localdate()
    found = services(parts(Q(person=person.pk), dt.date.min, today, (POSTING,)), today)
    return next((served for served in found if served.terms.key == rule), None)


def find_record(actor: Actor, pk: int) -> Record:
    """The record of a person in the actor's reach. Raises Missing.

    Somebody who has left sees nothing change here: the former hospital keeps the years that ended in
    its service, the new employer sees all of them.
    """
    person = Person.objects.select_related("hospital").filter(pk=pk).first()
    if person is not None:
        paths = actor.paths("credit.view")
        everything = any(contains(path, person.hospital.scope_path) for path in paths)
        found = _record(person)
        if everything:
            return found
        seen = [one for one in found.credits if any(contains(path, one.last.home_path) for path in paths)]
        if seen:
            held = Certificate.objects.filter(reach(actor), person=person).values_list("pk", flat=True)
            keep = set(held)
            return Record(
                person,
                [part for part in found.parts if any(contains(path, part.home_path) for path in paths)],
                seen,
                [],
                [pair for pair in found.certificates if pair[0].pk in keep],
            )
    raise Missing(_("没有编号为 %(pk)s 的人员，或不在您的查看范围内。") % {"pk": pk})


def own_record(actor: Actor) -> Record | None:
    """The actor's own record; None for an account that belongs to no person."""
    person = Person.objects.select_related("hospital").filter(user=actor.user_id).first()
    return _record(person) if person is not None and actor.user_id is not None else None


def _record(person: Person) -> Record:
    today = timezone.localdate()
    found = parts(Q(person=person.pk), dt.date.min, today)
    issued = Certificate.objects.filter(person=person).select_related("hospital", "issued_by")
    return Record(
        person,
        found,
        credits_of_person(found),
        services(found, today),
        [(one, differences(one, found)) for one in issued],
    )
