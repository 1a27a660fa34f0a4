"""Public vectors: every expected group is reproduced, by the tables and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from duikou.engines.casemix import scheme
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
