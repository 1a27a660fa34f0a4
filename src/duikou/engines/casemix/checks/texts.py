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


def _octets(texts: str) -> npt.NDArray[np.bool_]:
    table = np.zeros(256, dtype=np.bool_)
    table[list(texts.encode("latin-1"))] = True
    return table


_BLANKS = " \t\n\v\f\r"
_BEGINS: Final = _octets(
    _BLANKS + "-/\\Nn\xe2\xef\xe6\xe3\xc2"
)  # of “nothing”, and of blanks of other scripts
_ENDS: Final = _octets(_BLANKS + "\x80\xa0\x85")


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
    views, _ = views_of(texts)
    octets = views.view(np.uint8)  # 16 in each row
    lengths = views[:, 0]
    doubtful = _BEGINS[octets[:, 4]] & (lengths > 0)
    short = np.flatnonzero((lengths > 1) & (lengths <= _INLINE))
    doubtful[short] |= _ENDS[octets[short, lengths[short] + 3]]
    doubtful |= lengths == 0
    if texts.null_count():
        doubtful &= texts.is_not_null().to_numpy()
    at = np.flatnonzero(doubtful)
    if not len(at):
        return texts
    some = texts[at].str.strip_chars()
    some = some.set(some.is_in(EMPTY), None)
    return texts.clone().scatter(at, some)


def octet_at(texts: pl.Series, place: int) -> npt.NDArray[np.uint8]:
    """The byte at a place of each text; 0 where the text is null or shorter."""
    views, buffers = views_of(texts)
    lengths = views[:, 0]
    found: npt.NDArray[np.uint8] = views.view(np.uint8)[:, 4 + place].copy()
    long = lengths > _INLINE
    if long.any():
        for number, buffer in enumerate(buffers):
            some = np.flatnonzero(long & (views[:, 2] == number))
            found[some] = buffer[views[some, 3] + place]
    found[lengths <= place] = 0
    if texts.null_count():
        found[texts.is_null().to_numpy()] = 0
    return found
