"""The other direction of two-way secondment (PER-04): people whom recipients send up.

Training is a later wing; it tells here how its secondments read, so that one page shows both ways.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from duikou.core.scope import Actor


@dataclass(frozen=True, slots=True)
class Upward:
    """Somebody of a recipient seconded to a supporter."""

    person: str
    recipient: str
    supporter: str
    first_day: dt.date
    last_day: dt.date
    state: str
    url: str


_told: list[Callable[[Actor], Sequence[Upward]]] = []


def register_upward(tell: Callable[[Actor], Sequence[Upward]]) -> None:
    """Have a wing's secondments shown beside the posted managers; in its `ready`."""
    if tell not in _told:
        _told.append(tell)


def upward(actor: Actor) -> list[Upward]:
    """What the wings tell, for this actor's eyes, the latest first."""
    found = [one for tell in _told for one in tell(actor)]
    return sorted(found, key=lambda one: one.first_day, reverse=True)
