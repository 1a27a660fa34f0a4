"""How completely the mandatory items are filled in, by hospital and month of discharge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

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
_DAYS: Final = ("hospital", "day")
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
        records = _by_month(keys.group_by(_DAYS).len("expected"), "expected")
        whole = records.join(pl.DataFrame({"item": everybody}), how="cross").with_columns(missing=_ZERO)
        self._counts.append(whole.select(*_KEYS, "item", "expected", "missing"))
        for rows, expected, lacking in ((some, _LEN, _ZERO), (but, -_LEN, _ZERO), (missing, _ZERO, _LEN)):
            gathered = _gathered(keys, rows)
            if gathered is not None:
                counted = gathered.group_by(*_DAYS, "item").agg(expected=expected, missing=lacking)
                self._counts.append(_by_month(counted, "expected", "missing", beside=("item",)))

    def items(self) -> pl.DataFrame:
        """ITEMS, in order of hospital, month and item."""
        return self._summed().filter(pl.col("item") != _ALL).select(list(ITEMS)).cast(pl.Schema(ITEMS))

    def scores(self) -> pl.DataFrame:
        """SCORES, in order of hospital and month."""
        summed = self._summed()
        records = summed.filter(pl.col("item") == _ALL).select(
            *_KEYS, records=pl.col("expected"), complete=pl.col("filled")
        )
        whole = summed.filter(pl.col("item") != _ALL).group_by(_KEYS).agg(pl.col("expected", "filled").sum())
        return (
            records.join(whole, on=_KEYS, how="left", maintain_order="left")
            .with_columns(score=quantised(pl.col("filled"), pl.col("expected")))
            .select(list(SCORES))
            .cast(pl.Schema(SCORES))
        )

    def _summed(self) -> pl.DataFrame:
        if not self._counts:
            return pl.DataFrame(schema={**ITEMS, "missing": pl.Int64})
        counts = pl.concat(self._counts).group_by(*_KEYS, "item").agg(pl.col("expected", "missing").sum())
        self._counts = [counts.filter(pl.col("expected") > 0).sort(*_KEYS, "item")]
        return self._counts[0].with_columns(filled=pl.col("expected") - pl.col("missing"))


def quantised(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """A ratio rounded half up to 1e-6, the same on every engine; null where the whole is 0."""
    millionths = (part / whole * 1e6 + 0.5).floor()
    return pl.when(whole > 0).then((millionths / 1e6).round(6))  # a number for a divisor is not exact alone


def _keys(frame: Frame) -> pl.DataFrame:
    """Hospital and day of discharge of each row."""
    columns = frame.table.columns
    hospital = pl.col("hospital").fill_null("") if "hospital" in columns else pl.lit("")
    day = pl.col("discharged_day") if "discharged" in columns else pl.lit(None, pl.Int32)
    rows = frame.lazy({"row", "discharged_day", "hospital"} & {*columns, *frame.extra})
    return rows.select(day.alias("day"), hospital.alias("hospital"), "row").drop("row").collect()


def _by_month(counted: pl.DataFrame, *numbers: str, beside: tuple[str, ...] = ()) -> pl.DataFrame:
    """Counts by day, added up by month: 0 where the day is not known."""
    day = pl.col("day").cast(pl.Date)
    month = (day.dt.year().cast(pl.Int32) * 100 + day.dt.month().cast(pl.Int32)).fill_null(0)
    months = counted.with_columns(month=month)
    return months.group_by(*_KEYS, *beside).agg(pl.col(numbers).sum().cast(pl.Int64))


def _gathered(keys: pl.DataFrame, rows: Sequence[tuple[str, pl.Series]]) -> pl.DataFrame | None:
    """Keys of the rows of several items, one under the other; None where there are no rows."""
    some = [(item, at) for item, at in rows if len(at)]
    if not some:
        return None
    items = pl.concat([pl.Series([item]).new_from_index(0, len(at)) for item, at in some])
    return keys[pl.concat([at for _, at in some])].with_columns(item=items)


def renamed(items: pl.DataFrame, names: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """Items under the names of the file."""
    return items.with_columns(pl.col("item").replace(dict(names)))
