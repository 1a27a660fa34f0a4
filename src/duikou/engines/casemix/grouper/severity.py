"""Complications over whole columns: which weigh after exclusion by the principal diagnosis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from duikou.engines.casemix.grouper.codebook import Codebook, Flags, Numbers
from duikou.engines.casemix.grouper.pages import Given
from duikou.engines.casemix.scheme.conditions import Level
from duikou.engines.casemix.scheme.model import Complications

NO, MINOR, MAJOR = 0, 1, 2
LEVELS: Final = {Level.CC: MINOR, Level.MCC: MAJOR}
Levels = npt.NDArray[np.uint8]


class Severity:
    """Tables over the numbers of diagnoses: level, exclusion table, what a table excludes."""

    def __init__(self, complications: Complications, book: Codebook) -> None:
        self.level: Levels = np.zeros(book.size, np.uint8)
        self.level[book.held(complications.cc)] = MINOR
        self.level[book.held(complications.mcc)] = MAJOR
        weighing = np.flatnonzero(self.level)
        self.place = np.zeros(book.size, np.int64)  # bit of a complication in a row of `excluded`
        self.place[weighing] = np.arange(len(weighing))
        tables = {name: number for number, name in enumerate(complications.excluded, 1)}
        self.table = np.zeros(book.size, np.int64)  # exclusion table of a principal diagnosis; 0 = none
        for code, name in complications.group_of.items():
            if code in book.number:
                self.table[book.number[code]] = tables[name]
        bits = np.zeros((len(tables) + 1, len(weighing)), np.bool_)
        for name, number in tables.items():
            bits[number] = book.held(complications.excluded[name])[weighing]
        packed = np.packbits(bits, axis=1, bitorder="little")
        self.width = packed.shape[1]
        self.excluded = packed.ravel()

    def of(self, main: Numbers, others: Sequence[Given], without: Flags | None = None) -> Levels:
        """Return the level of each row; `without`: diagnoses that are left aside."""
        level = self.level if without is None else np.where(without, 0, self.level).astype(np.uint8)
        start = self.table[main] * self.width
        found = np.zeros(len(start), np.uint8)
        for rows, codes in others:
            weighs = level[codes]
            more = np.flatnonzero(weighs > found[rows])
            given, weighs, place = rows[more], weighs[more], self.place[codes[more]]
            excluded = self.excluded[start[given] + (place >> 3)] >> (place & 7).astype(np.uint8) & 1
            kept = np.flatnonzero(excluded == 0)
            found[given[kept]] = weighs[kept]
        return found
