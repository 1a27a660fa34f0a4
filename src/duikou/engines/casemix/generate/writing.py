"""Numbers, days and amounts as the text of a file, a whole column at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from duikou.engines.casemix.generate.drawing import Days, Flags, Numbers

CENTURY: Final = np.datetime64("1900-01-01", "D")


def pick(values: pl.Series | Sequence[str | None], places: npt.NDArray[np.integer]) -> pl.Series:
    """The values at these places; nothing where the place is negative."""
    known = values if isinstance(values, pl.Series) else pl.Series(values, dtype=pl.String)
    where = pl.Series(places)
    if len(places) and int(places.min()) < 0:
        where = where.set(where < 0, None)
    return known.gather(where)


def where(given: Flags, text: pl.Series | str) -> pl.Series:
    """The text where it is given, nothing elsewhere."""
    column = pl.repeat(text, len(given), dtype=pl.String, eager=True) if isinstance(text, str) else text
    return column.set(pl.Series(~given), None)


def number(values: Numbers) -> pl.Series:
    """Whole numbers."""
    return pl.Series(values).cast(pl.String)


def money(fen: Numbers) -> pl.Series:
    """Amounts as yuan with two decimals."""
    yuan, cents = np.divmod(fen, 100)
    return number(yuan) + pick(_cents(), cents)


def day(days: Days) -> pl.Series:
    """Days as 2024-03-05."""
    return pick(_calendar(), (days - CENTURY).astype(np.int64))


def moment(days: Days, minutes: Numbers) -> pl.Series:
    """Days and minutes of the day as 2024-03-05 08:15:00."""
    return day(days) + pick(_clock(), minutes)


@lru_cache(maxsize=1)
def _calendar() -> pl.Series:
    return pl.Series(np.datetime_as_string(np.arange(CENTURY, np.datetime64("2100-01-01"))))


@lru_cache(maxsize=1)
def _clock() -> pl.Series:
    return pl.Series([f" {minute // 60:02d}:{minute % 60:02d}:00" for minute in range(1440)])


@lru_cache(maxsize=1)
def _cents() -> pl.Series:
    return pl.Series([f".{cent:02d}" for cent in range(100)])
