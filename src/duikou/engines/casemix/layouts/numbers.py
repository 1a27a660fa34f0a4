"""Numbers as hospitals write them, without binary fractions: money in fen, counts, weights, ages.

A trailing ".0", blanks around a number and commas between thousands are no fault. Scientific
notation is: a spreadsheet has thrown digits away, so the value is not taken for a number. Nor are
fractions of a fen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

import numpy as np
import polars as pl

from duikou.engines.casemix.layouts.amounts import usual_fen

_USUAL: Final = r"^-?[0-9]{1,12}(?:[.][0-9]{1,4})?$"
"""Read column by column; four decimals fit a 64-bit number."""

_RARE: Final = re.compile(r"[-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:[.][0-9]*)?", re.ASCII)
_MOST: Final = 10**15

YEARS: Final[Mapping[str, int]] = {"岁": 1, "周岁": 1, "y": 1}
DAYS: Final[Mapping[str, int]] = {"天": 1, "日": 1, "d": 1}
GRAMS: Final[Mapping[str, int]] = {"g": 1, "克": 1, "kg": 1000, "公斤": 1000, "千克": 1000}


def fen(texts: pl.Series) -> pl.Series:
    """Return money in whole fen; null where there is none or it cannot be read."""
    amounts, others = usual_fen(texts)
    if not others.any():
        return amounts.alias(texts.name)
    at = pl.Series(np.flatnonzero(others), dtype=pl.UInt32)
    return amounts.scatter(at, _other_fen(texts[at])).alias(texts.name)


def _other_fen(texts: pl.Series) -> pl.Series:
    """The same for amounts that are longer, negative, without cents or otherwise written."""
    usual = texts.str.contains(_USUAL).fill_null(False)
    plain = texts if usual.all() else texts.set(~usual, None)
    parts = plain.cast(pl.Decimal(38, 4)).to_physical().cast(pl.Int64)
    amounts = (parts // 100).set(parts % 100 != 0, None)
    return _with_rare(texts, amounts, texts.filter(~usual), lambda text: _exact(text, 100))


def whole(texts: pl.Series, words: Mapping[str, int] | None = None) -> pl.Series:
    """Return whole numbers; null where there is none or it is none. `words` mean numbers."""
    known = words or {}
    return _whole(texts, lambda text: known.get(text.strip().upper(), _exact(text, 1)))


def measured(texts: pl.Series, units: Mapping[str, int]) -> pl.Series:
    """Return whole numbers of the smallest unit; a unit may stand behind the number."""
    return _whole(texts, lambda text: _measure(text, units))


def _whole(texts: pl.Series, read: Callable[[str], int | None]) -> pl.Series:
    numbers = texts.cast(pl.Int64, strict=False)
    return _with_rare(texts, numbers, texts.filter(numbers.is_null()), read)


def _with_rare(
    texts: pl.Series, numbers: pl.Series, left: pl.Series, read: Callable[[str], int | None]
) -> pl.Series:
    """Read what the fast way left, each distinct text once."""
    if left.null_count() == len(left):
        return numbers
    distinct = left.unique().drop_nulls()
    found = pl.Series([read(text) for text in distinct.to_list()], dtype=pl.Int64)
    if found.null_count() == len(found):
        return numbers
    return numbers.fill_null(texts.replace_strict(distinct, found, default=None, return_dtype=pl.Int64))


def _measure(text: str, units: Mapping[str, int]) -> int | None:
    number = text.strip().lower()
    unit = next((unit for unit in sorted(units, key=len, reverse=True) if number.endswith(unit)), None)
    return _exact(number.removesuffix(unit), units[unit]) if unit else _exact(number, 1)


def _exact(text: str, factor: int) -> int | None:
    """Read one number of a rarer form, times a factor, where that is whole."""
    plain = text.strip()
    if not re.search("[0-9]", plain) or not _RARE.fullmatch(plain):
        return None
    number = Decimal(plain.replace(",", "")) * factor
    return int(number) if number == number.to_integral_value() and abs(number) < _MOST else None
