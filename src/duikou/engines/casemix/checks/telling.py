"""Put faults into words: what was found, what is expected, with the figures of the record."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from duikou.engines.casemix.checks.frame import Frame
from duikou.engines.casemix.checks.model import Check, Parameter
from duikou.engines.casemix.checks.predicates import PLACEHOLDER
from duikou.engines.casemix.columns import PAGES
from duikou.engines.text import Text

_TYPES: Final[Mapping[object, Text]] = {
    pl.Datetime("ms"): Text(
        "日期与时间，如 2024-03-01 08:30:00", "a date with time, like 2024-03-01 08:30:00"
    ),
    pl.Date(): Text("日期，如 2024-03-01", "a date, like 2024-03-01"),
    pl.Int8(): Text("代码（整数）", "a code (whole number)"),
}
_MONEY: Final = Text("金额（元，最多两位小数）", "an amount (yuan, at most two decimals)")
_NUMBER: Final = Text("整数", "a whole number")


TOLD: Final = ("at", "rule", "column", "found", "expected_zh", "expected_en")
"""Of each fault: the position of its record in the frame, and the words."""


@dataclass(frozen=True)
class Hits:
    """The rows of a frame that break one check in one column, by their positions."""

    check: Check
    column: str
    at: pl.Series
    beside: Mapping[str, pl.Series] = field(default_factory=dict)
    """Further values for the wording, one for each row."""
    form: Text | None = None


def type_text(column: str) -> Text:
    """What can be read in a typed column."""
    if column in ("total", "own") or column.startswith("fee_"):
        return _MONEY
    kind = PAGES[column]
    return _TYPES.get(kind if isinstance(kind, pl.DataType) else kind(), _NUMBER)


def told(hits: Sequence[Hits], frame: Frame, parameters: Mapping[str, Parameter]) -> list[pl.DataFrame]:
    """Return what the faults say, with the position of their record: TOLD. All in one go."""
    alike: list[Hits] = []
    asked: list[pl.LazyFrame] = []
    for one in hits:
        family, figures = _family(one.check, frame), _figures(one.check, parameters)
        if family or figures:
            asked.append(_each_its_words(one, family, figures, frame, parameters))
        else:
            alike.append(one)
    faults = [part for part in pl.collect_all(asked) if part.height]
    return [*faults, _same_words(alike, frame, parameters)] if alike else faults


def _figures(check: Check, parameters: Mapping[str, Parameter]) -> set[str]:
    """What the wording shows of each record."""
    wording = check.expected.zh + check.expected.en
    return {name for name, _ in PLACEHOLDER.findall(wording)} - {"form", *check.parameters, *parameters}


def _each_its_words(
    hits: Hits, family: tuple[str, ...], figures: set[str], frame: Frame, parameters: Mapping[str, Parameter]
) -> pl.LazyFrame:
    check = hits.check
    flags = {f"{name}_{_class_of(check)}" for name in family}
    shown = {
        f"found {one}" for one in (hits.column, *family, *(_beside(name, hits, frame) for name in figures))
    }
    rows = frame.lazy({"row", *family} | figures | flags | shown, hits.at)
    if hits.beside:
        rows = rows.with_columns(series.alias(name) for name, series in hits.beside.items())
    column, found = _located(check, hits.column, family, frame)
    faults = rows.select(
        at=hits.at.cast(pl.UInt32),
        rule=pl.lit(check.id),
        column=column,
        found=found,
        expected_zh=_words(check.expected.zh, hits, frame, parameters, "zh"),
        expected_en=_words(check.expected.en, hits, frame, parameters, "en"),
    )
    return faults.drop_nulls("column") if check.locate else faults


def _same_words(hits: Sequence[Hits], frame: Frame, parameters: Mapping[str, Parameter]) -> pl.DataFrame:
    """Faults that say the same of all their records: nothing to compute."""

    def words(one: Hits, language: str) -> str:
        template = getattr(one.check.expected, language)
        return PLACEHOLDER.sub(lambda match: _constant(match, one, parameters, language) or "", template)

    number = pl.Series(np.repeat(np.arange(len(hits)), [len(one.at) for one in hits]))
    constant = {
        "rule": [one.check.id for one in hits],
        "column": [one.column for one in hits],
        "expected_zh": [words(one, "zh") for one in hits],
        "expected_en": [words(one, "en") for one in hits],
    }
    texts = [
        frame.raw[one.column][one.at].alias("found")
        if one.column in frame.names
        else pl.Series("found", [""]).new_from_index(0, len(one.at))
        for one in hits
    ]
    return pl.DataFrame(
        [
            pl.concat([one.at.cast(pl.UInt32).alias("at") for one in hits]),
            pl.concat(texts),
            *(pl.Series(name, values).gather(number) for name, values in constant.items()),
        ]
    ).select(TOLD)


def _family(check: Check, frame: Frame) -> tuple[str, ...]:
    if check.locate.startswith("diagnoses"):
        return ("pdx", *frame.diagnoses)
    return frame.operations if check.locate else ()


def _class_of(check: Check) -> str:
    return check.locate.partition(":")[2]


def _located(check: Check, column: str, family: tuple[str, ...], frame: Frame) -> tuple[pl.Expr, pl.Expr]:
    """The column that a fault names and what is in it."""
    if not family:
        return pl.lit(column), _raw(column, frame)
    where, what = pl.lit(None, pl.String), pl.lit(None, pl.String)
    name = _class_of(check)
    for one in reversed(family):
        hit = pl.col(one).str.contains(name[1:-1]) if name.startswith("/") else pl.col(f"{one}_{name}")
        where = pl.when(hit).then(pl.lit(one)).otherwise(where)
        what = pl.when(hit).then(_raw(one, frame)).otherwise(what)
    return where, what


def _raw(column: str, frame: Frame) -> pl.Expr:
    return pl.col(f"found {column}") if column in frame.names else pl.lit("")


def _words(
    template: str, hits: Hits, frame: Frame, parameters: Mapping[str, Parameter], language: str
) -> pl.Expr:
    """The template with its figures, computed for all rows at once."""
    parts: list[pl.Expr] = []
    end = 0
    for match in PLACEHOLDER.finditer(template):
        parts.append(pl.lit(template[end : match.start()]))
        parts.append(_figure(match, hits, frame, parameters, language))
        end = match.end()
    parts.append(pl.lit(template[end:]))
    return pl.concat_str(parts) if len(parts) > 1 else parts[0]


def _figure(
    match: re.Match[str], hits: Hits, frame: Frame, parameters: Mapping[str, Parameter], language: str
) -> pl.Expr:
    name, style = match[1], match[2]
    if (text := _constant(match, hits, parameters, language)) is not None:
        return pl.lit(text)
    if name in hits.beside:
        return pl.col(name).cast(pl.String)
    if frame.computed(name) is not None:
        return (_yuan(pl.col(name)) if style == "yuan" else pl.col(name).cast(pl.String)).fill_null("")
    return _raw(_beside(name, hits, frame), frame).fill_null("")


def _constant(
    match: re.Match[str], hits: Hits, parameters: Mapping[str, Parameter], language: str
) -> str | None:
    """A figure that is the same for all rows; None if it is not."""
    name, style = match[1], match[2]
    if name == "form" and hits.form:
        return hits.form.zh if language == "zh" else hits.form.en
    value = hits.check.parameters.get(name, parameters.get(name))
    if value is None:
        return None
    return yuan(int(value)) if style == "yuan" else str(value)


def _beside(name: str, hits: Hits, frame: Frame) -> str:
    """The column that a placeholder means: `date` of px02 is px02_date."""
    beside = f"{hits.column}_{name}"
    return beside if beside in frame.names else name


def yuan(fen: int) -> str:
    """An amount as it is written: 123456 → 1234.56."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _yuan(fen: pl.Expr) -> pl.Expr:
    whole, rest = fen.abs() // 100, fen.abs() % 100
    sign = pl.when(fen < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str(sign, whole.cast(pl.String), pl.lit("."), rest.cast(pl.String).str.zfill(2))
