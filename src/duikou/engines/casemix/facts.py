"""Front pages and their groups reduced to FACTS: what the store keeps and the indicators read.

Nothing here names a person: the record number, the dates of birth and admission and every
text of the page stay behind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from duikou.engines.casemix.columns import FACTS, Schema, operations, other_diagnoses
from duikou.engines.text import Text

DEATH: Final = 5  # way of discharge (离院方式): death
DISEASE_LENGTH: Final = 3  # characters of a category of the ICD
GROUPED_STATUS: Final = "grouped"

HOSPITALS: Final[Schema] = {
    "hospital": pl.String,  # as the page names it
    "key": pl.String,  # key of the hospital in the register
    "county": pl.String,  # division code of its county while the row is valid
    "city": pl.String,  # division code of its city while the row is valid
    "valid_from": pl.Date,  # null = since ever
    "valid_to": pl.Date,  # first day on which the row is no longer valid; null = still valid
}
"""Where each hospital is, at which time: a row for each unbroken stretch."""

MajorDiseases = Callable[[pl.DataFrame], pl.Series]
"""Gives each page the number of its major disease, 0 for none."""


class BadFacts(ValueError):
    """Pages, groups and look-ups that do not go together."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.message = Text(zh, en)


def facts_of(
    pages: pl.DataFrame,
    grouped: pl.DataFrame,
    *,
    hospitals: pl.DataFrame | None = None,
    major_diseases: MajorDiseases | None = None,
    batch: str = "",
) -> pl.DataFrame:
    """Return the FACTS of these pages, in their order.

    Without `hospitals` a hospital is its own key and its place is not known; the same holds
    for a hospital that the look-up does not have on the day of discharge.
    """
    _check_same_pages(pages, grouped)
    places = _places(pages, hospitals)
    major = _none_of(pages) if major_diseases is None else major_diseases(pages)
    discharged = pl.col("discharged").dt.date()
    main_operation = operations(pages.columns)[:1]
    complications = other_diagnoses(pages.columns)
    frame = pages.with_columns(
        key=places["key"],
        hospital_county=places["county"],
        city=places["city"],
        major_disease=major,
        mdc=grouped["mdc"],
        adrg=grouped["adrg"],
        drg=grouped["drg"],
        status=grouped["status"],
    )
    return frame.select(
        hospital=pl.coalesce("key", "hospital"),
        hospital_county="hospital_county",
        city="city",
        month=discharged.dt.year() * 100 + discharged.dt.month().cast(pl.Int32),
        discharged=discharged,
        residence="residence",
        age=pl.coalesce("age_years", pl.when(pl.col("age_days").is_not_null()).then(0)),
        sex="sex",
        stay_days="stay_days",
        disposition="disposition",
        died=pl.col("disposition").eq(DEATH).fill_null(False),
        operated=pl.col(main_operation[0]).is_not_null() if main_operation else pl.lit(False),
        pdx="pdx",
        disease=pl.col("pdx").str.slice(0, DISEASE_LENGTH),
        major_disease="major_disease",
        complications=pl.sum_horizontal(pl.col(complications).is_not_null()) if complications else pl.lit(0),
        payment="payment",
        mdc="mdc",
        adrg="adrg",
        drg="drg",
        grouped=pl.col("status").eq(GROUPED_STATUS),
        total="total",
        batch=pl.lit(batch),
    ).cast(pl.Schema(FACTS))


def _none_of(pages: pl.DataFrame) -> pl.Series:
    return pl.repeat(0, len(pages), dtype=pl.Int8, eager=True)


def _check_same_pages(pages: pl.DataFrame, grouped: pl.DataFrame) -> None:
    """Refuse groups of other pages: a shifted column would give every stay its neighbour's group."""
    if len(pages) != len(grouped) or not pages["id"].equals(grouped["id"]):
        raise BadFacts(
            f"分组结果（{len(grouped)} 行）与病案首页（{len(pages)} 行）不是同一批、同一顺序",
            f"the groups ({len(grouped)} rows) are not of these pages ({len(pages)} rows) in this order",
        )


def _places(pages: pl.DataFrame, hospitals: pl.DataFrame | None) -> pl.DataFrame:
    """Key, county and city of each page's hospital on the day of its discharge, in row order."""
    stays = pages.select("hospital", day=pl.col("discharged").dt.date()).with_row_index("stay")
    if hospitals is None:
        nothing = pl.lit(None, pl.String)
        return stays.select("stay", key=nothing, county=nothing, city=nothing)
    valid = (pl.col("valid_from").is_null() | (pl.col("day") >= pl.col("valid_from"))) & (
        pl.col("valid_to").is_null() | (pl.col("day") < pl.col("valid_to"))
    )
    found = stays.join(hospitals.cast(pl.Schema(HOSPITALS)), on="hospital").filter(valid)
    if (twice := found.filter(pl.col("stay").is_duplicated())).height:
        name, day = twice.select("hospital", "day").row(0)
        raise BadFacts(
            f"医院对照表中 {name} 在 {day} 有两行同时有效，请改正起止日期",
            f"the table of hospitals has two rows for {name} that are valid on {day}: correct their dates",
        )
    return stays.join(
        found.select("stay", "key", "county", "city"), on="stay", how="left", maintain_order="left"
    )
