"""From one round to the next: the rows that end, the rows that begin."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from duikou.core.search.index import refresh
from duikou.engines.pairing.model import Resolution
from duikou.wings.hospitals.models import Hospital
from duikou.wings.hospitals.queries import on_day
from duikou.wings.pairings.actions._common import level_of, link_partners, touch
from duikou.wings.pairings.models import DepartmentLink, Pairing, ProposalPair, Round
from duikou.wings.pairings.search import PAIRINGS
from duikou.wings.pairings.translate import divisions_of

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A pair of a proposal with the hospitals that it means on the first day of the next round."""

    pair: ProposalPair
    supporter: Hospital
    recipient: Hospital

    @property
    def identity(self) -> tuple[str, int, int]:
        """What a round has once."""
        return self.pair.table, self.supporter.pk, self.recipient.pk


def end_present(present: Round, start: dt.date) -> int:
    """Let a round and its pairings end the day before `start`; how many pairings ended earlier than set."""
    later = list(Pairing.objects.select_for_update().filter(round=present, end__gte=start))
    for row in later:
        row.end = start - DAY
        row.version += 1
    bulk_update_with_history(later, Pairing, ["end", "version"], batch_size=200)
    present.end = start - DAY
    if start <= timezone.localdate():
        present.state = Round.State.CLOSED
    present.save(update_fields=["end", "state"])
    touch(present)
    return len(later)


def begin(round_: Round) -> None:
    """Put a new round into force when its first day has come; until then it stays a draft."""
    if round_.start <= timezone.localdate():
        round_.state = Round.State.ACTIVE
        round_.save(update_fields=["state"])


def create_pairings(round_: Round, rows: Iterable[Pairing], places: Iterable[Place]) -> list[Pairing]:
    """The pairings of the next round in the order of the present `rows`, kept ones with their links."""
    known = {row.pk: row for row in rows}
    after = max((row.position for row in known.values()), default=0) + 1
    first: dict[int, int] = {}
    for row in known.values():
        first[row.supporter_id] = min(row.position, first.get(row.supporter_id, row.position))

    def old(place: Place) -> Pairing | None:
        return known.get(place.pair.pairing_id or 0)

    def order(place: Place) -> tuple[Any, ...]:
        present = old(place)
        return (
            place.pair.table,
            first.get(place.pair.supporter_id or 0, after),
            place.supporter.pk,
            present.position if present else after,
            place.pair.pk,
        )

    ordered = sorted(places, key=order)
    ids = {hospital.pk for place in ordered for hospital in (place.supporter, place.recipient)}
    then, divisions = on_day(ids, round_.start), divisions_of(ids, round_.divisions_on)
    counted: Counter[int] = Counter()
    created, continued = [], {}
    for position, place in enumerate(ordered, start=1):
        giver, taker, present = place.supporter, place.recipient, old(place)
        counted[giver.pk] += 1
        row = Pairing(
            round=round_,
            table=place.pair.table,
            group=place.pair.group,
            position=position,
            running_number=counted[giver.pk],
            supporter=giver,
            recipient=taker,
            supporter_path=giver.scope_path,
            recipient_path=taker.scope_path,
            authority_path=place.pair.authority_path,
            supporter_printed=then[giver.pk].name or giver.name,
            recipient_printed=then[taker.pk].name or taker.name,
            supporter_resolution=Resolution.EXACT.value,
            recipient_resolution=Resolution.EXACT.value,
            recipient_division_id=divisions.get(taker.pk, taker.division_id),
            kind=present.kind if present else Pairing.Kind.NORMAL,
            level=present.level if present else level_of(giver, place.pair.table),
            start=round_.start,
            end=round_.end,
            departments=present.departments if present else [],
            reason=present.reason if present else "",
        )
        created.append(row)
        if present:
            continued[present.pk] = position
    made = bulk_create_with_history(created, Pairing)
    link_partners((row.supporter_id, row.recipient_id) for row in made)
    by_position = {row.position: row for row in made}
    _carry_links(round_, {pk: by_position[position] for pk, position in continued.items()})
    touch(round_)
    refresh(PAIRINGS, [row.pk for row in made])  # bulk writes do not tell the index
    return made


def _carry_links(round_: Round, continued: Mapping[int, Pairing]) -> None:
    """Open department links of kept pairings go on with the same heads; the old ones end with the round."""
    links = list(DepartmentLink.objects.filter(pairing__in=continued, end=None, start__lt=round_.start))
    bulk_create_with_history(
        [
            DepartmentLink(
                pairing=continued[link.pairing_id],
                specialty=link.specialty,
                supporter_head_id=link.supporter_head_id,
                recipient_head_id=link.recipient_head_id,
                start=round_.start,
            )
            for link in links
        ],
        DepartmentLink,
    )
    for link in links:
        link.end = round_.start - DAY
    bulk_update_with_history(links, DepartmentLink, ["end"], batch_size=200)
