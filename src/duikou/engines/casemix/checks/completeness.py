"""How completely the mandatory items are filled in, by hospital and month of discharge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from duikou.engines.casemix.checks.frame import Frame
from duikou.engines.casemix.checks.predicates import Predicate

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


@dataclass
class Tally:
    """Counts of mandatory items over all frames."""

    _counts: list[pl.DataFrame] = field(default_factory=list)

    def add(self, frame: Frame, answers: Sequence[tuple[Predicate, pl.Series, pl.Series | None]]) -> None:
        """Count one frame: of each mandatory column the rows that lack it, and those asked (None = all)."""
        keys = _keys(frame)
        records = keys.group_by(_KEYS).len("expected").with_columns(pl.col("expected").cast(pl.Int64))
        for item in (_ALL, *(one.column for one, _, asked in answers if asked is None)):
            self._counts.append(records.select(*_KEYS, item=pl.lit(item), expected="expected", missing=_ZERO))
        asked_rows = [(one.column, asked) for one, _, asked in answers if asked is not None]
        missing = [(one.column, rows) for one, rows, _ in answers]
        if missing:
            missing.append((_ALL, pl.concat([rows for _, rows in missing]).unique()))
        for rows, expected, lacking in ((asked_rows, pl.len(), _ZERO), (missing, _ZERO, pl.len())):
            counted = _gathered(keys, rows)
            if counted is not None:
                self._counts.append(
                    counted.group_by(*_KEYS, "item").agg(
                        expected=expected.cast(pl.Int64), missing=lacking.cast(pl.Int64)
                    )
                )

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
        if len(self._counts) > 1:
            counts = pl.concat(self._counts).group_by(*_KEYS, "item").agg(pl.col("expected", "missing").sum())
            self._counts = [counts.sort(*_KEYS, "item")]
        return self._counts[0].with_columns(filled=pl.col("expected") - pl.col("missing"))


def quantised(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """A ratio rounded half up to 1e-6, the same on every engine; null where the whole is 0."""
    millionths = (part / whole * 1e6 + 0.5).floor()
    return pl.when(whole > 0).then((millionths / 1e6).round(6))  # a number for a divisor is not exact alone


def _keys(frame: Frame) -> pl.DataFrame:
    """Hospital and month of each row."""
    columns = frame.table.columns
    hospital = pl.col("hospital").fill_null("") if "hospital" in columns else pl.lit("")
    if "discharged" not in columns:
        return frame.table.select(hospital=hospital, month=pl.lit(0, pl.Int32))
    rows = frame.lazy(["discharged_day"]).select("discharged_day", hospital=hospital).collect()
    days = rows.select(pl.col("discharged_day").unique()).with_columns(
        month=_month(pl.col("discharged_day").cast(pl.Date))
    )
    return rows.join(days, on="discharged_day", how="left", maintain_order="left", nulls_equal=True).select(
        *_KEYS
    )


def _month(day: pl.Expr) -> pl.Expr:
    return (day.dt.year().cast(pl.Int32) * 100 + day.dt.month().cast(pl.Int32)).fill_null(0)


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
