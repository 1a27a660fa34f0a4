"""The sums beside the facts: always those of the version asked for, whatever was killed before."""

from __future__ import annotations

from pathlib import Path

import ibis
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from duikou.engines.casemix.columns import FACTS
from duikou.engines.casemix.store import AGGREGATES, Aggregate, Store
from duikou.engines.casemix.store.aggregates import Aggregates
from tests.unit.engines.casemix.stays import facts

MEASURES = ("stays", "deaths", "operated", "stay_days", "total")


def sums(store: Store, name: str, as_of: int | None = None) -> pl.DataFrame:
    return pl.from_arrow(store.aggregate(ibis.duckdb.connect(), name, as_of).to_pyarrow())  # type: ignore[return-value]


def counted(parts: list[pl.DataFrame], keys: tuple[str, ...]) -> pl.DataFrame:
    """Sum the obvious way: one stay after the other."""
    found: dict[tuple[object, ...], list[int]] = {}
    by = ("hospital", "month", *keys)
    for stay in (stay for part in parts for stay in part.iter_rows(named=True)):
        sums = found.setdefault(tuple(stay[name] for name in by), [0] * len(MEASURES))
        values = (1, stay["died"], stay["operated"], stay["stay_days"], stay["total"])
        for place, value in enumerate(values):
            sums[place] += value
    schema = {name: FACTS[name] for name in by} | dict.fromkeys(MEASURES, pl.Int64)
    return pl.DataFrame([(*key, *value) for key, value in found.items()], schema=schema, orient="row")


def agree(store: Store, parts: list[pl.DataFrame], as_of: int | None = None) -> None:
    for one in AGGREGATES:
        assert_frame_equal(sums(store, one.name, as_of), counted(parts, one.keys), check_row_order=False)


@pytest.fixture
def parts() -> list[pl.DataFrame]:
    return [facts(name, month, 30) for name in ("H1", "H2") for month in (202501, 202502)]


def submit(store: Store, part: pl.DataFrame, version: int = 1) -> int:
    hospital, month = part["hospital"][0], part["month"][0]
    return store.replace(hospital, month, part, f"{hospital} {month} {version}", version=version).version


def test_the_sums_are_those_of_the_facts(tmp_path: Path, parts: list[pl.DataFrame]) -> None:
    store = Store(tmp_path)
    for part in parts:
        submit(store, part)
    agree(store, parts)
    parts[1] = facts("H1", 202502, 12, seed=1)
    submit(store, parts[1], version=2)
    agree(store, parts)


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
    assert not Aggregates(tmp_path / "aggregates", AGGREGATES).fresh(middle, store._log)
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


def test_the_next_submission_makes_up_for_killed_sums_of_the_same_month(
    tmp_path: Path, parts: list[pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    with monkeypatch.context() as dying:
        dying.setattr(Aggregates, "catch_up", lambda *_: None)
        submit(store, parts[0])
        submit(store, parts[0].head(5), version=2)
    submit(store, parts[2])  # the other hospital, the same month
    agree(store, [parts[0].head(5), parts[2]])


def test_other_definitions_are_summed_anew_beside_the_old_ones(
    tmp_path: Path, parts: list[pl.DataFrame]
) -> None:
    store = Store(tmp_path)
    for part in parts:
        submit(store, part)
    by_sex = (Aggregate("sexes", ("sex",)),)
    other = Store(tmp_path, aggregates=by_sex)
    assert_frame_equal(sums(other, "sexes"), counted(parts, ("sex",)), check_row_order=False)
    parts[0] = facts("H1", 202501, 2, seed=1)
    submit(other, parts[0], version=2)
    agree(Store(tmp_path), parts)


def test_sums_of_parts_add_up_to_those_of_the_whole(tmp_path: Path, parts: list[pl.DataFrame]) -> None:
    store = Store(tmp_path)
    for part in parts:
        submit(store, part)
    whole = store.facts(ibis.duckdb.connect())
    for one in AGGREGATES:
        found = sums(store, one.name)
        assert found["stays"].sum() == whole.count().execute()
        assert found["total"].sum() == whole.total.sum().execute()
