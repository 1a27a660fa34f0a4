"""An invented province's years as hospitals would submit them: month by month, hospital by hospital."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from duikou.engines.casemix.columns import FRAME_ROWS
from duikou.engines.casemix.generate.narrow import narrow
from duikou.engines.casemix.generate.province import Province
from duikou.engines.casemix.generate.stays import Drawer

STREAM = 2  # of chance


@dataclass(frozen=True, slots=True)
class Submission:
    """The stays of one hospital that ended in one month."""

    hospital: str
    month: int  # yyyymm
    raw: pl.DataFrame


def months(
    province: Province, records: int, seed: int, *, year: int | None = None, frame_rows: int = FRAME_ROWS
) -> Iterator[tuple[int, pl.DataFrame]]:
    """About `records` front pages, month by month in order, as (yyyymm, RAW frame); a month may have several.

    Every month has its expected share and its own source of chance, so that one year alone
    is the same as within all.
    """
    drawer = Drawer(province)
    ends = np.rint(np.cumsum(np.append(0.0, drawer.per_month)) * records).astype(int).tolist()
    for number, (begin, end) in enumerate(pairwise(ends)):
        name = (province.first_year + number // 12) * 100 + number % 12 + 1
        if year not in (None, name // 100):
            continue
        chance = np.random.Generator(np.random.PCG64([seed, STREAM, number]))
        for first in range(begin, end, frame_rows):
            stays = drawer.draw(chance, min(frame_rows, end - first), first, (number, number + 1))
            yield name, narrow(stays, province)


def submissions(
    province: Province, records: int, seed: int, *, frame_rows: int = FRAME_ROWS
) -> Iterator[Submission]:
    """The same, one for each hospital and month that has any stays; holds one month at a time."""
    waiting: list[pl.DataFrame] = []
    current = 0
    for month, frame in months(province, records, seed, frame_rows=frame_rows):
        if month != current:
            yield from _by_hospital(current, waiting)
            waiting, current = [], month
        waiting.append(frame)
    yield from _by_hospital(current, waiting)


def _by_hospital(month: int, frames: list[pl.DataFrame]) -> Iterator[Submission]:
    if not frames:
        return
    parts = pl.concat(frames).partition_by("hospital", as_dict=True)
    for (hospital,), part in sorted(parts.items()):
        rows = pl.int_range(2, len(part) + 2, dtype=pl.UInt32, eager=True).alias("row")
        yield Submission(str(hospital), month, part.with_columns(rows))
