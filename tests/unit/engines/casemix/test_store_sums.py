"""The sums beside the facts: always those of the version asked for, whatever was killed before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ibis
import polars as pl
import pytest

from duikou.engines.casemix.indicators import DEFINITIONS
from duikou.engines.casemix.indicators import aggregates as definitions
from duikou.engines.casemix.indicators.aggregates import AGGREGATES, sum_keys
from duikou.engines.casemix.indicators.compute import compute
from duikou.engines.casemix.indicators.tables import Tables
from duikou.engines.casemix.store import Store, Submission, housekeeping
from duikou.engines.casemix.store import aggregates as aggregates_module
from duikou.engines.casemix.store import parquet as parquet_module
from duikou.engines.casemix.store.aggregates import Aggregates
from tests.bench.invented_stays import Province, by_hospital
from tests.unit.engines.casemix.stays import facts

Stay = dict[str, Any]
DAYS = dict.fromkeys(("valid_from", "valid_to"), pl.Date)


# How a key is read from a stay where it is not simply the stay's column.
KEYS: dict[str, Callable[[Stay], object]] = {
    "cost_class": lambda stay: int(f"{stay['total']:0>2}"[:2]) * 10 ** max(0, len(str(stay["total"])) - 2),
}
SUMS: dict[str, Callable[[Stay], int]] = {
    "cases": lambda stay: 1,
    "deaths": lambda stay: stay["died"],
    "operated": lambda stay: stay["operated"],
    "days": lambda stay: stay["stay_days"],
    "total": lambda stay: stay["total"],
}


def counted(name: str, parts: list[pl.DataFrame]) -> list[tuple[object, ...]]:
    """Sum the obvious way: one stay after the other."""
    aggregate = AGGREGATES[name]
    found: dict[tuple[object, ...], list[int]] = {}
    for stay in (stay for part in parts for stay in part.iter_rows(named=True)):
        if aggregate.of_grouped and not stay["grouped"]:
            continue
        stay |= {"residence": stay["residence"] or ""}
        key = tuple(KEYS[column](stay) if column in KEYS else stay[column] for column in sum_keys(name))
        cell = found.setdefault(key, [0] * len(aggregate.sums))
        for place, column in enumerate(aggregate.sums):
            cell[place] += SUMS[column](stay)
    return sorted((*key, *cell) for key, cell in found.items())


def sums(store: Store, as_of: int | None = None) -> dict[str, pl.DataFrame]:
    tables = store.sums(ibis.duckdb.connect(), as_of)
    return {name: pl.from_arrow(table.to_pyarrow()) for name, table in tables.items()}  # type: ignore[misc]


def agree(store: Store, parts: list[pl.DataFrame], as_of: int | None = None) -> None:
    found = sums(store, as_of)
    assert found.keys() == AGGREGATES.keys()
    for name, frame in found.items():
        assert frame.columns == [*sum_keys(name), *AGGREGATES[name].sums]
        assert sorted(frame.iter_rows()) == counted(name, parts)


@pytest.fixture
def parts() -> list[pl.DataFrame]:
    return [facts(name, month, 30) for name in ("H1", "H2") for month in (202501, 202502)]


def submit(store: Store, part: pl.DataFrame, version: int = 1) -> int:
    hospital, month = part["hospital"][0], part["month"][0]
    return store.replace(hospital, month, part, f"{hospital} {month} {version}", version=version).version


def test_the_sums_are_those_of_the_facts(tmp_path: Path, parts: list[pl.DataFrame]) -> None:
    store = Store(tmp_path)
    agree(store, [])
    for part in parts:
        submit(store, part)
    agree(store, parts)
    parts[1] = facts("H1", 202502, 12, seed=1)
    submit(store, parts[1], version=2)
    agree(store, parts)


def test_a_month_that_becomes_empty_has_no_sums(tmp_path: Path, parts: list[pl.DataFrame]) -> None:
    store = Store(tmp_path)
    submit(store, parts[0])
    store.replace("H1", 202501, facts("H1", 202501, 0), "none", version=2)
    agree(store, [])


def test_sums_of_an_older_version_stay_readable(tmp_path: Path, parts: list[pl.DataFrame]) -> None:
    store = Store(tmp_path)
    versions = [submit(store, part) for part in parts]
    submit(store, facts("H1", 202501, 3, seed=1), version=2)
    for number, version in enumerate(versions):
        agree(store, parts[: number + 1], version)
    agree(store, [], 0)


class Killed(BaseException):
    """Stands for the end of the process."""


def test_sums_that_a_killed_process_did_not_make_are_made_up_for(
    tmp_path: Path, parts: list[pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    submit(store, parts[0])

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(Aggregates, "catch_up", killed)
        with pytest.raises(Killed):
            submit(store, parts[1])
    middle = store.version()
    assert not store._sums.fresh(middle, store._log)
    agree(Store(tmp_path), parts[:2])
    submit(store, parts[2])
    agree(store, parts[:3])
    agree(store, parts[:2], middle)


def test_a_version_without_sums_of_its_own_is_summed_when_asked(
    tmp_path: Path, parts: list[pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    with monkeypatch.context() as dying:
        dying.setattr(Aggregates, "catch_up", lambda *_: None)
        submit(store, parts[0])
        middle = store.version()
        submit(store, parts[1])
    agree(store, parts[:2])
    agree(store, parts[:1], middle)


def test_the_present_state_is_made_up_for_under_any_of_its_numbers(
    tmp_path: Path, parts: list[pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Merging files makes a version without a submission: sums of the one before are those of both."""
    store = Store(tmp_path)
    submit(store, parts[0])
    with monkeypatch.context() as dying:
        dying.setattr(Aggregates, "catch_up", lambda *_: None)
        last = submit(store, parts[2])  # the other hospital, the same month
    assert housekeeping.compact(store)
    assert store.version() > last
    monkeypatch.setattr(Aggregates, "computed", None)  # nobody sums all facts for it
    agree(store, [parts[0], parts[2]], last)
    agree(store, [parts[0], parts[2]], store.version())
    assert store._sums.fresh(last, store._log)


def test_the_next_submission_makes_up_for_missing_sums_of_the_same_month(
    tmp_path: Path, parts: list[pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    with monkeypatch.context() as dying:
        dying.setattr(Aggregates, "catch_up", lambda *_: None)
        submit(store, parts[0])
        submit(store, parts[0].head(5), version=2)
    submit(store, parts[2])  # the other hospital, the same month
    agree(store, [parts[0].head(5), parts[2]])


def test_an_old_batch_beside_a_new_one_does_not_bring_its_sums_back(
    tmp_path: Path, parts: list[pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    submit(store, parts[0])
    with monkeypatch.context() as dying:
        dying.setattr(Aggregates, "catch_up", lambda *_: None)
        submit(store, parts[0].head(5), version=2)
    submit(store, parts[0])  # changes nothing, and finds the sums of version 2 missing
    agree(store, [parts[0].head(5)])


def test_other_definitions_are_summed_anew_beside_the_old_ones(
    tmp_path: Path, parts: list[pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in parts[:3]:
        submit(Store(tmp_path), part)
    with monkeypatch.context() as later:
        later.setitem(definitions.SUMS, "days", lambda stays: stays.month.cast("int64") * 0 + 1)
        later.setitem(SUMS, "days", lambda stay: 1)
        aggregates_module.definitions.cache_clear()
        agree(Store(tmp_path), parts[:3])
        submit(Store(tmp_path), parts[3])
        agree(Store(tmp_path), parts)
    aggregates_module.definitions.cache_clear()
    agree(Store(tmp_path), parts)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two years of a small province."""
    store = Store(tmp_path_factory.mktemp("year"))
    province = Province(hospitals=9, counties=6, cities=2, diseases=30)
    for stays in province.stays([202401, 202402, 202501, 202502], 12_000):
        submissions = (Submission(name, stays["month"][0], 1, "b", part) for name, part in by_hospital(stays))
        store.replace_many(submissions)
    return store


@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.parametrize("name", DEFINITIONS)
def test_indicators_of_the_kept_sums_are_those_of_the_facts(year: Store, name: str, merged: bool) -> None:
    connection = ibis.duckdb.connect()
    codes = sorted(set(year.facts(connection).hospital_county.execute()))
    crosswalk = None
    if merged:  # the first two counties have become one
        span = {"valid_from": [None] * len(codes), "valid_to": [None] * len(codes)}
        rows = {"code": codes, "county": [codes[1], *codes[1:]], "city": [codes[1][:4] + "00"] * len(codes)}
        crosswalk = ibis.memtable(pl.DataFrame(rows | span, schema_overrides=DAYS).to_arrow())
    whole = Tables.of_facts(year.facts(connection), crosswalk=crosswalk)
    kept = year.tables(connection, crosswalk=crosswalk)
    expected = connection.to_pyarrow(compute(name, whole))
    assert expected.num_rows, "nothing was compared"
    assert connection.to_pyarrow(compute(name, kept)).equals(expected)


def test_many_small_files_of_sums_are_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_module, "MANY_FILES", 3)
    store = Store(tmp_path)
    parts = [facts(f"H{number}", 202501, 8) for number in range(7)]
    for part in parts:
        submit(store, part)
    files = list(parquet_module.read(store.sums_path).files)
    assert len(files) <= 4 * len(AGGREGATES)
    agree(store, parts)


def test_large_sums_are_cut_into_files_that_are_cheap_to_write_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aggregates_module, "FILE_BYTES", 20_000)
    store = Store(tmp_path)
    parts = [facts("H1", 202501, 3000), facts("H2", 202501, 20)]
    for part in parts:
        submit(store, part)
    agree(store, parts)
