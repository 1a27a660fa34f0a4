"""Where the rows and columns of a linear model are collected while it is built."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from duikou.engines.pairing.optimise.model import Indexes, Ints, Problem

FAR = 1 << 40
"""A bound of a row at or beyond this is none; every real one is far below it."""


class Sheet:
    """Rows and columns so far; the candidates are its first columns."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.candidates = len(problem.candidates)
        self.supporter = problem.candidates.supporter
        self.recipient = problem.candidates.recipient
        self.lower = [0] * self.candidates
        self.upper = [1] * self.candidates
        self.row_lower: list[int] = []
        self.row_upper: list[int] = []
        self.prices: list[list[tuple[int, int]]] = [[] for _ in problem.levels]
        """Per level, (derived column, cost)."""
        self._derived: dict[str, tuple[list[int], list[int]]] = {
            "met": ([], []), "under": ([], []), "over": ([], []),
        }  # fmt: skip
        self._single: list[tuple[int, int, int]] = []
        self._blocks: list[tuple[Ints, Ints, Ints]] = []

    @property
    def columns(self) -> int:
        """How many columns there are so far."""
        return len(self.lower)

    def priced(self, rule: str) -> bool:
        """Whether any level prices a breach of the rule."""
        return any(level.prices.get(rule) for level in self.problem.levels)

    def row(self, lower: int, upper: int) -> int:
        """Add a row; return its number."""
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        return len(self.row_lower) - 1

    def column(self, kind: str, row: int, rule: str | None, *, upper: int, lower: int = 0) -> int:
        """Add a derived column that follows from a row, priced by the levels that price the rule."""
        column = len(self.lower)
        self.lower.append(lower)
        self.upper.append(upper)
        columns, rows = self._derived[kind]
        columns.append(column)
        rows.append(row)
        self.enter(row, column, -1 if kind == "over" else 1)
        if rule is not None:
            for level, prices in zip(self.problem.levels, self.prices, strict=True):
                if level.prices.get(rule):
                    prices.append((column, level.prices[rule]))
        return column

    def enter(self, row: int, column: int, entry: int) -> None:
        """Set one entry of the matrix."""
        self._single.append((row, column, entry))

    def fill(self, row: int, columns: npt.NDArray[np.integer], entry: int) -> None:
        """Set the entries of some candidates in one row."""
        whole = columns.astype(np.int64)
        self._blocks.append((np.full(len(whole), row), whole, np.full(len(whole), entry)))

    def count(self, row_of: npt.NDArray[np.integer], entry: int | Ints = 1) -> None:
        """Set one entry per candidate in the row named for it; −1: in none."""
        at = np.flatnonzero(row_of >= 0)
        entries = np.broadcast_to(np.asarray(entry, dtype=np.int64), row_of.shape)[at]
        self._blocks.append((row_of[at].astype(np.int64), at, entries))

    def derived(self, kind: str) -> tuple[Ints, Ints]:
        """Return the derived columns of a kind, and the row that each follows from."""
        columns, rows = self._derived[kind]
        return np.array(columns, dtype=np.int64), np.array(rows, dtype=np.int64)

    def by_column(self) -> tuple[Indexes, Indexes, Ints]:
        """Return the matrix by column: where each begins, rows, entries."""
        single = np.array(self._single, dtype=np.int64).reshape(-1, 3)
        rows = np.concatenate([single[:, 0], *(block[0] for block in self._blocks)])
        columns = np.concatenate([single[:, 1], *(block[1] for block in self._blocks)])
        entries = np.concatenate([single[:, 2], *(block[2] for block in self._blocks)])
        order = np.lexsort((rows, columns))
        start = np.zeros(self.columns + 1, dtype=np.int32)
        np.cumsum(np.bincount(columns, minlength=self.columns), out=start[1:])
        return start, rows[order].astype(np.int32), entries[order]
