"""Evaluate conditions on many rows at once: what holds, and what may hold.

A result is a pair of masks: rows on which the condition holds, and rows on which it holds
or is not known since a fact is not stated. Where everything is known both are one array.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from duikou.engines.casemix.grouper.codebook import Codebook, Flags, Numbers
from duikou.engines.casemix.grouper.pages import Arrays, Given, Rows, given_of
from duikou.engines.casemix.grouper.severity import LEVELS, NO, Levels, Severity
from duikou.engines.casemix.scheme.conditions import (
    Always,
    And,
    AtLeast,
    Compare,
    Condition,
    Has,
    Kind,
    Level,
    Not,
    OneOf,
    Or,
    Severe,
    Tally,
    Where,
)

_COMPARE: Final[Mapping[str, Callable[[Any, Any], Flags]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_WORD: Final = 64
Bits = npt.NDArray[np.uint64]


class Judged(NamedTuple):
    """Rows on which a condition holds, rows on which it may hold."""

    holds: Flags
    may: Flags

    @property
    def known(self) -> bool:
        """Whether nothing is unknown on any row."""
        return self.holds is self.may


class Tables:
    """Lists of a scheme as bits over the numbers of codes, and the complications."""

    def __init__(
        self,
        books: Mapping[Kind, Codebook],
        held: Mapping[Kind, Mapping[str, Flags]],
        severity: Severity,
        used: Sequence[tuple[Kind, str]],
    ) -> None:
        self.held = held
        self.severity = severity
        self.place: dict[tuple[Kind, str], tuple[int, np.uint64]] = {}
        self.words: dict[Kind, list[Bits]] = {kind: [] for kind in Kind}
        for kind in Kind:
            keys = list(dict.fromkeys(key for one, key in used if one is kind))
            for number, key in enumerate(keys):
                word, bit = divmod(number, _WORD)
                if not bit:
                    self.words[kind].append(np.zeros(books[kind].size, np.uint64))
                self.place[kind, key] = word, np.uint64(1 << bit)
                self.words[kind][word] |= held[kind][key].astype(np.uint64) << np.uint64(bit)


class Selection:
    """Some rows of a frame with what was already looked up for them."""

    def __init__(self, tables: Tables, arrays: Arrays, rows: Rows) -> None:
        self.tables = tables
        self.arrays = arrays
        self.rows = rows
        self.size = arrays.size if rows is None else len(rows)
        self._main: dict[Kind, Numbers] = {}
        self._given: dict[Kind, list[Given]] = {}
        self._bits: dict[tuple[Kind, Where, int], Bits] = {}
        self._levels: dict[tuple[str, ...], Levels] = {}

    def part(self, chosen: npt.NDArray[np.intp]) -> Selection:
        """Return some of these rows."""
        rows = chosen if self.rows is None else self.rows[chosen]
        return Selection(self.tables, self.arrays, rows)

    def judge(self, condition: Condition) -> Judged:
        """Evaluate a condition."""
        match condition:
            case Always(value):
                return _known(np.full(self.size, value))
            case Has(kind, where, key):
                return _known(self._has(kind, where, key))
            case Tally(kind, where, weighted, least):
                return _known(self._tally(kind, where, weighted) >= least)
            case Compare(fact, sign, number):
                return self._compare(fact, sign, number)
            case OneOf(fact, values):
                return self._one_of(fact, values)
            case Severe(level, without):
                return _known(self._severe(level, without))
            case Not(part):
                holds, may = self.judge(part)
                return _known(~holds) if holds is may else Judged(~may, ~holds)
            case And(parts):
                return self._all(parts)
            case Or(parts):
                return self._any(parts)
            case AtLeast(number, parts):
                return self._enough(number, parts)
        raise TypeError(condition)

    def _all(self, parts: tuple[Condition, ...]) -> Judged:
        holds, may = self.judge(parts[0])
        for part in parts[1:]:
            if not may.any():
                break
            more = self.judge(part)
            known = holds is may and more.known
            holds = holds & more.holds
            may = holds if known else may & more.may
        return Judged(holds, may)

    def _any(self, parts: tuple[Condition, ...]) -> Judged:
        holds, may = self.judge(parts[0])
        for part in parts[1:]:
            more = self.judge(part)
            known = holds is may and more.known
            holds = holds | more.holds
            may = holds if known else may | more.may
        return Judged(holds, may)

    def _enough(self, number: int, parts: tuple[Condition, ...]) -> Judged:
        sure, possible = np.zeros(self.size, np.int16), np.zeros(self.size, np.int16)
        known = True
        for part in parts:
            holds, may = self.judge(part)
            known &= holds is may
            sure += holds
            possible += may
        return _known(sure >= number) if known else Judged(sure >= number, possible >= number)

    def main(self, kind: Kind) -> Numbers:
        """Return the principal diagnoses or main operations."""
        if kind not in self._main:
            codes = self.arrays.main[kind]
            self._main[kind] = codes if self.rows is None else codes[self.rows]
        return self._main[kind]

    def _others(self, kind: Kind) -> list[Given]:
        """Return of each column of other codes the rows that have one, and the codes."""
        if kind not in self._given:
            self._given[kind] = given_of(self.arrays.others[kind], self.rows)
        return self._given[kind]

    def _has(self, kind: Kind, where: Where, key: str) -> Flags:
        if where is Where.MAIN:
            return self.tables.held[kind][key][self.main(kind)]
        word, bit = self.tables.place[kind, key]
        return (self._looked_up(kind, where, word) & bit) != 0

    def _looked_up(self, kind: Kind, where: Where, word: int) -> Bits:
        if (found := self._bits.get((kind, where, word))) is not None:
            return found
        table = self.tables.words[kind][word]
        if where is Where.OTHER:
            found = np.zeros(self.size, np.uint64)
            for some, codes in self._others(kind):
                found[some] |= table[codes]
        elif where is Where.ANY:
            found = self._looked_up(kind, Where.OTHER, word) | table[self.main(kind)]
        else:
            found, given = np.full(self.size, ~np.uint64(0)), np.zeros(self.size, np.bool_)
            for some, codes in (*given_of([self.main(kind)], None), *self._others(kind)):
                found[some] &= table[codes]
                given[some] = True
            found[~given] = 0
        self._bits[kind, where, word] = found
        return found

    def _tally(
        self, kind: Kind, where: Where, weighted: tuple[tuple[int, str], ...]
    ) -> npt.NDArray[np.int64]:
        table = sum(weight * self.tables.held[kind][key].astype(np.int64) for weight, key in weighted)
        total = np.zeros(self.size, np.int64)
        if isinstance(table, int):  # nothing is counted
            return total
        if where is not Where.OTHER:
            total += table[self.main(kind)]
        if where is not Where.MAIN:
            for some, codes in self._others(kind):
                total[some] += table[codes]
        return total

    def _compare(self, fact: str, sign: str, number: float) -> Judged:
        values, stated = self.arrays.number(fact)
        if self.rows is not None:
            values = values[self.rows]
        holds = _COMPARE[sign](values, number)
        if stated is None:
            return _known(holds)
        stated = stated if self.rows is None else stated[self.rows]
        return Judged(holds & stated, holds | ~stated)

    def _one_of(self, fact: str, values: tuple[str, ...]) -> Judged:
        words = self.arrays.word(fact)
        if self.rows is not None:
            words = words.gather(self.rows)
        holds = words.is_in(list(values)).fill_null(False).to_numpy()
        if words.null_count() == 0:
            return _known(holds)
        return Judged(holds, holds | words.is_null().to_numpy())

    def levels(self, without: tuple[str, ...] = ()) -> Levels:
        """Return the severity of the rows, with some diagnoses left aside."""
        if without not in self._levels:
            aside = None
            if without:
                aside = np.logical_or.reduce([self.tables.held[Kind.DX][key] for key in without])
            self._levels[without] = self.tables.severity.of(self.main(Kind.DX), self._others(Kind.DX), aside)
        return self._levels[without]

    def _severe(self, level: Level, without: tuple[str, ...]) -> Flags:
        levels = self.levels(without)
        return levels != NO if level is Level.EITHER else levels == LEVELS[level]


def _known(holds: Flags) -> Judged:
    return Judged(holds, holds)
