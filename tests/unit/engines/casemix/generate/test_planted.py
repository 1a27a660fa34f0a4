"""Planted faults: as many as asked for, of every kind, one in a record, each told in the truth."""

from __future__ import annotations

import polars as pl
import pytest

from duikou.engines.casemix import generate
from duikou.engines.casemix.generate.faults import DUPLICATE, SHIFTED, kinds
from duikou.engines.casemix.generate.planted import TRUTH, plant

RECORDS, SHARE = 20_000, 0.02


@pytest.fixture(scope="module")
def clean() -> pl.DataFrame:
    """Pages without faults."""
    return pl.concat(generate.pages(RECORDS, 5))


@pytest.fixture(scope="module")
def spoiled(clean: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same with faults, and the truth."""
    return plant(clean, 5, SHARE)


def test_the_asked_share_is_spoiled_and_every_kind_is_there(
    spoiled: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    _pages, truth = spoiled
    assert dict(truth.schema) == TRUTH
    assert len(truth) == round(RECORDS * SHARE)
    expected = {kind.name for kind in kinds() if not kind.submission}
    assert set(truth["kind"]) == expected
    assert len(expected) >= 30
    assert truth["row"].n_unique() == len(truth)


def test_the_same_seed_spoils_in_the_same_way(
    clean: pl.DataFrame, spoiled: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    again = plant(clean, 5, SHARE)
    assert again[0].equals(spoiled[0])
    assert again[1].equals(spoiled[1])
    assert not plant(clean, 6, SHARE)[0].equals(spoiled[0])


def test_only_the_rows_of_the_truth_differ_and_as_it_says(
    clean: pl.DataFrame, spoiled: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    pages, truth = spoiled
    assert pages.schema == clean.schema
    assert pages["row"].equals(clean["row"])
    entries = {entry["row"]: entry for entry in truth.iter_rows(named=True)}
    names = {kind.name: kind for kind in kinds()}
    for before, after in zip(clean.iter_rows(named=True), pages.iter_rows(named=True), strict=True):
        entry = entries.get(before["row"])
        if entry is None:
            assert before == after
            continue
        kind = names[entry["kind"]]
        assert before != after, kind.name
        assert (entry["before"], entry["after"]) == (before[kind.column], after[kind.column])
        assert entry["checks"] == " ".join(kind.checks)
        assert entry["rejected"] == kind.rejected
        if kind.name == DUPLICATE:
            original = pages.row(by_predicate=pl.col("row") == entry["original"], named=True)
            assert {**after, "row": 0} == {**original, "row": 0}
            assert entry["original"] < entry["row"]
            assert entry["original"] not in entries


def test_shifted_columns_hold_what_stood_to_their_left(
    clean: pl.DataFrame, spoiled: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    pages, truth = spoiled
    row = pl.col("row") == truth.filter(kind="shifted")["row"][0]
    before, after = clean.row(by_predicate=row, named=True), pages.row(by_predicate=row, named=True)
    assert [after[name] for name in SHIFTED[1:]] == [before[name] for name in SHIFTED[:-1]]


def test_faults_of_a_submission_only_where_all_is_of_one_hospital_and_month(clean: pl.DataFrame) -> None:
    names = {kind.name for kind in kinds() if kind.submission}
    one = clean.filter(
        pl.col("hospital") == clean["hospital"].mode()[0], pl.col("discharged").str.starts_with("2024")
    ).with_columns(pl.col("discharged").str.replace(r"^\d{4}-\d\d", "2024-03"))
    assert names <= set(plant(one, 1, 0.5)[1]["kind"])
    assert not names & set(plant(clean, 1, 0.05)[1]["kind"])


def test_pages_without_the_columns_of_checks_get_fewer_kinds() -> None:
    core = pl.concat(generate.pages(5000, 5, checked=False))
    pages, truth = plant(core, 1, 0.1)
    assert pages.columns == core.columns
    assert {"age_200", "total_in_words"} <= set(truth["kind"])
    assert not {"negative_fee", "death_without_autopsy", "operation_level"} & set(truth["kind"])


@pytest.mark.parametrize("records", [0, 1, 2, 40])
def test_few_records_get_few_faults(clean: pl.DataFrame, records: int) -> None:
    pages, truth = plant(clean.head(records), 1, 0.5)
    assert len(pages) == records
    assert len(truth) <= records / 2 + 1


def test_nothing_asked_nothing_planted(clean: pl.DataFrame) -> None:
    pages, truth = plant(clean, 1, 0.0)
    assert pages.equals(clean)
    assert truth.is_empty()


@pytest.mark.parametrize("share", [-0.1, 0.6])
def test_impossible_shares_are_refused(clean: pl.DataFrame, share: float) -> None:
    with pytest.raises(ValueError, match=r"share from 0 to 0\.5"):
        plant(clean, 1, share)
