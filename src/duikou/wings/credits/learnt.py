"""Credits of courses in the credit book: what wings that teach tell of a person, beside the years' credits.

Class, number and project are what the organiser of a course was granted. Whether they count towards a year
is for whoever recognises them: nothing is added up here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain


@dataclass(frozen=True, slots=True)
class Learnt:
    """A completed course of a person with the certificate that proves it."""

    on: dt.date
    course: str
    offered_by: str
    hours: Decimal | None
    credit_class: str  # in words; empty: none
    credits: Decimal | None
    project_code: str
    number: str
    code: str  # of verification
    valid: bool
    demonstration: bool
    url: str = ""  # for the holder


Tell = Callable[[int], Iterable[Learnt]]
_told: list[Tell] = []


def register(tell: Tell) -> None:
    """Have what a wing knows of a person (by key) shown in the credit book; in the wing's `ready`."""
    if tell not in _told:
        _told.append(tell)


def learnt(person: int) -> list[Learnt]:
    """Everything of a person, the newest first."""
    return sorted(chain.from_iterable(tell(person) for tell in _told), key=lambda one: one.on, reverse=True)
