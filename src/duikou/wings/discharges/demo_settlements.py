"""Invented settlements of the insurer, beside the invented front pages of the same months.

What the insurer sees differs as the two sources really do: the self-paying are missing, and stays
outside the province appear. How much of either is invented.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable
from typing import TYPE_CHECKING

from duikou.core.scope import SYSTEM
from duikou.engines.casemix.settlements import HEADINGS
from duikou.wings.discharges import months
from duikou.wings.discharges.actions.settlements import import_settlements
from duikou.wings.discharges.models import SettlementLine, SettlementTable

if TYPE_CHECKING:
    import polars as pl

FILENAME = "演示数据-医保结算.csv"
INSURED = (0.93, 0.98)  # of the stays in the province
OUTSIDE = (0.03, 0.09)  # stays outside the province, beside 1 inside
COLUMNS = ("county", "month", "in_county", "in_city", "in_province", "outside")


def load(facts: Iterable[pl.DataFrame], *, seed: int) -> int:
    """Invent the settlements of the counties and months of `facts`; months that stand are left alone.

    Returns how many lines were made.
    """
    rows = _rows(_counts(facts), random.Random(seed))  # noqa: S311  (invented data, no secret)
    standing = set(
        SettlementLine.objects.filter(in_force=True).values_list("division__code", "month").distinct()
    )
    rows = [row for row in rows if (row[0], row[1]) not in standing]
    if not rows:
        return 0
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([HEADINGS[name] for name in COLUMNS])
    writer.writerows((code, months.shown(month), *counts) for code, month, *counts in rows)
    table = import_settlements(
        actor=SYSTEM, content=text.getvalue().encode(), filename=FILENAME, demonstration=True
    )
    return table.rows


def clear() -> int:
    """Remove them; returns how many lines went."""
    rows = SettlementTable.objects.filter(demonstration=True)
    gone = SettlementLine.objects.filter(table__in=rows).count()
    rows.delete()
    return gone


def _counts(facts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Stays by county of residence and month: in the county, elsewhere in its city, elsewhere."""
    import polars as pl

    stays = pl.concat(list(facts)).filter(pl.col("residence").is_not_null())
    own = pl.col("hospital_county") == pl.col("residence")
    # A county's code begins with the four digits of its city.
    city = pl.col("city").str.slice(0, 4) == pl.col("residence").str.slice(0, 4)
    return (
        stays.group_by("residence", "month")
        .agg(
            in_county=own.fill_null(False).sum(),
            in_city=(~own & city).fill_null(False).sum(),
            whole=pl.len(),
        )
        .sort("residence", "month")
    )


def _rows(counts: pl.DataFrame, chance: random.Random) -> list[tuple[str, int, int, int, int, int]]:
    rows = []
    for one in counts.iter_rows(named=True):
        insured, outside = chance.uniform(*INSURED), chance.uniform(*OUTSIDE)
        elsewhere = one["whole"] - one["in_county"] - one["in_city"]
        inside = [round(insured * part) for part in (one["in_county"], one["in_city"], elsewhere)]
        rows.append((one["residence"], one["month"], *inside, round(outside * one["whole"])))
    return rows
