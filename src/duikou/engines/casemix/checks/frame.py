"""One frame of front pages as the predicates of the catalogue see it.

Typed columns have their own names; their text is `raw_<name>`, where it matters without blanks
around it and null for “nothing”. Beside them, each computed only where a predicate names it:

    admitted_day, discharged_day, birth_day   days since 1970-01-01
    stay_by_dates        discharge minus admission in days, at least 1
    age_by_birth         full years between birth and admission
    age_days_by_birth    days between birth and admission
    fee_sum              sum of the fee items, without those that are part of another
    <column>_day         day of an operation
    found <column>       its text as it came in
    <column>_<class>     whether the code in this column belongs to a class
    dx_<class>, px_<class>   whether any diagnosis (operation) of the page does
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from duikou.engines.casemix.checks.classes import Classes
from duikou.engines.casemix.checks.texts import days_of_digits, tidied
from duikou.engines.casemix.columns import FEES, operations, other_diagnoses
from duikou.engines.casemix.layouts.dates import to_datetime

PARTS: Final = ("physiotherapy", "anaesthesia", "operation", "antimicrobials")
"""Fee items that are contained in another item."""

_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Frame:
    """Pages and their raw text side by side, with what the predicates may ask beside them."""

    raw: pl.DataFrame  # as it came in
    pages: pl.DataFrame
    extra: Mapping[str, pl.Expr]  # computed columns
    flags: Mapping[str, pl.Series]  # classes of codes as bits
    classes: Mapping[str, tuple[str, int]]  # columns that tell of a class: which flags, which bit
    diagnoses: tuple[str, ...]  # other diagnoses that are filled in anywhere
    operations: tuple[str, ...]
    fees: tuple[str, ...]
    _made: dict[str, pl.Series] = field(default_factory=dict)

    @cached_property
    def names(self) -> frozenset[str]:
        """Columns of the file by our names."""
        return frozenset(self.raw.columns)

    @cached_property
    def _typed(self) -> frozenset[str]:
        return frozenset(self.pages.columns)

    def computed(self, name: str) -> pl.Expr | None:
        """A column that an expression makes of others."""
        if name in self.classes:
            flags, bit = self.classes[name]
            return (pl.col(flags) & bit) != 0
        return self.extra.get(name)

    def has(self, name: str) -> bool:
        """Whether there is such a column that no expression makes."""
        return (
            name in self._typed
            or name in self.flags
            or (name.startswith("found ") and name[6:] in self.names)
            or (name.startswith("raw_") and name[4:] in self.names)
            or (name.endswith("_date_day") and name[:-4] in self.names)
        )

    def column(self, name: str) -> pl.Series:
        """A column that no expression makes: typed, a text, the day in a text, flags."""
        if name in self._typed:
            return self.pages[name]
        if name in self.flags:
            return self.flags[name]
        if name.startswith("found "):
            return self.raw[name[6:]].alias(name)
        if name not in self._made:
            is_text = name.startswith("raw_")
            made = _text(self.raw[name[4:]], self.pages) if is_text else _days(self.raw[name[:-4]])
            self._made[name] = made.alias(name)
        return self._made[name]

    def lazy(self, needed: Iterable[str], rows: pl.Series | None = None) -> pl.LazyFrame:
        """These columns, computed ones among them; of all rows or of some, by position."""
        wanted = set(needed)
        computed = {name: one for name in sorted(wanted) if (one := self.computed(name)) is not None}
        plain = wanted - computed.keys()
        plain |= {root for one in computed.values() for root in one.meta.root_names()}
        columns = [self.column(name) for name in sorted(plain) if self.has(name)]
        table = pl.DataFrame(columns)
        return (table if rows is None else table[rows]).lazy().with_columns(**computed)


def frame_of(raw: pl.DataFrame, pages: pl.DataFrame, classes: Classes) -> Frame:
    """Put pages and their raw text side by side."""
    raw, pages = raw.rechunk(), pages.rechunk()
    columns = pages.columns
    diagnoses = [name for name in other_diagnoses(columns) if _filled(pages, name)]
    px = [name for name in operations(columns) if _filled(pages, name)]
    fees = tuple(f"fee_{name}" for name in FEES if f"fee_{name}" in raw.columns)
    flags = _flags(pages, diagnoses, px, classes)
    extra = _dates(columns) | _fee_sum(fees)
    kept = {series.name: series for series in flags}
    return Frame(raw, pages, extra, kept, _class_columns(flags, classes), tuple(diagnoses), tuple(px), fees)


def _text(raw: pl.Series, pages: pl.DataFrame) -> pl.Series:
    """The text of a column, made tidy where no typed column says the same already."""
    name = raw.name
    if name not in pages.columns:
        return tidied(raw)
    if pages[name].null_count() > raw.null_count():
        at = (pages[name].is_null() & raw.is_not_null()).arg_true()
        raw = raw.clone().scatter(at, tidied(raw[at]))
    return raw


def _days(texts: pl.Series) -> pl.Series:
    """Days since 1970-01-01 of dates in text."""
    at = texts.is_not_null().arg_true()
    days = pl.Series([None], dtype=pl.Int32).new_from_index(0, len(texts))
    return days.scatter(at, _read_days(texts[at])) if len(at) else days


def _read_days(texts: pl.Series) -> pl.Series:
    """The usual form (2024-03-01) by its digits, the others by the reader of the layouts."""
    plain = days_of_digits(texts)
    rest = (plain < 0).arg_true()
    if len(rest):
        plain = plain.scatter(rest, to_datetime(tidied(texts[rest])).dt.date().cast(pl.Int32))
    return plain


def _filled(pages: pl.DataFrame, name: str) -> bool:
    return pages[name].null_count() < pages.height


def _flags(pages: pl.DataFrame, diagnoses: list[str], px: list[str], classes: Classes) -> list[pl.Series]:
    """Classes of each code as bits, and of all diagnoses and all operations of a page together."""
    flags: list[pl.Series] = []
    for kind, main, others in (("dx", "pdx", diagnoses), ("px", "px01", px)):
        columns = dict.fromkeys([main, *others] if main in pages else others)
        together = np.zeros(pages.height, dtype=np.uint16)
        for name in columns:
            one = classes.flags(pages[name], kind)
            together |= one
            flags.append(pl.Series(f"{name}__{kind}", one))
        flags.append(pl.Series(f"{kind}__{kind}", together))
    return flags


def _class_columns(flags: list[pl.Series], classes: Classes) -> dict[str, tuple[str, int]]:
    columns = {}
    for series in flags:
        name, _, kind = series.name.partition("__")
        for one, bit in classes.bits[kind].items():
            columns[f"{name}_{one}"] = series.name, bit
    return columns


def _dates(columns: list[str]) -> dict[str, pl.Expr]:
    extra = {}
    for name in ("admitted", "discharged"):
        if name in columns:
            extra[f"{name}_day"] = _day(name)
    if "birth_date" in columns:
        extra["birth_day"] = pl.col("birth_date").cast(pl.Int32)
    if {"admitted_day", "discharged_day"} <= extra.keys():
        extra["stay_by_dates"] = (_day("discharged") - _day("admitted")).clip(lower_bound=1)
    if {"admitted_day", "birth_day"} <= extra.keys():
        days = _day("admitted") - pl.col("birth_date").cast(pl.Int32)
        extra["age_days_by_birth"] = days
        extra["age_by_birth"] = days.cast(pl.Int64) * 400 // 146_097  # days of four centuries
    return extra


def _day(name: str) -> pl.Expr:
    return (pl.col(name).cast(pl.Int64) // _DAY_MS).cast(pl.Int32)


def _fee_sum(fees: tuple[str, ...]) -> dict[str, pl.Expr]:
    whole = [name for name in fees if name.removeprefix("fee_") not in PARTS]
    return {"fee_sum": pl.sum_horizontal(whole)} if whole else {}
