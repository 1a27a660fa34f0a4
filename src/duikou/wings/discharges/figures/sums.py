"""The store's sums of one version, from which every figure is computed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ibis
import polars as pl

from duikou.core.errors import Conflict
from duikou.engines.casemix.indicators.embedded import keeper, open_engine, table_of
from duikou.engines.casemix.indicators.tables import Tables
from duikou.wings.discharges import storage, wording
from duikou.wings.discharges.figures.basis import Basis, Span, crosswalk
from duikou.wings.hospitals.models import Hospital

_SPANS = {
    "code": pl.String, "valid_from": pl.Date, "valid_to": pl.Date, "county": pl.String, "city": pl.String,
}  # fmt: skip


@contextmanager
def tables(basis: Basis) -> Iterator[tuple[Any, Tables]]:
    """A connection and the tables of one version: the store's sums, never the stays themselves.

    What several figures need alike is summed once, for as long as the connection is open. Raises
    Conflict where the store does not have that version.
    """
    from duikou.engines.casemix.store import Refused

    connection = open_engine(threads=2)
    try:
        known = storage.store().tables(
            connection,
            basis.version,
            crosswalk=table_of(connection, "crosswalk", _spans(crosswalk(basis.day))),
            county_hospitals=table_of(connection, "county_hospitals", _county_hospitals()),
        )
        yield connection, known.shared(keeper(connection))
    except Refused as error:
        raise Conflict(wording.say(error.text)) from error
    finally:
        connection.disconnect()


def only(known: Tables, disease: str) -> Tables:
    """The same for the stays of one disease alone: where residents go for it."""
    cells = known.of("diseases")
    chosen = cells.filter(cells.disease == disease).mutate(
        payment=ibis.literal(""), total=ibis.literal(0, "int64")
    )
    return Tables({"residents": chosen}, county_hospitals=known.county_hospitals)


def _spans(found: list[Span]) -> pl.DataFrame:
    rows = [(one.code, one.valid_from, one.valid_to, one.county, one.city) for one in found]
    return pl.DataFrame(rows, schema=_SPANS, orient="row")


def _county_hospitals() -> pl.DataFrame:
    """Hospitals of the county level, wherever they lie."""
    keys = Hospital.objects.filter(tier=Hospital.Tier.COUNTY).order_by("key").values_list("key", flat=True)
    return pl.DataFrame({"hospital": list(keys)}, schema={"hospital": pl.String})
