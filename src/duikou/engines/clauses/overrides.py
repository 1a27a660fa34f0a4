"""Words elsewhere in the agreement that overrule its clauses, and new clauses that contradict them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from duikou.engines.clauses import phrases
from duikou.engines.clauses.judging import weaknesses
from duikou.engines.clauses.matching import Demand, Segment, tiles
from duikou.engines.clauses.model import Clause
from duikou.engines.clauses.pieces import is_fresh
from duikou.engines.clauses.tokens import Tokeniser

CONTRADICTS = 0.5  # of a template clause's weight that a contradiction repeats
AIMS_AT = 0.25  # the same for the clause that overruling words mean
_PLAIN = {"negated", "exception", "number_lowered", "rank_lowered", "moved_party", "scope_narrowed"}


@dataclass(frozen=True, slots=True)
class Override:
    """Words that overrule: which segment, the sentence, the demand that they mean (None: all or unclear)."""

    segment: int
    text: str
    kind: str
    demand: int | None


def overrides(
    demands: Sequence[Demand], segments: Sequence[Segment], tokeniser: Tokeniser
) -> Iterator[Override]:
    """Every sentence that takes back what other clauses promise."""
    for position, segment in enumerate(segments):
        for start, end in _sentences(segment.row.text):
            text = segment.row.text[start:end]
            found = phrases.overrule(text) or phrases.way_out(text) or phrases.released(text)
            if found and is_fresh(segment, start + found.start, start + found.end):
                yield Override(position, text, found.kind, _aim(text, demands, tokeniser))
            elif len(text) >= 6 and _all_new(segment, start, end):
                against = _contradicted(text, segment, demands, tokeniser)
                if against is not None:
                    yield Override(position, text, "contradicts", against)


def _all_new(segment: Segment, start: int, end: int) -> bool:
    """Whether no word of weight in a span serves a clause of the template."""
    words = zip(segment.row.tokens, segment.owner, strict=True)
    return all(owner < 0 for token, owner in words if token.weight > 1 and start <= token.start < end)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for position, char in enumerate(text):
        if char in "。；;\n":
            if position > start:
                yield start, position
            start = position + 1
    if start < len(text):
        yield start, len(text)


def _aim(text: str, demands: Sequence[Demand], tokeniser: Tokeniser) -> int | None:
    row = tokeniser.row(text)
    best, most = None, AIMS_AT
    for demand in demands:
        if demand.row.weight:
            owner = [-1] * len(row.tokens)
            share = sum(w for *_, w in tiles(demand.row, row, {}, owner)) / demand.row.weight
            if share > most:
                best, most = demand.number, share
    return best


def _contradicted(text: str, segment: Segment, demands: Sequence[Demand], tokeniser: Tokeniser) -> int | None:
    """The demand that a new sentence repeats in a weaker form."""
    row = tokeniser.row(text)
    known = {token.word for token in row.tokens if token.weight > 1}
    for demand in demands:
        near = sum(t.weight for t in demand.row.tokens if t.word in known)
        if not demand.row.weight or near < demand.row.weight * CONTRADICTS:
            continue
        again = Demand(demand.number, demand.clause, demand.row)
        alone = Segment(Clause(text, segment.clause.passages), row)
        found = tiles(demand.row, row, {}, alone.owner)
        if sum(w for *_, w in found) < demand.row.weight * CONTRADICTS:
            continue
        for first, other, length, _ in found:
            for step in range(length):
                again.found[first + step] = (0, other + step)
                alone.owner[other + step] = demand.number
        again.parts.append(0)
        if any(one.kind in _PLAIN and one.found for one in weaknesses(again, [alone])):
            return demand.number
    return None
