"""Columns out of the bytes of cut lines: 16-byte views, as Arrow and Polars keep short texts.

A text of up to 12 bytes stands in its view; a longer one in a buffer beside, which holds the bytes
of this column only, so that nothing else of the file (names, identity numbers) stays in memory.
Columns of many empty fields cost only what is in them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from duikou.engines.casemix.layouts.lines import QUOTE, Lines, Octets, Places

if sys.byteorder != "little":  # pragma: no cover - the views below are written for it
    raise ImportError("the reader of front pages needs a little-endian machine")

Views = npt.NDArray[np.uint32]

_INLINE = 12
_HIGH_BITS = np.uint32(0x80808080)


def _masks() -> Views:
    octets = np.zeros((_INLINE + 1, _INLINE), dtype=np.uint8)
    for length in range(_INLINE + 1):
        octets[length, :length] = 0xFF
    return octets.view(np.uint32)


_MASKS: Final = _masks()
"""By length: which bits of the twelve bytes behind a field's beginning belong to it."""


class Column:
    """One column of a frame, gathered from piece after piece."""

    def __init__(self) -> None:
        self._views: list[Views] = []
        self._buffers: list[Octets] = []
        self._escaped = False  # doubled quotation marks inside quoted fields

    def add(self, lines: Lines, windows: npt.NDArray[np.void], number: int) -> None:
        """Add a column's fields of some lines."""
        begins, ends = lines.field(number)
        if lines.quoted:
            begins, ends = self._unquoted(lines.octets, begins, ends)
        lengths = ends - begins
        filled = np.flatnonzero(lengths)
        views = np.zeros((len(begins), 4), dtype=np.uint32)
        if len(filled) * 2 > len(begins):
            self._fill(views, lines.octets, windows, begins, lengths)
        elif len(filled):
            some = np.empty((len(filled), 4), dtype=np.uint32)
            self._fill(some, lines.octets, windows, begins[filled], lengths[filled])
            views[filled] = some
        self._views.append(views)

    def _unquoted(self, octets: Octets, begins: Places, ends: Places) -> tuple[Places, Places]:
        quoted = (ends - begins > 1) & (octets[begins] == QUOTE) & (octets[ends - 1] == QUOTE)
        if quoted.any():
            self._escaped = True
        return begins + quoted, ends - quoted

    def _fill(
        self, views: Views, octets: Octets, windows: npt.NDArray[np.void], begins: Places, lengths: Places
    ) -> None:
        views[:, 0] = lengths
        texts = windows[begins].view(np.uint32).reshape(-1, 3)
        longest = int(lengths.max())
        np.bitwise_and(texts, _MASKS[np.minimum(lengths, _INLINE)], out=views[:, 1:])
        if longest > _INLINE:
            long = np.flatnonzero(lengths > _INLINE)
            starts, sizes = begins[long], lengths[long]
            offsets = np.cumsum(sizes) - sizes
            views[long, 2] = len(self._buffers)
            views[long, 3] = offsets
            self._buffers.append(octets[np.repeat(starts - offsets, sizes) + np.arange(int(sizes.sum()))])

    def take(self, decode: Callable[[bytes], str] | None) -> pl.Series:
        """Hand over what was gathered and begin anew; `decode` reads bytes that are not UTF-8."""
        views = self._views[0] if len(self._views) == 1 else np.concatenate(self._views)
        plain = decode is None or not self._has_high_bytes(views)
        validity = np.packbits(views[:, 0] > 0, bitorder="little")
        array = pa.Array.from_buffers(
            pa.binary_view(),
            len(views),
            [
                pa.py_buffer(validity),
                pa.py_buffer(views),
                *(pa.py_buffer(buffer) for buffer in self._buffers),
            ],
        )
        series = pl.Series(values=pl.from_arrow(array))
        texts = series.cast(pl.String) if plain else _decoded(series, decode)
        if self._escaped:
            texts = texts.str.replace_all('""', '"', literal=True)
        self._views, self._buffers, self._escaped = [], [], False
        return texts

    def _has_high_bytes(self, views: Views) -> bool:
        if any((buffer >= 0x80).any() for buffer in self._buffers):
            return True
        if not (views[:, 1:] & _HIGH_BITS).any():
            return False
        return bool(
            (views[views[:, 0] <= _INLINE, 1:] & _HIGH_BITS).any()
        )  # without the offsets of long texts


def _decoded(series: pl.Series, decode: Callable[[bytes], str] | None) -> pl.Series:
    """Decode each distinct value once."""
    assert decode is not None
    distinct = series.unique().drop_nulls()
    texts = pl.Series([decode(value) for value in distinct.to_list()], dtype=pl.String)
    table = pl.DataFrame({"octets": distinct, "text": texts})
    return series.to_frame("octets").join(table, on="octets", how="left", maintain_order="left")["text"]


def windows_of(octets: Octets) -> npt.NDArray[np.void]:
    """The twelve bytes that begin at each byte of a piece (at its end: zeros), without copying them."""
    padded = np.concatenate([octets, np.zeros(_INLINE, dtype=np.uint8)])
    return np.ndarray((len(octets) + 1,), dtype=f"V{_INLINE}", buffer=padded, strides=(1,))
