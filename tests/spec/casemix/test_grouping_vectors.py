"""Public vectors: every expected group is reproduced, by the tables and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from duikou.engines.casemix import grouper, scheme
from duikou.engines.casemix.grouper import reference
from tests.casemix_vectors import chs_vectors, ms_vectors
from tests.drg_data import DATA, needs_drg_data

SETS = [
    pytest.param("chs-drg-1.1", chs_vectors, ["mdc", "adrg", "drg"], id="chs-drg-1.1"),
    pytest.param("ms-drg-v43", ms_vectors, ["drg"], id="ms-drg-v43"),
]
Vectors = Callable[[], tuple[pl.DataFrame, pl.DataFrame]]


@needs_drg_data
@pytest.mark.parametrize(("folder", "vectors", "columns"), SETS)
def test_the_oracle_reproduces_the_first_vectors(folder: str, vectors: Vectors, columns: list[str]) -> None:
    pages, expected = vectors()
    found = reference.group_all(pages.head(150), scheme.load(DATA / folder))
    assert_frame_equal(found.select(columns), expected.head(150).select(columns))


@needs_drg_data
@pytest.mark.parametrize(("folder", "vectors", "columns"), SETS)
def test_every_vector_is_reproduced(folder: str, vectors: Vectors, columns: list[str]) -> None:
    pages, expected = vectors()
    found = grouper.group(pages, scheme.load(DATA / folder))
    assert_frame_equal(found.select(columns), expected.select(columns))


@needs_drg_data
def test_the_revised_first_edition_groups() -> None:
    """There are no vectors of CHS-DRG 1.0r: its result is the oracle's, and most records find a group."""
    read = scheme.load(DATA / "chs-drg-1.0r")
    pages = chs_vectors()[0]
    found = grouper.group(pages, read)
    assert_frame_equal(found.head(100), reference.group_all(pages.head(100), read))
    assert found["status"].eq("grouped").mean() > 0.8  # type: ignore[operator]
    assert found["drg"].n_unique() > 500
