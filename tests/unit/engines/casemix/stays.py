"""Invented facts for tests of the store: any hospital, month and number of stays, by a seed."""

from __future__ import annotations

import random

import polars as pl

from duikou.engines.casemix.columns import FACTS

COUNTIES = tuple(f"33{city:02}{county:02}" for city in (1, 2) for county in (1, 2, 22))
DISEASES = ("C34", "I21", "I63", "J18", "K35", "S72")
GROUPS = (("E", "ES2", "ES23"), ("F", "FM1", "FM19"), ("G", "GD1", "GD15"), ("0000", "00", "0000"))


def facts(
    hospital: str, month: int, stays: int, *, seed: int = 0, county: str = "", batch: str = ""
) -> pl.DataFrame:
    """Stays of one hospital and month."""
    chance = random.Random(f"{hospital} {month} {seed}")
    county = county or random.Random(hospital).choice(COUNTIES)
    rows = [_stay(chance, hospital, county, month, batch) for _ in range(stays)]
    return pl.DataFrame(rows, schema=dict(FACTS), orient="row")


def _stay(chance: random.Random, hospital: str, county: str, month: int, batch: str) -> tuple[object, ...]:
    disease = chance.choice(DISEASES)
    mdc, adrg, drg = chance.choice(GROUPS)
    disposition = chance.choices((1, 2, 3, 4, 5), (90, 4, 2, 2, 2))[0]
    return (
        hospital,
        county,
        county[:4] + "00",
        month,
        None,
        chance.choice((*COUNTIES, county, county, county, None)),
        chance.randint(0, 99),
        chance.choice((1, 2)),
        chance.randint(1, 40),
        disposition,
        disposition == 5,
        chance.random() < 0.3,
        f"{disease}.{chance.randint(0, 9)}00",
        disease,
        chance.randint(0, 20),
        chance.randint(0, 10),
        "1",
        mdc,
        adrg,
        drg,
        mdc != "0000",
        chance.randint(10_000, 10_000_000),
        batch,
    )
