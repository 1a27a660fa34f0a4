"""Every cell of every indicator is the same on Spark, also when an executor is killed."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal

from duikou.engines.casemix import scale
from duikou.engines.casemix.indicators import DEFINITIONS
from duikou.engines.casemix.indicators.compute import compute
from duikou.engines.casemix.indicators.tables import Tables
from duikou.engines.casemix.store import Store, Submission
from tests.bench.invented_stays import Province, by_hospital
from tests.spark.cluster import WORKERS, Cluster, until
from tests.unit.engines.casemix.stays import facts

MONTHS = [year * 100 + month for year in (2024, 2025) for month in (1, 2)]
PROVINCE = Province(hospitals=12, counties=6, cities=3, diseases=30)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Months of two years, one of them sent again, so that the folder holds files of old versions."""
    store = Store(tmp_path_factory.mktemp("store"))
    for stays in PROVINCE.stays(MONTHS, 24_000):
        month = stays["month"][0]
        store.replace_many(Submission(name, month, 1, "first", part) for name, part in by_hospital(stays))
    store.replace("H0003", 202502, facts("H0003", 202502, 90), "again", version=2)
    return store


@pytest.fixture(scope="module")
def embedded(store: Store) -> tuple[Any, Tables]:
    connection = ibis.duckdb.connect()
    tables = Tables.of_facts(store.facts(connection))
    return connection, tables.kept(lambda name, cells: connection.create_table(name, cells, temp=True))


@pytest.fixture(scope="module")
def spread(spark: Any, store: Store) -> tuple[Any, Tables]:
    connection = scale.connect(spark)
    tables = Tables.of_facts(scale.facts(connection, store))
    return connection, tables.kept(lambda _, cells: scale.kept(connection, cells))


def test_the_files_are_those_of_the_version(spark: Any, store: Store) -> None:
    connection = scale.connect(spark)
    for version in (None, 1):
        here = pl.from_arrow(store.facts(ibis.duckdb.connect(), version).to_pyarrow())
        there = scale.rows(connection, scale.facts(connection, store, version))
        assert_frame_equal(here.sort(pl.all()), there.sort(pl.all()))  # type: ignore[union-attr]


def test_an_empty_store_is_an_empty_table(spark: Any, tmp_path: Path) -> None:
    connection = scale.connect(spark)
    assert scale.rows(connection, scale.facts(connection, Store(tmp_path))).is_empty()


@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_cell_of_the_indicator_is_equal(
    name: str, embedded: tuple[Any, Tables], spread: tuple[Any, Tables]
) -> None:
    here = pl.from_arrow(embedded[0].to_pyarrow(compute(name, embedded[1])))
    there = scale.rows(spread[0], compute(name, spread[1]))
    assert isinstance(here, pl.DataFrame)
    assert not here.is_empty(), "nothing was compared"
    assert_frame_equal(here, there)


def _slowly(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Pass batches on, each after a while, so that a kill surely falls inside the query."""
    for batch in batches:
        time.sleep(0.5)
        yield batch


def test_an_executor_killed_in_mid_query_changes_no_cell(
    cluster: Cluster, spark: Any, store: Store, embedded: tuple[Any, Tables]
) -> None:
    connection = scale.connect(spark)
    spark.catalog.clearCache()
    frame = spark.sql(str(connection.compile(scale.facts(connection, store))))
    facts_again = scale.table_of(connection, frame.mapInArrow(_slowly, frame.schema))
    query = compute("cmi", Tables.of_facts(facts_again), {"by": "hospital,month"})
    found: list[pl.DataFrame] = []
    asking = threading.Thread(target=lambda: found.append(scale.rows(connection, query)), daemon=True)
    lost = cluster.lost_executors()
    executors = cluster.executors()
    assert len(executors) == WORKERS
    asking.start()
    until(lambda: _in_the_middle(spark.sparkContext), "a stage with some tasks done and some to do")
    os.kill(executors[0], signal.SIGKILL)
    assert asking.is_alive(), "the query was over before the kill"
    asking.join(300)
    assert found, "the query did not end"
    until(lambda: cluster.lost_executors() == lost + 1, "the worker's word of the killed executor")
    here = pl.from_arrow(embedded[0].to_pyarrow(compute("cmi", embedded[1], {"by": "hospital,month"})))
    assert isinstance(here, pl.DataFrame)
    assert_frame_equal(here, found[0])
    until(lambda: len(cluster.executors()) == WORKERS, "a new executor in the place of the killed one")


def _in_the_middle(context: Any) -> bool:
    tracker = context.statusTracker()
    stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
    return any(
        stage and stage.numCompletedTasks > 0 and stage.numTasks - stage.numCompletedTasks > 4
        for stage in stages
    )
