"""Imported weights as a table beside the sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from duikou.engines.casemix.indicators.embedded import table_of

if TYPE_CHECKING:
    from duikou.wings.discharges.models import WeightTable


def weight_cells(connection: Any, weights: WeightTable) -> Any:
    """Groups with their weights in 1e-4, in order."""
    rows = sorted(weights.weights.items())
    frame = pl.DataFrame(rows, schema={"drg": pl.String, "weight": pl.Int64}, orient="row")
    return table_of(connection, f"weights_{weights.pk}", frame)
