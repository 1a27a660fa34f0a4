"""To which classes of the catalogue codes belong, told by their first characters.

The first three bytes of a code, as one number, are a place in a table of 2²⁴, of which only those
that occur are ever touched: one pass for all classes, without looking at the texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from duikou.engines.casemix.checks.model import Catalogue, CodeClass
from duikou.engines.casemix.checks.texts import views_of

Flags = npt.NDArray[np.uint16]

MOST_CLASSES: Final = 16
"""Of diagnoses and of operations: as many as bits in a flag."""

_THREE_CHARACTERS: Final = np.uint32(0xFFFFFF)
_THIRD_OF_CHAPTER: Final = ".\0"  # a chapter of operations ends in a point, or the code ends


class Classes:
    """The classes of a catalogue as bits."""

    def __init__(self, found: Catalogue) -> None:
        self.bits = {
            kind: {one.name: 1 << place for place, one in enumerate(_of(found, kind))}
            for kind in ("dx", "px")
        }
        self._tables = {kind: _table(_of(found, kind)) for kind in ("dx", "px")}

    def flags(self, codes: pl.Series, kind: str) -> Flags:
        """Classes of each code; 0 where there is none."""
        views, _ = views_of(codes)
        found: Flags = self._tables[kind][views[:, 1] & _THREE_CHARACTERS]
        if codes.null_count():
            found *= codes.is_not_null().to_numpy()  # a null's view may hold anything
        return found


def _of(found: Catalogue, kind: str) -> list[CodeClass]:
    return [one for one in found.classes.values() if one.of == kind]


def _table(classes: list[CodeClass]) -> Flags:
    table: Flags = np.zeros(1 << 24, dtype=np.uint16)
    for place, one in enumerate(classes):
        for first, last in one.ranges:
            for prefix in _prefixes(one.of, first, last):
                table[int.from_bytes(prefix.encode(), "little")] |= np.uint16(1 << place)
    return table


@cache
def _categories(kind: str) -> tuple[str, ...]:
    numbers = [f"{number:02d}" for number in range(100)]
    if kind == "px":
        return tuple(numbers)
    return tuple(chr(letter) + number for letter in range(ord("A"), ord("Z") + 1) for number in numbers)


def _prefixes(kind: str, first: str, last: str) -> Iterator[str]:
    for category in _categories(kind):
        if first <= category <= last:
            if kind == "dx":
                yield category
            else:
                yield from (category + third for third in _THIRD_OF_CHAPTER)


def in_class(code: str, one: CodeClass) -> bool:
    """Whether a code belongs to a class: the same, told plainly."""
    category = code[: 3 if one.of == "dx" else 2]
    known = category in _categories(one.of) and (one.of == "dx" or code[2:3] in ("", "."))
    return known and any(first <= category <= last for first, last in one.ranges)
