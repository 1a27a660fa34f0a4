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
    lengths = _lengths(texts, views)
    doubtful = _BEGINS[views.view(np.uint8)[:, 4]] | _ENDS[_last_octets(views, lengths, buffers)]
    doubtful |= views[:, 0] == 0
    if texts.null_count():
        doubtful &= texts.is_not_null().to_numpy()
    at = np.flatnonzero(doubtful)
    if not len(at):
        return texts
    some = texts[at].str.strip_chars()
    some = some.set(some.is_in(EMPTY), None)
    return texts.clone().scatter(at, some)


def octet_at(texts: pl.Series, place: int) -> Octets:
    """The byte at a place of each text; 0 where the text is null or shorter."""
    views, buffers = views_of(texts)
    lengths = _lengths(texts, views)
    found: Octets = views.view(np.uint8)[:, 4 + place].copy()
    long = np.flatnonzero(lengths > _INLINE)
    for number, buffer in enumerate(buffers):
        some = long[views[long, 2] == number]
        found[some] = buffer[views[some, 3] + place]
    found[lengths <= place] = 0
    return found


def _lengths(texts: pl.Series, views: Views) -> npt.NDArray[np.uint32]:
    """Bytes of each text; 0 for null."""
    if not texts.null_count():
        return views[:, 0]
    return np.where(texts.is_not_null().to_numpy(), views[:, 0], np.uint32(0))


def _last_octets(views: Views, lengths: npt.NDArray[np.uint32], buffers: list[Octets]) -> Octets:
    found = np.full(len(views), ord("x"), dtype=np.uint8)
    short = np.flatnonzero((lengths > 0) & (lengths <= _INLINE))
    found[short] = views.view(np.uint8)[short, lengths[short] + 3]
    long = np.flatnonzero(lengths > _INLINE)
    for number, buffer in enumerate(buffers):
        some = long[views[long, 2] == number]
        found[some] = buffer[views[some, 3] + lengths[some] - 1]
    return found
