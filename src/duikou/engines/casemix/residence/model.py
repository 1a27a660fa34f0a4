"""What the resolver is given and what it answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal

Level = Literal["province", "city", "county"]

Reason = Literal[
    "found",  # one county
    "decided",  # a person decided this address before
    "outside",  # in a province whose divisions are not known here: the province's code is given
    "no_division",  # no word for a division at the beginning
    "no_county",  # province or city only
    "unknown_place",  # a city or county that is not in the tables
    "ambiguous",  # counties of this name in several cities
    "contradiction",  # no county of this name in the city or province that is named
    "divided",  # a former county that went to several, and no town tells which
]

RESOLVED: Final = frozenset({"found", "decided", "outside"})


@dataclass(frozen=True, slots=True)
class Division:
    """A division over one stretch of time, [valid_from, valid_to); its code is no identity."""

    code: str
    name: str
    level: Level = "county"
    valid_from: dt.date = dt.date.min
    valid_to: dt.date | None = None

    def on(self, day: dt.date) -> bool:
        """Whether it existed on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Move:
    """Territory that went from one division to another: all of it, some towns, or all but some towns."""

    source: Division
    target: Division
    on: dt.date
    towns: tuple[str, ...] = ()
    all_but: bool = False


@dataclass(frozen=True, slots=True)
class Alias:
    """A word that a person taught: a town, an old or short name. Dated, as territories move."""

    word: str
    code: str
    within: str = ""  # beginning of the codes that the address may name before it; empty: any
    valid_from: dt.date = dt.date.min
    valid_to: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The answer for one address on one day."""

    code: str | None
    reason: Reason
    words: tuple[str, ...] = ()  # the division words that were read
    candidates: tuple[str, ...] = ()  # codes that came into question


@dataclass(slots=True)
class Unresolved:
    """An entry of the review list; the address itself is not kept, only its keyed digest."""

    digest: str
    reason: Reason
    words: tuple[str, ...]
    candidates: tuple[str, ...]
    records: int = 0
