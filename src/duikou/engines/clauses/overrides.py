"""Words elsewhere in the agreement that overrule its clauses, and new clauses that contradict them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from duikou.engines.clauses import phrases
from duikou.engines.clauses.judging import weaknesses
from duikou.engines.clauses.matching import Demand, Segment, tiles
from duikou.engines.clauses.model import Clause, Party
from duikou.engines.clauses.pieces import is_fresh
from duikou.engines.clauses.tokens import Row, Tokeniser

CONTRADICTS = 0.6  # of the weight of a template's piece that a contradiction repeats
LEAST_PIECE = 6  # weight of a piece that can be contradicted
ALIKE = 0.1  # of the other words of such a piece may be missing
OF_WHOLE = 0.35  # and of the whole clause
_PAYS = re.compile(r"(?<!不)(?<!不得)(?:支付|缴纳|收取|收费|付费)")
HANDED_OVER = 0.8  # of a sentence that hands a duty over, in the template's words
AIMS_AT = 0.25  # the same for the clause that overruling words mean
_PLAIN = {"negated", "exception", "number_lowered", "rank_lowered", "moved_party", "scope_narrowed"}


@dataclass(frozen=True, slots=True)
class Override:
    """Words that overrule: which segment, the sentence, the demand that they mean (None: all or unclear)."""

    segment: int
    text: str
    kind: str
    demand: int | None


@dataclass(frozen=True, slots=True)
class _Target:
    """A piece of a demand, ready for comparison: its words with their weight."""

    demand: Demand
    piece: Row
    words: dict[str, int]


def overrides(
    demands: Sequence[Demand], segments: Sequence[Segment], tokeniser: Tokeniser
) -> Iterator[Override]:
    """Every sentence that takes back what other clauses promise."""
    targets = _targets(demands, tokeniser)
    for position, segment in enumerate(segments):
        for start, end in _sentences(segment.row.text):
            text = segment.row.text[start:end]
            found = phrases.overrule(text) or phrases.way_out(text) or phrases.released(text)
            if found and is_fresh(segment, start + found.start, start + found.end):
                yield Override(position, text, found.kind, _aim(text, demands, tokeniser))
            elif len(text) >= 6 and _all_new(segment, start, end):
                against = _contradicted(text, (start, end), segment, targets, tokeniser)
                if against is not None:
                    yield Override(position, text, "contradicts", against)


def _targets(demands: Sequence[Demand], tokeniser: Tokeniser) -> list[_Target]:
    found = []
    for demand in demands:
        for start, end in demand.row.pieces:
            piece = tokeniser.row(demand.row.text[start:end])
            words: dict[str, int] = defaultdict(int)
            for token in piece.tokens:
                words[token.word] += token.weight
            if piece.weight >= LEAST_PIECE:
                found.append(_Target(demand, piece, dict(words)))
    return found


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


def _contradicted(
    text: str, span: tuple[int, int], segment: Segment, targets: Sequence[_Target], tokeniser: Tokeniser
) -> int | None:
    """The demand of which a new sentence repeats a piece in a weaker form."""
    known = {token.word for token in segment.row.tokens if span[0] <= token.start < span[1]}
    for target in targets:
        common = sum(target.words[word] for word in known & target.words.keys())
        near = common >= target.piece.weight * CONTRADICTS
        if near and _weaker(target.piece, tokeniser.row(text), target.demand, segment):
            return target.demand.number
    holders = [p for p in Party if any(phrases.shift(piece, p) for piece in re.split("[，：]", text))]
    for demand in {target.demand.number: target.demand for target in targets}.values():
        if (demand.clause.party in holders or _PAYS.search(text)) and _handed_over(
            tokeniser.row(text), demand
        ):
            return demand.number
    return None


def _handed_over(row: Row, demand: Demand) -> bool:
    """Whether a sentence says in the template's words that somebody else does it (补助由甲方发放)."""
    if any(token.word == "免费" for token in demand.row.tokens) and _PAYS.search(row.text):
        weights = {t.word: t.weight for t in demand.row.tokens if t.party is None}
        if sum(weights.get(word, 0) for word in {t.word for t in row.tokens}) >= LEAST_PIECE:
            return True
    for start, end in row.pieces:
        if not phrases.shift(row.text[start:end], demand.clause.party):
            continue
        mine = [t for t in row.tokens if start <= t.start < end and t.party is None and t.weight]
        known = {t.word for t in demand.row.tokens}
        common = sum(t.weight for t in mine if t.word in known)
        if common >= LEAST_PIECE - 1 and common >= HANDED_OVER * sum(t.weight for t in mine):
            return True
    return False


def _weaker(piece: Row, row: Row, demand: Demand, segment: Segment) -> bool:
    """Whether a row of words says the same as a piece of a demand, and less."""
    clause = replace(demand.clause, text=piece.text, points=())
    again = Demand(demand.number, clause, piece)
    alone = Segment(Clause(row.text, segment.clause.passages), row)
    found = tiles(piece, row, {}, alone.owner)
    common = sum(weight for *_, weight in found)
    known = {token.word for token in row.tokens}
    whole = sum(token.weight for token in demand.row.tokens if token.word in known)
    if common < piece.weight * CONTRADICTS or whole < demand.row.weight * OF_WHOLE:
        return False
    for first, other, length, _ in found:
        for step in range(length):
            again.found[first + step] = (0, other + step)
            alone.owner[other + step] = demand.number
    again.parts.append(0)
    kinds = {one.kind for one in weaknesses(again, [alone]) if one.kind in _PLAIN and one.found}
    if phrases.tail_exception(demand.row.text) or phrases.main_exception(demand.row.text):
        kinds -= {"exception"}  # the template makes one itself
    if kinds == {
        "number_lowered"
    }:  # another figure says something else of something else, unless all is alike
        words = [n for n, token in enumerate(piece.tokens) if token.number is None and token.weight]
        missing = sum(piece.tokens[n].weight for n in words if n not in again.found)
        return missing <= ALIKE * sum(piece.tokens[n].weight for n in words)
    return bool(kinds)
