"""Upkeep changes files and never what a reader sees, of any version."""

from __future__ import annotations

import shutil
from pathlib import Path

import ibis
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from duikou.engines.casemix.store import Refused, Store
from duikou.engines.casemix.store.housekeeping import compact, freeze, frozen, sweep
from tests.unit.engines.casemix.stays import facts


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path)
    for number in range(4):
        part = facts(f"H{number}", 202501, 5, county="330122")
        store.replace(f"H{number}", 202501, part, f"b{number}")
    store.replace("H0", 202501, facts("H0", 202501, 2, seed=1, county="330122"), "b9", version=2)
    return store


def everything(store: Store) -> list[pl.DataFrame]:
    """What readers see of each version, and the sums of the last."""
    connection = ibis.duckdb.connect()
    tables = [store.facts(connection, version) for version in range(5)]
    tables += store.sums(connection).values()
    return [pl.from_arrow(table.to_pyarrow()).sort(pl.all()) for table in tables]  # type: ignore[union-attr]


def same(before: list[pl.DataFrame], after: list[pl.DataFrame]) -> None:
    for one, other in zip(before, after, strict=True):
        assert_frame_equal(one, other)


def test_merging_changes_no_row_of_any_version(store: Store) -> None:
    before = everything(store)
    assert len(store.files()) > 1
    assert compact(store) == 1
    assert len(store.files()) == 1
    same(before, everything(store))
    assert compact(store) == 0
    assert store.standing_version("H0", 202501) == 2


def test_merging_an_empty_store_does_nothing(tmp_path: Path) -> None:
    assert compact(Store(tmp_path)) == 0


def test_only_files_that_no_commit_names_are_swept(store: Store) -> None:
    compact(store)
    before = everything(store)
    named = set(store.path.rglob("*.parquet"))
    stray = [
        store.path / "month=202501" / "city=330100" / "part-00000-killed.parquet",
        store.sums_path / "x.parquet",
    ]
    for path in stray:
        path.write_bytes(b"torn")
    assert sweep(store) == [], "they may belong to a commit that is just being made"
    assert sorted(sweep(store, grace=0)) == sorted(stray)
    assert set(store.path.rglob("*.parquet")) == named
    same(before, everything(store))


def test_sums_by_other_definitions_are_swept(store: Store) -> None:
    before = everything(store)
    other = store.folder / "sums" / "sums-0123456789ab"
    shutil.copytree(store.sums_path, other)
    assert sweep(store) == [other]
    same(before, everything(store))


def test_a_frozen_year_is_a_version_with_a_name(store: Store) -> None:
    version = freeze(store, "2025")
    seen = pl.from_arrow(store.facts(ibis.duckdb.connect(), version).to_pyarrow())
    store.replace("H1", 202501, facts("H1", 202501, 1, seed=3), "late", version=2)
    pinned = store.facts(ibis.duckdb.connect(), frozen(store)["2025"])
    assert_frame_equal(pl.from_arrow(pinned.to_pyarrow()), seen, check_row_order=False)
    assert freeze(store, "2024", 1) == 1
    assert frozen(Store(store.folder)) == {"2025": version, "2024": 1}


def test_a_name_keeps_its_version(store: Store) -> None:
    freeze(store, "2025", 2)
    assert freeze(store, "2025", 2) == 2
    with pytest.raises(Refused, match="frozen at version 2"):
        freeze(store, "2025", 3)
    assert frozen(store) == {"2025": 2}


@pytest.mark.parametrize("version", [-1, 99])
def test_a_version_that_is_not_there_cannot_be_frozen(store: Store, version: int) -> None:
    with pytest.raises(Refused, match=f"Version {version}"):
        freeze(store, "2025", version)


def test_an_empty_store_cannot_be_frozen(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        freeze(Store(tmp_path), "2025")
