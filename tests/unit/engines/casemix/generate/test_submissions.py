"""A province's years as submissions: every month, every hospital apart, the same whatever is asked beside."""

from __future__ import annotations

import polars as pl
import pytest

from duikou.engines.casemix import generate

RECORDS, SEED = 20_000, 6


@pytest.fixture(scope="module")
def where() -> generate.Province:
    """A small province of two years."""
    return generate.invented_province(SEED, years=2)


@pytest.fixture(scope="module")
def parts(where: generate.Province) -> list[generate.Submission]:
    """All its submissions."""
    return list(generate.submissions(where, RECORDS, SEED))


def test_each_holds_one_hospital_and_month(
    parts: list[generate.Submission], where: generate.Province
) -> None:
    for one in parts:
        assert set(one.raw["hospital"]) == {one.hospital}
        assert set(one.raw["discharged"].str.head(7).str.replace("-", "")) == {str(one.month)}
        assert one.raw["row"].to_list() == list(range(2, len(one.raw) + 2))
    keys = [(one.month, one.hospital) for one in parts]
    assert keys == sorted(set(keys))
    assert {month for month, _hospital in keys} == {
        year * 100 + month for year in (2023, 2024) for month in range(1, 13)
    }


def test_all_records_are_there_once(parts: list[generate.Submission]) -> None:
    numbers = pl.concat([one.raw["record_no"] for one in parts])
    assert len(numbers) == RECORDS
    assert numbers.n_unique() == RECORDS


def test_one_year_alone_is_the_same_as_within_all(where: generate.Province) -> None:
    alone = pl.concat(frame for _month, frame in generate.months(where, RECORDS, SEED, year=2024))
    among = [frame for month, frame in generate.months(where, RECORDS, SEED) if month // 100 == 2024]
    assert alone.equals(pl.concat(among))


def test_months_are_cut_into_bounded_frames(where: generate.Province) -> None:
    frames = list(generate.months(where, 6000, SEED, frame_rows=100))
    assert max(len(frame) for _month, frame in frames) == 100
    assert sum(len(frame) for _month, frame in frames) == 6000
    parts = list(generate.submissions(where, 6000, SEED, frame_rows=100))
    assert sum(len(one.raw) for one in parts) == 6000
    assert len({(one.month, one.hospital) for one in parts}) == len(parts)


def test_months_follow_the_seasons(where: generate.Province) -> None:
    """Bronchopneumonia is a matter of winter, appendicitis of summer."""
    frame = pl.concat(frame for _month, frame in generate.months(where, 60_000, SEED))
    month = frame["discharged"].str.slice(5, 2)
    winter, summer = month.is_in(["12", "01", "02"]), month.is_in(["06", "07", "08"])
    for code, more, less in (("J18.000", winter, summer), ("K35.800", summer, winter)):
        this = frame["pdx"] == code
        assert (this & more).sum() > 1.15 * (this & less).sum()


def test_no_records_no_submissions(where: generate.Province) -> None:
    assert list(generate.submissions(where, 0, SEED)) == []
