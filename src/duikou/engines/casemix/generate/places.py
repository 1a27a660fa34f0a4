"""Where patients live and are treated: given by the caller, or invented and named so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

TIERS: Final = ("county", "city", "province")

FIELDS_OF_KIND: Final = {
    "maternal_child": ("obstetrics_gynaecology", "paediatrics"),
    "psychiatric": ("psychiatry",),
    "dental": ("dental",),
    "eye": ("ophthalmology",),
}
"""What a hospital of a kind treats. Every other kind treats everything."""

FIELDS_OF_SPECIALISED: Final = {"oncology": ("oncology", "obstetrics_gynaecology")}
"""What a specialised hospital treats beside the field it is named after."""


SUPPORTED: Final = 0.6  # so many of the counties are supported from some year on
PLACES, SUPPORT = 3, 4  # streams of chance


@dataclass(frozen=True, slots=True)
class County:
    """A county-level unit: its code, its city's, a relative number of residents (0: to invent), names."""

    code: str
    city: str
    population: float = 0.0
    name: str = ""
    city_name: str = ""
    province_name: str = ""


@dataclass(frozen=True, slots=True)
class Hospital:
    """A hospital: key, name, county, whose it is, grade, what it treats, first year of its support."""

    key: str
    name: str
    county: str
    tier: str = "county"
    level: str = ""
    fields: tuple[str, ...] = ()
    """Fields of illness that it treats; empty: all."""
    support_from: int | None = None

    def __post_init__(self) -> None:
        """Refuse a tier that does not exist."""
        if self.tier not in TIERS:
            raise ValueError(f"{self.key}: tier {self.tier!r} is none of {', '.join(TIERS)}")


def fields_of(kind: str, specialised: str = "") -> tuple[str, ...]:
    """What a hospital treats, from its kind and the field of a specialised one; empty: everything."""
    if specialised and kind == "specialised":
        return FIELDS_OF_SPECIALISED.get(specialised, (specialised,))
    return FIELDS_OF_KIND.get(kind, ())


def invented_support(seed: int, counties: int, first_year: int, years: int) -> list[int | None]:
    """The year from which each county is supported, after the first one; None for four of ten."""
    chance = np.random.Generator(np.random.PCG64([seed, SUPPORT]))
    year = first_year + chance.integers(1, max(years, 2), counties)
    return [
        int(one) if drawn < SUPPORTED else None
        for one, drawn in zip(year, chance.random(counties), strict=True)
    ]


def invented_places(
    seed: int, *, cities: int = 11, counties: int = 90, first_year: int = 2023, years: int = 3
) -> tuple[tuple[County, ...], tuple[Hospital, ...]]:
    """Counties and hospitals that do not exist, of a province with a code that is not given out (99).

    The first county of each city is its seat: there are the city's hospitals, and in the
    first city the province's. Some are supported (`invented_support`).
    """
    chance = np.random.Generator(np.random.PCG64([seed, PLACES]))
    begins = invented_support(seed, counties, first_year, years)
    units: list[County] = []
    hospitals: list[Hospital] = []
    for number in range(counties):
        city = number % cities
        unit = County(
            code=f"99{city + 1:02d}{number // cities + 2:02d}",
            city=f"99{city + 1:02d}00",
            name=f"演示{number + 1:02d}县",
            city_name=f"演示{city + 1:02d}市",
            province_name="演示省",
        )
        units.append(unit)
        made = [("county", "二级甲等"), ("county", "")][: 1 + int(chance.random() < 0.6)]
        if number < cities:
            made += [("city", "三级甲等"), ("city", "三级乙等")]
        if number == 0:
            made += [("province", "三级甲等")] * 6
        for place, (tier, level) in enumerate(made):
            running = f"{len(hospitals) + 1:03d}"
            hospitals.append(
                Hospital(
                    key=f"demo-{running}",
                    name=f"演示医院{running}",
                    county=unit.code,
                    tier=tier,
                    level=level,
                    support_from=begins[number] if place == 0 else None,
                )
            )
    return tuple(units), tuple(hospitals)


def check_places(counties: Sequence[County], hospitals: Sequence[Hospital]) -> None:
    """Raise ValueError when a hospital lies in no county or a key is used twice."""
    if not counties or not hospitals:
        raise ValueError("a province needs at least one county and one hospital")
    codes = {unit.code for unit in counties}
    if len(codes) < len(counties):
        raise ValueError("a county is given twice")
    if len({one.key for one in hospitals}) < len(hospitals):
        raise ValueError("a hospital is given twice")
    for one in hospitals:
        if one.county not in codes:
            raise ValueError(f"{one.key} {one.name}: county {one.county} is not among the counties")
