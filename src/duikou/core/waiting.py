"""What waits for a person, as each wing tells it to the first page and to programs.

A wing registers in its `ready` who tells what; each of them asks the database a fixed number of times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain

from duikou.core.scope import Actor


@dataclass(frozen=True, slots=True)
class Waiting:
    """Things of one kind that somebody has to do, with the page where they are done."""

    kind: str
    label: str
    count: int
    url: str


Tell = Callable[[Actor], Iterable[Waiting]]
_told: list[Tell] = []


def register_waiting(tell: Tell) -> None:
    """Have what a wing tells shown to the people whom it waits for."""
    if tell not in _told:
        _told.append(tell)


def everything(actor: Actor) -> list[Waiting]:
    """What waits for the actor, in the order of the wings; nothing with a count of 0."""
    return [item for item in chain.from_iterable(tell(actor) for tell in _told) if item.count]
