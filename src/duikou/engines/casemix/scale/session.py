"""A Spark session in which indicators come out the same as on the embedded engine, to the last digit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import ibis
import polars as pl

from duikou.engines.casemix.columns import FACTS, Schema
from duikou.engines.casemix.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from pyspark.sql import DataFrame, SparkSession

SETTINGS: Final[Mapping[str, str]] = {
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    # An executor that dies takes its part of a query with it; the cluster does that part again.
    "spark.task.maxFailures": "8",
}

_SPARK: Final = {
    pl.String: "string",
    pl.Int8: "tinyint",
    pl.Int16: "smallint",
    pl.Int32: "int",
    pl.Int64: "bigint",
    pl.Date: "date",
    pl.Boolean: "boolean",
}


def session(master: str, settings: Mapping[str, str] | None = None) -> SparkSession:
    """Return a session on a cluster such as `spark://host:7077`; further settings as Spark names them."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("duikou")
    for name, value in {**SETTINGS, **(settings or {})}.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def connect(session: SparkSession) -> Any:
    """Return the session as a connection of Ibis."""
    return ibis.pyspark.connect(session)


def ddl(schema: Schema) -> str:
    """Return the columns as Spark writes them."""
    return ", ".join(f"{name} {spark_type(kind)}" for name, kind in schema.items())


def spark_type(kind: pl.DataType | type[pl.DataType]) -> str:
    """Return the type of a column as Spark names it."""
    return _SPARK[kind if isinstance(kind, type) else type(kind)]


def facts(connection: Any, store: Store, as_of: int | None = None) -> ir.Table:
    """Return the facts of one version as a table of Spark, over exactly the files of that version.

    Every machine of the cluster must see the store's folder under the same name.
    """
    spark: SparkSession = connection._session
    reader = spark.read.schema(ddl(FACTS)).option("basePath", str(store.path))
    files = store.files(as_of)
    frame = reader.parquet(*files) if files else spark.createDataFrame([], ddl(FACTS))
    return table_of(connection, frame.select(*FACTS))


def table_of(connection: Any, frame: DataFrame) -> ir.Table:
    """Return a frame of Spark as a table of Ibis."""
    name = ibis.util.gen_name("spark")
    frame.createOrReplaceTempView(name)
    return connection.table(name)


def kept(connection: Any, expression: ir.Table) -> ir.Table:
    """Return the same table, computed once when it is first read and then held by the cluster."""
    return table_of(connection, frame_of(connection, expression).cache())


def frame_of(connection: Any, expression: ir.Table) -> DataFrame:
    """Return a table of Ibis as a frame of Spark, in the types that Ibis says.

    Spark numbers rows, and fills gaps in small numbers, in other types than it is thought to.
    """
    frame = connection._session.sql(str(connection.compile(expression)))
    kinds = expression.schema().to_polars()
    return frame.selectExpr(
        *(f"CAST(`{name}` AS {spark_type(kind)}) AS `{name}`" for name, kind in kinds.items())
    )


def rows(connection: Any, expression: ir.Table) -> pl.DataFrame:
    """Return the rows of a table, in its own order and types.

    Ibis itself would take them through pandas, where a whole number beside a null becomes a fraction.
    """
    found = pl.from_arrow(frame_of(connection, expression).toArrow())
    assert isinstance(found, pl.DataFrame)
    return found
