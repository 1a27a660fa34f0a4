"""One version of a Delta table as an exact list of files, and that list as a table or a frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

import polars as pl
from deltalake import DeltaTable, WriterProperties

from duikou.engines.casemix.columns import Schema
from duikou.engines.casemix.store.model import Unit

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

ENDLESS: Final[dict[str, str | None]] = {
    # Commits are never cleaned up: old versions stay readable and the log stays the point of truth.
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.checkpointInterval": "50",
}

PARTITION: Final = ("month", "city")
"""How the facts are divided into folders."""

MANY_FILES: Final = 16
"""A partition with more small files than this is merged after a submission, so that reading stays cheap."""

_DUCKDB: Final = {
    pl.String: "VARCHAR",
    pl.Int8: "TINYINT",
    pl.Int16: "SMALLINT",
    pl.Int32: "INTEGER",
    pl.Int64: "BIGINT",
    pl.Date: "DATE",
    pl.Boolean: "BOOLEAN",
}


@dataclass(frozen=True, slots=True)
class File:
    """One data file, and the values of the partition that all its rows share."""

    path: str
    partition: Mapping[str, Any]
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Read:
    """One version of a table: what there is to read."""

    version: int = -1  # −1: nothing was ever stored
    files: Sequence[File] = ()
    columns: frozenset[str] = frozenset()  # those that its schema has

    def months(self) -> list[int]:
        """Return the months that have files, in order."""
        return sorted({file.partition["month"] for file in self.files})


def exists(path: Path) -> bool:
    """Return whether there is a table in this folder."""
    return DeltaTable.is_deltatable(str(path))


def read(path: Path, version: int | None = None) -> Read:
    """Return one version of the table (the present one, if none is named)."""
    if not exists(path):
        return Read()
    table = DeltaTable(path, version=version)
    added = table.get_add_actions(flatten=True)
    names = added.schema.names
    # The log names files as addresses relative to the table; `file_uris` would escape our folder's name too.
    rows = zip(*(added.column(name).to_pylist() for name in names), strict=True)
    files = [_file(path, dict(zip(names, row, strict=True))) for row in rows]
    columns = frozenset(column.name for column in table.schema().fields)
    return Read(table.version(), sorted(files, key=lambda file: file.path), columns)


def _file(folder: Path, action: Mapping[str, Any]) -> File:
    prefix = "partition."
    values = {name.removeprefix(prefix): value for name, value in action.items() if name.startswith(prefix)}
    return File(str(folder / unquote(action["path"])), values, action["size_bytes"])


def empty(schema: Schema) -> pl.DataFrame:
    """Return a frame of these columns without rows."""
    return pl.DataFrame(schema=dict(schema))


def arrow_schema(schema: Schema) -> pa.Schema:
    """Return the columns as Arrow (and so Delta) names them."""
    return empty(schema).to_arrow().schema


def quoted(text: str) -> str:
    """Return the text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def covering(units: Iterable[Unit]) -> str:
    """Return the predicate of all rows of these units, in whatever partition they stand."""
    hospitals: dict[int, list[str]] = {}
    for unit in units:
        hospitals.setdefault(unit.month, []).append(unit.hospital)
    return " OR ".join(
        f"(month = {month} AND hospital IN ({', '.join(map(quoted, names))}))"
        for month, names in sorted(hospitals.items())
    )


def merge_small(path: Path, keys: Sequence[str], parts: Iterable[Sequence[Any]], size: int) -> None:
    """Merge the files of these partitions up to about `size` bytes, where small ones have become many."""
    small = Counter(
        tuple(file.partition[key] for key in keys) for file in read(path).files if file.size < size // 2
    )
    for part in sorted(set(map(tuple, parts))):
        if small[part] > MANY_FILES:
            DeltaTable(path).optimize.compact(
                partition_filters=[(key, "=", str(value)) for key, value in zip(keys, part, strict=True)],
                target_size=size,
                writer_properties=WriterProperties(compression="ZSTD"),
            )


def frame(read: Read, schema: Schema, month: int, where: pl.Expr | None = None) -> pl.DataFrame:
    """Return the rows of one month in the columns of `schema`; a column that a file lacks is null."""
    parts: dict[tuple[tuple[str, Any], ...], list[str]] = {}
    for file in read.files:
        if file.partition["month"] == month:
            parts.setdefault(tuple(file.partition.items()), []).append(file.path)
    frames = [_part(paths, schema, dict(values), where) for values, paths in parts.items()]
    return pl.concat([empty(schema), *pl.collect_all(frames)])


def _part(paths: list[str], schema: Schema, values: Mapping[str, Any], where: pl.Expr | None) -> pl.LazyFrame:
    rows = pl.scan_parquet(
        paths,
        glob=False,
        hive_partitioning=False,
        schema={name: kind for name, kind in schema.items() if name not in values},
        missing_columns="insert",
        extra_columns="ignore",
    ).with_columns(pl.lit(value, schema[name]).alias(name) for name, value in values.items())
    return (rows if where is None else rows.filter(where)).select(list(schema))


def ibis_table(
    connection: ibis.BaseBackend,
    read: Read,
    schema: Schema,
    partition: Sequence[str],
    *,
    uniform: bool = False,
) -> ibis.Table:
    """Return the files of one version as a table of a DuckDB connection, in the columns of `schema`.

    A column that this version does not have is null, and one that only some files have is null in
    the others (`uniform`: all have the same, which spares looking into each). The types of
    partition columns are stated, so that a code with a leading zero stays text.
    """
    import ibis

    if not read.files:
        return ibis.memtable(empty(schema).to_arrow())
    kinds = {name: _DUCKDB[kind if isinstance(kind, type) else type(kind)] for name, kind in schema.items()}
    columns = ", ".join(
        f'CAST({name if name in read.columns else "NULL"} AS {kind}) AS "{name}"'
        for name, kind in kinds.items()
    )
    keys = ", ".join(f"{name}: {quoted(kinds[name])}" for name in partition)
    files = ", ".join(quoted(file.path) for file in read.files)
    view = ibis.util.gen_name("stored")
    connection.raw_sql(
        f"CREATE TEMP VIEW {view} AS SELECT {columns} FROM read_parquet([{files}], "  # noqa: S608 - quoted
        f"hive_partitioning = true, union_by_name = {not uniform}, hive_types = {{{keys}}})"
    )
    return connection.table(view)
