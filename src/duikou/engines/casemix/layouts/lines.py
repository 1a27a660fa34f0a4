"""Lines and fields of a delimited piece of text, found in its bytes without decoding them.

No character of UTF-8 or GB 18030 contains the byte of a comma, semicolon, tab, quotation mark or
line end, so both encodings are cut in the same way. Every line is checked for its number of
fields: the k-th separator of a well-formed line lies where the count says it lies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from duikou.engines.casemix.layouts.errors import BadFile, refusal
from duikou.engines.casemix.layouts.source import LONGEST_LINE

LF, CR, QUOTE = 10, 13, 34

Octets = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lines:
    """Where the fields of some lines are."""

    octets: Octets  # the piece itself
    separators: Places  # lines x (width - 1)
    begins: Places  # first byte of each line
    ends: Places  # byte behind the last of each line, without its line end
    quoted: bool  # quotation marks occur

    def __len__(self) -> int:
        return len(self.begins)


@dataclass(slots=True)
class Position:
    """How far a file has been read, for messages."""

    row: int  # of the table, as a spreadsheet counts
    line: int  # of the text


class Cutter:
    """Cut pieces of text into lines of one width; keep what is unfinished for the next piece."""

    def __init__(self, width: int, separator: bytes, position: Position) -> None:
        self._width = width
        self._separator = separator[0]
        self._position = position
        self._rest = b""
        self._blank: BadFile | None = None  # empty lines: refused when a filled one follows

    def cut(self, piece: bytes) -> Lines | None:
        """Cut a piece that ends with a line end; None where no filled line ends outside quotation marks."""
        if self._rest:
            piece, self._rest = self._rest + piece, b""
        octets = np.frombuffer(piece, dtype=np.uint8)
        line_ends = octets == LF
        separators = octets == self._separator
        quoted = b'"' in piece
        if quoted:
            outside = (np.cumsum(octets == QUOTE, dtype=np.uint8) & 1) == 0
            line_ends &= outside
            separators &= outside
        ends = np.flatnonzero(line_ends)
        used = int(ends[-1]) + 1 if len(ends) else 0
        if used < len(piece):
            self._rest = piece[used:]
            if len(self._rest) > LONGEST_LINE:
                raise refusal("open_quote", line=self._position.line)
            octets, separators = octets[:used], separators[:used]
        return self._lines(octets, np.flatnonzero(separators), ends, quoted) if used else None

    def finish(self) -> None:
        """Refuse an unfinished line at the end of the file."""
        if self._rest:
            raise refusal("open_quote", line=self._position.line)

    def _lines(self, octets: Octets, separators: Places, ends: Places, quoted: bool) -> Lines | None:
        begins = np.empty_like(ends)
        begins[0] = 0
        begins[1:] = ends[:-1] + 1
        stops = ends - ((octets[ends - 1] == CR) & (ends > begins))
        filled = np.flatnonzero(stops > begins)
        count = int(filled[-1]) + 1 if len(filled) else 0
        if count and self._blank:
            raise self._blank
        if count < len(ends) and not self._blank:
            self._blank = self._ragged(octets, begins, count, 1)
        if not count:
            return None
        begins, stops, ends = begins[:count], stops[:count], ends[:count]
        per_line = self._width - 1
        if len(separators) != count * per_line:
            raise self._uneven(octets, begins, ends, separators)
        grid = separators.reshape(count, per_line)
        if per_line and ((grid[:, 0] < begins) | (grid[:, -1] > ends)).any():
            raise self._uneven(octets, begins, ends, separators)
        self._position.row += count
        self._position.line += int(np.count_nonzero(octets == LF)) if quoted else count
        return Lines(octets, grid, begins, stops, quoted)

    def _uneven(self, octets: Octets, begins: Places, ends: Places, separators: Places) -> BadFile:
        found = np.searchsorted(separators, ends) - np.searchsorted(separators, begins) + 1
        first = int(np.argmax(found != self._width))
        return self._ragged(octets, begins, first, int(found[first]))

    def _ragged(self, octets: Octets, begins: Places, number: int, found: int) -> BadFile:
        line = self._position.line + int(np.count_nonzero(octets[: begins[number]] == LF))
        return refusal(
            "ragged", line=line, row=self._position.row + number, expected=self._width, found=found
        )
