"""Carry a county from the time of its name to the day of the record.

People write the names they grew up with. A renamed or merged county has one successor; a divided
one several, and then the town behind its name tells which, as far as the tables of changes name it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from duikou.engines.casemix.residence.model import Division, Move

_TOWN_END = ("街道", "镇", "乡", "开发区")
_MOST_STEPS = 10


def towns_of(territory: str) -> tuple[str, ...]:
    """The towns of a printed extent: `临平、东湖街道，塘栖镇`, `原龙港镇`."""
    names = (name.strip().removeprefix("原") for name in re.split("[,、，;；]", territory))
    return tuple(name for name in names if name)


class History:
    """The moves of territory, by where they come from and where they go."""

    def __init__(self, moves: Iterable[Move]) -> None:
        self._from: dict[str, list[Move]] = {}
        self._to: dict[str, list[Move]] = {}
        for move in sorted(moves, key=lambda move: move.on):
            self._from.setdefault(move.source.code, []).append(move)
            self._to.setdefault(move.target.code, []).append(move)

    def on(self, day: dt.date, meanings: Iterable[Division], rest: str) -> set[str]:
        """Codes on a day of what a name may mean; several where it was divided."""
        return {code for division in _nearest(day, meanings) for code in self._carried(division, day, rest)}

    def _carried(self, division: Division, day: dt.date, rest: str, steps: int = _MOST_STEPS) -> set[str]:
        if day < division.valid_from:
            return self._back(division, day, rest, steps)
        moved = self._moved(division, day, rest)
        if moved and steps:
            return {code for move in moved for code in self._carried(move.target, day, rest, steps - 1)}
        return {division.code} if division.on(day) else set()

    def _moved(self, division: Division, day: dt.date, rest: str) -> list[Move]:
        """Moves that took the place of an address away, up to a day."""
        moves = [m for m in self._from.get(division.code, []) if m.on <= day]
        named = [m for m in moves if m.towns and not m.all_but and _begins_with_town(rest, m.towns)]
        if named:  # also of an earlier unit of the same name: 余杭区临平街道 is in 临平区 since 2021
            return [] if any(m.target == division for m in named) else named[-1:]
        if division.on(day):
            return []
        ending = [m for m in moves if m.source == division and m.on == division.valid_to]
        if len(ending) > 1 and _names_a_town(rest):  # a town, but none of those that were named
            others = [m for m in ending if m.all_but and not _begins_with_town(rest, m.towns)]
            return others or ending
        return ending

    def _back(self, division: Division, day: dt.date, rest: str, steps: int) -> set[str]:
        """A name that came up later: what was there before."""
        moves = [m for m in self._to.get(division.code, []) if m.on == division.valid_from]
        named = [m for m in moves if m.towns and not m.all_but and _begins_with_town(rest, m.towns)]
        chosen = named or moves
        return {code for m in chosen if steps for code in self._carried(m.source, day, rest, steps - 1)}


def _nearest(day: dt.date, meanings: Iterable[Division]) -> list[Division]:
    """Of stretches of one code the one that holds the day, or the last before it, or the first after it."""
    by_code: dict[str, list[Division]] = {}
    for division in meanings:
        by_code.setdefault(division.code, []).append(division)
    chosen = []
    for stretches in by_code.values():
        stretches.sort(key=lambda division: division.valid_from)
        begun = [division for division in stretches if division.valid_from <= day]
        chosen.append(begun[-1] if begun else stretches[0])
    current = [division for division in chosen if division.on(day)]
    return current or chosen


def _begins_with_town(rest: str, towns: Iterable[str]) -> bool:
    return any(rest.startswith(_town_stem(town)) for town in towns)


def _town_stem(town: str) -> str:
    for end in _TOWN_END:
        stem = town.removesuffix(end)
        if stem != town and len(stem) > 1:
            return stem
    return town


def _names_a_town(rest: str) -> bool:
    return any(end in rest[:8] for end in _TOWN_END)
