"""Invented files of front pages (演示数据) for the tests: a few stays of one hospital and month."""

from __future__ import annotations

import io
from functools import cache

import polars as pl

from duikou.engines.casemix.generate import pages

HOSPITAL, MONTH = "安吉县人民医院", "2025-03"


@cache
def _stays(count: int, seed: int) -> pl.DataFrame:
    (frame,) = pages(count, seed)
    return frame


def stays(count: int = 60, *, hospital: str = HOSPITAL, month: str = MONTH, seed: int = 7) -> pl.DataFrame:
    """So many stays that all end in the month, as text; the hospital is called `hospital`."""
    frame = _stays(4000, seed).head(count)
    shift = pl.lit(f"{month}-15").str.to_date() - pl.col("discharged").str.slice(0, 10).str.to_date()

    def moved(name: str, form: str) -> pl.Expr:
        return (pl.col(name).str.to_datetime(form) + shift).dt.strftime(form).alias(name)

    days = [name for name in frame.columns if name.endswith("_date")]
    return frame.with_columns(
        moved("admitted", "%Y-%m-%d %H:%M:%S"),
        moved("discharged", "%Y-%m-%d %H:%M:%S"),
        *(moved(name, "%Y-%m-%d") for name in days),
        hospital=pl.lit(hospital),
        row=pl.int_range(2, count + 2, dtype=pl.UInt32),
    )


def csv(frame: pl.DataFrame) -> bytes:
    """As a file of the narrow layout."""
    buffer = io.BytesIO()
    frame.drop("row").write_csv(buffer)
    return buffer.getvalue()
