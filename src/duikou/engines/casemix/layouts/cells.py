"""Columns out of the bytes of cut lines: 16-byte views, as Arrow and Polars keep short texts.

A text of up to 12 bytes stands in its view; a longer one in a buffer beside, which holds the bytes
of its column only, so that nothing else of the file (names, identity numbers) stays in memory.
All wanted columns of a piece are gathered at once, and empty fields, which are most of a front
page, cost next to nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from duikou.engines.casemix.layouts.lines import QUOTE, Lines, Octets, Places

if sys.byteorder != "little":  # pragma: no cover - the views below are written for it
    raise ImportError("the reader of front pages needs a little-endian machine")

Views = npt.NDArray[np.uint32]
Decoder = Callable[[bytes], str]

_VIEW, _LENGTH, _INLINE = 16, 4, 12  # bytes: of a view, of the length in it, of the text that fits behind
_HIGH_BITS, _HIGH_BITS_OF_EIGHT = np.uint32(0x80808080), np.uint64(0x8080808080808080)


def _masks() -> Views:
    octets = np.zeros((_INLINE + 1, _VIEW), dtype=np.uint8)
    for length in range(_INLINE + 1):
        octets[length, _LENGTH : _LENGTH + length] = 0xFF
    return octets.view(np.uint32)


_MASKS: Final = _masks()
"""By length: which bits of a view belong to the text; the place of the length is empty."""


class Gatherer:
    """The wanted columns of a frame, gathered from piece after piece."""

    def __init__(self, places: Sequence[int], decode: Decoder | None) -> None:
        self._places = np.array(places, dtype=np.int64)
        self._decode = decode  # of bytes that are not UTF-8
        self._begin()

    def _begin(self) -> None:
        self._views: list[Views] = []  # of each piece: columns x lines x 4
        self._buffers: list[list[Octets]] = [[] for _ in self._places]
        self._high = np.zeros(len(self._places), dtype=bool)  # bytes above 127 occur
        self._escaped = np.zeros(len(self._places), dtype=bool)  # doubled quotation marks may occur

    def add(self, lines: Lines) -> None:
        """Add the fields of some lines."""
        begins, ends = self._fields(lines)
        lengths = ends - begins
        cells = np.flatnonzero(lengths)
        starts, sizes = begins.ravel()[cells], lengths.ravel()[cells]
        views = _windows(lines.octets)[starts].view(np.uint32).reshape(-1, 4)
        views &= _MASKS.take(np.minimum(sizes, _INLINE), axis=0)
        numbers, columns = np.divmod(cells, len(self._places))
        if self._decode:
            halves = views.view(np.uint64)
            self._high[columns[((halves[:, 0] | halves[:, 1]) & _HIGH_BITS_OF_EIGHT) != 0]] = True
        views[:, 0] = sizes
        if sizes.size and sizes.max() > _INLINE:
            self._add_long(lines.octets, views, starts, sizes, columns)
        table = np.zeros(lengths.size, dtype=f"V{_VIEW}")
        table[columns * len(lines) + numbers] = views.view(table.dtype).ravel()
        self._views.append(table.view(np.uint32).reshape(len(self._places), len(lines), 4))

    def _fields(self, lines: Lines) -> tuple[Places, Places]:
        """First byte of each wanted field, and the byte behind its last: lines x columns."""
        last = lines.separators.shape[1]
        begins = np.empty((len(lines), len(self._places)), dtype=np.int64)
        ends = np.empty_like(begins)
        if last:
            np.take(lines.separators, self._places - 1, axis=1, out=begins, mode="clip")
            np.take(lines.separators, self._places, axis=1, out=ends, mode="clip")
        begins += 1
        begins[:, self._places == 0] = lines.begins[:, None]
        ends[:, self._places == last] = lines.ends[:, None]
        if lines.quoted:
            quoted = (ends - begins > 1) & (lines.octets[begins] == QUOTE) & (lines.octets[ends - 1] == QUOTE)
            self._escaped |= quoted.any(axis=0)
            begins += quoted
            ends -= quoted
        return begins, ends

    def _add_long(self, octets: Octets, views: Views, starts: Places, sizes: Places, columns: Places) -> None:
        """Put texts of more than 12 bytes into buffers of their columns."""
        long = np.flatnonzero(sizes > _INLINE)
        long = long[np.argsort(columns[long], kind="stable")]
        starts, sizes, columns = starts[long], sizes[long], columns[long]
        offsets = np.cumsum(sizes) - sizes
        octets = octets[np.repeat(starts - offsets, sizes) + np.arange(int(sizes.sum()))]
        firsts = np.flatnonzero(np.diff(columns, prepend=-1))
        edges = [*offsets[firsts].tolist(), len(octets)]
        for number, first in enumerate(firsts.tolist()):
            column = int(columns[first])
            here = slice(first, int(firsts[number + 1]) if number + 1 < len(firsts) else None)
            buffer = octets[edges[number] : edges[number + 1]].copy()
            views[long[here], 2] = len(self._buffers[column])
            views[long[here], 3] = offsets[here] - edges[number]
            self._buffers[column].append(buffer)
            if self._decode and (buffer >= 0x80).any():
                self._high[column] = True

    def take(self) -> list[pl.Series]:
        """Hand over the columns that were gathered, and begin anew."""
        columns = [self._column(number) for number in range(len(self._places))]
        self._begin()
        return columns

    def _column(self, number: int) -> pl.Series:
        views = np.concatenate([table[number] for table in self._views])
        buffers = self._buffers[number]
        if self._decode and self._high[number]:
            rows = _foreign(views, buffers)
            octets = _series(pa.binary_view(), views[rows], buffers)
            views[rows] = 0  # what is left is ASCII
            texts = _series(pa.string_view(), views, buffers).scatter(rows, _decoded(octets, self._decode))
        else:
            texts = _series(pa.string_view(), views, buffers)  # the file's encoding has been verified
        return texts.str.replace_all('""', '"', literal=True) if self._escaped[number] else texts


def _series(kind: pa.DataType, views: Views, buffers: Sequence[Octets]) -> pl.Series:
    """The texts of some views; empty ones are null."""
    validity = np.packbits(views[:, 0] > 0, bitorder="little")
    array = pa.Array.from_buffers(
        kind, len(views), [pa.py_buffer(part) for part in (validity, np.ascontiguousarray(views), *buffers)]
    )
    return pl.Series(values=pl.from_arrow(array))


def _foreign(views: Views, buffers: Sequence[Octets]) -> Places:
    """The rows with bytes above 127: a few dates with 年 are no reason to decode all dates."""
    long = views[:, 0] > _INLINE
    found = (views[:, 1:] & _HIGH_BITS).any(axis=1) & ~long
    for number, buffer in enumerate(buffers):
        high = np.flatnonzero(buffer >= 0x80)
        if len(high):
            rows = np.flatnonzero(long & (views[:, 2] == number))
            found[rows[np.searchsorted(views[rows, 3], high, side="right") - 1]] = True
    return np.flatnonzero(found)


def _windows(octets: Octets) -> npt.NDArray[np.void]:
    """For each byte of a piece, room for a length and the twelve bytes that begin there, in place."""
    padded = np.concatenate([np.zeros(_LENGTH, np.uint8), octets, np.zeros(_INLINE, np.uint8)])
    return np.ndarray((len(octets) + 1,), dtype=f"V{_VIEW}", buffer=padded, strides=(1,))


def _decoded(series: pl.Series, decode: Decoder) -> pl.Series:
    """Decode each distinct value once."""
    distinct = series.unique().drop_nulls()
    texts = pl.Series([decode(value) for value in distinct.to_list()], dtype=pl.String)
    table = pl.DataFrame({"octets": distinct, "text": texts})
    return series.to_frame("octets").join(table, on="octets", how="left", maintain_order="left")["text"]
