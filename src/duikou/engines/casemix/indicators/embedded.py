"""DuckDB as the engine of the indicators: a connection set up so that results never depend on the machine."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir

if TYPE_CHECKING:
    import polars as pl


_NUMBERS = count()  # a connection may keep the cells of several tables


def open_engine(*, threads: int | None = None, memory: str | None = None) -> Any:
    """Return an Ibis connection to a DuckDB of its own, in memory."""
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET enable_progress_bar = false")  # it would be printed into the result
    connection.raw_sql("SET TimeZone = 'UTC'")
    if threads is not None:
        connection.raw_sql(f"SET threads = {int(threads)}")
    if memory is not None:
        connection.con.execute("SET memory_limit = ?", [memory])
    return connection


def table_of(connection: Any, name: str, frame: pl.DataFrame) -> ir.Table:
    """Return a small frame as a table of the connection."""
    connection.con.register(name, frame.to_arrow())
    return connection.table(name)


def keeper(connection: Any) -> Callable[[str, ir.Table], ir.Table]:
    """Return what computes tables of cells into temporary tables, for `Tables.kept`."""

    def keep(name: str, expression: ir.Table) -> ir.Table:
        return connection.create_table(f"cells_{name}_{next(_NUMBERS)}", expression, temp=True)

    return keep
