"""A matched clause seen piece by piece: which pieces are the template's, which were added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from duikou.engines.clauses.matching import Segment

OWN_SHARE = 0.3  # of a piece's weight that must be the template's


class Whose(Enum):
    """Whose words a piece mainly holds."""

    OWN = auto()  # of the clause that is judged
    OTHER = auto()  # of another clause of the template
    ADDED = auto()
    EMPTY = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """The words between two commas."""

    segment: int
    sentence: int
    start: int
    text: str
    tokens: tuple[int, ...]
    whose: Whose
    fresh: int  # weight of the words that no clause of the template has

    @property
    def lean(self) -> bool:
        """Whether there is hardly anything in it."""
        return self.fresh <= 6


def pieces_of(segment: Segment, position: int, demand: int) -> list[Piece]:
    """The pieces of a segment in order."""
    grouped: list[list[int]] = [[] for _ in segment.row.pieces]
    for number, token in enumerate(segment.row.tokens):
        grouped[token.piece].append(number)
    found = []
    for (start, end), group in zip(segment.row.pieces, grouped, strict=True):
        if not group:
            continue
        own, other, fresh = _weights(segment, group, demand)
        whole = own + other + fresh
        if not whole:
            whose = Whose.EMPTY
        elif own >= 2 and own >= whole * OWN_SHARE and own >= other:
            whose = Whose.OWN
        else:
            whose = Whose.OTHER if other > fresh else Whose.ADDED
        sentence = segment.row.tokens[group[0]].sentence
        found.append(
            Piece(position, sentence, start, segment.row.text[start:end].strip(), tuple(group), whose, fresh)
        )
    return found


def _weights(segment: Segment, tokens: Sequence[int], demand: int) -> tuple[int, int, int]:
    own = other = fresh = 0
    for number in tokens:
        weight, owner = segment.row.tokens[number].weight, segment.owner[number]
        if owner == demand:
            own += weight
        elif owner >= 0:
            other += weight
        else:
            fresh += weight
    return own, other, fresh


def is_fresh(segment: Segment, start: int, end: int) -> bool:
    """Whether a span of the text holds words that no clause of the template has."""
    return any(
        owner < 0 and token.start < end and start < token.end and (token.weight or token.word == "由")
        for token, owner in zip(segment.row.tokens, segment.owner, strict=True)
    )
