"""When invented people are on post: batches that follow each other, mostly without a gap."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

BEGUN = dt.date(2014, 1, 6)
UNTIL = dt.date(2015, 3, 31)
MONTHS = (2, 4, 6, 6, 6, 9, 11)  # how long a batch is meant to stay
GAP, EARLY = 0.2, 0.06


@dataclass(frozen=True, slots=True)
class Batch:
    """One stay; `planned` is the last day that was meant, where it ended earlier."""

    first: dt.date
    last: dt.date
    planned: dt.date | None = None


def batches(chance: random.Random, start: dt.date, end: dt.date) -> list[Batch]:
    """One to three stays between two days; the next begins a few days before the last one ends."""
    found: list[Batch] = []
    first, until = start + dt.timedelta(days=chance.randrange(50)), min(end, UNTIL)
    while first < until - dt.timedelta(days=45) and len(found) < 3:
        last = min(until, first + dt.timedelta(days=30 * chance.choice(MONTHS) - 1))
        early = chance.random() < EARLY and (last - first).days > 60
        gone = last - dt.timedelta(days=30) if early else last
        found.append(Batch(first, gone, last if early else None))
        gap = chance.randint(15, 60) if chance.random() < GAP else -chance.randint(0, 6)
        first = gone + dt.timedelta(days=gap)
    return found or [Batch(start, min(end, start + dt.timedelta(days=89)))]
