"""RAW frames to PAGES: text to dates, money, numbers and codes.

What cannot be read becomes null here and stays in RAW, where the checks find and name it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from duikou.engines.casemix.codes import normal_dx, normal_px
from duikou.engines.casemix.columns import PAGES, operations, other_diagnoses
from duikou.engines.casemix.layouts.clean import DIAGNOSES, OPERATIONS, Shapes
from duikou.engines.casemix.layouts.dates import to_datetime
from duikou.engines.casemix.layouts.numbers import DAYS, GRAMS, YEARS, fen, measured, whole

EMPTY: Final = ("-", "--", "\\", "—", "——", "－", "/", "", "无", "null", "NULL")
"""Cells that say that there is nothing."""

_SEX: Final = {"男": 1, "男性": 1, "M": 1, "女": 2, "女性": 2, "F": 2}

_Reader = Callable[[pl.Series], pl.Series]

_READERS: Final[dict[str, _Reader]] = {
    "admitted": to_datetime,
    "discharged": to_datetime,
    "birth_date": lambda texts: to_datetime(texts).dt.date(),
    "sex": lambda texts: whole(texts, _SEX),
    "age_years": lambda texts: measured(texts, YEARS),
    "age_days": lambda texts: measured(texts, DAYS),
    "birth_weight": lambda texts: measured(texts, GRAMS),
    "admission_weight": lambda texts: measured(texts, GRAMS),
    "stay_days": lambda texts: measured(texts, DAYS),
    "total": fen,
    "own": fen,
    "pdx": lambda texts: _diagnoses(texts),
    "route": whole,
    "disposition": whole,
    "pdx_condition": whole,
}


def typed(raw: pl.DataFrame) -> pl.DataFrame:
    """Type a RAW frame; every column of PAGES is there, null where the file has none."""
    codes = [*other_diagnoses(raw.columns), *operations(raw.columns)]
    fees = [name for name in raw.columns if name.startswith("fee_")]
    columns = [_column(raw, name) for name in PAGES]
    columns += [(_diagnoses if name.startswith("dx") else _operations)(raw[name]) for name in codes]
    columns += [fen(raw[name]) for name in fees]
    pages = pl.DataFrame(columns)
    return _with_key(_with_ages(_with_hours(pages, raw), raw), raw)


def _column(raw: pl.DataFrame, name: str) -> pl.Series:
    kind = PAGES[name]
    if name not in raw.columns:
        return pl.Series(name, [None], dtype=kind).new_from_index(0, len(raw))
    if name == "row":
        return raw[name].cast(pl.UInt32)
    reader = _READERS.get(name)
    if reader is None:
        return _filled(raw[name])
    # A number too large for its column becomes null, like one that cannot be read.
    return reader(raw[name]).cast(kind, strict=False)


def _diagnoses(texts: pl.Series) -> pl.Series:
    return _spelled(texts, DIAGNOSES, normal_dx)


def _operations(texts: pl.Series) -> pl.Series:
    return _spelled(texts, OPERATIONS, normal_px)


def _spelled(texts: pl.Series, shapes: Shapes, normal: _Reader) -> pl.Series:
    """Spell codes in one way; the distinct ones that are not plainly well spelled are looked at."""
    rows = shapes.strange(texts)
    if len(rows) == 0:
        return texts
    strange = texts.gather(rows).unique()
    spelled = normal(strange)
    changed = spelled.ne_missing(strange)
    return texts.replace(strange.filter(changed), spelled.filter(changed)) if changed.any() else texts


def _filled(texts: pl.Series) -> pl.Series:
    """Make null what says that there is nothing, and cut blanks off."""
    if texts.null_count() == len(texts):
        return texts
    untidy = texts.str.contains(r"^[\s\-\\—－/无nN]|\s$")
    if not untidy.any():
        return texts
    stripped = texts.str.strip_chars()
    return stripped.set(stripped.is_in(EMPTY), None)


def _with_hours(pages: pl.DataFrame, raw: pl.DataFrame) -> pl.DataFrame:
    """Add the hour that table N041 keeps in a column of its own to days without a time."""
    for name in ("admitted", "discharged"):
        if f"{name}_hour" not in raw.columns:
            continue
        hours = whole(raw[f"{name}_hour"])
        hours = hours.set((hours < 0) | (hours > 23), 0).fill_null(0)
        day = pl.col(name)
        bare = day == day.dt.truncate("1d")
        pages = pages.with_columns(pl.when(bare).then(day + pl.duration(hours=pl.lit(hours))).otherwise(day))
    return pages


def _with_ages(pages: pl.DataFrame, raw: pl.DataFrame) -> pl.DataFrame:
    """Reckon ages and the stay from dates where the file has no column for them.

    An age in months or days stands for no full year; a table N041 has them in the column of years.
    """
    admitted, born = pl.col("admitted").dt.date(), pl.col("birth_date")
    birthday_to_come = admitted.dt.strftime("%m%d") < born.dt.strftime("%m%d")
    years = (admitted.dt.year() - born.dt.year() - birthday_to_come.cast(pl.Int32)).cast(pl.Int16)
    days = (admitted - born).dt.total_days().cast(pl.Int32)
    stay = pl.max_horizontal((pl.col("discharged").dt.date() - admitted).dt.total_days(), 1).cast(pl.Int32)
    if "age_years" in raw.columns:
        young = raw["age_years"].str.contains(r"(?:月|天|日)\s*$").fill_null(False)
        pages = pages.with_columns(
            age_years=pl.when(pl.lit(young)).then(0).otherwise("age_years").cast(pl.Int16)
        )
    else:
        pages = pages.with_columns(age_years=years)
    if "age_days" not in raw.columns:
        pages = pages.with_columns(age_days=pl.when(pl.col("age_years") == 0).then(days))
    if "stay_days" not in raw.columns:
        known = pl.col("discharged").is_not_null() & pl.col("admitted").is_not_null()
        pages = pages.with_columns(stay_days=pl.when(known).then(stay))
    return pages


def _with_key(pages: pl.DataFrame, raw: pl.DataFrame) -> pl.DataFrame:
    """Key of the record: hospital, record and visit, unless the file has one of its own."""
    if "id" in raw.columns:
        return pages
    if "record_no" not in raw.columns:
        return pages.with_columns(pl.col("row").cast(pl.String).alias("id"))
    parts = (pl.col(name).fill_null("") for name in ("hospital", "record_no", "visit_no"))
    return pages.with_columns(pl.concat_str(*parts, separator="|").alias("id"))
