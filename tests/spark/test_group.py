"""The grouping kernel on Spark gives each page the group that one machine gives it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from duikou.engines.casemix import generate, layouts, scale
from duikou.engines.casemix.grouper import group
from duikou.engines.casemix.scheme import Scheme, load

FILES = 6


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load(Path(str(resources.files("duikou.engines.casemix.data") / "starter")))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Invented front pages, some spoilt, in a folder of Parquet files."""
    folder = tmp_path_factory.mktemp("pages")
    for number in range(FILES):
        for raw in generate.pages(500, seed=number):
            spoilt, _ = generate.plant(raw, seed=number, share=0.05)
            page = layouts.typed(spoilt).with_columns(id=pl.format("{}-{}", pl.lit(number), "row"))
            page.write_parquet(folder / f"{number}.parquet")
    return folder


def test_every_page_has_the_group_that_one_machine_gives_it(spark: Any, pages: Path, scheme: Scheme) -> None:
    expected = group(pl.read_parquet(pages), scheme)
    found = pl.from_arrow(scale.grouped(spark.read.parquet(str(pages)), scheme).toArrow())
    assert isinstance(found, pl.DataFrame)
    assert found.height == expected.height
    assert {"grouped", "unknown_code"} <= set(expected["status"]), "the pages hold too little to tell"
    assert_frame_equal(found.sort("id"), expected.sort("id"))
