"""Group the front pages of a file, frame by frame: memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import polars as pl

from duikou.engines.casemix import layouts
from duikou.engines.casemix.codes import normal_dx, normal_px
from duikou.engines.casemix.columns import PAGES, operations, other_diagnoses
from duikou.engines.casemix.grouper.facts import COLUMNS
from duikou.engines.casemix.grouper.kernel import grouped, program_of
from duikou.engines.casemix.grouper.pages import arrays_of
from duikou.engines.casemix.scheme.conditions import Condition, Kind, facts_of
from duikou.engines.casemix.scheme.model import Scheme

_KEY: Final = ("id", "hospital", "record_no", "visit_no")
_CODES: Final = ("pdx", "dx", "px")
_DATES: Final = ("birth_date", "admitted", "discharged")  # ages and the stay follow from them
_DERIVED: Final = {"age_years", "age_days", "stay_days"}
_WEIGHTS: Final = ("admission_weight", "birth_weight")
_NORMAL: Final = {Kind.DX: normal_dx, Kind.PX: normal_px}


def group_file(path: Path | str, scheme: Scheme) -> Iterator[pl.DataFrame]:
    """Group a file; yields GROUPED frames in the file's order. `BadFile` may come in the middle."""
    program = program_of(scheme)
    for raw in layouts.open_file(path, needs=needs_of(path, scheme)).frames():
        yield grouped(program, arrays_of(_pages(raw), program.books, scheme.assume, _NORMAL))


def page_of(path: Path | str, record: str) -> dict[str, Any] | None:
    """Find a record by its key and return it as a row of PAGES; None when the file lacks it."""
    for raw in layouts.open_file(path).frames():
        pages = layouts.typed(raw)
        found = pages.filter(pl.col("id") == record)
        if found.height:
            return found.row(0, named=True)
    return None


def needs_of(path: Path | str, scheme: Scheme) -> tuple[str, ...]:
    """Name the columns of a file that grouping it asks for."""
    facts = {fact for condition in _conditions(scheme) for fact in facts_of(condition)}
    columns = {COLUMNS[fact] for fact in facts if fact in COLUMNS}
    if "weight" in facts:
        columns |= set(_WEIGHTS)
    if columns & {"age_years", "age_days"}:
        columns |= {"age_years", "age_days"}
    wanted = (*_KEY, *_CODES, *sorted(columns))
    reading = layouts.open_file(path, needs=wanted)
    lacking = _DERIVED & columns & (set(reading.missing) | (columns - set(reading.header)))
    return (*wanted, *_DATES) if lacking else wanted


def _conditions(scheme: Scheme) -> Iterator[Condition]:
    for section, rule in scheme.rules():
        yield section.gate
        yield rule.condition
        yield from (leaf.condition for leaf in rule.leaves)


def _pages(raw: pl.DataFrame) -> pl.DataFrame:
    """Type the facts; codes stay as they are written until the dictionary is asked."""
    codes = ["pdx", *other_diagnoses(raw.columns), *operations(raw.columns)]
    given = [column for column in codes if column in raw.columns]
    facts = _plain(raw)
    if facts is None:
        facts = layouts.typed(raw.drop(given)).drop("pdx")
    return facts.hstack(raw.select(given))


def _plain(raw: pl.DataFrame) -> pl.DataFrame | None:
    """Read facts that are plain numbers; None when one is not, or when something must be derived."""
    names = [name for name in raw.columns if name in COLUMNS.values()]
    if "id" not in raw.columns or {*_DATES} & {*raw.columns}:
        return None
    columns = [raw["id"]]
    for name in names:
        numbers = raw[name].cast(PAGES[name], strict=False)
        if numbers.null_count() > raw[name].null_count() or _below_zero(numbers):
            return None
        columns.append(numbers)
    return pl.DataFrame(columns)


def _below_zero(numbers: pl.Series) -> bool:
    least = numbers.min()
    return isinstance(least, int) and least < 0
