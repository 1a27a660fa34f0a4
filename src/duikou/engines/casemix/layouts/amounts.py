"""Amounts of money in their usual form, `1234.56`, by the bytes of their views: eight at a time.

An amount of at most eight characters is one 64-bit number. Moved so that it ends at the last byte,
its point has one place whatever the length; digits are tested and added up all at once.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from duikou.engines.casemix.layouts.clean import views_and_sizes

Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

_SHORTEST, _LONGEST = 4, 8  # 0.00 to 99999.99
_POINT: Final = 5  # the byte of the point, when the last digit is in byte 7


def _tables() -> tuple[Words, Words, Words, Words]:
    """By length: how far to move, which bits are fixed, what they are, and which bits are the digits."""
    move = np.zeros(_LONGEST + 2, dtype=np.uint64)
    bits = np.zeros((_LONGEST + 2, 8), dtype=np.uint8)
    wanted = np.zeros((_LONGEST + 2, 8), dtype=np.uint8)
    digits = np.zeros((_LONGEST + 2, 8), dtype=np.uint8)
    wanted[:, 0] = 1  # never so, where no bit is looked at
    for length in range(_SHORTEST, _LONGEST + 1):
        first = 8 - length
        move[length] = first * 8
        bits[length, first:], wanted[length], digits[length, first:] = 0xF0, 0, 0x0F
        wanted[length, first:] = ord("0")
        bits[length, _POINT], wanted[length, _POINT], digits[length, _POINT] = 0xFF, ord("."), 0
    fixed, signs, figures = (table.view(np.uint64).ravel() for table in (bits, wanted, digits))
    return move, fixed, signs, figures


_MOVE, _BITS, _WANTED, _DIGITS = _tables()
_HALF: Final = np.uint64(32)
_SIXES, _CARRIES = np.uint64(0x0606060606060606), np.uint64(0x1010101010101010)
_YUAN, _CENTS = np.uint64((1 << 40) - 1), np.uint64(0xFFFF << 48)


def usual_fen(texts: pl.Series) -> tuple[pl.Series, Flags]:
    """Fen of the amounts in their usual form, null elsewhere; and which texts have another form."""
    words, lengths = views_and_sizes(texts)
    if not len(words):
        return pl.Series([None], dtype=pl.Int64).new_from_index(0, len(texts)), np.zeros(len(texts), np.bool_)
    sizes = np.minimum(lengths, _LONGEST + 1)
    text = ((words[:, 0] >> _HALF) | (words[:, 1] << _HALF)) << _MOVE.take(sizes)
    digits = text & _DIGITS.take(sizes)
    usual = (text & _BITS.take(sizes)) == _WANTED.take(sizes)
    usual &= ((digits + _SIXES) & _CARRIES) == 0
    amounts = pl.Series(_added(((digits & _YUAN) << np.uint64(8)) | (digits & _CENTS)))
    if usual.all():
        return amounts, ~usual
    return amounts.set(pl.Series(~usual), None), ~usual & (lengths > 0)


def _added(digits: Words) -> npt.NDArray[np.int64]:
    """The number that eight digits make, the first in the lowest byte: by pairs, fours, all."""
    pairs = (digits * np.uint64(10 * 256 + 1)) >> np.uint64(8)
    fours = ((pairs & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(100 * 65_536 + 1)) >> np.uint64(16)
    whole = ((fours & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(10_000 * (1 << 32) + 1)) >> _HALF
    return whole.astype(np.int64)
