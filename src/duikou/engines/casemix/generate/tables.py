"""The generator's own tables: invented figures that look like an inpatient year, not statistics.

`illnesses.csv` holds reasons for a stay: relative frequency, sex (per cent male), age profile,
season, days, cost in a county hospital (yuan), deaths per thousand, per cent of patients of an
average county who leave it, per cent operated, operations (the usual one first), number of the
major disease, and whether support can raise what the county treats. `companions.csv` holds
other diagnoses with their relative frequency by age and their severity (2 major).
Codes are categories and subcategories of ICD-10 and ICD-9-CM-3 filled up with zeros;
no edition's extensions are copied.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

AGES: Final = {
    "newborn": ((0.0, 0.07, 1),),
    "infant": ((0.08, 1, 5), (1, 3, 6), (3, 6, 3)),
    "child": ((0.1, 1, 1), (1, 4, 4), (4, 7, 4), (7, 11, 3), (11, 14.9, 2)),
    "youth": ((10, 15, 1), (15, 25, 4), (25, 35, 3), (35, 45, 2), (45, 60, 1)),
    "bearing": ((17, 20, 0.3), (20, 25, 2.5), (25, 30, 5), (30, 35, 4), (35, 40, 1.6), (40, 45, 0.3)),
    "adult": ((16, 25, 2), (25, 35, 3), (35, 45, 3), (45, 55, 3), (55, 65, 3), (65, 80, 2)),
    "middle": ((28, 40, 1.5), (40, 50, 3.5), (50, 60, 4.5), (60, 70, 4), (70, 82, 1.5)),
    "old": ((45, 55, 1.2), (55, 65, 3), (65, 75, 4.5), (75, 85, 4), (85, 97, 1.3)),
    "any": ((0.1, 5, 2), (5, 15, 1), (15, 30, 1.5), (30, 50, 2.5), (50, 70, 4), (70, 95, 3)),
}
"""Age profiles: ranges in years with their relative frequency."""

SEASONS: Final = {
    "flat": (1.0, 0.82, 1.06, 1.02, 1.01, 0.98, 1.04, 1.03, 0.98, 0.97, 1.0, 1.09),
    "winter": (1.35, 1.05, 1.15, 1.0, 0.9, 0.8, 0.78, 0.76, 0.84, 0.96, 1.12, 1.29),
    "summer": (0.85, 0.72, 0.9, 0.95, 1.05, 1.16, 1.28, 1.27, 1.1, 0.98, 0.88, 0.86),
}
"""Relative frequency in the twelve months."""

AGE_GROUPS: Final = ("child", "young", "middle", "old")
AGE_GROUP_LIMITS: Final = (15, 40, 65)


@dataclass(frozen=True, slots=True)
class Illness:
    """A reason for a stay."""

    code: str
    zh: str
    en: str
    department: str
    field: str
    rate: float
    male: float
    age: str
    season: str
    stay: float
    cost: float
    deaths: float
    leave: float
    surgery: float
    operations: tuple[str, ...]
    major: int
    responds: bool


@dataclass(frozen=True, slots=True)
class Companion:
    """Another diagnosis that comes with a stay: its frequency in each age group, its severity."""

    code: str
    zh: str
    en: str
    rates: tuple[float, ...]
    severity: int


@cache
def illnesses() -> tuple[Illness, ...]:
    """The reasons for a stay, in the order of their codes in the table."""
    return tuple(
        Illness(
            code=line["code"],
            zh=line["zh"],
            en=line["en"],
            department=line["department"],
            field=line["field"],
            rate=float(line["rate"]),
            male=float(line["male"]) / 100,
            age=line["age"],
            season=line["season"],
            stay=float(line["stay"]),
            cost=float(line["cost"]),
            deaths=float(line["deaths"]) / 1000,
            leave=float(line["leave"]) / 100,
            surgery=float(line["surgery"]) / 100,
            operations=tuple(line["operations"].split()),
            major=int(line["major"]),
            responds=line["responds"] == "1",
        )
        for line in _lines("illnesses.csv")
    )


@cache
def companions() -> tuple[Companion, ...]:
    """The other diagnoses."""
    return tuple(
        Companion(
            line["code"],
            line["zh"],
            line["en"],
            tuple(float(line[group]) for group in AGE_GROUPS),
            int(line["severity"]),
        )
        for line in _lines("companions.csv")
    )


def _lines(name: str) -> list[dict[str, str]]:
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
