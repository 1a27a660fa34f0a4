"""One cluster and one session for all tests of a run: starting them takes longest."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from duikou.engines.casemix import scale
from tests.spark.cluster import WORKERS, Cluster, obstacle, until


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A running cluster; skips, saying why, where there can be none."""
    if reason := obstacle():
        pytest.skip(reason)
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def environment() -> Iterator[pytest.MonkeyPatch]:
    """Variables of the whole run, put back at its end."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="session")
def spark(cluster: Cluster, environment: pytest.MonkeyPatch) -> Iterator[Any]:
    """A session that has both executors; they run this Python."""
    environment.setenv("PYSPARK_PYTHON", sys.executable)
    logging.getLogger("py4j").setLevel(logging.WARNING)  # it speaks of each connection, after the run too
    made = scale.session(cluster.master, cluster.settings())
    context = made.sparkContext
    try:
        until(lambda: _executors(context) == WORKERS, "two executors")
        yield made
    finally:
        made.stop()


def _executors(context: Any) -> int:
    return int(context._jsc.sc().getExecutorMemoryStatus().size()) - 1  # the driver is one of them
