"""Addresses of residence to county codes, as they were on the day of the record.

The engine knows no database: divisions, moves of territory, learned aliases and earlier decisions
are given. Nothing is guessed: what is not one county is unknown, with its reason, and comes to a
review list that keeps no address, only a keyed digest and the words for divisions.
"""

from __future__ import annotations

import bisect
import datetime as dt
import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from duikou.engines.casemix.layouts.dates import to_datetime
from duikou.engines.casemix.residence.history import History
from duikou.engines.casemix.residence.model import RESOLVED, Alias, Division, Found, Move, Reason, Unresolved
from duikou.engines.casemix.residence.reading import Address, Reader

_NOISE: Final = r"[0-9０-９\s,，、.。;；:：()（）\-—_/\\|“”\"'·]+"
_MOST_KEPT: Final = 200_000  # answers kept in memory; addresses repeat
_NOTHING: Final = frozenset({"", "无", "不详", "未知"})


class Resolver:
    """Find counties; count what was found; list what a person has to look at."""

    def __init__(
        self,
        divisions: Iterable[Division],
        *,
        key: bytes,
        moves: Iterable[Move] = (),
        aliases: Iterable[Alias] = (),
        decisions: Mapping[str, str] | None = None,
        home: str = "",
        today: dt.date | None = None,
    ) -> None:
        """`home`: code of the province whose counties are meant where an address names none."""
        divisions, moves, aliases = list(divisions), list(moves), list(aliases)
        self._reader = Reader(divisions)
        self._known = {division.code[:2] for division in divisions}
        self._history = History(moves)
        self._aliases = sorted(aliases, key=lambda alias: (-len(alias.word), -len(alias.within), alias.word))
        self._decisions = decisions or {}
        self._home = home[:2]
        self._key = key
        edges = {move.on for move in moves}
        all_dated: list[Division | Alias] = [*divisions, *aliases]
        for dated in all_dated:
            edges |= {dated.valid_from} if dated.valid_to is None else {dated.valid_from, dated.valid_to}
        self._edges = sorted(edges)
        self._today = today or max(edges, default=dt.date.min)
        self._answers: dict[tuple[str, int], Found] = {}
        self._unresolved: dict[str, Unresolved] = {}
        self.counts: Counter[Reason] = Counter()
        """Records by what came out; those without an address are not among them."""

    @property
    def unresolved(self) -> list[Unresolved]:
        """The review list: what occurs most comes first."""
        return sorted(self._unresolved.values(), key=lambda entry: (-entry.records, entry.digest))

    def codes(self, addresses: pl.Series, days: pl.Series | None = None) -> pl.Series:
        """Codes in the order of the addresses; null where unknown. `days`: of discharge, as text."""
        words = addresses.str.replace_all(_NOISE, "")  # as `_words` does
        eras = self._eras(days, len(addresses))
        frame = pl.DataFrame({"words": words, "era": eras})
        distinct = frame.drop_nulls().group_by("words", "era", maintain_order=True).len()
        found = [self._count(*row) for row in distinct.iter_rows()]
        answers = distinct.select("words", "era").with_columns(pl.Series("code", found, dtype=pl.String))
        return frame.join(answers, on=["words", "era"], how="left", maintain_order="left")["code"]

    def resolve(self, address: str, day: dt.date | None = None) -> Found:
        """Answer for one address."""
        return self._answer(_words(address), self._era(day or self._today))

    def digest(self, address: str) -> str:
        """Key under which a decision about an address is kept."""
        return self._digest(_words(address))

    def _digest(self, words: str) -> str:
        return hmac.new(self._key, words.encode(), hashlib.sha256).hexdigest()

    def _eras(self, days: pl.Series | None, length: int) -> pl.Series:
        """Number of the stretch between two changes in which each day lies."""
        if days is None:
            return pl.Series([self._era(self._today)], dtype=pl.Int64).new_from_index(0, length)
        dates = to_datetime(days).dt.date().fill_null(self._today)
        distinct = dates.unique()
        eras = pl.Series([self._era(day) for day in distinct.to_list()], dtype=pl.Int64)
        return dates.replace_strict(distinct, eras, return_dtype=pl.Int64)

    def _era(self, day: dt.date) -> int:
        return bisect.bisect_right(self._edges, day) - 1

    def _count(self, words: str, era: int, records: int) -> str | None:
        if words in _NOTHING:
            return None
        found = self._answer(words, era)
        self.counts[found.reason] += records
        if found.reason not in RESOLVED:
            digest = self._digest(words)
            entry = Unresolved(digest, found.reason, found.words, found.candidates)
            self._unresolved.setdefault(digest, entry).records += records
        return found.code

    def _answer(self, words: str, era: int) -> Found:
        answer = self._answers.get((words, era))
        if answer is None:
            if len(self._answers) >= _MOST_KEPT:
                self._answers.clear()
            answer = self._answers[words, era] = self._find(words, era)
        return answer

    def _find(self, words: str, era: int) -> Found:
        day = self._edges[era] if era >= 0 else dt.date.min
        found = self._from_words(self._reader.read(words), day)
        if found.reason not in RESOLVED and self._decisions:
            decided = self._decisions.get(self._digest(words))
            if decided:
                return Found(decided, "decided", found.words, found.candidates)
        return found

    def _from_words(self, address: Address, day: dt.date) -> Found:
        learned = self._learned(address, day)
        if learned:
            return Found(learned.code, "found", (*address.words, learned.word), (learned.code,))
        if address.province and address.province.code[:2] not in self._known:
            return Found(address.province.code, "outside", address.words)
        if not address.counties:
            return Found(None, _why_none(address), address.words)
        fitting = self._fitting(address)
        if not fitting:
            candidates = tuple(sorted({division.code for division in address.counties}))
            return Found(None, "contradiction", address.words, candidates)
        places = {division.code[:4] for division in fitting}
        codes = tuple(sorted(self._history.on(day, fitting, address.rest)))
        if len(codes) == 1:
            return Found(codes[0], "found", address.words, codes)
        return Found(None, "ambiguous" if len(places) > 1 else "divided", address.words, codes)

    def _fitting(self, address: Address) -> list[Division]:
        """Counties of the word that lie in the city and province named, or at home where none is."""
        counties = list(address.counties)
        if address.city:
            return [division for division in counties if division.code[:4] == address.city.code[:4]]
        if address.province:
            return [division for division in counties if division.code[:2] == address.province.code[:2]]
        at_home = [division for division in counties if division.code[:2] == self._home]
        return at_home or counties

    def _learned(self, address: Address, day: dt.date) -> Alias | None:
        """A learned word that the address goes on with; what is written before it is never overruled."""
        for alias in self._aliases:
            current = alias.valid_from <= day and (alias.valid_to is None or day < alias.valid_to)
            if current and address.rest.startswith(alias.word) and _stands_behind(alias, address):
                return alias
        return None


def _stands_behind(alias: Alias, address: Address) -> bool:
    """Whether a learned word belongs to the place that is named before it."""
    if address.counties:
        return alias.within in {division.code for division in address.counties}
    place, digits = (address.city, 4) if address.city else (address.province, 2)
    return place is None or (alias.within or alias.code)[:digits] == place.code[:digits]


def _words(address: str) -> str:
    """Leave out what divisions have nothing to do with: house numbers, blanks, punctuation."""
    return re.sub(_NOISE, "", address)


def _why_none(address: Address) -> Reason:
    if address.strange:
        return "unknown_place"
    return "no_county" if address.city or address.province else "no_division"
