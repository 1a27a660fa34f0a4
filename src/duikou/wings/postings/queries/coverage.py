"""Whether a recipient was ever without posted staff in a year, and how large its team was."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from duikou.core.scope import Actor
from duikou.policy import load_pack
from duikou.policy.vocabulary import Force
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.postings.eligibility import demanded
from duikou.wings.postings.models import Posting

DAY = dt.timedelta(days=1)
Stretch = tuple[dt.date, dt.date]


@dataclass(frozen=True, slots=True)
class Demand:
    """What the pack asks of a team on a day; `None`: nothing is asked. `rule` names where it stands."""

    always: bool
    team: int | None
    rule: str
    clause: str
    reference: str  # a rule that only says what others do


@dataclass(frozen=True, slots=True)
class Line:
    """A recipient in a year: days paired, days with somebody on post, the gaps between."""

    hospital: Hospital
    paired: int
    covered: int
    people: int
    most: int
    gaps: tuple[Stretch, ...]
    demand: Demand

    @property
    def breaks(self) -> bool:
        """Whether a binding rule is broken."""
        short = self.demand.team is not None and self.people < self.demand.team
        return short or (self.demand.always and bool(self.gaps))


def demand_of(pack_id: str, day: dt.date) -> Demand:
    """What the pack asks: binding PER rules alone; PER-09 of another time or place is named for reference."""
    rules = list(load_pack(pack_id).on(day).values())
    always, team = demanded(rules, "always_on_post"), demanded(rules, "team_minimum")
    by = (always or team or (None,))[0]
    others = [
        rule.id
        for rule in load_pack(pack_id).rules.values()
        if rule.force is Force.REFERENCE and "always_on_post" in rule.parameters
    ]
    return Demand(
        bool(always and always[1]),
        team[1] if team else None,
        by.id if by else "",
        by.clause if by else "",
        others[0] if others else "",
    )


def gaps(stays: Sequence[Stretch], first: dt.date, last: dt.date) -> list[Stretch]:
    """The stretches of `first`…`last` on which none of the stays has a day."""
    found: list[Stretch] = []
    free = first
    for start, end in sorted(stays):
        if start > free:
            found.append((free, min(start - DAY, last)))
        free = max(free, end + DAY)
        if free > last:
            return found
    return [*found, (free, last)] if free <= last else found


def most_at_once(stays: Sequence[Stretch]) -> int:
    """The largest number of people on post on one day."""
    steps = sorted([(start, 1) for start, _end in stays] + [(end + DAY, -1) for _start, end in stays])
    now = most = 0
    for _day, step in steps:
        now += step
        most = max(most, now)
    return most


def coverage(actor: Actor, year: int) -> list[Line]:
    """One line for each recipient paired in the year and visible to the actor; two queries."""
    opens, closes = dt.date(year, 1, 1), min(dt.date(year, 12, 31), timezone.localdate())
    if closes < opens:
        return []
    pairings = (
        Pairing.objects.visible_to(actor, "posting.view")
        .filter(start__lte=closes, end__gte=opens)
        .select_related("recipient", "round")
        .order_by("recipient__name", "pk")
    )
    terms: defaultdict[int, list[Pairing]] = defaultdict(list)
    for pairing in pairings:
        terms[pairing.recipient_id].append(pairing)
    stays: defaultdict[int, list[tuple[int, Stretch]]] = defaultdict(list)
    rows = Posting.objects.between(opens, closes).filter(recipient__in=terms)
    for recipient, person, first, last in rows.values_list("recipient", "person", "first_day", "last_day"):
        stays[recipient].append((person, (max(first, opens), min(last, closes))))
    found = []
    for recipient, listed in terms.items():
        first = max(opens, min(pairing.start for pairing in listed))
        last = min(closes, max(pairing.end for pairing in listed))
        inside = [
            (max(start, first), min(end, last))
            for _person, (start, end) in stays[recipient]
            if start <= last and end >= first
        ]
        free = gaps(inside, first, last)
        paired = (last - first).days + 1
        found.append(
            Line(
                listed[0].recipient,
                paired,
                paired - sum((end - start).days + 1 for start, end in free),
                len({person for person, _stay in stays[recipient]}),
                most_at_once(inside),
                tuple(free),
                demand_of(listed[0].round.policy_pack, first),
            )
        )
    return found


def years(actor: Actor) -> list[int]:
    """Years in which somebody was on post, latest first."""
    days = Posting.objects.visible_to(actor).filter(state__in=Posting.SERVED)
    found = {
        year for pair in days.values_list("first_day__year", "last_day__year").distinct() for year in pair
    }
    return sorted(found, reverse=True) or [timezone.localdate().year]


def is_demonstration() -> bool:
    """Whether invented postings are among what is counted."""
    return Posting.objects.filter(demonstration=True).exists()
