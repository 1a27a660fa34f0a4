"""Is it safe to open a workbook? Asked before the reader, which takes memory for the whole area of a sheet.

A few hundred bytes can name a cell in the last row and column; the reader would then ask for
some hundred gigabytes and the process would end. So sizes are looked up in the package first.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from duikou.engines.text import Text

MOST_CELLS: Final = 30_000_000
"""Area of a sheet: 32 columns of 900,000 records. Empty cells count, they take memory too."""

_MARK: Final = re.compile(rb"""<(?:\w+:)?(row|c)(?=[\s>/])([^<>]{0,200})""")
_PLACE: Final = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})([0-9]{1,7})["']""")
_PART: Final = 1 << 20
_LONGEST_MARK: Final = 256


class UnsafeWorkbook(Exception):
    """A workbook that must not be opened, and why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def check(source: Path | IO[bytes], most_unpacked: int) -> None:
    """Raise `UnsafeWorkbook` for what is no .xlsx, is damaged, or would take too much memory."""
    try:
        with zipfile.ZipFile(source) as package:
            names = package.namelist()
            if "xl/workbook.xml" not in names:
                raise UnsafeWorkbook("不是 .xlsx 工作簿", "it is no .xlsx workbook")
            unpacked = sum(entry.file_size for entry in package.infolist())
            if unpacked > most_unpacked:
                raise UnsafeWorkbook(
                    f"工作簿展开后有 {unpacked >> 20} MB，最多 {most_unpacked >> 20} MB",
                    f"the workbook unpacks to {unpacked >> 20} MB, at most {most_unpacked >> 20} MB",
                )
            for name in names:
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    with package.open(name) as part:
                        _check_area(part)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnsafeWorkbook("工作簿已损坏", "the workbook is damaged") from error


def _check_area(part: IO[bytes]) -> None:
    """Look for the last row and column, whether cells name their place or only follow each other."""
    rows = columns = row = column = 0
    for what, attributes in _marks(part):
        place = _PLACE.search(attributes)
        if place is None and b"&" in attributes:
            raise UnsafeWorkbook("单元格的位置写法异常", "places of cells are written in a strange way")
        if what == b"row":
            row, column = (int(place[2]) if place else row + 1), 0
        elif place:
            row, column = int(place[2]), _column(place[1])
        else:
            column += 1
        rows, columns = max(rows, row), max(columns, column)
        if rows * columns > MOST_CELLS:
            raise UnsafeWorkbook(
                f"工作表到第 {rows} 行、第 {columns} 列，超过 {MOST_CELLS:,} 个单元格；请删去多余的行列",
                f"a sheet reaches row {rows} and column {columns}: more than {MOST_CELLS:,} cells; "
                "remove rows and columns that are not needed",
            )


def _marks(part: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Go through the beginnings of rows and cells with their attributes, piece by piece."""
    kept = b""
    while True:
        piece = part.read(_PART)
        if b"\0" in piece:
            raise UnsafeWorkbook("工作表不是 UTF-8 编码", "a sheet is not encoded in UTF-8")
        content = kept + piece
        # A mark near the end may go on in the next piece; after the last one there is none.
        ends = len(content) - _LONGEST_MARK if piece else len(content)
        done = 0
        for mark in _MARK.finditer(content):
            if mark.start() >= ends:
                break
            done = mark.end()
            yield mark[1], mark[2]
        kept = content[max(done, ends, 0) :]
        if not piece:
            return


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
