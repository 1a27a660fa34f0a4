"""A writer of the store is killed at random moments: nothing is torn, nothing taken is lost."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import ibis
import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal

from duikou.engines.casemix.columns import FACTS
from duikou.engines.casemix.indicators.aggregates import sums
from duikou.engines.casemix.store import Store, Unit
from duikou.engines.casemix.store.housekeeping import sweep
from tests.kill.store_worker import content, replace_for_ever, replace_some

pytestmark = pytest.mark.slow

KILLS = 20
# Children are forked from a process that has imported everything and done nothing.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.kill.store_worker", "ibis", "duckdb"])


def heard(told: Connection) -> Iterator[tuple[str, int, int]]:
    """All that a killed writer told of before its end."""
    while True:
        try:
            message = told.recv()
        except EOFError:
            return
        if message is not None:
            yield message


def started(folder: Path, seed: int) -> tuple[BaseProcess, Connection]:
    """Return a writer that has just begun, and where it tells of what the store took."""
    ours, theirs = FORKS.Pipe(duplex=False)
    writer = FORKS.Process(target=replace_for_ever, args=(folder, seed, theirs))
    writer.start()
    theirs.close()
    assert ours.poll(60), "the writer never began"
    ours.recv()
    return writer, ours


def seconds_of_a_submission(folder: Path) -> float:
    """Watch an undisturbed writer, so that kills fall inside the work on a machine of any speed."""
    writer, ours = started(folder, 0)
    begun = time.monotonic()
    for _ in range(5):
        assert ours.poll(60), "the writer stands still"
        ours.recv()
    writer.kill()
    writer.join()
    return (time.monotonic() - begun) / 5


def rows(table: ibis.Table | pa.Table) -> pl.DataFrame:
    found = pl.from_arrow(table if isinstance(table, pa.Table) else table.to_pyarrow())
    assert isinstance(found, pl.DataFrame)
    return found.sort(pl.all())


def expected(versions: dict[Unit, int]) -> pl.DataFrame:
    parts = [
        content(*unit, version).with_columns(batch=pl.lit(f"{unit.hospital}-{unit.month}-{version}"))
        for unit, version in versions.items()
    ]
    return pl.concat([pl.DataFrame(schema=dict(FACTS)), *parts]).sort(pl.all())


def check(folder: Path) -> dict[Unit, int]:
    """Each hospital-month stands whole in one version, and the sums are those of it."""
    store = Store(folder)
    connection = ibis.duckdb.connect()
    versions = {unit: landed.version for unit, landed in store.standing().items()}
    whole = expected(versions)
    assert_frame_equal(rows(store.facts(connection)), whole)
    for unit, version in versions.items():
        assert store.standing_version(*unit) == version
    for name, kept in store.sums(connection).items():
        anew = sums(name, ibis.memtable(whole.to_arrow()))
        assert_frame_equal(rows(kept), rows(connection.to_pyarrow(anew)))
    return versions


def test_twenty_kills_tear_nothing_and_lose_nothing(tmp_path: Path) -> None:
    chance = random.Random(20140215)
    taken: dict[Unit, int] = {}
    pace = seconds_of_a_submission(tmp_path / "undisturbed")
    for kill in range(KILLS):
        writer, ours = started(tmp_path / "store", kill)
        time.sleep(chance.uniform(0, 8 * pace))
        writer.kill()
        writer.join()
        for hospital, month, version in heard(ours):
            taken[Unit(hospital, month)] = version
        standing = check(tmp_path / "store")
        # A commit that was made just before the kill may not have been told of: one more, never one less.
        assert all(standing[unit] in (version, version + 1) for unit, version in taken.items())
        taken = standing
    assert sum(taken.values()) >= KILLS // 2, "the writers did next to nothing"
    sweep(Store(tmp_path / "store"), grace=0)
    assert check(tmp_path / "store") == taken


def test_concurrent_submissions_of_different_hospitals_all_land(tmp_path: Path) -> None:
    writers = [FORKS.Process(target=replace_some, args=(tmp_path, name, 6)) for name in ("H1", "H2")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
        assert writer.exitcode == 0
    assert check(tmp_path) == {Unit(name, month): 3 for name in ("H1", "H2") for month in (202501, 202502)}
    commits = [commit for commit in Store(tmp_path).history() if commit.landed]
    assert len(commits) == 12
