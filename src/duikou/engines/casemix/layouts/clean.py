"""Codes that certainly need no other spelling, seen in the 16 bytes in which Polars keeps short texts.

`codes.normal_dx` and `normal_px` ask a pattern of every cell. Nearly all cells have one of a few
shapes (`A00.000`, `A00.000x001`, `45.2300`), and all bytes of a shape can be compared at once:
first what kind of character stands where, then that digits are digits and letters letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

_SHORT = 12
_VIEW = 16
_LETTER, _DIGIT = "A", "0"  # in shapes; other characters stand for themselves
_KINDS = {_LETTER: (0xE0, 0x40), _DIGIT: (0xF0, 0x30)}  # bits to compare, and what they must be
_X, _X_TO_DIGIT = np.uint64(ord("x")), np.uint64(ord("x") - ord("0"))
_LOW_BYTE, _LETTER_SHIFT = np.uint64(0xFF), np.uint64(32)
_LOW_NIBBLES, _SIXES, _CARRIES = (np.uint64(0x0101010101010101 * n) for n in (0x0F, 0x06, 0x10))
_X_FROM = 7  # characters: in shorter codes no x may stand in the fifth place

Words = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]


class Shapes:
    """The shapes of one kind of code, one for each length."""

    def __init__(self, shapes: Sequence[str]) -> None:
        bits = np.full((_SHORT + 2, _VIEW), 0xFF, dtype=np.uint8)  # a length without a shape never fits
        wanted = np.full((_SHORT + 2, _VIEW), 0xFF, dtype=np.uint8)
        digits = np.zeros((_SHORT + 2, _VIEW), dtype=np.uint8)
        for shape in shapes:
            row = bits[len(shape)], wanted[len(shape)], digits[len(shape)]
            row[0][:4], row[1][:] = 0, 0
            for place, character in enumerate(shape, start=4):
                row[0][place], row[1][place] = _KINDS.get(character, (0xFF, ord(character)))
                row[2][place] = 0x0F if character == _DIGIT else 0
        self._bits, self._wanted, self._digits = (table.view(np.uint64) for table in (bits, wanted, digits))
        self._letter = any(shape.startswith(_LETTER) for shape in shapes)

    def strange(self, codes: pl.Series) -> Places:
        """Rows whose code has none of the shapes."""
        words, sizes = views_and_sizes(codes)
        filled = np.flatnonzero(sizes)
        if len(filled) == 0:
            return filled
        if len(filled) < len(words):
            words, sizes = words.take(filled, axis=0), sizes.take(filled)
        sizes = np.minimum(sizes, _SHORT + 1)
        first, second = words[:, 0], words[:, 1]
        an_x = ((second & _LOW_BYTE) == _X) & (sizes >= _X_FROM)  # A33.x00, 03.1x00: as a digit
        second = second - an_x * _X_TO_DIGIT
        fits = np.ones(len(words), dtype=bool)
        for number, word in enumerate((first, second)):
            bits, wanted, digits = (
                t[:, number].take(sizes) for t in (self._bits, self._wanted, self._digits)
            )
            fits &= (word & bits) == wanted
            fits &= (((word & digits) + (digits & _SIXES)) & _CARRIES) == 0
        if self._letter:
            letters = ((first >> _LETTER_SHIFT) & _LOW_BYTE).astype(np.uint8)
            fits &= (letters - np.uint8(ord("A"))) < 26
        return filled[~fits]


DIAGNOSES: Final = Shapes(["A00", "A00.0", "A00.00", "A00.000", "A00.000x000"])
OPERATIONS: Final = Shapes(["00", "00.0", "00.00", "00.000", "00.0000", "00.0000x000"])


def views_and_sizes(codes: pl.Series) -> tuple[Words, npt.NDArray[np.uint32]]:
    """The 16 bytes of each text as two numbers, and its length; zero where there is none."""
    if codes.null_count() == len(codes):
        return np.zeros((0, 2), dtype=np.uint64), np.zeros(len(codes), dtype=np.uint32)
    array = codes.rechunk().to_arrow(compat_level=pl.CompatLevel.newest())
    views = np.frombuffer(array.buffers()[1], dtype=np.uint32).reshape(-1, 4)
    views = views[array.offset : array.offset + len(codes)]
    sizes = views[:, 0]
    if codes.null_count():
        sizes = sizes * _valid(array)
    return views.view(np.uint64), sizes


def _valid(array: pa.Array) -> npt.NDArray[np.uint8]:
    """1 for each cell that is not null."""
    bits = np.frombuffer(array.buffers()[0], dtype=np.uint8)
    return np.unpackbits(bits, count=array.offset + len(array), bitorder="little")[array.offset :]
