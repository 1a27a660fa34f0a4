"""The store: all stays of a province, each hospital-month whole and in one version.

A folder holds two Delta tables: the facts, partitioned by month and city, and small
additive sums of them (`aggregates.py`). A submission replaces its hospital-month in one
commit, with its batch id and version in the commit's metadata, so that a process killed
at any moment leaves either the old or the new one, and the log says which. One process
writes at a time; readers never wait for it and see the state of one commit.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl
from deltalake import CommitProperties, DeltaTable, Schema, Transaction, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError

from duikou.engines.casemix.columns import FACTS
from duikou.engines.casemix.store.aggregates import Aggregates
from duikou.engines.casemix.store.lock import writing
from duikou.engines.casemix.store.log import Log
from duikou.engines.casemix.store.model import (
    METADATA,
    Busy,
    Commit,
    Landed,
    Outcome,
    Refused,
    Submission,
    Unit,
    checked,
)
from duikou.engines.casemix.store.parquet import (
    ENDLESS,
    PARTITION,
    Read,
    arrow_schema,
    covering,
    exists,
    ibis_table,
    merge_small,
    read,
)
from duikou.engines.casemix.store.registry import Repair, Row, reconcile
from duikou.engines.text import Text

if TYPE_CHECKING:
    import ibis

    from duikou.engines.casemix.indicators.tables import Tables

TRIES: Final = 8
"""So often a commit is tried when somebody who does not keep our lock writes at the same time."""

FEW: Final = 8
"""Up to so many hospital-months are looked up one by one; more, in the log as a whole."""

FILE_BYTES: Final = 16 << 20
"""Size of a file of facts: a submission writes those anew that hold its hospital."""

_WRITER: Final = WriterProperties(compression="ZSTD")


class Store:
    """All stays of a province in one folder."""

    def __init__(self, folder: str | Path, *, wait: float = 60.0) -> None:
        """Open the store in a folder, which need not be there yet; `wait`: seconds to wait for a writer."""
        self.folder = Path(folder)
        self.path = self.folder / "facts"
        self._wait = wait
        self._log = Log(self.path)
        self._sums = Aggregates(self.folder / "sums")

    @property
    def sums_path(self) -> Path:
        """Folder of the table of sums."""
        return self._sums.path

    # --- writing

    def replace(
        self,
        hospital: str,
        month: int,
        facts: pl.DataFrame,
        batch: str,
        *,
        version: int = 1,
        force: bool = False,
    ) -> Outcome:
        """Let these be all stays of the hospital in the month (none: an empty frame), in one commit.

        The very same batch again changes nothing. An older version after a newer one, or
        another batch of the same version, is refused unless forced.
        """
        return self.replace_many([Submission(hospital, month, version, batch, facts)], force=force)

    def exclusive(self) -> AbstractContextManager[None]:
        """Hold the store's lock: nobody else writes meanwhile."""
        return writing(self.folder, self._wait)

    def replace_many(self, submissions: Iterable[Submission], *, force: bool = False) -> Outcome:
        """Replace several hospital-months in one commit: all of them or none."""
        wanted = {submission.unit: submission for submission in submissions}
        frames = {unit: checked(submission) for unit, submission in wanted.items()}
        with self.exclusive():
            version, landed = self._persist(wanted, frames, force)
            self._sums.catch_up(self._read(None), self._log, landed)
            parts = [(unit.month, city) for unit, part in landed.items() for city in part["city"].unique()]
            merge_small(self.path, PARTITION, parts, FILE_BYTES)
        return Outcome(version, changed=bool(landed))

    def _persist(
        self, wanted: Mapping[Unit, Submission], frames: Mapping[Unit, pl.DataFrame], force: bool
    ) -> tuple[int, dict[Unit, pl.DataFrame]]:
        """Commit what is not there yet; return the table's version and the facts that landed."""
        for attempt in range(TRIES):
            table = self._open_to_write()
            due = list(wanted.values()) if force else self._due(table, wanted)
            landing = {one.unit: frames[one.unit] for one in due}
            if not due:
                return table.version(), {}
            try:
                write_deltalake(
                    table,
                    pl.concat(landing.values()).to_arrow(),
                    mode="overwrite",
                    predicate=covering(landing),
                    writer_properties=_WRITER,
                    commit_properties=_properties(due),
                )
            except CommitFailedError:
                time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - only spreads the tries
            else:
                return table.version(), landing
        raise Busy(
            Text(
                f"病例库同时有其他写入，已尝试 {TRIES} 次未成功。请稍后重试；数据未改变。",
                f"Others keep writing to the store; {TRIES} tries failed. "
                "Try again later; nothing was changed.",
            )
        )

    def _due(self, table: DeltaTable, wanted: Mapping[Unit, Submission]) -> list[Submission]:
        """Return what is not in the table yet; refuse what would undo a newer submission."""
        if len(wanted) > FEW:
            log = [landed for commit in self._log.until(table.version()) for landed in commit.landed]
            versions: dict[Unit, int | None] = {landed.unit: landed.version for landed in log}
            landed_before = {(landed.batch, landed.unit, landed.version) for landed in log}
        else:
            versions = {unit: table.transaction_version(_unit_id(unit)) for unit in wanted}
            landed_before = {
                (one.batch, one.unit, one.version)
                for one in wanted.values()
                if table.transaction_version(_batch_id(one.batch, one.unit)) == one.version
            }
        due = []
        for unit, one in wanted.items():
            present = versions.get(unit)
            if present is None or present < one.version:
                due.append(one)
            elif (one.batch, unit, one.version) not in landed_before:
                raise _too_late(one, present)
        return due

    def _open_to_write(self) -> DeltaTable:
        if not exists(self.path):
            return DeltaTable.create(
                self.path, arrow_schema(FACTS), partition_by=list(PARTITION), configuration=ENDLESS
            )
        table = DeltaTable(self.path)
        present = {column.name for column in table.schema().fields}
        if any(name not in present for name in FACTS):  # the program has learned new columns since
            wanted = Schema.from_arrow(arrow_schema(FACTS)).fields
            table.alter.add_columns([column for column in wanted if column.name not in present])
            table = DeltaTable(self.path)
        return table

    # --- reading

    def version(self) -> int:
        """Version of the facts now; −1 when nothing was ever stored."""
        return DeltaTable(self.path).version() if exists(self.path) else -1

    def standing_version(self, hospital: str, month: int) -> int | None:
        """Return the submission version that this hospital-month now stands in."""
        if self.version() < 0:
            return None
        return DeltaTable(self.path).transaction_version(_unit_id(Unit(hospital, month)))

    def stands(self, hospital: str, month: int, batch: str) -> bool:
        """Return whether this batch is what the hospital-month now stands in."""
        unit = Unit(hospital, month)
        if self.version() < 0:
            return False
        table = DeltaTable(self.path)
        landed = table.transaction_version(_batch_id(batch, unit))
        return landed is not None and landed == table.transaction_version(_unit_id(unit))

    def files(self, as_of: int | None = None) -> list[str]:
        """Return the data files of one version (now, if none is named), and no other file."""
        return [file.path for file in self._read(as_of).files]

    def facts(self, connection: ibis.BaseBackend, as_of: int | None = None) -> ibis.Table:
        """Return the facts of one version as a table of DuckDB, over exactly its files."""
        return ibis_table(connection, self._read(as_of), FACTS, PARTITION)

    def sums(self, connection: ibis.BaseBackend, as_of: int | None = None) -> dict[str, ibis.Table]:
        """Return the sums of every aggregate of one version, with the codes as they came.

        They are those of exactly that version: what a killed process left undone is made up for first.
        Only an older version without sums of its own is summed from the facts.
        """
        if as_of is None:
            self.refresh()
            return self._sums.tables(connection)
        head = self._within(as_of)
        if not self._log.landed_after(as_of, head):  # the present state, under one of its numbers
            self.refresh()
            as_of = head
        version = self._sums.version_for(as_of, self._log)
        if version is None:
            return self._sums.computed(self._read(as_of))
        return self._sums.tables(connection, version)

    def tables(
        self,
        connection: ibis.BaseBackend,
        as_of: int | None = None,
        *,
        crosswalk: ibis.Table | None = None,
        **others: ibis.Table | None,
    ) -> Tables:
        """Return what indicators of one version are computed from, out of its sums alone.

        `others` are the small tables that `indicators.Tables` takes besides. Cells that a
        crosswalk of divisions makes alike stay apart: indicators add up whatever they read,
        and adding millions of cells beforehand costs more than the indicators.
        """
        from duikou.engines.casemix.indicators.places import located_sums
        from duikou.engines.casemix.indicators.tables import Tables

        sums = self.sums(connection, as_of)
        return Tables({name: located_sums(table, crosswalk) for name, table in sums.items()}, **others)

    def refresh(self) -> None:
        """Bring the sums up to the facts, where the process that should have done so was killed."""
        if not self._sums.fresh(self.version(), self._log):
            with self.exclusive():
                self._sums.catch_up(self._read(None), self._log, {})

    def _read(self, as_of: int | None) -> Read:
        if as_of is None:
            return read(self.path)
        self._within(as_of)
        return read(self.path, as_of) if as_of >= 0 else Read()

    def _within(self, as_of: int) -> int:
        """Refuse a version that there is not; return the present one."""
        head = self.version()
        if not -1 <= as_of <= head:
            raise Refused(
                Text(
                    f"病例库没有版本 {as_of}；现有版本为 0 至 {head}。",
                    f"The store has no version {as_of}; there are 0 to {head}.",
                )
            )
        return head

    # --- the log

    def history(self, after: int = -1) -> list[Commit]:
        """Return the commits after a version, oldest first."""
        return self._log.after(after, self.version())

    def committed(self, after: int = -1) -> list[Landed]:
        """Return every submission that the log shows after a version, oldest first."""
        return [landed for commit in self.history(after) for landed in commit.landed]

    def standing(self, as_of: int | None = None) -> dict[Unit, Landed]:
        """Return what each hospital-month stands in, in one version."""
        last = self.version() if as_of is None else as_of
        return {landed.unit: landed for commit in self._log.until(last) for landed in commit.landed}

    def reconcile(self, rows: Iterable[Row]) -> list[Repair]:
        """Compare the application's registry of batches with the log; see `registry.reconcile`."""
        return reconcile(rows, self.committed())

    def version_at(self, moment: dt.datetime) -> int:
        """Return the version that stood at a moment; −1 when it was before the first."""
        return max((commit.version for commit in self.history() if commit.at <= moment), default=-1)


def _unit_id(unit: Unit) -> str:
    return f"unit {unit}"


def _batch_id(batch: str, unit: Unit) -> str:
    return f"batch {batch} {unit}"


def _too_late(submission: Submission, present: int) -> Refused:
    unit = submission.unit
    return Refused(
        Text(
            f"医疗机构 {unit.hospital} 的 {unit.month} 月数据已入库第 {present} 版，"
            f"不能再入第 {submission.version} 版。请提交第 {present + 1} 版，或由有权人员强制替换。",
            f"Hospital {unit.hospital} already has version {present} of month {unit.month} in the store; "
            f"version {submission.version} comes too late. Submit version {present + 1}, "
            "or have somebody who may do so force it.",
        )
    )


def _properties(due: Sequence[Submission]) -> CommitProperties:
    """Return the commit's metadata, and the same as transaction ids that survive checkpoints."""
    landed = [Landed(one.unit, one.version, one.batch, -1).written() for one in due]
    return CommitProperties(
        custom_metadata={METADATA: json.dumps(landed, ensure_ascii=False)},
        app_transactions=[Transaction(_unit_id(one.unit), one.version) for one in due]
        + [Transaction(_batch_id(one.batch, one.unit), one.version) for one in due],
    )
