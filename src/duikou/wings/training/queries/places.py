"""Places and who comes first: partners before others, then in the order of application (AGR-11)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor, ScopedQuerySet
from duikou.wings.training.models import Place, Traineeship

State = Traineeship.State
HOLDS = (State.ACCEPTED, State.IN_TRAINING, State.ENDED)  # who takes up a place


@dataclass(frozen=True, slots=True)
class Turn:
    """An application with its turn, and why it has that turn."""

    number: int
    traineeship: Traineeship
    partner: bool

    @property
    def why(self) -> str:
        """The reason in the reader's language."""
        day = f"{self.traineeship.applied_at:%Y-%m-%d}"
        return (
            _("结对医院优先（规则 AGR-11），%(day)s 申请") if self.partner else _("非结对医院，%(day)s 申请")
        ) % {"day": day}


def places(actor: Actor) -> ScopedQuerySet:
    """Places that the actor may see, with how many were accepted and how many wait."""
    rows: ScopedQuerySet = Place.objects.visible_to(actor)
    return rows.select_related("supporter", "department").annotate(
        held=Count("traineeships", Q(traineeships__state__in=HOLDS)),
        waiting=Count("traineeships", Q(traineeships__state=State.APPLIED)),
    )


def place(actor: Actor, pk: int) -> Place:
    """One place; raises Missing."""
    found = places(actor).filter(pk=pk).first()
    if not isinstance(found, Place):
        raise Missing(_("没有编号为 %(pk)s 的进修名额，或不在您的查看范围内。") % {"pk": pk})
    return found


def turns(place: Place) -> list[Turn]:
    """Everybody who waits for a place, in the order in which they are to be taken."""
    rows = Traineeship.objects.filter(place=place, state=State.APPLIED).select_related("person", "recipient")
    ordered = sorted(rows, key=_turn)
    return [Turn(number, one, one.pairing_id is not None) for number, one in enumerate(ordered, start=1)]


def ahead_of(traineeship: Traineeship) -> Sequence[Traineeship]:
    """Who waits for the same place and comes before somebody."""
    rows = (
        Traineeship.objects.filter(place=traineeship.place_id, state=State.APPLIED)
        .exclude(pk=traineeship.pk)
        .select_related("person", "recipient")
    )
    # Days that have nothing in common do not stand in each other's way.
    rows = rows.filter(first_day__lte=traineeship.last_day, last_day__gte=traineeship.first_day)
    return sorted((one for one in rows if _turn(one) < _turn(traineeship)), key=_turn)


def taken(place: Place, first: dt.date, last: dt.date) -> tuple[dt.date, int]:
    """The day from `first` to `last` on which most people hold the place, and how many they are."""
    rows = Traineeship.objects.filter(
        place=place, state__in=HOLDS, first_day__lte=last, last_day__gte=first
    ).values_list("first_day", "last_day")
    return busiest(rows, first, last)


def busiest(stays: Iterable[tuple[dt.date, dt.date]], first: dt.date, last: dt.date) -> tuple[dt.date, int]:
    """The first day with most of the stays, both ends included; the number only grows where one begins."""
    steps: Counter[dt.date] = Counter()
    for begin, end in stays:
        if begin <= last and end >= first:
            steps[max(begin, first)] += 1
            if end < last:
                steps[end + dt.timedelta(days=1)] -= 1
    best, most, now = first, 0, 0
    for day in sorted(steps):
        now += steps[day]
        if now > most:
            best, most = day, now
    return best, most


def _turn(one: Traineeship) -> tuple[bool, dt.datetime, int]:
    return (one.pairing_id is None, one.applied_at, one.pk)
