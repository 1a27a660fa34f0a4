"""What a table of codes does not know of a batch: which code, in which column, how often."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from duikou.engines.casemix.codes.tables import CodeKind
from duikou.engines.casemix.columns import operations, other_diagnoses

COUNTS = {"column": pl.String, "code": pl.String, "reason": pl.String, "count": pl.UInt64}
"""`reason` is `unknown` (not in the table) or `no_counterpart` (in it, without a target)."""


@dataclass(frozen=True)
class Unmapped:
    """Counts of one batch. Batches and frames add up."""

    cells: int  # codes looked at
    changed: int  # codes that became another
    already: int  # codes that only the target edition has
    counts: pl.DataFrame  # COUNTS: the most frequent first, then by code and column

    @property
    def total(self) -> int:
        """How many cells hold a code that could not be turned."""
        return int(self.counts["count"].sum())

    def __add__(self, other: Unmapped) -> Unmapped:
        return Unmapped(
            self.cells + other.cells,
            self.changed + other.changed,
            self.already + other.already,
            _summed([self.counts, other.counts]),
        )


class Tally:
    """Counts column by column."""

    def __init__(self) -> None:
        self.already = 0
        self._cells = 0
        self._changed = 0
        self._counts = [pl.DataFrame(schema=COUNTS)]

    def add(self, column: str, codes: pl.Series, *, changed: int) -> None:
        """Count the codes of a column (without nulls) and how many of them changed."""
        self._cells += codes.len()
        self._changed += changed

    def note(self, column: str, codes: pl.Series, reason: str) -> None:
        """Note codes of a column that could not be turned."""
        counted = codes.rename("code").value_counts(name="count")
        self._counts.append(
            counted.select(
                pl.lit(column).alias("column"),
                "code",
                pl.lit(reason).alias("reason"),
                pl.col("count").cast(pl.UInt64),
            )
        )

    def result(self) -> Unmapped:
        """Return the counts so far."""
        return Unmapped(self._cells, self._changed, self.already, _summed(self._counts))


def _summed(counts: list[pl.DataFrame]) -> pl.DataFrame:
    return (
        pl.concat(counts)
        .group_by("column", "code", "reason")
        .agg(pl.col("count").sum())
        .sort([-pl.col("count").cast(pl.Int64), "code", "column", "reason"])
    )


def columns_of(pages: pl.DataFrame, kind: CodeKind) -> list[str]:
    """Return the columns of pages that hold codes of a kind, the principal one first."""
    if kind is CodeKind.OPERATION:
        return operations(pages.columns)
    return [name for name in ("pdx",) if name in pages.columns] + other_diagnoses(pages.columns)
