"""Columns of text, looked at through Arrow's views instead of one text after the other.

A view has 16 bytes: the length (4), then either up to twelve bytes of text, or the first four of
a longer one with the number of its buffer and the place in it (4 each). What a check needs of most
texts, its first bytes, its last one, is there already.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

Views = npt.NDArray[np.uint32]
Octets = npt.NDArray[np.uint8]

EMPTY: Final = ("", "-", "--", "—", "——", "－", "/", "\\", "\\N", "无", "NULL", "null")
"""What stands for “nothing” in a cell."""

_INLINE = 12


def _octets(found: bytes) -> npt.NDArray[np.bool_]:
    table = np.zeros(256, dtype=np.bool_)
    table[list(found)] = True
    return table


BLANKS: Final = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_BEGINS: Final = _octets(bytes(sign.encode()[0] for sign in (*BLANKS, *filter(None, EMPTY))))
_ENDS: Final = _octets(bytes(sign.encode()[-1] for sign in BLANKS))


def _pairs() -> npt.NDArray[np.bool_]:
    """Of texts of at most two bytes: whether there is a blank or “nothing”."""
    first, second = np.arange(1 << 16) & 0xFF, np.arange(1 << 16) >> 8
    doubtful: npt.NDArray[np.bool_] = _BEGINS[first] | _ENDS[np.where(second, second, first)] | (first == 0)
    return doubtful


_PAIRS: Final = _pairs()


def views_of(texts: pl.Series) -> tuple[Views, list[Octets]]:
    """The views of a column and the buffers beside them; what a null's view holds is undefined."""
    array = texts.rechunk().to_arrow(compat_level=pl.CompatLevel.newest())
    _, views, *others = array.buffers()
    begin = array.offset
    return (
        np.frombuffer(views, dtype="<u4").reshape(-1, 4)[begin : begin + len(texts)],
        [np.frombuffer(one, dtype=np.uint8) for one in others],
    )


def tidied(texts: pl.Series) -> pl.Series:
    """Without blanks around, and null for “nothing”; the same column where there is neither."""
    if texts.null_count() == len(texts):
        return texts
    views, buffers = views_of(texts)
    given = None
    if texts.null_count():
        given = np.flatnonzero(texts.is_not_null().to_numpy())
        views = views[given]
    if int(views[:, 0].max()) <= 2:  # codes: all there is to see in two bytes
        doubtful = _PAIRS[views[:, 1] & np.uint32(0xFFFF)]
    else:
        doubtful = _BEGINS[views.view(np.uint8)[:, 4]] | _ENDS[_last_octets(views, buffers)]
        doubtful |= views[:, 0] == 0
    at = np.flatnonzero(doubtful)
    if not len(at):
        return texts
    at = at if given is None else given[at]
    some = texts[at].str.strip_chars()
    some = some.set(some.is_in(EMPTY), None)
    return texts.clone().scatter(at, some)


def octet_at(texts: pl.Series, place: int) -> Octets:
    """The byte at a place of each text; 0 where the text is null or shorter."""
    views, buffers = views_of(texts)
    lengths = views[:, 0]
    if texts.null_count():
        lengths = np.where(texts.is_not_null().to_numpy(), lengths, np.uint32(0))
    found: Octets = views.view(np.uint8)[:, 4 + place].copy()
    long = np.flatnonzero(lengths > _INLINE)
    for number, buffer in enumerate(buffers):
        some = long[views[long, 2] == number]
        found[some] = buffer[views[some, 3] + place]
    found[lengths <= place] = 0
    return found


def _last_octets(views: Views, buffers: list[Octets]) -> Octets:
    """The last byte of each text; of an empty one, any."""
    lengths = views[:, 0]
    places = 3 + np.minimum(lengths, _INLINE)
    found: Octets = views.view(np.uint8)[np.arange(len(views)), places]
    long = np.flatnonzero(lengths > _INLINE)
    for number, buffer in enumerate(buffers if len(long) else ()):
        some = long[views[long, 2] == number]
        found[some] = buffer[views[some, 3] + lengths[some] - 1]
    return found


def days_of_digits(texts: pl.Series) -> pl.Series:
    """Days since 1970-01-01 of texts like 2024-03-01; -1 of every other text, and of earlier days."""
    views, _ = views_of(texts)
    octets = views.view(np.uint8)[:, 4:14]
    digits = octets[:, _DIGITS] - np.uint8(ord("0"))
    usual = (views[:, 0] == 10) & (digits <= 9).all(axis=1) & (octets[:, _HYPHENS] == ord("-")).all(axis=1)
    numbers = digits.astype(np.int32) @ _PLACES
    year, month, day = numbers[:, 0], numbers[:, 1], numbers[:, 2]
    leap = ((year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))).astype(np.int8)
    usual &= (
        (month >= 1) & (month <= 12) & (day >= 1) & (day <= _MONTH_ENDS[month % 13, leap]) & (year >= 1970)
    )
    months = np.where(usual, (year - 1970) * 12 + month - 1, 0)
    days = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int32) + day - 1
    return pl.Series(np.where(usual, days, -1), dtype=pl.Int32)


_DIGITS: Final = [0, 1, 2, 3, 5, 6, 8, 9]
_HYPHENS: Final = [4, 7]
_PLACES: Final = np.array(
    [[1000, 0, 0], [100, 0, 0], [10, 0, 0], [1, 0, 0], [0, 10, 0], [0, 1, 0], [0, 0, 10], [0, 0, 1]],
    dtype=np.int32,
)
_MONTH_ENDS: Final = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int32)[
    :, None
] + np.array([[0, 0]] * 2 + [[0, 1]] + [[0, 0]] * 10)
