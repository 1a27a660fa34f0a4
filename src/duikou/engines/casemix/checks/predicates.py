"""Turn the checks of the catalogue into expressions over a frame."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from duikou.engines.casemix.checks.frame import Frame
from duikou.engines.casemix.checks.model import Check, Parameter
from duikou.engines.casemix.columns import PAGES

PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]*)(?::([a-z]+))?\}")


@dataclass(frozen=True, slots=True)
class Predicate:
    """A check asked of one column: `mask` is true of the rows that break it."""

    check: Check
    column: str
    mask: pl.Expr
    asked: pl.Expr | None = None
    """Of a mandatory column: the rows that have to fill it; None = all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """All predicates for frames of some columns, ready to be evaluated together."""

    predicates: tuple[Predicate, ...]
    masks: Mapping[str, pl.Expr]  # m<number> of each predicate, w<number> of its `asked`
    needed: Mapping[str, Collection[str]]  # columns of each of these


def asked_of(checks: Iterable[Check], frame: Frame, parameters: Mapping[str, Parameter]) -> Asked:
    """Find what can be asked of a frame."""
    predicates = tuple(
        one
        for check in checks
        if applies(check, frame, parameters)
        for one in predicates_of(check, frame, parameters)
    )
    masks = {f"m{number}": _dated(one, frame) for number, one in enumerate(predicates)}
    masks |= {f"w{number}": one.asked for number, one in enumerate(predicates) if one.asked is not None}
    return Asked(predicates, masks, {name: mask.meta.root_names() for name, mask in masks.items()})


def can_break(one: Predicate, frame: Frame) -> bool:
    """Whether some row may break a check, by what whole columns tell without looking at any row."""
    if one.check.kind == "form":
        return frame.pages[one.column].null_count() > frame.raw[one.column].null_count()
    if one.check.kind == "mandatory":
        return frame.column(_filled_in(one.column)).null_count() > 0
    return True


def _dated(one: Predicate, frame: Frame) -> pl.Expr:
    """The mask of a predicate, on the days for which its check is valid."""
    if not one.check.valid_from or "discharged" not in frame.names:
        return one.mask
    return one.mask & (pl.col("discharged_day") >= day_number(dt.date.fromisoformat(one.check.valid_from)))


def day_number(day: dt.date) -> int:
    """Days since 1970-01-01."""
    return (day - dt.date(1970, 1, 1)).days


def applies(check: Check, frame: Frame, parameters: Mapping[str, Parameter]) -> bool:
    """Whether the file has the columns, and the caller gave the parameters, that a check needs."""
    if frame.names & set(check.absent):
        return False
    wanted = set(PLACEHOLDER.findall(check.fault + check.when))
    given = {"column", "raw", "condition", "date", "date_day", "level", "incision", "anaesthesia"}
    if any(name not in given | parameters.keys() | check.parameters.keys() for name, _ in wanted):
        return False
    return asked_singly(check) or set(check.columns) <= frame.names


def asked_singly(check: Check) -> bool:
    """Whether each column of a check is asked by itself, so that a file need not have them all."""
    return check.over == "columns" or (check.kind in ("mandatory", "form", "values") and not check.when)


def predicates_of(check: Check, frame: Frame, parameters: Mapping[str, Parameter]) -> Iterator[Predicate]:
    """The expressions of a check that can be asked row by row."""
    if check.kind == "mandatory":
        yield from _mandatory(check, frame, parameters)
    elif check.kind == "form":
        for name in columns_of(check, frame):
            yield Predicate(check, name, pl.col(name).is_null() & pl.col(f"raw_{name}").is_not_null())
    elif check.kind == "values":
        for name in columns_of(check, frame):
            yield Predicate(check, name, ~pl.col(f"raw_{name}").is_in(check.values))
    elif check.kind == "sql":
        for name in columns_of(check, frame):
            yield Predicate(check, name, _sql(check.fault, check, name, parameters))


def columns_of(check: Check, frame: Frame) -> list[str]:
    """The columns of the file that a check is asked of."""
    if check.over == "diagnoses":
        return _with_beside(check, frame.diagnoses, frame)
    if check.over == "operations":
        return _with_beside(check, frame.operations, frame)
    if check.over == "fees":
        return list(frame.fees)
    if asked_singly(check):
        return [name for name in check.columns if name in frame.names]
    return list(check.columns[:1])


def _with_beside(check: Check, family: tuple[str, ...], frame: Frame) -> list[str]:
    """Members of a family whose columns beside them (a condition, a date …) the file has too."""
    beside = [text.partition("_")[2] for text in check.columns if re.match(r"[dp]x\d\d_", text)]
    return [name for name in family if all(f"{name}_{one}" in frame.names for one in beside)]


def _mandatory(check: Check, frame: Frame, parameters: Mapping[str, Parameter]) -> Iterator[Predicate]:
    asked = _sql(check.when, check, check.columns[0], parameters) if check.when else None
    for name in columns_of(check, frame):
        missing = pl.col(_filled_in(name)).is_null()
        if name in PAGES:  # what is filled in but cannot be read is another check's matter
            missing &= pl.col(name).is_null()
        yield Predicate(check, name, missing if asked is None else missing & asked, asked)


def _filled_in(name: str) -> str:
    """The column that tells whether there is anything in a mandatory one."""
    return name if PAGES.get(name) == pl.String else f"raw_{name}"


def _sql(text: str, check: Check, column: str, parameters: Mapping[str, Parameter]) -> pl.Expr:
    beside = {
        "column": column,
        "raw": f"raw_{column}",
        "date_day": f"{column}_date_day",
        **{
            name: f"raw_{column}_{name}" for name in ("condition", "date", "level", "incision", "anaesthesia")
        },
    }

    def put(match: re.Match[str]) -> str:
        if name := beside.get(match[1]):
            return name
        value = check.parameters.get(match[1], parameters.get(match[1]))
        return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)

    return pl.sql_expr(PLACEHOLDER.sub(put, text))
