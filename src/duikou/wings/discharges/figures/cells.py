"""The small sums of one version of the store, from which every indicator is computed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis
import polars as pl

from duikou.engines.casemix.indicators import Tables
from duikou.engines.casemix.indicators.embedded import open_engine, table_of
from duikou.wings.discharges import storage
from duikou.wings.discharges.figures.basis import Basis, Span, crosswalk
from duikou.wings.hospitals.models import Hospital

_SPANS = {
    "code": pl.String, "valid_from": pl.Date, "valid_to": pl.Date, "county": pl.String, "city": pl.String,
}  # fmt: skip


@contextmanager
def tables(basis: Basis) -> Iterator[tuple[Any, Tables]]:
    """A connection and the tables of one version; each table of sums is made once and then read back."""
    connection = open_engine(threads=2)
    try:
        whole = Tables.of_facts(
            storage.store().facts(connection, basis.version),
            crosswalk=table_of(connection, "crosswalk", _spans(crosswalk(basis.day))),
            county_hospitals=table_of(connection, "county_hospitals", _county_hospitals()),
        )
        folder = basis.folder / "cells"
        yield connection, whole.kept(lambda name, expression: _kept(connection, folder, name, expression))
    finally:
        connection.disconnect()


def only(known: Tables, disease: str) -> Tables:
    """The same for the stays of one disease alone: where residents go for it."""
    cells = known.of("diseases")
    chosen = cells.filter(cells.disease == disease).mutate(
        payment=ibis.literal(""), total=ibis.literal(0, "int64")
    )
    return Tables({"residents": chosen}, county_hospitals=known.county_hospitals)


def _kept(connection: Any, folder: Path, name: str, expression: Any) -> Any:
    """A table of sums as a file, written whole or not at all when it is first asked for."""
    path = folder / f"{name}.parquet"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        connection.to_parquet(expression, draft)
        os.replace(draft, path)
    return connection.read_parquet(path)


def _spans(found: list[Span]) -> pl.DataFrame:
    rows = [(one.code, one.valid_from, one.valid_to, one.county, one.city) for one in found]
    return pl.DataFrame(rows, schema=_SPANS, orient="row")


def _county_hospitals() -> pl.DataFrame:
    """Hospitals of the county level, wherever they lie."""
    keys = Hospital.objects.filter(tier=Hospital.Tier.COUNTY).order_by("key").values_list("key", flat=True)
    return pl.DataFrame({"hospital": list(keys)}, schema={"hospital": pl.String})
