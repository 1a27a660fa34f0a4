"""How completely the mandatory items are filled in, by hospital and month of discharge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


@dataclass
class Tally:
    """Counts of mandatory items over all frames."""

    _counts: list[pl.DataFrame] = field(default_factory=list)

    def add(self, frame: Frame, answers: Iterable[tuple[Predicate, pl.Series, pl.Series | None]]) -> None:
        """Count one frame: of each mandatory column the rows that lack it, and those asked (None = all)."""
        keys = _keys(frame)
        records = keys.group_by(_KEYS).len("expected")
        incomplete: list[pl.Series] = []
        for predicate, missing, asked in answers:
            item = predicate.column
            self._note(records if asked is None else _by_key(keys, asked), item, "expected", 1)
            self._note(_by_key(keys, missing), item, "missing", 1)
            incomplete.append(missing)
        self._note(records, _ALL, "expected", 1)
        if incomplete:
            self._note(_by_key(keys, pl.concat(incomplete).unique()), _ALL, "missing", 1)

    def _note(self, counted: pl.DataFrame, item: str, into: str, sign: int) -> None:
        if counted.height:
            other = "missing" if into == "expected" else "expected"
            self._counts.append(
                counted.select(
                    *_KEYS,
                    item=pl.lit(item),
                    **{into: pl.col("expected").cast(pl.Int64) * sign, other: pl.lit(0, pl.Int64)},
                ).select(*_KEYS, "item", "expected", "missing")
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
    return pl.when(whole > 0).then((part / whole * 1e6 + 0.5).floor() / 1e6)


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


def _by_key(keys: pl.DataFrame, at: pl.Series) -> pl.DataFrame:
    return keys[at].group_by(_KEYS).len("expected")


def renamed(items: pl.DataFrame, names: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """Items under the names of the file."""
    return items.with_columns(pl.col("item").replace(dict(names)))
