"""Open a file of front pages, whatever its layout, kind and encoding, and stream it as text.

Only the columns that are needed leave the file. Names, identity numbers, telephones and the like
are in no layout's fields, so they are never cut out of its bytes; the address of residence is
handed to the resolver, distinct value by distinct value, and only the division code goes on.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Protocol

import polars as pl

from duikou.engines.casemix.columns import FRAME_ROWS
from duikou.engines.casemix.layouts.cells import Gatherer
from duikou.engines.casemix.layouts.definition import Layout
from duikou.engines.casemix.layouts.detect import Match, chosen, match
from duikou.engines.casemix.layouts.errors import refusal
from duikou.engines.casemix.layouts.lines import Cutter, Position
from duikou.engines.casemix.layouts.lists import split_lists
from duikou.engines.casemix.layouts.shift import check_places
from duikou.engines.casemix.layouts.source import UTF8_MARK, Look, look, pieces, whole_lines
from duikou.engines.casemix.layouts.tables import Parquet, Workbook

MOST_RECORDS = 50_000_000
"""Records that one file may hold; row numbers of 32 bits hold many more."""

_FRAME_CELLS = 8_000_000  # a frame of a wide layout has fewer rows, so that its memory is bounded
_SEPARATORS = (b",", b"\t", b";")


class Resolver(Protocol):
    """Find the county of an address of residence."""

    def codes(self, addresses: pl.Series, days: pl.Series | None) -> pl.Series:
        """Division codes in the order of the addresses; null where unknown. `days`: of discharge, as text."""


class Reading:
    """A file that has been opened and whose header is understood."""

    def __init__(
        self,
        source: _Delimited | Workbook | Parquet,
        *,
        needs: Iterable[str] | None,
        resolver: Resolver | None,
        most_records: int,
    ) -> None:
        self._source = source
        self._match: Match = match(source.headings)
        wanted = needs is None or "residence" in needs
        self._resolver = resolver if wanted and self._match.address is not None else None
        self._columns = chosen(self._match, needs)
        if needs is None or {"dx", "px", "pdx"} & set(needs):
            self._lists: Mapping[str, int] = self._match.lists
        else:
            self._lists = {}
        self._most_records = most_records
        self.rows = 0
        """Records handed out so far; all of the file when `frames` has ended."""

    @property
    def layout(self) -> Layout:
        """The layout of the file."""
        return self._match.layout

    @property
    def encoding(self) -> str | None:
        """utf-8 or gb18030; None for workbooks and Parquet."""
        return self._source.encoding if isinstance(self._source, _Delimited) else None

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headings that do not belong to the layout; they are not read."""
        return self._match.ignored

    @property
    def missing(self) -> tuple[str, ...]:
        """Columns of the layout that the file lacks."""
        return self._match.missing

    @cached_property
    def header(self) -> Mapping[str, str]:
        """Our name of a column -> its heading in the file."""
        headings = {name: self._match.headings[place] for name, place in self._match.places.items()}
        for name, place in self._match.lists.items():
            prefix = "px" if name == "px" else "dx"
            headings |= {f"{prefix}{number:02d}": self._match.headings[place] for number in range(1, 100)}
            if name == "dx":
                headings["pdx"] = self._match.headings[place]
        if self._match.address is not None and "residence" not in headings:
            headings["residence"] = self._match.headings[self._match.address]
        return headings

    def frames(self) -> Iterator[pl.DataFrame]:
        """Stream RAW frames: text, our names, `row`; memory is bounded whatever the file's size.

        `BadFile` may come in the middle, so nothing counts before the last frame has come.
        """
        columns = {**self._columns, **{f"list {name}": place for name, place in self._lists.items()}}
        if self._resolver:
            assert self._match.address is not None
            columns["address"] = self._match.address
        self.rows = 0
        rows = min(FRAME_ROWS, max(1, _FRAME_CELLS // (len(columns) + 1)))
        first = True
        for frame in self._source.frames(columns, rows):
            for part in frame.iter_slices(rows):
                if first:
                    check_places(self._match, part)
                    first = False
                yield self._finished(part)
        if first:  # empty lines only
            raise refusal("empty_file")

    def _finished(self, frame: pl.DataFrame) -> pl.DataFrame:
        frame = frame.with_row_index("row", offset=self.rows + self._source.first_row).cast(
            {"row": pl.UInt32}
        )
        self.rows += len(frame)
        if self.rows > self._most_records:
            raise refusal("too_long", limit=self._most_records)
        if self._resolver:
            days = frame["discharged"] if "discharged" in frame.columns else None
            frame = frame.with_columns(self._resolver.codes(frame["address"], days).alias("residence")).drop(
                "address"
            )
        return split_lists(frame)


class _Delimited:
    """A CSV file, plain or compressed."""

    first_row = 2

    def __init__(self, path: Path) -> None:
        self._path = path
        self._look: Look = look(path)
        self.encoding = self._look.encoding
        self._skip, line = _first_line(path, len(UTF8_MARK) if self._look.mark else 0)
        text = line.decode(self.encoding)
        self._separator = max(_SEPARATORS, key=line.count)
        self.headings = next(csv.reader([text.rstrip("\r\n")], delimiter=self._separator.decode()), [])
        if not line.endswith(b"\n") or self._skip >= self._look.size:
            raise refusal("empty_file")

    def frames(self, columns: Mapping[str, int], rows: int) -> Iterator[pl.DataFrame]:
        """Cut the file into frames of at most so many rows, unless a single piece holds more."""
        cutter = Cutter(len(self.headings), self._separator, Position(row=2, line=2))
        gatherer = Gatherer(list(columns.values()), _gb18030 if self.encoding == "gb18030" else None)
        count = 0
        for piece in whole_lines(self._path, self._skip):
            lines = cutter.cut(piece)
            if lines is None:
                continue
            if count and count + len(lines) > rows:
                yield pl.DataFrame(dict(zip(columns, gatherer.take(), strict=True)))
                count = 0
            gatherer.add(lines)
            count += len(lines)
        cutter.finish()
        if count:
            yield pl.DataFrame(dict(zip(columns, gatherer.take(), strict=True)))


def _gb18030(octets: bytes) -> str:
    return octets.decode("gb18030")


def _first_line(path: Path, mark: int) -> tuple[int, bytes]:
    """Return the bytes to skip to the first record, and the header line."""
    head = b""
    for piece in pieces(path, 1 << 16):
        head += piece
        if b"\n" in piece:
            break
    end = head.find(b"\n") + 1 or len(head)
    return end, head[mark:end]


def open_file(
    path: Path | str,
    *,
    needs: Iterable[str] | None = None,
    resolver: Resolver | None = None,
    most_records: int = MOST_RECORDS,
) -> Reading:
    """Open a file of front pages; `BadFile` where it cannot be read at all.

    `needs` names the columns wanted (see `columns.PAGES` and `columns.CHECKED`; `dx`, `px`, `fee`,
    `px_date` … stand for all of their kind); without it, all that a typed page holds. `resolver`
    turns addresses into division codes; without one, addresses are not even read.
    """
    path = Path(path)
    needs = None if needs is None else tuple(needs)
    opener = _opener(path)
    return Reading(opener(path), needs=needs, resolver=resolver, most_records=most_records)


def _opener(path: Path) -> Callable[[Path], _Delimited | Workbook | Parquet]:
    """Choose by the content; the name serves the message only."""
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise refusal("empty_file")
    if head.startswith(b"PK\x03\x04"):
        return Workbook
    if head.startswith(b"PAR1"):
        return Parquet
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise refusal("old_workbook")
    if head.startswith((b"%PDF", b"Rar!", b"7z\xbc\xaf", b"{\\rtf")):
        raise refusal("unsupported_kind", suffix=path.suffix or "?")
    return _Delimited
