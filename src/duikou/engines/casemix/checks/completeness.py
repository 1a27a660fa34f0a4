"""How completely the mandatory items are filled in, by hospital and month of discharge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

import numpy as np
import polars as pl

from duikou.engines.casemix.checks.frame import Frame

ITEMS: Final = {
    "hospital": pl.String,
    "month": pl.Int32,  # yyyymm; 0 where the discharge cannot be read
    "item": pl.String,  # column in the file's own layout
    "expected": pl.Int64,  # records that have to fill it
    "filled": pl.Int64,
}
SCORES: Final = {
    "hospital": pl.String,
    "month": pl.Int32,
    "records": pl.Int64,
    "complete": pl.Int64,  # records with every mandatory item
    "expected": pl.Int64,
    "filled": pl.Int64,
    "score": pl.Float64,  # filled ÷ expected, rounded to 1e-6
}
_KEYS: Final = ("hospital", "month")
_ALL: Final = ""  # the item that counts records
_ZERO: Final = pl.lit(0, pl.Int64)
_LEN: Final = pl.len().cast(pl.Int64)


@dataclass(frozen=True, slots=True)
class Answer:
    """Of one mandatory column in one frame: the rows that lack it, and who has to fill it (None = all)."""

    item: str
    missing: pl.Series
    asked: pl.Series | None


@dataclass
class Tally:
    """Counts of mandatory items over all frames."""

    _records: dict[tuple[str, ...], list[pl.DataFrame]] = field(default_factory=dict)
    """Records of frames in which all records have to fill these items."""
    _counts: list[pl.DataFrame] = field(default_factory=list)

    def add(self, frame: Frame, answers: Sequence[Answer]) -> None:
        """Count one frame."""
        keys = _keys(frame)
        everybody, some, but = [_ALL], [], []  # who is asked: all, some rows, all but some rows
        for one in answers:
            asked = one.asked.fill_null(False) if one.asked is not None else None
            if asked is not None and int(asked.sum()) * 2 < keys.height:
                some.append((one.item, asked.arg_true()))
                continue
            everybody.append(one.item)
            if asked is not None:
                but.append((one.item, (~asked).arg_true()))
        missing = [(one.item, one.missing) for one in answers]
        if missing:
            missing.append((_ALL, pl.concat([rows for _, rows in missing]).unique()))
        records = keys.group_by(_KEYS).agg(expected=_LEN)
        self._records.setdefault(tuple(everybody), []).append(records)
        for rows, expected, lacking in ((some, _LEN, _ZERO), (but, -_LEN, _ZERO), (missing, _ZERO, _LEN)):
            gathered = _gathered(keys, rows)
            if gathered is not None:
                self._counts.append(gathered.group_by(*_KEYS, "item").agg(expected=expected, missing=lacking))

    def result(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """SCORES, in order of hospital and month, and ITEMS, in order of hospital, month and item."""
        summed = self._summed()
        items = summed.filter(pl.col("item") != _ALL)
        records = summed.filter(pl.col("item") == _ALL).select(
            *_KEYS, records=pl.col("expected"), complete=pl.col("filled")
        )
        whole = items.group_by(_KEYS).agg(pl.col("expected", "filled").sum())
        scores = records.join(whole, on=_KEYS, how="left", maintain_order="left").with_columns(
            score=quantised(pl.col("filled"), pl.col("expected"))
        )
        return (
            scores.select(list(SCORES)).cast(pl.Schema(SCORES)),
            items.select(list(ITEMS)).cast(pl.Schema(ITEMS)),
        )

    def _summed(self) -> pl.DataFrame:
        whole = [
            pl.concat(parts)
            .group_by(_KEYS)
            .agg(pl.col("expected").sum())
            .join(pl.DataFrame({"item": items}), how="cross")
            .select(*_KEYS, "item", "expected", missing=_ZERO)
            for items, parts in self._records.items()
        ]
        if not whole:
            return pl.DataFrame(schema={**ITEMS, "missing": pl.Int64})
        # What all have to fill is a row for each hospital, month and item already; the rest is added to it.
        rest = pl.concat([whole[0].clear(), *self._counts, *whole[1:]])
        rest = rest.group_by(*_KEYS, "item").agg(pl.col("expected", "missing").sum())
        both = whole[0].join(rest, on=(*_KEYS, "item"), how="full", coalesce=True, suffix=" more")
        return (
            both.select(
                *_KEYS,
                "item",
                *(
                    (pl.col(name).fill_null(0) + pl.col(f"{name} more").fill_null(0)).alias(name)
                    for name in ("expected", "missing")
                ),
            )
            .filter(pl.col("expected") > 0)
            .sort(*_KEYS, "item")
            .with_columns(filled=pl.col("expected") - pl.col("missing"))
        )


def quantised(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """A ratio rounded half up to 1e-6, the same on every engine; null where the whole is 0."""
    millionths = (part / whole * 1e6 + 0.5).floor()
    return pl.when(whole > 0).then((millionths / 1e6).round(6))  # a number for a divisor is not exact alone


def _keys(frame: Frame) -> pl.DataFrame:
    """Hospital and month of discharge of each row."""
    columns = frame.table.columns
    hospital = pl.col("hospital").fill_null("") if "hospital" in columns else pl.lit("")
    day = pl.col("discharged_day") if "discharged" in columns else pl.lit(None, pl.Int32)
    rows = frame.lazy({"row", "discharged_day", "hospital"} & {*columns, *frame.extra})
    keys = rows.select(day.alias("day"), hospital.alias("hospital"), "row").drop("row").collect()
    return keys.select("hospital", _months(keys["day"]).alias("month"))


def _months(days: pl.Series) -> pl.Series:
    """The month (yyyymm) of each day, looked up: 0 where it is not known."""
    first, last = cast(int | None, days.min()), cast(int | None, days.max())
    if first is None or last is None:
        return pl.Series([0], dtype=pl.Int32).new_from_index(0, len(days))
    dates = pl.int_range(first, last + 1, dtype=pl.Int32, eager=True).cast(pl.Date)
    table = np.append((dates.dt.year() * 100 + dates.dt.month()).to_numpy(), 0)
    return pl.Series(table[days.fill_null(last + 1).to_numpy() - first], dtype=pl.Int32)


def _gathered(keys: pl.DataFrame, rows: Sequence[tuple[str, pl.Series]]) -> pl.DataFrame | None:
    """Keys of the rows of several items, one under the other; None where there are no rows."""
    some = [(item, at) for item, at in rows if len(at)]
    if not some:
        return None
    items = pl.concat([pl.Series([item]).new_from_index(0, len(at)) for item, at in some])
    return keys[pl.concat([at for _, at in some])].with_columns(item=items)


def renamed(items: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """Items under the names of the file."""
    return items.with_columns(pl.col("item").replace(dict(names)))
