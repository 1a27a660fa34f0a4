"""Gaps that are about to open, each with what has been done about it and what could be done next."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from duikou.engines.credits.days import ONE
from duikou.policy import load_pack
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.places.models import Division
from duikou.wings.postings.eligibility import Candidate, Wanted, blocking, judge
from duikou.wings.postings.models import Posting, StaffRequest
from duikou.wings.postings.queries import live_stays
from duikou.wings.staffing.figures import Month
from duikou.wings.staffing.gaps import HORIZON, Gap, upcoming
from duikou.wings.staffing.queries import rows
from duikou.wings.staffing.queries.rows import VIEW, Area


@dataclass(frozen=True, slots=True)
class Proposal:
    """A gap, and the step that would close it.

    `step` is "approve" (somebody is nominated for these days), "nominate" (the recipient has asked)
    or "ask" (nothing has been done); `number` is the nomination's or the request's.
    """

    gap: Gap
    recipient: Hospital
    county: Division
    supporters: tuple[Hospital, ...]
    step: str
    number: int | None
    pairing: Pairing  # by which to ask: that of whoever leaves, else the first in force
    title: str  # of whoever leaves; "" where nobody was there
    office: str
    candidates: (
        int | None
    )  # of the specialty at these supporters, free on the first day; None: of no specialty


def proposals(area: Area, month: Month) -> list[Proposal]:
    """Gaps after the month's last counted day, the nearest first, in six queries."""
    day = month.until
    last = day + dt.timedelta(days=HORIZON)
    at: defaultdict[int, list[Pairing]] = defaultdict(list)
    for pairing in rows.pairings(area, day + ONE, last):
        at[pairing.recipient_id].append(pairing)
    terms = {pk: (min(p.start for p in those), max(p.end for p in those)) for pk, those in at.items()}
    found = upcoming(rows.stays(area, day, last), terms, day)
    nominated, asked = _nominated(area, day, last), _asked(area)
    candidates = _Candidates([p.supporter_id for those in at.values() for p in those], day)
    return [_proposal(gap, at[gap.recipient], nominated, asked, candidates) for gap in found]


def _proposal(
    gap: Gap,
    pairings: list[Pairing],
    nominated: dict[int, list[Posting]],
    asked: dict[int, list[StaffRequest]],
    candidates: _Candidates,
) -> Proposal:
    in_force = [one for one in pairings if one.start <= gap.last and one.end >= gap.first] or pairings
    pairing = next((one for one in in_force if gap.after and one.pk == gap.after.pairing), in_force[0])

    def suits(row: Posting | StaffRequest) -> bool:
        return gap.specialty in ("", row.specialty)

    nomination = next(
        (
            row
            for row in nominated.get(gap.recipient, ())
            if suits(row) and row.first_day <= gap.last and row.last_day >= gap.first
        ),
        None,
    )
    request = next(
        (row for row in asked.get(gap.recipient, ()) if suits(row) and row.wanted_from <= gap.last), None
    )
    step, number = (
        ("approve", nomination.pk) if nomination else ("nominate", request.pk) if request else ("ask", None)
    )
    return Proposal(
        gap,
        pairing.recipient,
        pairing.recipient_division,
        tuple({one.supporter_id: one.supporter for one in in_force}.values()),
        step,
        number,
        pairing,
        gap.after.title if gap.after else "",
        gap.after.office if gap.after else "",
        candidates.count(in_force, gap) if gap.specialty else None,
    )


def _nominated(area: Area, first: dt.date, last: dt.date) -> dict[int, list[Posting]]:
    """Nominations that nobody has answered, by recipient."""
    found: defaultdict[int, list[Posting]] = defaultdict(list)
    waiting = rows.postings(area).filter(
        state=Posting.State.NOMINATED, first_day__lte=last, last_day__gte=first
    )
    for row in waiting.order_by("first_day", "pk"):
        found[row.recipient_id].append(row)
    return found


def _asked(area: Area) -> dict[int, list[StaffRequest]]:
    """Requests that nobody has been sent for, by recipient."""
    found: defaultdict[int, list[StaffRequest]] = defaultdict(list)
    open_ = (
        StaffRequest.objects.visible_to(area.actor, VIEW)
        .filter(area.inside("home_path", "host_path"), state=StaffRequest.State.OPEN)
        .order_by("wanted_from", "pk")
    )
    for row in open_:
        found[row.recipient_id].append(row)
    return found


class _Candidates:
    """How many of the supporters' people could follow: numbers only, no names; two queries."""

    def __init__(self, supporters: Iterable[int], day: dt.date) -> None:
        people = (
            Person.objects.filter(hospital__in=sorted(set(supporters)))
            .filter(Q(left_on=None) | Q(left_on__gt=day))
            .exclude(specialty="")
            .values_list("pk", "hospital_id", "specialty", "title", "title_since", "registered_scope")
        )
        rows = list(people)
        stays = live_stays(pk for pk, *_rest in rows)
        self._people: defaultdict[tuple[int, str], list[Candidate]] = defaultdict(list)
        for pk, hospital, specialty, title, since, scope in rows:
            candidate = Candidate(title, since, specialty, scope, stays.get(pk, ()))
            self._people[hospital, specialty].append(candidate)

    def count(self, pairings: Sequence[Pairing], gap: Gap) -> int:
        """Those of the gap's specialty who are eligible for its days by the round's pack."""
        wanted = Wanted(gap.specialty, gap.first, gap.last, office=gap.after.office if gap.after else "")
        packs = {one.supporter_id: load_pack(one.round.policy_pack) for one in pairings}
        return sum(
            not blocking(judge(candidate, wanted, pack))
            for supporter, pack in packs.items()
            for candidate in self._people[supporter, gap.specialty]
        )
