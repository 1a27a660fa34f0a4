"""Read the public test vectors into PAGES with the results that are expected of them."""

from __future__ import annotations

import polars as pl

from tests.drg_data import DATA


def chs_vectors() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Records of CHS-DRG 1.1; expected mdc, adrg, drg."""
    read = pl.read_csv(DATA / "chs-drg-1.1" / "test_vectors.csv.gz", infer_schema=False)
    diagnoses = read["dx"].str.split("|")
    pages = read.select(
        "id",
        pl.col("sex").cast(pl.Int8),
        pl.col("age_years").cast(pl.Int16),
        pl.col("age_days").cast(pl.Int32),
        pl.col("weight_g").cast(pl.Int32).alias("admission_weight"),
        diagnoses.list.first().alias("pdx"),
        *spread(diagnoses.list.slice(1), "dx"),
        *spread(read["px"].str.split("|"), "px"),
    )
    return pages, read.select(pl.col("^exp_.*$").name.map(lambda name: name.removeprefix("exp_")))


def ms_vectors() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Claims of MS-DRG v43; expected drg."""
    read = pl.read_csv(DATA / "ms-drg-v43" / "test_vectors.csv.gz", infer_schema=False)
    pages = read.select(
        "id",
        pl.col("sex").replace_strict({"M": 1, "F": 2}, return_dtype=pl.Int8),
        pl.col("age").cast(pl.Int16).alias("age_years"),
        "pdx",
        *spread(read["sdx"].str.split("|"), "dx"),
        *spread(read["px"].str.split("|"), "px"),
    )
    return pages, read.select(pl.col("exp_drg").alias("drg"))


def spread(codes: pl.Series, stem: str) -> list[pl.Series]:
    """Spread lists over columns `dx01`, `dx02` …"""
    most = codes.list.len().max() or 0
    assert isinstance(most, int)
    return [codes.list.get(place, null_on_oob=True).alias(f"{stem}{place + 1:02}") for place in range(most)]
