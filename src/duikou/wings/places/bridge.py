"""What became of each unit between two days: the honest way from a 2014 value to today's map.

Pure: takes spans and links of any table and composes them approval by approval. A
piece is `same` when the territory is exactly one unit's on both days, `within` when
the whole unit lies in a larger one, `part` when only some of it went there.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=int | str | tuple)


class Extent(StrEnum):
    """How much of a unit of one day lies in a unit of the other."""

    SAME = "same"
    WITHIN = "within"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Span(Generic[Key]):
    """A unit over [valid_from, valid_to)."""

    key: Key
    valid_from: dt.date
    valid_to: dt.date | None

    def on(self, day: dt.date) -> bool:
        """Whether it existed on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Move(Generic[Key]):
    """Territory of one unit that went to another on a day, whole or in part."""

    on: dt.date
    predecessor: Key
    successor: Key
    whole: bool


@dataclass(frozen=True, slots=True)
class Piece(Generic[Key]):
    """A unit of the other day that holds territory of the unit asked about."""

    key: Key
    extent: Extent


def bridge(
    spans: Iterable[Span[Key]], moves: Iterable[Move[Key]], start: dt.date, end: dt.date
) -> dict[Key, tuple[Piece[Key], ...]]:
    """For every unit of `start`: the units of `end` that hold its territory.

    Works in both directions of time; with `start` after `end` it answers where the
    territory came from.
    """
    spans = list(spans)
    early, late = min(start, end), max(start, end)
    forward = _forward({s.key: s for s in spans}, moves, early, late)
    origins: dict[Key, list[Key]] = defaultdict(list)
    for key, targets in forward.items():
        for target in targets:
            origins[target].append(key)
    if start <= end:
        return {
            key: tuple(
                Piece(target, _extent(whole, len(origins[target]) == 1)) for target, whole in targets.items()
            )
            for key, targets in forward.items()
        }
    return {
        target: tuple(Piece(key, _extent(len(keys) == 1, forward[key][target])) for key in keys)
        for target, keys in origins.items()
    }


def _extent(all_of_it: bool, nothing_else: bool) -> Extent:
    if not all_of_it:
        return Extent.PART
    return Extent.SAME if nothing_else else Extent.WITHIN


def _forward(
    spans: Mapping[Key, Span[Key]], moves: Iterable[Move[Key]], early: dt.date, late: dt.date
) -> dict[Key, dict[Key, bool]]:
    """Unit of `early` → units of `late` → whether all of it lies there."""
    result: dict[Key, dict[Key, bool]] = {k: {k: True} for k, s in spans.items() if s.on(early)}
    due = sorted((m for m in moves if early < m.on <= late), key=lambda m: m.on)
    for day, group in groupby(due, key=lambda m: m.on):
        leaving: dict[Key, list[Move[Key]]] = defaultdict(list)
        for move in group:
            leaving[move.predecessor].append(move)
        for targets in result.values():
            moved: dict[Key, bool] = {}
            for key, whole in targets.items():
                steps = leaving.get(key, [])
                stays = spans[key].on(day)  # a transfer leaves the rest of the unit in place
                alone = len(steps) + stays == 1
                for step in steps:
                    moved[step.successor] = whole and alone and step.whole
                if stays:
                    moved[key] = whole and alone
            # Territory that parts and comes together again is not traced back to "whole".
            targets.clear()
            targets.update(moved)
    return result


def derivable(
    forward: Mapping[Key, tuple[Piece[Key], ...]], backward: Mapping[Key, tuple[Piece[Key], ...]]
) -> set[Key]:
    """Units whose exact shape follows from shapes of the other day: alone, or as a union of whole ones."""
    return {
        key
        for key, pieces in forward.items()
        if pieces and all(tuple(origin.key for origin in backward[piece.key]) == (key,) for piece in pieces)
    }
