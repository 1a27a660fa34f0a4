"""The grouping kernel on Spark: machines group batches of Arrow by the code that one machine uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import polars as pl

from duikou.engines.casemix.columns import GROUPED, GROUPING, operations, other_diagnoses
from duikou.engines.casemix.scale.session import ddl
from duikou.engines.casemix.store.parquet import arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

    from duikou.engines.casemix.scheme import Scheme


def grouped(pages: DataFrame, scheme: Scheme) -> DataFrame:
    """Return GROUPED for pages that Spark holds; every machine needs this package and Polars."""
    wanted = [name for name in pages.columns if name in GROUPING]
    wanted += [*other_diagnoses(pages.columns), *operations(pages.columns)]
    shared = pages.sparkSession.sparkContext.broadcast(scheme)

    def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from duikou.engines.casemix.grouper import group

        schema = arrow_schema_of_spark()
        for batch in batches:
            frame = pl.from_arrow(batch)
            assert isinstance(frame, pl.DataFrame)
            yield from group(frame, shared.value).to_arrow().cast(schema).to_batches()

    return pages.select(*wanted).mapInArrow(work, ddl(GROUPED))


def arrow_schema_of_spark() -> pa.Schema:
    """Return GROUPED as Spark takes it: texts with short offsets."""
    import pyarrow as pa

    return pa.schema([(name, pa.string()) for name in arrow_schema(GROUPED).names])
