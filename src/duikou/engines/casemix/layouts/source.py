"""The bytes of a delimited file, plain or compressed, in pieces; and one look at all of them first.

The look decides the encoding: a byte-order mark; else UTF-8, if the whole file is valid; else
GB 18030, if the whole file is valid; else the file is refused with the place. A file that is valid
in both (it has few characters above ASCII, by chance in fitting bytes) is read in the encoding that
gives fewer characters foreign to Chinese records. GB 18030 contains GBK and GB 2312, so files of
those encodings are read rightly too.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl

from duikou.engines.casemix.layouts.errors import BadFile, refusal

PIECE = 2 << 20
"""Bytes read at a time: what is worked on stays in the processor's cache."""

LONGEST_LINE = 8 << 20
_STEP = 1 << 14
UTF8_MARK = b"\xef\xbb\xbf"
_HIGH_BITS = np.uint64(0x8080808080808080)
_GZIP = b"\x1f\x8b"
_STRANGE = re.compile(
    # Not ASCII, Latin letters and general signs; Chinese signs and characters; full-width forms.
    r"[^\x00-\xFF\u2000-\u27BF\u3000-\u303F\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\uFF00-\uFFEF"
    r"\U00020000-\U000323AF]"
)
_OTHER_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


@dataclass(frozen=True, slots=True)
class Look:
    """What one pass over all bytes found."""

    encoding: str  # utf-8 or gb18030
    mark: bool  # begins with the byte-order mark of UTF-8
    size: int  # bytes after decompression


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file for its content; a compressed one is known by its first bytes, not by its name."""
    with path.open("rb") as plain:
        compressed = plain.read(2) == _GZIP
        plain.seek(0)
        if not compressed:
            yield plain
            return
        with gzip.open(plain, "rb") as content:
            yield content  # type: ignore[misc]


def pieces(path: Path, size: int | None = None) -> Iterator[bytes]:
    """Read a file in pieces; `BadFile` truncated_gzip where decompression breaks."""
    size, done = size or PIECE, 0
    with opened(path) as content:
        compressed = isinstance(content, gzip.GzipFile)
        while piece := _unpacked(content, size, done) if compressed else content.read(size):
            done += len(piece)
            yield piece


def _unpacked(content: BinaryIO, size: int, done: int) -> bytes:
    """Decompress a piece in small steps, so that a break is told where it is."""
    piece = bytearray()
    while len(piece) < size:
        try:
            part = content.read(min(size, _STEP))
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise refusal("truncated_gzip", byte=done + len(piece)) from None
        if not part:
            break
        piece += part
    return bytes(piece)


def whole_lines(path: Path, skip: int = 0) -> Iterator[bytes]:
    """Read a file in pieces that end with a line end; the last line gets one where it has none.

    A line end inside a quoted field counts here: no character of UTF-8 or GB 18030 contains one,
    so a piece never ends inside a character.
    """
    rest, done = b"", 0
    for piece in pieces(path):
        done += len(piece)
        if skip:
            piece, skip = piece[skip:], max(0, skip - len(piece))
        cut = piece.rfind(b"\n") + 1
        if cut:
            yield rest + piece[:cut]
            rest = piece[cut:]
        else:
            rest += piece
            if len(rest) > LONGEST_LINE:
                raise refusal("long_line", line=line_at(path, done - len(rest)), limit=LONGEST_LINE >> 20)
    if rest:
        yield rest + b"\n"


def line_at(path: Path, byte: int) -> int:
    """Number of the line in which a byte stands; for messages, as it reads the file up to there."""
    line = 1
    for piece in pieces(path):
        line += piece.count(b"\n", 0, byte)
        byte -= len(piece)
        if byte <= 0:
            break
    return line


def look(path: Path) -> Look:
    """Go over all bytes; `BadFile` for other encodings, NUL bytes and damaged compression."""
    try:
        utf8_look = _look(path, "utf-8")
    except _Broken as utf8:
        if utf8.mark:
            raise _broken("broken_after_mark", path, utf8) from None
        try:
            return _look(path, "gb18030")
        except _Broken as gb:
            raise _broken("wrong_encoding", path, gb, utf8_byte=utf8.byte) from None
    if not utf8_look.mark and _reads_better_as_gb18030(path):
        return Look("gb18030", utf8_look.mark, utf8_look.size)
    return utf8_look


def _reads_better_as_gb18030(path: Path) -> bool:
    """Of a file that is valid UTF-8: whether it is valid GB 18030 too, and more Chinese that way.

    UTF-8 gives a Chinese character three bytes and GB 18030 two, so real UTF-8 soon breaks the pairs
    and this stops in the first piece.
    """
    strange = {"utf-8": 0, "gb18030": 0}
    for piece in whole_lines(path):
        if piece.isascii():
            continue
        if not _is_gb18030(piece):
            return False
        for encoding in strange:
            strange[encoding] += len(_STRANGE.findall(piece.decode(encoding)))
    return strange["gb18030"] < strange["utf-8"]


class _Broken(Exception):
    """Bytes that the encoding does not allow."""

    def __init__(self, byte: int, found: bytes, mark: bool) -> None:
        super().__init__()
        self.byte, self.found, self.mark = byte, found, mark


def _broken(reason: str, path: Path, broken: _Broken, utf8_byte: int = 0) -> BadFile:
    shown = broken.found.hex(" ").upper()
    line = line_at(path, broken.byte)
    return refusal(reason, line=line, byte=broken.byte, shown=shown, utf8_byte=utf8_byte)


def _look(path: Path, encoding: str) -> Look:
    valid = _is_utf8 if encoding == "utf-8" else _is_gb18030
    size, mark = 0, False
    for piece in whole_lines(path):
        if size == 0:
            mark = piece.startswith(UTF8_MARK)
            other = next((name for begin, name in _OTHER_MARKS if piece.startswith(begin)), None)
            if other:
                raise refusal("marked_encoding", line=1, byte=0, name=other)
        nul = piece.find(b"\0")
        if nul >= 0:
            raise refusal("nul_byte", line=line_at(path, size + nul), byte=size + nul)
        if not piece.isascii() and not valid(piece):
            at = _first_fault(piece, encoding)
            raise _Broken(size + at, piece[at : at + 4], mark)
        size += len(piece)
    if size == 0:
        raise refusal("empty_file")
    return Look(encoding, mark, size)


def _is_utf8(piece: bytes) -> bool:
    try:
        pl.Series([piece], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.PolarsError:
        return False
    return True


def _is_gb18030(piece: bytes) -> bool:
    """Judge a piece by the bytes above 127 and decode only what that leaves open.

    Characters of several bytes begin with such a byte, and their other bytes follow at once, at
    most every second of them below 128. So the eights of bytes that hold any, each with the next
    eight, fall into stretches that are valid or not by themselves. Where the high bytes of a
    stretch come in even runs, and 80 and FF are not among them, it holds characters of two bytes
    only and is valid. The others, with rarer characters, are decoded.
    """
    eights = np.frombuffer(piece, np.uint64, len(piece) // 8)
    kept = (eights & _HIGH_BITS) != 0
    kept[1:] |= kept[:-1].copy()
    tail = np.frombuffer(piece[len(piece) & ~7 :].ljust(8, b"\n"), np.uint64)  # always kept
    places = np.flatnonzero(kept)
    words = np.concatenate([eights[places], tail])
    places = np.append(places, len(eights))
    octets = words.view(np.uint8)
    high = octets >= 0x80
    edges = np.flatnonzero(high[1:] != high[:-1])  # begin, end, begin, end …: the last byte is plain
    if high[0]:
        edges = np.concatenate([[-1], edges])
    begins, ends = edges[0::2], edges[1::2]
    rare = begins[(ends - begins) & 1 == 1] + 1
    rare = np.concatenate([rare, np.flatnonzero((octets == 0x80) | (octets == 0xFF))])
    if len(rare) == 0:
        return True
    stretches = np.cumsum(np.diff(places, prepend=places[0]) > 1)
    open_ones = np.zeros(int(stretches[-1]) + 1, dtype=bool)
    open_ones[stretches[rare >> 3]] = True
    try:
        words[open_ones[stretches]].tobytes().decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def _first_fault(piece: bytes, encoding: str) -> int:
    try:
        piece.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    raise AssertionError("the fast check and the decoder disagree")
