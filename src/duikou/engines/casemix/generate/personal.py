"""Persons that do not exist: names, identity numbers, telephones and addresses for full front pages.

All of it is plainly invented: every name and street says 演示, identity numbers begin with a
province that is not given out (99), telephones with zeros. Only the county in an address is
that of the stay, so that a reader of addresses can be measured against it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from duikou.engines.casemix.generate.province import Province
from duikou.engines.casemix.generate.writing import pick

SURNAMES: Final = tuple("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨")
MARK: Final = "演示"
STREAM: Final = 6  # of chance

ADDRESSES: Final = (
    ("{province}{city}{county}演示路{number}号", 0.55),
    ("{city}{county}演示新村{number}幢", 0.18),
    ("{province}{county}演示镇演示村{number}组", 0.12),
    ("{county}演示街道{number}号", 0.08),
    ("{province} {city} {county}演示路{number}号", 0.03),
    ("{province}{city}演示路{number}号", 0.03),  # no county: cannot be known
    ("-", 0.01),
)
"""How people write where they live, and how often."""

NUMBERS: Final = tuple(range(1, 40))
"""Numbers of houses, so many that addresses repeat as often as in real files."""


def persons(frame: pl.DataFrame, province: Province, seed: int) -> dict[str, pl.Series]:
    """What identifies persons, for these pages: name, identity, phone, address and the like."""
    size = len(frame)
    first = int(frame["row"][0]) if size else 0
    chance = np.random.Generator(np.random.PCG64([seed, STREAM, first]))
    running = frame["row"].cast(pl.String).str.zfill(9)
    names = pick(SURNAMES, chance.integers(0, len(SURNAMES), size)) + MARK + running
    births = frame["birth_date"].str.replace_all("-", "").str.head(8)
    return {
        "name": names,
        "identity": "990000" + births + running.str.tail(4),
        "phone": "000" + running.str.tail(8),
        "address": _addresses(chance, frame, province),
        "birthplace": pl.repeat("演示省演示市", size, eager=True),
        "post_code": pl.repeat("000000", size, eager=True),
        "employer": "演示单位" + running.str.tail(3),
        "contact": pick(SURNAMES, chance.integers(0, len(SURNAMES), size)) + MARK + running.str.tail(6),
        "staff": pick(
            [f"{surname}{MARK}医生" for surname in SURNAMES], chance.integers(0, len(SURNAMES), size)
        ),
    }


def _addresses(chance: np.random.Generator, frame: pl.DataFrame, province: Province) -> pl.Series:
    """An address in the county of residence, written as people do."""
    forms, frequency = zip(*ADDRESSES, strict=True)
    form = chance.choice(len(forms), len(frame), p=frequency)
    texts = [
        text.format(province=unit.province_name, city=unit.city_name, county=unit.name, number=number)
        for unit in province.counties
        for text in forms
        for number in NUMBERS
    ]
    places = {unit.code: place for place, unit in enumerate(province.counties)}
    county = frame["residence"].replace_strict(places, default=0, return_dtype=pl.Int64).to_numpy()
    number = chance.integers(0, len(NUMBERS), len(frame))
    return pick(texts, (county * len(forms) + form) * len(NUMBERS) + number)
