"""Codes as small numbers: every code that a scheme mentions, beginnings of codes among them.

Number 0 is no code, 1 a code that the scheme does not mention. A code that only some
beginning matches takes the number of the longest such beginning (`C50*`): it lies in
exactly the lists in which that beginning lies. So lists become tables over numbers.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

NONE: Final = 0
UNKNOWN: Final = 1
_RESERVED: Final = ("", "\0")
_LAST: Final = "\U0010ffff"

Numbers = npt.NDArray[np.integer]
Flags = npt.NDArray[np.bool_]
Normal = Callable[[pl.Series], pl.Series]


class Codebook:
    """The numbers of one kind of codes."""

    def __init__(self, codes: Iterable[str], length: int | None) -> None:
        self.length = length
        self.codes = [*_RESERVED, *sorted(set(codes) - set(_RESERVED))]
        self.size = len(self.codes)
        self.number = {code: number for number, code in enumerate(self.codes)}
        self.beginnings = {code[:-1]: self.number[code] for code in self.codes if code.endswith("*")}
        self.longest = max(map(len, self.beginnings), default=0)
        self.dtype = pl.Enum(self.codes)

    def held(self, codes: Iterable[str]) -> Flags:
        """Tell of each number whether a list holds it."""
        flags = np.zeros(self.size, np.bool_)
        for code in codes:
            if code.endswith("*"):
                first = bisect_left(self.codes, code[:-1], lo=len(_RESERVED))
                flags[first : bisect_left(self.codes, code[:-1] + _LAST, lo=first)] = True
            elif code in self.number:
                flags[self.number[code]] = True
        return flags

    def numbers(self, columns: Sequence[pl.Series], normal: Normal | None = None) -> list[Numbers]:
        """Number columns of codes, all at once: the dictionary is looked at as one.

        `normal` spells codes as the scheme does; it is asked only about those that the
        scheme does not mention as they stand.
        """
        if not columns:
            return []
        given = [column.alias("").drop_nulls() for column in columns]
        numbers = self._numbered(pl.concat(given), normal)
        parts = np.split(numbers, np.cumsum([len(codes) for codes in given])[:-1])
        return [_spread(part, column) for part, column in zip(parts, columns, strict=True)]

    def _numbered(self, given: pl.Series, normal: Normal | None) -> Numbers:
        codes = given if self.length is None else given.str.slice(0, self.length)
        encoded = codes.cast(self.dtype, strict=False)
        if encoded.null_count() == 0:
            return encoded.to_physical().to_numpy()
        numbers = encoded.to_physical().fill_null(NONE).to_numpy(writable=True)
        strange = np.flatnonzero(encoded.is_null().to_numpy())
        numbers[strange] = (
            self._strange(codes.gather(strange))
            if normal is None
            else self.numbers([normal(given.gather(strange))])[0]
        )
        return numbers

    def _strange(self, codes: pl.Series) -> Numbers | int:
        if not self.beginnings:
            return UNKNOWN
        different = codes.unique()
        found = [self._longest_beginning(code) for code in different]
        return codes.replace_strict(different, found, return_dtype=pl.UInt32).to_numpy()

    def _longest_beginning(self, code: str) -> int:
        for size in range(min(len(code), self.longest), -1, -1):
            if (number := self.beginnings.get(code[:size])) is not None:
                return number
        return UNKNOWN


def _spread(numbers: Numbers, column: pl.Series) -> Numbers:
    """Put the numbers of the codes that are given back into their rows."""
    if len(numbers) == len(column):
        return numbers
    spread = np.zeros(len(column), numbers.dtype)
    spread[column.is_not_null().to_numpy()] = numbers
    return spread
