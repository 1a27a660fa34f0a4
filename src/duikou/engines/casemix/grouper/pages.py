"""Pages as arrays: codes by number, facts with what is not stated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from duikou.engines.casemix.columns import operations, other_diagnoses
from duikou.engines.casemix.grouper.codebook import NONE, Codebook, Flags, Normal, Numbers
from duikou.engines.casemix.grouper.facts import COLUMNS, FOUR_YEARS, YEAR
from duikou.engines.casemix.scheme.conditions import WORDS, Kind

Rows = npt.NDArray[np.intp] | None
"""Numbers of rows; None = all."""


class Given(NamedTuple):
    """The rows in which a column holds a code, and these codes."""

    rows: npt.NDArray[np.intp]
    codes: Numbers


def given_of(columns: Sequence[Numbers], rows: Rows) -> list[Given]:
    """Take the codes out of columns in which most fields are empty."""
    found = []
    for column in columns:
        codes = column if rows is None else column[rows]
        places = np.flatnonzero(codes != NONE)
        if len(places):
            found.append(Given(places, codes[places]))
    return found


class Numeric(NamedTuple):
    """Values of a fact; `stated` is None where every record states it."""

    values: npt.NDArray[np.float64]
    stated: Flags | None


@dataclass(slots=True)
class Arrays:
    """One frame: main codes, columns of other codes that hold any, facts on demand."""

    size: int
    main: Mapping[Kind, Numbers]
    others: Mapping[Kind, list[Numbers]]
    frame: pl.DataFrame
    assume: Mapping[str, float]
    known: dict[str, Numeric] = field(default_factory=dict)

    def number(self, fact: str) -> Numeric:
        """Return a fact that is a number."""
        if fact not in self.known:
            self.known[fact] = _numeric(_FACTS.get(fact, _column(fact)), self.frame, self.assume.get(fact))
        return self.known[fact]

    def stated(self, fact: str) -> Flags:
        """Tell which records state a fact."""
        if fact in WORDS:
            return self.word(fact).is_not_null().to_numpy()
        stated = self.number(fact).stated
        return np.ones(self.size, np.bool_) if stated is None else stated

    def word(self, fact: str) -> pl.Series:
        """Return a fact that is a word."""
        column = COLUMNS[fact]
        if column in self.frame.columns:
            return self.frame[column]
        return pl.Series(column, [None], dtype=pl.String).new_from_index(0, self.size)


def arrays_of(
    pages: pl.DataFrame,
    books: Mapping[Kind, Codebook],
    assume: Mapping[str, float],
    normal: Mapping[Kind, Normal] | None = None,
) -> Arrays:
    """Number the codes of a frame of pages; `normal` spells codes that are written as they came in."""
    procedures = operations(pages.columns)
    columns = {
        Kind.DX: ["pdx", *other_diagnoses(pages.columns)],
        Kind.PX: procedures or ["px01"],
    }
    main, others = {}, {}
    for kind, (first, *rest) in columns.items():
        given = pages[first] if first in pages.columns else pl.Series(first, [None] * pages.height, pl.String)
        filled = [pages[column] for column in rest if pages[column].null_count() < pages.height]
        main[kind], *others[kind] = books[kind].numbers(
            [given, *filled], normal.get(kind) if normal else None
        )
    return Arrays(pages.height, main, others, pages, assume)


def _column(fact: str) -> pl.Expr:
    return pl.col(COLUMNS[fact]) if fact in COLUMNS else pl.lit(None)


_YEARS, _DAYS, _SEX = pl.col("age_years"), pl.col("age_days"), pl.col("sex")
_FACTS: Final[Mapping[str, pl.Expr]] = {
    "sex": pl.when(_SEX.is_in([1, 2])).then(_SEX),
    "age_days": pl.coalesce(_DAYS, pl.when(_YEARS >= 1).then(_YEARS.cast(pl.Int32) * YEAR)),
    "age_years": pl.coalesce(
        _YEARS, pl.when(_DAYS >= YEAR).then(_DAYS.cast(pl.Int64) * 4 // FOUR_YEARS).otherwise(_DAYS * 0)
    ),
    "weight": pl.coalesce(pl.col("admission_weight"), pl.col("birth_weight")),
}
"""The rules of `facts.completed` over whole columns."""


def _numeric(expression: pl.Expr, frame: pl.DataFrame, assumed: float | None) -> Numeric:
    absent = sorted(set(expression.meta.root_names()) - set(frame.columns))
    frame = frame.with_columns(pl.lit(None, pl.Int32).alias(name) for name in absent)
    values = frame.select(expression.cast(pl.Float64).alias("fact"))["fact"]
    if len(values) != frame.height:
        values = values.new_from_index(0, frame.height)
    if assumed is not None:
        values = values.fill_null(assumed)
    if values.null_count() == 0:
        return Numeric(values.to_numpy(), None)
    return Numeric(values.fill_null(0).to_numpy(), values.is_not_null().to_numpy())
