"""Dates and times as hospitals write them, to wall time without a zone.

Forms that may be mixed in one column: `20240301`, `20240301102030`, `202403011020`, and year,
month and day divided by - / . or 年月日, with or without a time after a blank or T, with one or
two digits. Anything else (a spreadsheet's day number, scientific notation, the 30th of February)
cannot be read and becomes null.
"""

from __future__ import annotations

from typing import Final

import polars as pl

_DAY = "[0-9]{2}"
_CLOCK = "[0-2][0-9]:[0-5][0-9]:[0-5][0-9]"
_USUAL: Final = (
    ("%Y-%m-%d %H:%M:%S", rf"^[0-9]{{4}}-{_DAY}-{_DAY} {_CLOCK}$"),
    ("%Y%m%d", r"^[0-9]{8}$"),
    ("%Y-%m-%d", rf"^[0-9]{{4}}-{_DAY}-{_DAY}$"),
    ("%Y/%m/%d %H:%M:%S", rf"^[0-9]{{4}}/{_DAY}/{_DAY} {_CLOCK}$"),
)
"""Tried first: nearly every column has one of these forms only. The parser alone would be lax."""

_PARTS: Final = (
    r"^\s*([0-9]{4})(?:[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))"
    r"(?:[ T]*([0-9]{1,2})[:：时]?([0-5][0-9])(?:[:：分]?([0-5][0-9])(?:[.][0-9]+)?秒?|分)?)?(?:[.]0+)?\s*$"
)
"""Every form that can be read."""


def to_datetime(texts: pl.Series) -> pl.Series:
    """Return wall times of milliseconds; null where there is none or none can be read."""
    result = _nothing(texts)
    left = texts
    for form, looks in _USUAL:
        if left.null_count() == len(left):
            return result
        fits = left.str.contains(looks).fill_null(False)
        if not fits.any():
            continue
        if fits.sum() == len(left) - left.null_count():  # all that is left: nothing to separate
            return result.zip_with(left.is_null(), _parsed(left, form))
        result = result.zip_with(~fits, _parsed(left.set(~fits, None), form))
        left = left.set(fits, None)
    return result if left.null_count() == len(left) else result.zip_with(left.is_null(), _by_parts(left))


def _nothing(texts: pl.Series) -> pl.Series:
    return pl.Series(texts.name, [None], dtype=pl.Datetime("ms")).new_from_index(0, len(texts))


def _parsed(texts: pl.Series, form: str) -> pl.Series:
    return texts.str.to_datetime(form, strict=False, time_unit="ms")


def _by_parts(texts: pl.Series) -> pl.Series:
    """Read the rarer forms: by their parts, each distinct text once."""
    distinct = texts.unique().drop_nulls()
    parts = distinct.str.extract_groups(_PARTS).struct.unnest()
    year, month, day, month_, day_, hour, minute, second = (pl.col(name) for name in parts.columns)
    two_digits = (
        pl.coalesce(part, pl.lit("00")).str.zfill(2)
        for part in (pl.coalesce(month, month_), pl.coalesce(day, day_), hour, minute, second)
    )
    usual = parts.select(pl.format("{}-{}-{} {}:{}:{}", year, *two_digits)).to_series()
    return texts.replace_strict(
        distinct, _parsed(usual, _USUAL[0][0]), default=None, return_dtype=pl.Datetime("ms")
    )
