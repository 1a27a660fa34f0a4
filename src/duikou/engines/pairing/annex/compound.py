"""A look inside compound files (OLE2): enough to tell .xls from .doc and to guard the .xls reader.

Old Office files are small file systems. The names of their streams tell what they are; the
records of the workbook stream tell, before a reader allocates a dense table, how large it is
and whether it is encrypted.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from duikou.engines.pairing.annex.wording import refusal

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA  # this and above are no sector numbers
_MACRO_STORAGES = {"_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA", "Macros"}
_FILEPASS = 0x002F
_BOUNDARY = 0x000A
# Records that hold a cell: row and column are their first two fields.
_CELL_RECORDS = {0x0006, 0x0203, 0x0204, 0x0205, 0x00D6, 0x00FD, 0x027E, 0x00BD}


class CompoundFile:
    """Directory and streams of a compound file; `struct.error` or `ValueError` when it is damaged."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        shift, self._mini_shift = struct.unpack_from("<HH", content, 30)
        if shift not in (9, 12) or self._mini_shift != 6:
            raise ValueError("sector size")
        self._size = 1 << shift
        first_directory, self._mini_cutoff, first_mini, _, first_difat, difat_count = struct.unpack_from(
            "<I4xIIIII", content, 48
        )
        self._fat = self._read_fat(first_difat, difat_count)
        self.entries = self._read_directory(first_directory)
        self._mini_fat = _numbers(self._chain(first_mini))
        root = self.entries.get("Root Entry", (0, 0))
        self._mini_stream = self._chain(root[0])[: root[1]] if root[1] else b""

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._content[start : start + self._size]

    def _read_fat(self, difat_sector: int, difat_count: int) -> list[int]:
        sectors = list(struct.unpack_from("<109I", self._content, 76))
        for _ in range(min(difat_count, len(self._content) // self._size)):
            *numbers, difat_sector = _numbers(self._sector(difat_sector))
            sectors.extend(numbers)
        return [n for s in sectors if s < _END for n in _numbers(self._sector(s))]

    def _chain(self, sector: int) -> bytes:
        """All bytes of a chain of sectors; a chain that runs in a circle is cut."""
        pieces = []
        for _ in range(len(self._fat)):
            if sector >= len(self._fat):
                break
            pieces.append(self._sector(sector))
            sector = self._fat[sector]
        return b"".join(pieces)

    def _read_directory(self, sector: int) -> dict[str, tuple[int, int]]:
        directory = self._chain(sector)
        entries: dict[str, tuple[int, int]] = {}
        for start in range(0, len(directory) - 127, 128):
            length, kind = struct.unpack_from("<HB", directory, start + 64)
            if kind:
                name = directory[start : start + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
                first, size = struct.unpack_from("<II", directory, start + 116)
                entries.setdefault(name, (first, size))
        return entries

    def stream(self, name: str) -> bytes:
        """Bytes of one stream."""
        first, size = self.entries[name]
        if size >= self._mini_cutoff:
            return self._chain(first)[:size]
        pieces = []
        for _ in range(len(self._mini_fat)):
            if first >= len(self._mini_fat):
                break
            start = first << self._mini_shift
            pieces.append(self._mini_stream[start : start + 64])
            first = self._mini_fat[first]
        return b"".join(pieces)[:size]

    @property
    def macro_storage(self) -> str | None:
        """Name of the storage that holds macros, if any."""
        return next((name for name in self.entries if name in _MACRO_STORAGES), None)


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        yield kind, stream[position + 4 : position + 4 + length]
        position += 4 + length


def check_workbook_stream(stream: bytes, cell_limit: int) -> None:
    """Refuse an encrypted workbook and one whose sheets would fill more than `cell_limit` cells."""
    rows = columns = 0
    for kind, body in _records(stream):
        if kind == _FILEPASS:
            raise refusal("encrypted")
        if kind == _BOUNDARY:
            rows = columns = 0
        elif kind in _CELL_RECORDS and len(body) >= 4:
            row, column = struct.unpack_from("<HH", body)
            if kind == 0x00BD and len(body) >= 6:  # several cells of one row; the last column closes it
                column = max(column, struct.unpack_from("<H", body, len(body) - 2)[0])
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            if rows * columns > cell_limit:
                raise refusal("too_many_cells", limit=cell_limit, rows=rows, columns=columns)
