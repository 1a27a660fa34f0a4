"""Rows whose cells stand under the wrong heads: told once instead of by every check they fail."""

from __future__ import annotations

import polars as pl

from duikou.engines.casemix.checks.frame import Frame
from duikou.engines.casemix.checks.model import Catalogue
from duikou.engines.casemix.checks.predicates import PLACEHOLDER

_SHOWN = 6  # names of columns in one fault


def fold_shifted(faults: pl.DataFrame, frame: Frame, found: Catalogue) -> tuple[pl.DataFrame, int]:
    """Put one fault in place of all faults of a row where many cells do not fit their heads.

    Returns the faults and the number of such rows.
    """
    check = next((one for one in found.checks if one.kind == "shifted"), None)
    if check is None:
        return faults, 0
    least = int(check.parameters["faults"])
    domain = faults.filter("domain")
    if domain.height < least:
        return faults, 0
    places = {name: place for place, name in enumerate(frame.raw.columns)}
    cells = domain.select(
        "at", "row", "id", "column", place=pl.col("ours").replace_strict(places, return_dtype=pl.UInt32)
    ).unique(["at", "column"])
    rows = (
        cells.sort("at", "place")
        .group_by("at", maintain_order=True)
        .agg(
            pl.col("row", "id").first(),
            pl.col("column").first(),
            found=pl.col("column").head(_SHOWN).str.join("、"),
            cells=pl.len(),
        )
        .filter(pl.col("cells") >= least)
    )
    if not rows.height:
        return faults, 0
    told = rows.select(
        "row",
        "id",
        "column",
        rule=pl.lit(check.id),
        severity=pl.lit(check.severity),
        found="found",
        expected_zh=pl.lit(PLACEHOLDER.sub(str(least), check.expected.zh)),
        expected_en=pl.lit(PLACEHOLDER.sub(str(least), check.expected.en)),
        at="at",
        domain=pl.lit(True),
        ours=pl.lit(""),
    )
    rest = faults.filter(~pl.col("at").is_in(rows["at"].implode()))
    return pl.concat([rest, told.select(faults.columns)]), rows.height
