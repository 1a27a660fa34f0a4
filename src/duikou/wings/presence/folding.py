"""How taps on a phone become days at work. Pure: the same taps in whatever order give the same days."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
TRUSTED = dt.timedelta(minutes=2)
"""A phone's clock that differs by less is taken as it is: a slow link alone makes some seconds."""
LONGEST = dt.timedelta(hours=24)
"""A check-out belongs to the check-in before it up to this time: a night duty ends on the next day."""

IN, OUT = "in", "out"
NEAR, FAR, UNKNOWN = "near", "far", "unknown"


@dataclass(frozen=True, slots=True)
class Tap:
    """A check-in or a check-out."""

    kind: str
    at: dt.datetime
    place: str = UNKNOWN


@dataclass(frozen=True, slots=True)
class Folded:
    """A day as its taps tell it. Somebody who only checked out was not seen to come."""

    present: bool
    first_in: dt.datetime | None
    last_out: dt.datetime | None
    place: str


def put_right(client_at: dt.datetime, sent_at: dt.datetime, received_at: dt.datetime) -> dt.datetime:
    """The time of an item by our clock: the phone's time, moved by how far its clock was off when it sent."""
    skew = received_at - sent_at
    return client_at if abs(skew) <= TRUSTED else client_at + skew


def fold(taps: Iterable[Tap]) -> dict[dt.date, Folded]:
    """The days that taps of one person tell, by date in China.

    A check-out belongs to the day of the latest check-in before it, within a day; one without any
    stands alone on its own day. The place is the best of the day's check-ins: near before far
    before unknown.
    """
    # At one and the same moment the check-in comes first, so that the order of arrival decides nothing.
    ordered = sorted(set(taps), key=lambda tap: (tap.at, tap.kind != IN, tap.place))
    days: dict[dt.date, list[Tap]] = {}
    latest: Tap | None = None
    for tap in ordered:
        home = tap.at
        if tap.kind == IN:
            latest = tap
        elif latest is not None and tap.at - latest.at <= LONGEST:
            home = latest.at
        days.setdefault(home.astimezone(CHINA).date(), []).append(tap)
    return {day: _day(found) for day, found in days.items()}


def _day(taps: list[Tap]) -> Folded:
    ins = [tap for tap in taps if tap.kind == IN]
    first = min((tap.at for tap in ins), default=None)
    outs = [tap.at for tap in taps if tap.kind == OUT and (first is None or tap.at >= first)]
    places = {tap.place for tap in ins}
    place = next((one for one in (NEAR, FAR) if one in places), UNKNOWN)
    return Folded(bool(ins), first, max(outs, default=None), place)


def monday_of(day: dt.date) -> dt.date:
    """The first day of the week of a day."""
    return day - dt.timedelta(days=day.weekday())


def last_of(first: dt.date) -> dt.date:
    """The last day of the month that begins on a day."""
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])
