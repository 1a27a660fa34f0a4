"""The sums of the indicators, kept beside the facts: a page over millions of stays reads thousands of rows.

What is summed is defined once, with the indicators (`indicators/aggregates.py`). All sums
are one Delta table, partitioned by aggregate and month. A submission's act ends with a
commit there that replaces the sums of its hospital-month and says which version of the
facts they are of. A process killed in between leaves sums of an older version: they are
known to be old, and are made up for before anybody reads them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from deltalake import CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake

from duikou.engines.casemix.columns import FACTS, Schema
from duikou.engines.casemix.store.log import Log
from duikou.engines.casemix.store.model import Unit
from duikou.engines.casemix.store.parquet import (
    ENDLESS,
    Read,
    arrow_schema,
    covering,
    empty,
    exists,
    frame,
    ibis_table,
    merge_small,
    read,
)

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

FILE_BYTES: Final = 1 << 20
"""Size of a file of sums: small, because a submission writes those anew that hold its hospital."""

_MARK: Final = "facts"  # id of the transaction that says which version of the facts the sums are of
_PARTITION: Final = ("aggregate", "month")


@dataclass(frozen=True, slots=True)
class Definitions:
    """What is summed, as this program defines it."""

    schemas: Mapping[str, Schema]  # columns of each aggregate
    whole: Schema  # of the table that holds them all
    digest: str


@cache
def definitions() -> Definitions:
    """Return the definitions of this program, and a digest that other ones do not have."""
    import ibis

    columns = ibis.memtable(empty(FACTS).to_arrow()).schema()
    sums = _sums_over(ibis.table(columns, name="facts"))  # over facts that are not there yet
    schemas: dict[str, Schema] = {name: dict(table.schema().to_polars()) for name, table in sums.items()}
    whole: dict[str, Any] = {"aggregate": pl.String()}
    for schema in schemas.values():
        whole |= schema
    said = repr([str(ibis.to_sql(table, dialect="duckdb")) for table in sums.values()])
    return Definitions(schemas, whole, hashlib.sha256(said.encode()).hexdigest()[:12])


class Aggregates:
    """The table of sums beside one table of facts.

    Its folder's name holds a digest of the definitions, so that sums made by others are never read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def path(self) -> Path:
        """Folder of the table."""
        return self._folder / f"sums-{definitions().digest}"

    # --- reading

    def fresh(self, version: int, log: Log) -> bool:
        """Return whether the sums are those of this version of the facts."""
        return not _touched(self._made_of(), version, log)

    def version_for(self, version: int, log: Log) -> int | None:
        """Return the version of the sums that is of this version of the facts; None when there is none."""
        if not exists(self.path):
            return None
        low, high = 0, DeltaTable(self.path).version()
        middle = high  # mostly the present one is asked for
        while low <= high:  # the marks only ever grow
            if self._made_of(middle) <= version:
                low = middle + 1
            else:
                high = middle - 1
            middle = (low + high) // 2
        return high if high >= 0 and not _touched(self._made_of(high), version, log) else None

    def tables(self, connection: ibis.BaseBackend, version: int | None = None) -> dict[str, ibis.Table]:
        """Return the sums of each aggregate as a table of DuckDB, all of one version."""
        whole = read(self.path, version)
        found = {}
        for name, schema in definitions().schemas.items():
            files = [file for file in whole.files if file.partition["aggregate"] == name]
            part = Read(whole.version, files, whole.columns)
            found[name] = ibis_table(connection, part, schema, ["month"], uniform=True)
        return found

    def computed(self, facts: Read) -> dict[str, ibis.Table]:
        """Return the sums summed from the facts themselves: for a version without stored ones."""
        import ibis

        parts = [_summed(frame(facts, FACTS, month)) for month in facts.months()]
        return {
            name: ibis.memtable(pl.concat([empty(schema), *(part[name] for part in parts)]).to_arrow())
            for name, schema in definitions().schemas.items()
        }

    def _made_of(self, version: int | None = None) -> int:
        """Return the version of the facts that the sums are of; −1 for none."""
        if not exists(self.path):
            return -1
        mark = DeltaTable(self.path, version=version).transaction_version(_MARK)
        return -1 if mark is None else mark

    # --- writing (the caller holds the lock)

    def catch_up(self, facts: Read, log: Log, at_hand: Mapping[Unit, pl.DataFrame]) -> None:
        """Make the sums those of this version of the facts, in one commit.

        `at_hand` spares reading what was just written.
        """
        units = _touched(self._made_of(), facts.version, log)
        if not units:
            return
        if not exists(self.path):
            DeltaTable.create(
                self.path,
                arrow_schema(definitions().whole),
                partition_by=list(_PARTITION),
                configuration=ENDLESS,
            )
        write_deltalake(
            self.path,
            self._stream(facts, units, at_hand),
            mode="overwrite",
            predicate=covering(units),
            target_file_size=FILE_BYTES,
            writer_properties=WriterProperties(compression="ZSTD"),
            commit_properties=CommitProperties(app_transactions=[Transaction(_MARK, facts.version)]),
        )
        parts = [(name, unit.month) for name in definitions().schemas for unit in units]
        merge_small(self.path, _PARTITION, parts, FILE_BYTES)

    def _stream(
        self, facts: Read, units: Sequence[Unit], at_hand: Mapping[Unit, pl.DataFrame]
    ) -> pa.RecordBatchReader:
        """Return the sums of these hospital-months, one month after the other, so that memory holds one."""
        import pyarrow as pa

        schema = arrow_schema(definitions().whole)
        months = sorted({unit.month for unit in units})
        made = (self._month(facts, [u for u in units if u.month == month], at_hand) for month in months)
        return pa.RecordBatchReader.from_batches(
            schema, (batch for part in made for batch in part.to_arrow().cast(schema).to_batches())
        )

    def _month(
        self, facts: Read, units: Sequence[Unit], at_hand: Mapping[Unit, pl.DataFrame]
    ) -> pl.DataFrame:
        """Return the sums of hospital-months of one month."""
        if all(unit in at_hand for unit in units):
            stays = pl.concat(at_hand[unit] for unit in units)
        else:
            hospitals = pl.col("hospital").is_in([unit.hospital for unit in units])
            stays = frame(facts, FACTS, units[0].month, hospitals)
        made = (sums.with_columns(aggregate=pl.lit(name)) for name, sums in _summed(stays).items())
        # Hospital by hospital, so that each file holds few of them.
        return pl.concat([empty(definitions().whole), *made], how="diagonal").sort("aggregate", "hospital")


def _summed(stays: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the sums of these stays."""
    import ibis

    engine = ibis.duckdb.connect()
    try:
        engine.raw_sql("SET enable_progress_bar = false")
        found = {}
        for name, sums in _sums_over(ibis.memtable(stays.to_arrow())).items():
            rows = pl.from_arrow(engine.to_pyarrow(sums))
            assert isinstance(rows, pl.DataFrame)
            found[name] = rows
        return found
    finally:
        engine.disconnect()


def _sums_over(facts: ibis.Table) -> dict[str, ibis.Table]:
    """Return the sums of each aggregate over these facts."""
    from duikou.engines.casemix.indicators.aggregates import AGGREGATES, sums

    return {name: sums(name, facts) for name in AGGREGATES}


def _touched(made_of: int, version: int, log: Log) -> list[Unit]:
    """Return the hospital-months that changed after one version of the facts, up to another."""
    return sorted({landed.unit for commit in log.after(made_of, version) for landed in commit.landed})
