"""One spelling for codes of diagnoses (ICD-10) and operations (ICD-9-CM-3).

Grouping compares codes character by character, so that `A00.000X001`, `Ａ00.000x001` and
`A01.002†G01*` would fall out of every group without a word. What is done, in this order:

1. full-width characters become half-width, letters become upper case, blanks (also inside) go;
2. dagger and other plus signs become `+`, other stars `*`, other dots `.`, a multiplication sign `X`;
3. quotes around the code and a dot at its end go;
4. a cell that only says that there is nothing (`-`, `/`, `无`, `NA` …) becomes null;
5. the dot comes back where it can stand in one place only: `A00000X001` → `A00.000x001`,
   `361000` → `36.1000`. A diagnosis without extension keeps its spelling (`A33X00`, `H44609`):
   the American edition writes such codes without a dot;
6. the x of an extension (`A00.000x001`, `03.1x00x001`) or of an empty place (`A33.x00`) becomes
   lower; the X of a chapter (`X34.000`) and of codes of other editions stays upper.

Nothing is guessed: zeros that a spreadsheet ate are not put back, `O` and `0` are not exchanged,
a missing half of a double code is not completed. Such codes stay as they are, are unknown to the
scheme and are counted as such.
"""

from __future__ import annotations

from typing import Final

import polars as pl

_HALF_WIDTH = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}
_UPPER = {chr(code): chr(code).upper() for code in range(ord("a"), ord("z") + 1)}
_SIGNS = {
    "+": "†‡✝✚➕﹢",
    "*": "∗⁎✱✲✳﹡★☆",
    ".": "。·・．﹒｡",
    "-": "—–―‐‑‒−－﹣ー─━",
    "X": "×✕✖╳хХχΧ",  # multiplication signs and the look-alikes of Cyrillic and Greek
    "": (
        " \t\n\v\f\r\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
        "\u2028\u2029\u202f\u205f\u3000"  # blanks
        "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # characters without width
        "'\"`‘’“”＇＂｀"
    ),
}

_NOTHING = r"^(?:-+|/+|\\+|\.+|无|空|N/?A|NULL|NONE|NAN)$"

_DX_WITHOUT_DOT = r"^([A-Z][0-9]{2})((?:X[0-9]{2}|[0-9]{3})X[0-9]{3,4})(?P<rest>\+.*)?$"
_PX_WITHOUT_DOT = r"^([0-9]{2})((?:[0-9]X[0-9]{2}|[0-9]{4})(?:X[0-9]{3,4})?)$"
_EMPTY_PLACE = r"\.([0-9]?)X([0-9]{2})"
_EXTENSION = r"(\.[0-9x]{2,4})X([0-9]{3,4})"

_DX = r"[A-Z][0-9]{2}(?:\.(?:[0-9]{1,3}|x[0-9]{2})(?:x[0-9]{3})?)?"
_CLEAN_DX: Final = rf"^{_DX}(?:\+{_DX}\*?)?$"
_CLEAN_PX: Final = r"^[0-9]{2}(?:\.(?:[0-9]{1,4}|[0-9]x[0-9]{2})(?:x[0-9]{3})?)?$"
"""What certainly needs no work: nearly every cell of a real file. Checked first, as it costs least."""


def _table() -> dict[str, str]:
    """Return what replaces each single character; the result contains none that is replaced again."""
    table = _HALF_WIDTH | _UPPER
    table |= {chr(ord(lower) + 0xFEE0): upper for lower, upper in _UPPER.items()}
    return table | {sign: plain for plain, signs in _SIGNS.items() for sign in signs}


_CHARACTERS: Final = _table()


def normal_dx(series: pl.Series) -> pl.Series:
    """Return diagnosis codes in one spelling; null where the cell says that there is none."""
    return _normal(series, _CLEAN_DX, _DX_WITHOUT_DOT, "${1}.${2}${rest}")


def normal_px(series: pl.Series) -> pl.Series:
    """Return operation codes in one spelling; null where the cell says that there is none."""
    return _normal(series, _CLEAN_PX, _PX_WITHOUT_DOT, "${1}.${2}")


def _normal(series: pl.Series, clean: str, without_dot: str, with_dot: str) -> pl.Series:
    """Work on the distinct values that are not clean, and put the results in their places."""
    if series.dtype != pl.String:  # a column of nulls only, or numbers that a spreadsheet made of codes
        series = series.cast(pl.String)
    codes = series.drop_nulls()
    at = (~codes.str.contains(clean)).arg_true()
    if at.is_empty():
        return series
    dirty = codes.gather(at)
    found = dirty.unique()
    plain = found.str.replace_many(_CHARACTERS).str.strip_chars_end(".")
    plain = plain.set(plain.str.contains(_NOTHING) | (plain == ""), None)
    plain = plain.str.replace(without_dot, with_dot)
    plain = plain.str.replace_all(_EMPTY_PLACE, ".${1}x${2}").str.replace_all(_EXTENSION, "${1}x${2}")
    return put(series, at, dirty.replace(found, plain))


def put(series: pl.Series, at: pl.Series, values: pl.Series) -> pl.Series:
    """Return a column with other values at some places of its codes; `at` counts without the nulls."""
    if series.null_count():
        at = series.is_not_null().arg_true().gather(at)
    return series.clone().scatter(at, values)
