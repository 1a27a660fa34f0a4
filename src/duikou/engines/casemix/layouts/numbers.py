"""Numbers as hospitals write them, without binary fractions: money in fen, counts, weights, ages.

A trailing ".0", blanks around a number and commas between thousands are no fault. Scientific
notation is: a spreadsheet has thrown digits away, so the value is not taken for a number. Nor are
fractions of a fen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import polars as pl

_USUAL: Final = r"^-?[0-9]{1,12}(?:[.][0-9]{1,4})?$"
"""Read column by column; four decimals fit a 64-bit number."""

_RARE: Final = re.compile(r"[-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:[.][0-9]*)?", re.ASCII)
_MOST: Final = 10**15

YEARS: Final[Mapping[str, int]] = {"岁": 1, "周岁": 1, "y": 1}
DAYS: Final[Mapping[str, int]] = {"天": 1, "日": 1, "d": 1}
GRAMS: Final[Mapping[str, int]] = {"g": 1, "克": 1, "kg": 1000, "公斤": 1000, "千克": 1000}


def fen(texts: pl.Series) -> pl.Series:
    """Return money in whole fen; null where there is none or it cannot be read."""
    return _scaled(texts, 100)


def whole(texts: pl.Series) -> pl.Series:
    """Return whole numbers; null where there is none or it is none."""
    return _scaled(texts, 1)


def measured(texts: pl.Series, units: Mapping[str, int]) -> pl.Series:
    """Return whole numbers of the smallest unit; a unit may stand behind the number."""
    numbers = whole(texts)
    left = texts.filter(numbers.is_null() & texts.is_not_null()).unique()
    if left.is_empty():
        return numbers
    found = pl.Series([_measure(text, units) for text in left.to_list()], dtype=pl.Int64)
    return numbers.fill_null(texts.replace_strict(left, found, default=None, return_dtype=pl.Int64))


def _measure(text: str, units: Mapping[str, int]) -> int | None:
    number = text.strip().lower()
    unit = next((unit for unit in sorted(units, key=len, reverse=True) if number.endswith(unit)), None)
    return _exact(number.removesuffix(unit), units[unit]) if unit else None


def _scaled(texts: pl.Series, factor: int) -> pl.Series:
    """Return numbers times a factor, where that is whole."""
    usual = texts.str.contains(_USUAL).fill_null(False)
    count = int(usual.sum())
    thousands = texts if count == len(texts) else texts.set(~usual, None)
    units = thousands.cast(pl.Decimal(38, 4)).to_physical().cast(pl.Int64)
    step = 10_000 // factor
    numbers = (units // step).set(units % step != 0, None)
    if count + texts.null_count() == len(texts):
        return numbers
    left = texts.filter(~usual).unique().drop_nulls()
    found = pl.Series([_exact(text, factor) for text in left.to_list()], dtype=pl.Int64)
    return numbers.fill_null(texts.replace_strict(left, found, default=None, return_dtype=pl.Int64))


def _exact(text: str, factor: int) -> int | None:
    """Read one number of a rarer form."""
    plain = text.strip()
    if not re.search("[0-9]", plain) or not _RARE.fullmatch(plain):
        return None
    number = Decimal(plain.replace(",", "")) * factor
    return int(number) if number == number.to_integral_value() and abs(number) < _MOST else None
