"""Figures and ranks: whether the agreement promises less than the template."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from duikou.engines.clauses.gaps import gap_of
from duikou.engines.clauses.matching import Demand, Segment
from duikou.engines.clauses.model import Reason
from duikou.engines.clauses.numbers import DAYS, Number, dates
from duikou.engines.clauses.pieces import Piece, Whose
from duikou.engines.clauses.reasons import reason
from duikou.engines.clauses.tokens import Row
from duikou.engines.clauses.words import words

_BEFORE = re.compile(r"[底末初份]?[以之]?前")
_EVERY_YEAR = str(Number(1, "年", every=True))
_CAPS = frozenset({"不超过"})
_FLOORS = ("以上", "达到", "至", "不少于", "提高", "超过", "不低于", "增长")


def more_is_weaker(row: Row, token: int) -> bool:
    """Whether a larger figure promises less: a deadline, an interval, a ceiling."""
    number = row.tokens[token].number
    if number is not None and number.every:
        return True
    after = row.text[row.tokens[token].end : row.tokens[token].end + 3]
    if after.startswith(("以下", "之下")):
        return True
    if number is not None and number.days is not None and after.startswith(("内", "以内", "之内")):
        return True
    if number is not None and number.unit in ("天", "月") and _BEFORE.match(after):
        return True
    return token > 0 and row.tokens[token - 1].word in _CAPS


def less(wanted: Number, found: Number, *, more_weaker: bool) -> bool:
    """Whether a figure is weaker than the wanted one."""
    days = wanted.days is not None and found.days is not None
    first, second = wanted.value, found.value
    if more_weaker:  # of a range the weaker end counts
        first, second = wanted.high or first, found.high or second
    if days:
        first, second = first * DAYS[wanted.unit], second * DAYS[found.unit]
    return second > first + 1e-9 if more_weaker else second < first - 1e-9


def lowered_numbers(
    demand: Demand, segments: Sequence[Segment], pieces: Sequence[Piece], gone: set[int]
) -> Iterator[Reason]:
    """Figures of the template that are lower, later, rarer, capped or gone."""
    own = [p for p in pieces if p.whose is Whose.OWN]
    for number, token in enumerate(demand.row.tokens):
        if token.number is None or number in demand.found:
            continue
        place = _counterpart(demand, number, segments, own)
        if place is None:
            if number not in gone and not _same_interval(demand, number, segments):
                yield reason("number_lowered", wanted=demand.row.quote([number]))
            continue
        segment, there = place
        found = segment.row.tokens[there].number
        capped = there > 0 and segment.row.tokens[there - 1].word in _CAPS
        weaker = more_is_weaker(demand.row, number)
        if found and (less(token.number, found, more_weaker=weaker) or (capped and not weaker)):
            around = [n for n in (there - 1, there, there + 1) if 0 <= n < len(segment.row.tokens)]
            yield reason("number_lowered", wanted=demand.row.quote([number]), found=segment.row.quote(around))
    yield from _later_dates(demand, segments)
    yield from _shares(demand, segments, own)


def _later_dates(demand: Demand, segments: Sequence[Segment]) -> Iterator[Reason]:
    """2018年底前 where the template wants it by 2016年底前."""
    for number, token in enumerate(demand.row.tokens):
        wanted = dates(demand.row.text[token.start : token.end]) if "年" in token.word else []
        if not wanted or number in demand.found or not _BEFORE.match(demand.row.text[token.end :]):
            continue
        segment, between = gap_of(demand, number, segments)
        there = dates(segment.row.quote(between)) if segment else []
        if segment and there and (there[0].first() or dt.date.min) > (wanted[0].first() or dt.date.max):
            yield reason("number_lowered", wanted=token.word, found=segment.row.quote(between))


def _same_interval(demand: Demand, number: int, segments: Sequence[Segment]) -> bool:
    """Whether 年 stands where the template has 每年."""
    wanted = demand.row.tokens[number].number
    segment, between = gap_of(demand, number, segments)
    if segment is None or wanted is None or str(wanted) != _EVERY_YEAR:
        return False
    return "年" in segment.row.quote(between) and all(segment.row.tokens[n].number is None for n in between)


def _counterpart(
    demand: Demand, number: int, segments: Sequence[Segment], own: Sequence[Piece]
) -> tuple[Segment, int] | None:
    """The figure that stands where one of the template stood."""
    wanted = demand.row.tokens[number].number
    if wanted is None:
        return None
    segment, between = gap_of(demand, number, segments)
    if segment is not None:
        for n in between:
            found = segment.row.tokens[n].number
            if found is not None and wanted.comparable(found):
                return segment, n
    for piece in own:
        segment = segments[piece.segment]
        for n in piece.tokens:
            found = segment.row.tokens[n].number
            if segment.owner[n] < 0 and found is not None and wanted.comparable(found):
                return segment, n
    return None


def _shares(demand: Demand, segments: Sequence[Segment], own: Sequence[Piece]) -> Iterator[Reason]:
    """负责全部费用的50%: a share where the template wants the whole."""
    if any(t.number is not None and t.number.unit == "%" for t in demand.row.tokens):
        return
    for piece in own:
        segment = segments[piece.segment]
        for n in piece.tokens:
            token = segment.row.tokens[n]
            if token.number is None or token.number.unit not in ("%", "成") or segment.owner[n] >= 0:
                continue
            before = segment.row.text[max(0, token.start - 5) : token.start]
            after = segment.row.text[token.end : token.end + 3]
            whole = token.number.value >= (100 if token.number.unit == "%" else 10)
            if not whole and not any(word in before + after for word in _FLOORS):
                yield reason("scope_narrowed", found=piece.text)


# --- ranks


def _ranks(row: Row, tokens: Sequence[int]) -> dict[int, int]:
    known = words().ranks
    return {n: known[row.tokens[n].word] for n in tokens if row.tokens[n].word in known}


def _ranks_there(segments: Sequence[Segment], pieces: Sequence[Piece]) -> list[tuple[Segment, int, int]]:
    return [
        (segments[p.segment], n, rank)
        for p in pieces
        if p.whose is Whose.OWN
        for n, rank in _ranks(segments[p.segment].row, p.tokens).items()
    ]


def ranks_satisfied(demand: Demand, segments: Sequence[Segment], pieces: Sequence[Piece]) -> frozenset[int]:
    """Ranks of the template that are not named again because all that are named are at least as high."""
    wanted = _ranks(demand.row, range(len(demand.row.tokens)))
    there = _ranks_there(segments, pieces)
    if wanted and there and min(rank for *_, rank in there) >= min(wanted.values()):
        above = {n + 1 for n in wanted if n + 1 < len(demand.row.tokens)}  # 以上
        return frozenset({*wanted, *(n for n in above if demand.row.tokens[n].word == "以上")})
    return frozenset()


def lowered_ranks(
    demand: Demand, segments: Sequence[Segment], pieces: Sequence[Piece], gone: set[int]
) -> Iterator[Reason]:
    """A rank below the lowest that the template allows, or none left."""
    wanted = _ranks(demand.row, range(len(demand.row.tokens)))
    if not wanted:
        return
    there = _ranks_there(segments, pieces)
    lowest = min(wanted, key=lambda n: wanted[n])
    if not there:
        if not set(wanted) <= gone:
            yield reason("rank_lowered", wanted=demand.row.quote(wanted))
        return
    segment, place, rank = min(there, key=lambda one: one[2])
    if rank < wanted[lowest]:
        yield reason("rank_lowered", wanted=demand.row.quote([lowest]), found=segment.row.quote([place]))
