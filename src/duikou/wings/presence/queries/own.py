"""A posted person's own record: today's page and the days before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from duikou.core.scope import Actor
from duikou.wings.people.models import Person
from duikou.wings.postings.models import Posting
from duikou.wings.presence.models import Correction, Delivery, Mark, Proof, Work, WorkDay

LATELY = dt.timedelta(days=14)  # what was counted lately stands in front on the phone


@dataclass(frozen=True, slots=True)
class Today:
    """What the phone's page shows of one day."""

    posting: Posting
    day: dt.date
    record: WorkDay | None
    marks: Sequence[Mark]
    counts: dict[str, Work] = field(default_factory=dict)
    lately: frozenset[str] = frozenset()
    proofs: Sequence[Proof] = ()


def posting_on(actor: Actor, day: dt.date) -> Posting | None:
    """The actor's own posting of a day; None without one."""
    if actor.user_id is None:
        return None
    rows = Posting.objects.on(day).filter(person__user=actor.user_id)
    return rows.select_related("recipient", "supporter", "host_department", "pairing__round").first()


def today(actor: Actor, day: dt.date) -> Today | None:
    """The own record of a day, in a fixed number of queries; None without a posting on it."""
    posting = posting_on(actor, day)
    if posting is None:
        return None
    near = Work.objects.filter(posting=posting, day__range=(day - LATELY, day))
    work = list(near)
    return Today(
        posting,
        day,
        WorkDay.objects.filter(posting=posting, day=day).first(),
        list(Mark.objects.filter(posting=posting, delivery__day=day).order_by("at")),
        {row.activity: row for row in work if row.day == day},
        frozenset(row.activity for row in work if row.count),
        list(Proof.objects.filter(posting=posting, day=day).select_related("document")),
    )


def person_of(actor: Actor) -> Person | None:
    """Who the actor is on the register of persons."""
    return Person.objects.filter(user=actor.user_id).first() if actor.user_id else None


def latest_day(actor: Actor, until: dt.date) -> dt.date | None:
    """The last day, not after `until`, with something on record in the actor's latest posting; without
    any, the last day on post. None when there was no posting."""
    if actor.user_id is None:
        return None
    rows = Posting.objects.between(dt.date(1980, 1, 1), until).filter(person__user=actor.user_id)
    posting = rows.order_by("-last_day").first()
    if posting is None:
        return None
    recorded = WorkDay.objects.filter(posting=posting, day__lte=until).order_by("-day")
    return recorded.values_list("day", flat=True).first() or min(posting.last_day, until)


def _mine(actor: Actor, rows: QuerySet) -> QuerySet:  # type: ignore[type-arg]
    return rows.filter(posting__person__user=actor.user_id) if actor.user_id else rows.none()


def my_days(actor: Actor) -> QuerySet[WorkDay]:
    """The own days of all postings."""
    return _mine(actor, WorkDay.objects.select_related("confirmation", "posting__recipient"))


def my_work(actor: Actor) -> QuerySet[Work]:
    """The own work of all postings, without what was set to nothing."""
    rows = Work.objects.filter(count__gt=0).select_related("confirmation", "posting__recipient")
    return _mine(actor, rows)


def my_corrections(actor: Actor) -> QuerySet[Correction]:
    """What was put right in the own record."""
    return _mine(actor, Correction.objects.select_related("corrected_by"))


def my_refused(actor: Actor) -> QuerySet[Delivery]:
    """Own items that were not taken."""
    return Delivery.objects.filter(user=actor.user_id, status=Delivery.Status.REFUSED)


def my_proof(actor: Actor, pk: int) -> Proof | None:
    """A file of the own record."""
    found: Proof | None = _mine(actor, Proof.objects.filter(pk=pk).select_related("document")).first()
    return found
