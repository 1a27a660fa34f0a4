"""Small additive sums of the facts: a page over millions of stays reads thousands of rows.

All aggregates are one Delta table, partitioned by aggregate and month. A submission's act
ends with a commit there that replaces the sums of its hospital-month and says which version
of the facts the sums are of. A process killed in between leaves sums of an older version:
they are known to be old, and are made up for before anybody reads them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl
from deltalake import CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake

from duikou.engines.casemix.columns import FACTS, Schema
from duikou.engines.casemix.store.log import Log
from duikou.engines.casemix.store.model import Unit
from duikou.engines.casemix.store.parquet import (
    ENDLESS,
    Read,
    arrow_schema,
    empty,
    exists,
    frame,
    ibis_table,
    read,
)

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

SUMS: Final[Mapping[str, pl.Expr]] = {
    "stays": pl.len(),
    "deaths": pl.col("died").sum(),
    "operated": pl.col("operated").sum(),
    "stay_days": pl.col("stay_days").sum(),
    "total": pl.col("total").sum(),
}
"""What is summed, always as whole numbers: sums of parts add up to the sum of the whole."""

UNIT: Final = ("hospital", "month")
_MARK: Final = "facts"  # id of the transaction that says which version of the facts the sums are of
_PARTITION: Final = ("aggregate", "month")


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One way of summing: by hospital, month and these columns of the facts."""

    name: str
    keys: tuple[str, ...]

    @property
    def schema(self) -> Schema:
        """Its columns as `Store.aggregate` returns them."""
        return {name: FACTS[name] for name in (*UNIT, *self.keys)} | dict.fromkeys(SUMS, pl.Int64())

    def of(self, facts: pl.DataFrame) -> pl.DataFrame:
        """Return the sums of these facts."""
        sums = [value.cast(pl.Int64).alias(name) for name, value in SUMS.items()]
        return facts.group_by(*UNIT, *self.keys).agg(sums)


AGGREGATES: Final = (
    Aggregate("hospitals", ("city", "hospital_county", "disposition", "grouped")),
    Aggregate("groups", ("hospital_county", "mdc", "adrg", "drg")),
    Aggregate("flows", ("hospital_county", "residence")),
    Aggregate("needs", ("hospital_county", "residence", "disease", "major_disease")),
)
"""The store's own: load of hospitals, groups, who goes where, and for what."""


class Aggregates:
    """The table of sums beside one table of facts.

    Its folder's name holds a digest of the definitions, so that sums made by other ones are never read.
    """

    def __init__(self, folder: Path, definitions: Sequence[Aggregate]) -> None:
        self._definitions = {one.name: one for one in definitions}
        self._keys = tuple(dict.fromkeys(key for one in definitions for key in one.keys))
        self._schema: Schema = {
            "aggregate": pl.String(),
            **{name: FACTS[name] for name in (*UNIT, *self._keys)},
            **dict.fromkeys(SUMS, pl.Int64()),
        }
        said = repr([(one.name, one.keys) for one in definitions]) + repr(list(self._schema.items()))
        self.path = folder / f"aggregates-{hashlib.sha256(said.encode()).hexdigest()[:12]}"

    # --- reading

    def fresh(self, version: int, log: Log) -> bool:
        """Return whether the sums are those of this version of the facts."""
        return not _touched(self._made_of(), version, log)

    def version_for(self, version: int, log: Log) -> int | None:
        """Return the version of the sums that is of this version of the facts; None when there is none."""
        low, high = 0, DeltaTable(self.path).version() if exists(self.path) else -1
        while low <= high:  # the marks only ever grow
            middle = (low + high) // 2
            if self._made_of(middle) <= version:
                low = middle + 1
            else:
                high = middle - 1
        return high if high >= 0 and not _touched(self._made_of(high), version, log) else None

    def table(self, connection: ibis.BaseBackend, name: str, version: int | None = None) -> ibis.Table:
        """Return one aggregate as a table of DuckDB."""
        whole = read(self.path, version)
        files = [file for file in whole.files if file.partition["aggregate"] == name]
        return ibis_table(
            connection, Read(whole.version, files, whole.columns), self._definitions[name].schema, ["month"]
        )

    def computed(self, facts: Read, name: str) -> ibis.Table:
        """Return one aggregate summed from the facts themselves: for a version without stored sums."""
        import ibis

        one = self._definitions[name]
        sums = [one.of(frame(facts, FACTS, month)) for month in facts.months()]
        return ibis.memtable(pl.concat([empty(one.schema), *sums]).to_arrow())

    def _made_of(self, version: int | None = None) -> int:
        """Return the version of the facts that the sums are of; −1 for none."""
        if not exists(self.path):
            return -1
        mark = DeltaTable(self.path, version=version).transaction_version(_MARK)
        return -1 if mark is None else mark

    # --- writing (the caller holds the lock)

    def catch_up(self, facts: Read, log: Log, at_hand: Mapping[Unit, pl.DataFrame]) -> None:
        """Make the sums those of this version of the facts, in one commit.

        Only months with a submission since are written anew. `at_hand` spares reading what was just written.
        """
        units = _touched(self._made_of(), facts.version, log)
        if not units:
            return
        if not exists(self.path):
            DeltaTable.create(
                self.path,
                arrow_schema(self._schema),
                partition_by=list(_PARTITION),
                configuration=ENDLESS,
            )
        months: dict[int, set[str]] = {}
        for unit in sorted(units):
            months.setdefault(unit.month, set()).add(unit.hospital)
        write_deltalake(
            self.path,
            self._stream(facts, months, at_hand),
            mode="overwrite",
            predicate=f"month IN ({', '.join(map(str, months))})",
            writer_properties=WriterProperties(compression="ZSTD"),
            commit_properties=CommitProperties(app_transactions=[Transaction(_MARK, facts.version)]),
        )

    def _stream(
        self, facts: Read, months: Mapping[int, set[str]], at_hand: Mapping[Unit, pl.DataFrame]
    ) -> pa.RecordBatchReader:
        """Return all sums of these months, one month after the other, so that memory holds one."""
        import pyarrow as pa

        present = read(self.path)
        schema = arrow_schema(self._schema)
        frames = (self._month(present, facts, month, names, at_hand) for month, names in months.items())
        return pa.RecordBatchReader.from_batches(
            schema, (batch for sums in frames for batch in sums.to_arrow().cast(schema).to_batches())
        )

    def _month(
        self,
        present: Read,
        facts: Read,
        month: int,
        hospitals: set[str],
        at_hand: Mapping[Unit, pl.DataFrame],
    ) -> pl.DataFrame:
        """Return the sums of one month: those of these hospitals made anew, the others as they stand."""
        changed = pl.col("hospital").is_in(hospitals)
        known = [at_hand[unit] for name in hospitals if (unit := Unit(name, month)) in at_hand]
        complete = len(known) == len(hospitals)
        stays = pl.concat(known) if complete else frame(facts, FACTS, month, changed)
        made = [one.of(stays).with_columns(aggregate=pl.lit(one.name)) for one in self._definitions.values()]
        others = frame(present, self._schema, month, ~changed)
        whole = pl.concat([others, *made], how="diagonal")
        # One order of rows, so that a reader who wants one county or hospital can skip most of a file.
        order = [
            "aggregate",
            *(name for name in ("residence",) if name in self._keys),
            "hospital",
            *self._keys,
        ]
        return whole.sort(list(dict.fromkeys(order)), nulls_last=True)


def _touched(made_of: int, version: int, log: Log) -> set[Unit]:
    """Return the hospital-months that changed after one version of the facts, up to another."""
    return {landed.unit for commit in log.after(made_of, version) for landed in commit.landed}
