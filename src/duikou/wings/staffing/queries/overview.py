"""The overview of a month: persons, person-months, presence, continuity, against what was agreed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.places.models import Division
from duikou.wings.staffing import figures
from duikou.wings.staffing.figures import Against, Continuity, Month, Stay, Swap, Tally
from duikou.wings.staffing.queries import rows
from duikou.wings.staffing.queries.rows import Area


@dataclass(frozen=True, slots=True)
class Line:
    """Sums of a hospital, a county or the whole area."""

    sent: Tally  # posted staff
    studying: Tally  # trainees
    against: Against
    continuity: Continuity
    swap: Swap  # of those who are in training
    pairings: int  # with a day in the year


@dataclass(frozen=True, slots=True)
class RecipientLine:
    """A recipient with its county."""

    hospital: Hospital
    county: Division
    line: Line


@dataclass(frozen=True, slots=True)
class SupporterLine:
    """A supporter: whom it sent and taught. How batches follow each other is a matter of recipients."""

    hospital: Hospital
    line: Line


@dataclass(frozen=True, slots=True)
class CountyLine:
    """A county: its recipients together."""

    county: Division
    recipients: int
    line: Line


@dataclass(frozen=True)
class Overview:
    """Everything that the page, the workbook and the interface show of a month."""

    month: Month
    whole: Line
    titles: dict[str, Tally]  # by title as held when nominated, most person-months first
    specialties: dict[str, Tally]
    recipients: list[RecipientLine]
    supporters: list[SupporterLine]
    counties: list[CountyLine]
    divisions_on: dt.date | None  # the day whose counties these are
    demonstration: bool


Sums = tuple[Mapping[int, Tally], Mapping[int, Tally], Mapping[int, Swap]]  # posted, trainees, swaps


def overview(area: Area, month: Month) -> Overview:
    """Sum up a month, in nine queries whatever the number of rows."""
    until, begin = month.until, month.year_first
    promises = rows.promises(area, until)
    pairings = rows.pairings(area, begin, until)
    first = min([begin, *(one.start for one in promises)])
    stays = rows.stays(area, first, until)
    sent = [figures.counted(stay, month) for stay in stays]
    studying = [figures.counted(stay, month) for stay in rows.studies(area, begin, until)]
    in_force = [one.pk for one in pairings if one.start <= until <= one.end]
    against = figures.against(in_force, promises, stays, until)
    continuity = _continuity(pairings, stays, month, rows.first_arrivals(area))
    by_recipient, by_supporter, by_county = _grouped(pairings)
    county_of = {one.recipient_id: one.recipient_division_id for one in pairings}

    def sums(key: Callable[[Stay], int]) -> Sums:
        away = [one.stay for one in studying]
        return figures.tally(sent, key), figures.tally(studying, key), figures.swaps(stays, away, month, key)

    def line(key: int, those: list[Pairing], found: Sums) -> Line:
        return Line(
            found[0].get(key, Tally()),
            found[1].get(key, Tally()),
            figures.summed(against, [one.pk for one in those]),
            figures.together(continuity[pk] for pk in sorted({one.recipient_id for one in those})),
            found[2].get(key, Swap()),
            len(those),
        )

    recipients, supporters = sums(lambda stay: stay.recipient), sums(lambda stay: stay.supporter)
    counties = sums(lambda stay: county_of.get(stay.recipient, 0))
    return Overview(
        month,
        line(0, pairings, sums(lambda _stay: 0)),
        _largest(figures.tally(sent, lambda stay: stay.title)),
        _largest(figures.tally(sent, lambda stay: stay.specialty)),
        [
            RecipientLine(those[0].recipient, those[0].recipient_division, line(pk, those, recipients))
            for pk, those in by_recipient.items()
        ],
        [
            SupporterLine(those[0].supporter, line(pk, those, supporters))
            for pk, those in sorted(by_supporter.items(), key=lambda item: item[1][0].supporter.name)
        ],
        [
            CountyLine(
                those[0].recipient_division,
                len({one.recipient_id for one in those}),
                line(pk, those, counties),
            )
            for pk, those in by_county.items()
        ],
        max((one.round.divisions_on for one in pairings), default=None),
        rows.is_demonstration(area),
    )


Groups = dict[int, list[Pairing]]


def _grouped(pairings: list[Pairing]) -> tuple[Groups, Groups, Groups]:
    """Pairings by recipient, by supporter and by county, each in the order of the rows."""
    found: tuple[Groups, Groups, Groups] = (defaultdict(list), defaultdict(list), defaultdict(list))
    for one in pairings:
        for groups, key in zip(
            found, (one.recipient_id, one.supporter_id, one.recipient_division_id), strict=True
        ):
            groups[key].append(one)
    return found


def _continuity(
    pairings: list[Pairing], stays: list[Stay], month: Month, begun: Mapping[int, dt.date]
) -> dict[int, Continuity]:
    ends: dict[int, dt.date] = {}
    for one in pairings:
        ends[one.recipient_id] = max(one.end, ends.get(one.recipient_id, one.end))
    at: defaultdict[int, list[Stay]] = defaultdict(list)
    for stay in stays:
        at[stay.recipient].append(stay)
    return {pk: figures.continuity(at[pk], month, begun.get(pk), end) for pk, end in ends.items()}


def _largest(found: dict[str, Tally]) -> dict[str, Tally]:
    return dict(sorted(found.items(), key=lambda item: (-item[1].year, item[0])))
