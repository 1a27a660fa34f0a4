"""Find each clause of the template again: by hidden bookmark first, then by the words that both share.

Words are covered in runs, longest first, wherever they stand ("greedy tiling"), so that a moved half of a
sentence is found and a word of the agreement never serves two clauses of the template.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from duikou.engines.clauses.bookmarks import clause_id
from duikou.engines.clauses.model import Clause, Party, TemplateClause
from duikou.engines.clauses.tokens import Row, Token

LEAST = 0.4  # of a template clause's weight; with less in common it is missing
LEAST_SHORT = (
    (8, 0.7),
    (16, 0.6),
    (30, 0.5),
)  # the same for clauses up to a weight: few words are found by chance
LEAST_MARKED = 0.25  # the same where the hidden bookmark says which clause it is
LONG = 24  # weight of a clause that may be scattered over several
LEAST_OF_PARTS = 0.2  # of its weight in each of them
LEAST_TOGETHER = 0.6
CANDIDATES = 5
MORE_PARTS = 6  # a clause may be split into so many
SHORTEST_RUN = 2  # weight of a run of equal words that counts


@dataclass(slots=True)
class Segment:
    """A clause of the agreement while it is matched; `owner` tells for each word which clause it serves."""

    clause: Clause
    row: Row
    owner: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.owner = [-1] * len(self.row.tokens)


@dataclass(slots=True)
class Demand:
    """A template clause while it is matched: where each of its words was found (segment, word)."""

    number: int
    clause: TemplateClause
    row: Row
    found: dict[int, tuple[int, int]] = field(default_factory=dict)
    parts: list[int] = field(default_factory=list)  # segments, the main one first
    marked: bool = False

    @property
    def covered(self) -> int:
        """Weight of the words that were found."""
        return sum(self.row.tokens[index].weight for index in self.found)


def match(demands: Sequence[Demand], segments: Sequence[Segment]) -> None:
    """Fill in where each demand's words stand. Every word of the agreement serves one demand at most."""
    index = _Index(segments)
    marks = {clause_id(s.clause.bookmark): n for n, s in enumerate(segments) if s.clause.bookmark}
    heap: list[tuple[float, int, int]] = []
    marked: dict[int, int] = {}
    for number, demand in enumerate(demands):
        near = index.nearest(demand, demand.row.tokens)
        if (own := marks.get(demand.clause.id)) is not None:
            marked[number] = own
            near = [own, *near]
        for position in dict.fromkeys(near):
            share = _share(demand, segments[position], marked.get(number) == position)
            if share > 0:
                heapq.heappush(heap, (-share, number, position))
    while heap:  # the surest first; a pair whose words have gone to another clause is weighed again
        share, number, position = heapq.heappop(heap)
        demand, segment = demands[number], segments[position]
        if demand.parts:
            continue
        own = marked.get(number) == position
        now = _share(demand, segment, own)
        if now + 1e-9 < -share:
            if now > 0:
                heapq.heappush(heap, (-now, number, position))
            continue
        if _covers(demand, segment, own):
            demand.marked = own
            _take(demand, segments, position)
    for demand in demands:
        if not demand.parts:
            _scattered(demand, segments, index)
        if demand.parts:
            _more_parts(demand, segments, index)


def _share(demand: Demand, segment: Segment, marked: bool) -> float:
    """How surely a segment is this clause: share of words in common, surer under the right party."""
    if not demand.row.weight:
        return 0.0
    common = sum(weight for *_, weight in tiles(demand.row, segment.row, demand.found, segment.owner))
    share = common / demand.row.weight
    if marked and share >= LEAST_MARKED:
        return share + 2
    wanted, there = demand.clause.party, segment.clause.party
    return share + (0.05 if wanted is not None and wanted == there else 0.0)


def _covers(demand: Demand, segment: Segment, marked: bool) -> bool:
    common = sum(weight for *_, weight in tiles(demand.row, segment.row, demand.found, segment.owner))
    short = next((least for weight, least in LEAST_SHORT if demand.row.weight <= weight), LEAST)
    least = LEAST_MARKED if marked else short
    return common >= demand.row.weight * least


def _take(demand: Demand, segments: Sequence[Segment], position: int) -> None:
    segment = segments[position]
    for first, other, length, _ in tiles(demand.row, segment.row, demand.found, segment.owner):
        for step in range(length):
            demand.found[first + step] = (position, other + step)
            segment.owner[other + step] = demand.number
    demand.parts.append(position)


def _scattered(demand: Demand, segments: Sequence[Segment], index: _Index) -> None:
    """Take a long clause of which no segment holds enough, but several together do."""
    if demand.row.weight < LONG:
        return
    shares = []
    for position in index.nearest(demand, demand.row.tokens):
        segment = segments[position]
        if not _may_help(demand, segment):
            continue
        found = tiles(demand.row, segment.row, demand.found, segment.owner)
        gain = sum(weight for *_, weight in found if weight >= 4)
        if gain >= demand.row.weight * LEAST_OF_PARTS:
            shares.append((gain, position))
    if sum(gain for gain, _ in shares) >= demand.row.weight * LEAST_TOGETHER:
        for _, position in sorted(shares, key=lambda one: (-one[0], one[1])):
            _take(demand, segments, position)


def _more_parts(demand: Demand, segments: Sequence[Segment], index: _Index) -> None:
    """Look for what is still missing in other segments: split and moved halves."""
    for _ in range(MORE_PARTS):
        missing = [t for n, t in enumerate(demand.row.tokens) if n not in demand.found and t.weight]
        if sum(t.weight for t in missing) < 4:
            return
        best, most = -1, 0
        beside = [p + step for p in demand.parts for step in (-1, 1) if 0 <= p + step < len(segments)]
        for position in dict.fromkeys((*beside, *index.nearest(demand, missing))):
            if position in demand.parts or not _may_help(demand, segments[position]):
                continue
            found = tiles(demand.row, segments[position].row, demand.found, segments[position].owner)
            gain = sum(weight for *_, weight in found if weight >= 4)
            close = position in beside
            if gain > most and (gain >= 8 or (close and gain >= 4)):
                best, most = position, gain
        if best < 0:
            return
        _take(demand, segments, best)


def _may_help(demand: Demand, segment: Segment) -> bool:
    """A half that stands under the other party is no half of this duty."""
    wanted, there = demand.clause.party, segment.clause.party
    return wanted is None or there is None or wanted == there or Party.BOTH in (wanted, there)


def tiles(
    wanted: Row, there: Row, found: dict[int, tuple[int, int]], owner: Sequence[int]
) -> list[tuple[int, int, int, int]]:
    """Runs of equal words, heaviest first: (place in `wanted`, place in `there`, words, weight).

    Words without weight carry a run on but do not make one.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for number, token in enumerate(there.tokens):
        if owner[number] < 0:
            places[token.word].append(number)
    heap: list[tuple[int, int, int, int]] = []
    first, second = wanted.tokens, there.tokens
    for i, token in enumerate(first):
        if i in found:
            continue
        for j in places.get(token.word, ()):
            if (
                i
                and j
                and i - 1 not in found
                and owner[j - 1] < 0
                and first[i - 1].word == second[j - 1].word
            ):
                continue  # inside a longer run
            length = weight = 0
            while (
                i + length < len(first) and j + length < len(second) and i + length not in found
                and owner[j + length] < 0 and first[i + length].word == second[j + length].word
            ):  # fmt: skip
                weight += first[i + length].weight
                length += 1
            if weight:
                heapq.heappush(heap, (-weight, abs(i - j), i, j << 16 | length))
    taken_i: set[int] = set()
    taken_j: set[int] = set()
    result: list[tuple[int, int, int, int]] = []
    ends: set[tuple[int, int]] = set()  # a single word counts beside a run that was found
    later: list[tuple[int, int, int]] = []
    while heap:
        _, _, i, packed = heapq.heappop(heap)
        j, length = packed >> 16, packed & 0xFFFF
        free = [k for k in range(length) if i + k not in taken_i and j + k not in taken_j]
        if len(free) < length:
            for start, stop in _runs(free):
                weight = sum(first[i + k].weight for k in range(start, stop))
                if weight:
                    heapq.heappush(heap, (-weight, abs(i - j), i + start, (j + start) << 16 | (stop - start)))
            continue
        weight = sum(first[i + k].weight for k in range(length))
        if weight < SHORTEST_RUN:
            later.append((i, j, length))
            continue
        result.append((i, j, length, weight))
        taken_i.update(range(i, i + length))
        taken_j.update(range(j, j + length))
        ends.update(((i - 1, j - 1), (i + length, j + length)))
    for i, j, length in later:
        span = range(length)
        if any(i + k in taken_i or j + k in taken_j for k in span):
            continue
        near = any((a, b) in ends for a in range(i - 1, i + length + 1) for b in range(j - 2, j + length + 2))
        if near:
            weight = sum(first[i + k].weight for k in span)
            result.append((i, j, length, weight))
            taken_i.update(range(i, i + length))
            taken_j.update(range(j, j + length))
    return result


def _runs(numbers: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Neighbouring numbers as (first, one past the last)."""
    start = previous = None
    for number in numbers:
        if previous is None or start is None:
            start = number
        elif number != previous + 1:
            yield start, previous + 1
            start = number
        previous = number
    if start is not None and previous is not None:
        yield start, previous + 1


class _Index:
    """Which segments hold a word; rare words say more than common ones."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._places: dict[str, list[int]] = defaultdict(list)
        for number, segment in enumerate(segments):
            for word in {token.word for token in segment.row.tokens if token.weight}:
                self._places[word].append(number)
        self._size = len(segments)

    def nearest(self, demand: Demand, tokens: Iterable[Token]) -> list[int]:
        """The segments that share most with some words of a demand."""
        score: dict[int, float] = defaultdict(float)
        for word, weight in {(t.word, t.weight) for t in tokens}:
            places = self._places.get(word, ())
            if weight and places:
                gain = weight * math.log(1 + self._size / len(places))
                for place in places:
                    score[place] += gain
        return [
            place for place, _ in sorted(score.items(), key=lambda item: (-item[1], item[0]))[:CANDIDATES]
        ]
