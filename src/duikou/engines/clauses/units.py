"""What a clause of the template consists of: the parts that must each be found again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from duikou.engines.clauses.model import TemplateClause
from duikou.engines.clauses.tokens import Row, Token

_JOINTS = frozenset({"和", "与", "及", "以及", "或", "或者", "并", "并且"})
SHORT = 4  # weight of a part that cannot lose anything


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a clause: its words, and whether it is one of the clause's points."""

    tokens: tuple[int, ...]
    weight: int
    point: bool

    def lost(self, covered: int, *, strict: bool) -> bool:
        """Whether too little of it was found again. Beside points the rest may be worded freely."""
        if self.weight < 2:
            return False
        if not self.point and not strict:
            return self.weight > SHORT and covered < self.weight * 0.3
        return covered < self.weight * (0.7 if self.weight <= SHORT else 0.6)


def units(clause: TemplateClause, row: Row) -> tuple[Unit, ...]:
    """The parts of a clause, in order: cut at commas, enumerations and conjunctions."""
    spans = [
        (start, start + len(point)) for point in clause.points if (start := clause.text.find(point)) >= 0
    ]
    groups: list[list[int]] = []
    before: tuple[int, int] | None = None
    for number, token in enumerate(row.tokens):
        here = (token.unit, _point(token, spans))
        if here != before or (
            token.word in _JOINTS and groups and _heavy(row, groups[-1]) and _heavy(row, _rest(row, number))
        ):
            groups.append([])
        before = here
        groups[-1].append(number)
    found = []
    for group in groups:
        weight = _weight(row, group)
        if weight:
            point = _point(row.tokens[group[0]], spans) >= 0
            found.append(Unit(tuple(n for n in group if row.tokens[n].weight), weight, point))
    return tuple(found)


def _point(token: Token, spans: Sequence[tuple[int, int]]) -> int:
    """Which point a word belongs to; -1 for none."""
    inside = (n for n, (start, end) in enumerate(spans) if start <= token.start and token.end <= end)
    return next(inside, -1)


def _rest(row: Row, number: int) -> list[int]:
    unit = row.tokens[number].unit
    return [n for n in range(number, len(row.tokens)) if row.tokens[n].unit == unit]


def _heavy(row: Row, group: list[int]) -> bool:
    return _weight(row, group) >= 3


def _weight(row: Row, group: list[int]) -> int:
    return sum(row.tokens[n].weight for n in group)
