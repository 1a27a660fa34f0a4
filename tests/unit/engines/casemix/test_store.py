"""The store against a dictionary that holds each hospital-month's rows: the obvious way to do it."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import ibis
import polars as pl
import pytest
from deltalake import write_deltalake
from deltalake.exceptions import CommitFailedError
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from duikou.engines.casemix.columns import FACTS
from duikou.engines.casemix.store import Busy, Refused, Store, Submission, Unit
from duikou.engines.casemix.store import table as table_module
from tests.unit.engines.casemix.stays import facts


def stored(store: Store, as_of: int | None = None) -> pl.DataFrame:
    """All that a reader sees, in one order."""
    table = store.facts(ibis.duckdb.connect(), as_of)
    return pl.from_arrow(table.to_pyarrow()).sort(pl.all())  # type: ignore[union-attr]


def same(found: pl.DataFrame, *expected: pl.DataFrame) -> None:
    """Compare the rows of a reader with those submitted, whatever their order and batch."""
    whole = pl.concat([pl.DataFrame(schema=dict(FACTS)), *expected]).drop("batch").sort(pl.all())
    assert_frame_equal(found.drop("batch").sort(pl.all()), whole)


def test_an_empty_store_is_a_table_without_rows(tmp_path: Path) -> None:
    store = Store(tmp_path / "none")
    connection = ibis.duckdb.connect()
    assert store.files() == []
    assert store.version() == -1
    assert store.facts(connection).count().execute() == 0
    assert store.facts(connection).columns == tuple(FACTS)
    assert all(sums.count().execute() == 0 for sums in store.sums(connection).values())
    assert store.history() == []
    assert store.standing() == {}
    assert store.standing_version("H1", 202501) is None
    assert not (tmp_path / "none").exists(), "reading makes no folder"


def test_a_submission_is_read_back_in_the_columns_of_the_contract(tmp_path: Path) -> None:
    store = Store(tmp_path)
    sent = facts("H1", 202501, 30)
    outcome = store.replace("H1", 202501, sent, "b1")
    assert outcome.changed
    found = stored(store)
    same(found, sent)
    assert dict(found.schema) == {
        name: kind() if isinstance(kind, type) else kind for name, kind in FACTS.items()
    }
    assert set(found["batch"]) == {"b1"}


def test_a_resubmission_replaces_exactly_its_month(tmp_path: Path) -> None:
    store = Store(tmp_path)
    kept = [facts("H1", 202501, 20), facts("H2", 202502, 20), facts("H1", 202503, 20)]
    for number, one in enumerate(kept):
        store.replace(one["hospital"][0], one["month"][0], one, f"k{number}")
    first = store.replace("H1", 202502, facts("H1", 202502, 25), "old")
    second = store.replace("H1", 202502, facts("H1", 202502, 11, seed=1), "new", version=2)
    same(stored(store), *kept, facts("H1", 202502, 11, seed=1))
    same(stored(store, first.version), *kept, facts("H1", 202502, 25))
    assert second.version > first.version
    assert store.standing_version("H1", 202502) == 2


def test_a_month_can_become_empty(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.replace("H1", 202501, facts("H1", 202501, 5), "b1")
    store.replace("H1", 202501, facts("H1", 202501, 0), "b2", version=2)
    assert stored(store).is_empty()
    assert store.standing_version("H1", 202501) == 2
    assert store.standing() == {Unit("H1", 202501): store.committed()[-1]}


def test_a_hospital_that_changed_its_city_leaves_nothing_under_the_old_one(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.replace("H1", 202501, facts("H1", 202501, 5, county="330122"), "b1")
    moved = facts("H1", 202501, 6, county="330222")
    store.replace("H1", 202501, moved, "b2", version=2)
    same(stored(store), moved)


def test_the_same_batch_again_changes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.replace("H1", 202501, facts("H1", 202501, 5), "b1")
    before = store.version()
    again = store.replace("H1", 202501, facts("H1", 202501, 5), "b1")
    assert not again.changed
    assert again.version == before == store.version()


def test_the_same_batch_after_a_newer_one_changes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.replace("H1", 202501, facts("H1", 202501, 5), "b1")
    newer = facts("H1", 202501, 7, seed=1)
    store.replace("H1", 202501, newer, "b2", version=2)
    assert not store.replace("H1", 202501, facts("H1", 202501, 5), "b1").changed
    same(stored(store), newer)


def test_an_older_version_after_a_newer_one_is_refused_unless_forced(tmp_path: Path) -> None:
    store = Store(tmp_path)
    newer, older = facts("H1", 202501, 7), facts("H1", 202501, 5, seed=1)
    store.replace("H1", 202501, newer, "b3", version=3)
    with pytest.raises(Refused) as refusal:
        store.replace("H1", 202501, older, "b2", version=2)
    assert "第 3 版" in refusal.value.text.zh
    assert "version 3" in refusal.value.text.en
    same(stored(store), newer)
    assert store.replace("H1", 202501, older, "b2", version=2, force=True).changed
    same(stored(store), older)
    assert store.standing_version("H1", 202501) == 2
    # The newer one comes again: it stands no longer, so this is a change.
    assert store.replace("H1", 202501, newer, "b3", version=3).changed
    same(stored(store), newer)


def test_another_batch_of_the_same_version_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.replace("H1", 202501, facts("H1", 202501, 7), "b1")
    with pytest.raises(Refused):
        store.replace("H1", 202501, facts("H1", 202501, 7), "b2")


@pytest.mark.parametrize(
    ("column", "value"), [("hospital", "H2"), ("month", 202502), ("city", None), ("hospital", None)]
)
def test_rows_of_another_hospital_or_month_are_refused(tmp_path: Path, column: str, value: object) -> None:
    store = Store(tmp_path)
    wrong = facts("H1", 202501, 3)
    wrong = pl.concat([wrong, wrong.head(1).with_columns(pl.lit(value, FACTS[column]).alias(column))])
    with pytest.raises(Refused) as refusal:
        store.replace("H1", 202501, wrong, "b1")
    assert "1 rows" in refusal.value.text.en
    assert store.version() == -1


def test_a_missing_column_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="drg"):
        Store(tmp_path).replace("H1", 202501, facts("H1", 202501, 3).drop("drg"), "b1")


def test_a_version_that_is_not_there_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(Refused, match="no version 4"):
        store.files(4)


def test_several_hospital_months_land_in_one_commit(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.replace("H1", 202501, facts("H1", 202501, 4), "b0")
    before = store.version()
    parts = [facts(name, month, 9, seed=1) for name in ("H1", "H2") for month in (202501, 202502)]
    sent = [Submission(part["hospital"][0], part["month"][0], 2, "whole", part) for part in parts]
    outcome = store.replace_many(sent)
    assert outcome.version == before + 1
    same(stored(store), *parts)
    assert [landed.unit for landed in store.committed(before)] == [one.unit for one in sent]
    assert {landed.batch for landed in store.committed(before)} == {"whole"}


def test_many_hospital_months_at_once_are_judged_like_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_module, "FEW", 1)
    store = Store(tmp_path)
    first = [Submission(name, 202501, 2, "b1", facts(name, 202501, 3)) for name in ("H1", "H2", "H3")]
    assert store.replace_many(first).changed
    assert not store.replace_many(first).changed
    older = [Submission(name, 202501, 1, "b0", facts(name, 202501, 2)) for name in ("H1", "H4")]
    with pytest.raises(Refused, match="H1 already has version 2"):
        store.replace_many(older)
    assert store.standing_version("H4", 202501) is None, "none of them lands"
    again = [Submission(name, 202501, 2, "other", facts(name, 202501, 2)) for name in ("H1", "H2")]
    with pytest.raises(Refused):
        store.replace_many(again)
    assert store.replace_many(older, force=True).changed
    newer = [*first, Submission("H4", 202501, 2, "b1", facts("H4", 202501, 1))]
    store.replace_many(newer)
    same(stored(store), *(one.facts for one in newer))
    assert [landed.unit.hospital for landed in store.history()[-1].landed] == ["H1", "H4"]


@pytest.mark.parametrize("hospital", ["O'Brien", "县医院", '"; DROP', "a/b=c", "%41 ", "\\"])
def test_any_key_of_a_hospital_is_only_a_key(tmp_path: Path, hospital: str) -> None:
    store = Store(tmp_path / "库 存='1'")
    other, first, second = facts("H9", 202501, 3), facts(hospital, 202501, 4), facts(hospital, 202501, 5)
    first, second = (part.with_columns(city=pl.lit(hospital)) for part in (first, second))
    store.replace("H9", 202501, other, "b1")
    store.replace(hospital, 202501, first, "b2")
    store.replace(hospital, 202501, second, "b3", version=2)
    same(stored(store), other, second)
    assert store.standing_version(hospital, 202501) == 2
    assert store.sums(ibis.duckdb.connect())["groups"].cases.sum().execute() == 8


def test_a_code_with_a_leading_zero_stays_text(tmp_path: Path) -> None:
    store = Store(tmp_path)
    sent = facts("H1", 202501, 3).with_columns(city=pl.lit("057100"))
    store.replace("H1", 202501, sent, "b1")
    assert set(stored(store)["city"]) == {"057100"}


def test_the_history_says_who_sent_what(tmp_path: Path) -> None:
    store = Store(tmp_path)
    begun = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    store.replace("H1", 202501, facts("H1", 202501, 3), "b1")
    outcome = store.replace("H1", 202501, facts("H1", 202501, 3, seed=1), "b2", version=2)
    last = store.history()[-1]
    assert (last.version, last.landed[0].batch, last.landed[0].version) == (outcome.version, "b2", 2)
    assert begun <= last.at <= dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)
    assert store.version_at(last.at) == last.version
    assert store.version_at(begun) == -1
    assert store.history(after=last.version) == []


def test_many_small_files_are_merged_and_nothing_else_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duikou.engines.casemix.store.parquet.MANY_FILES", 4)
    store = Store(tmp_path)
    parts = [facts(f"H{number}", 202501, 3, county="330122") for number in range(7)]
    for number, part in enumerate(parts):
        store.replace(part["hospital"][0], 202501, part, f"b{number}")
        assert len(store.files()) <= 5
    same(stored(store), *parts)
    assert any(not commit.landed for commit in store.history()[1:]), "a merge is a commit without submissions"
    assert len(store.committed()) == 7


def test_a_commit_that_meets_another_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    store.replace("H1", 202501, facts("H1", 202501, 3), "b1")
    calls = []

    def contested(*args: object, **kwargs: object) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise CommitFailedError("a concurrent transaction added new data")
        write_deltalake(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(table_module, "write_deltalake", contested)
    store.replace("H2", 202501, facts("H2", 202501, 3), "b2")
    assert len(calls) == 2
    same(stored(store), facts("H1", 202501, 3), facts("H2", 202501, 3))


def test_without_end_contested_commits_are_given_up_with_nothing_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def contested(*_: object, **__: object) -> None:
        raise CommitFailedError("a concurrent transaction added new data")

    store = Store(tmp_path)
    monkeypatch.setattr(table_module, "write_deltalake", contested)
    monkeypatch.setattr(table_module.time, "sleep", lambda _: None)
    with pytest.raises(Busy):
        store.replace("H1", 202501, facts("H1", 202501, 3), "b1")
    assert store.committed() == []


def test_a_second_writer_waits_and_gives_up_after_its_time(tmp_path: Path) -> None:
    first, second = Store(tmp_path), Store(tmp_path, wait=0.05)
    with first.exclusive(), pytest.raises(Busy) as refusal:
        second.replace("H1", 202501, facts("H1", 202501, 3), "b1")
    assert "0.05" in refusal.value.text.zh
    assert second.replace("H1", 202501, facts("H1", 202501, 3), "b1").changed


def test_writers_of_different_hospitals_in_several_threads_all_land(tmp_path: Path) -> None:
    parts = [facts(f"H{number}", 202501, 4, county="330122") for number in range(6)]
    threads = [
        threading.Thread(
            target=lambda part=part: Store(tmp_path).replace(part["hospital"][0], 202501, part, "b")
        )
        for part in parts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same(stored(Store(tmp_path)), *parts)


def test_a_store_of_an_older_program_gets_the_new_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {name: kind for name, kind in FACTS.items() if name != "complications"}
    with monkeypatch.context() as past:
        past.setattr("duikou.engines.casemix.store.model.FACTS", old)
        past.setattr(table_module, "FACTS", old)
        Store(tmp_path).replace("H1", 202501, facts("H1", 202501, 3), "b1")
    store = Store(tmp_path)
    before = facts("H1", 202501, 3).with_columns(complications=pl.lit(None, FACTS["complications"]))
    same(stored(store), before)
    store.refresh()
    store.replace("H2", 202501, facts("H2", 202501, 4), "b2")
    same(stored(store), before, facts("H2", 202501, 4))


units = st.tuples(st.sampled_from(["H1", "H2", "H3"]), st.sampled_from([202501, 202502]))
steps = st.lists(st.tuples(units, st.integers(1, 3), st.integers(0, 4)), max_size=6)


@settings(max_examples=25)
@given(steps)
def test_any_sequence_of_submissions_leaves_what_a_dictionary_would(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[tuple[str, int], int, int]]
) -> None:
    store = Store(tmp_path_factory.mktemp("store"))
    held: dict[tuple[str, int], tuple[int, str, pl.DataFrame]] = {}
    for (hospital, month), version, stays in steps:
        batch = f"{hospital} {month} {version} {stays}"
        sent = facts(hospital, month, stays, seed=version)
        present = held.get((hospital, month))
        known = any(one.batch == batch for one in store.committed())
        if present is not None and present[0] >= version and not known:
            with pytest.raises(Refused):
                store.replace(hospital, month, sent, batch, version=version)
            continue
        changed = present is None or present[0] < version
        assert store.replace(hospital, month, sent, batch, version=version).changed == changed
        if changed:
            held[hospital, month] = version, batch, sent
    same(stored(store), *(frame for _, _, frame in held.values()))
    assert {tuple(unit): landed.batch for unit, landed in store.standing().items()} == {
        unit: batch for unit, (_, batch, _) in held.items()
    }
