"""Single stays, units and rows: what the oracle's indicators have in common."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Stay = dict[str, Any]
Row = dict[str, Any]
Key = tuple[Any, ...]
Settings = Mapping[str, Any]
Rows = tuple[list[Row], list[str]]
"""Rows and the columns that order them."""


@dataclass(frozen=True, slots=True)
class Given:
    """Stays as FACTS, and the look-ups that an indicator may ask for."""

    facts: Sequence[Stay]
    crosswalk: Sequence[Mapping[str, Any]] | None = None
    settlements: Sequence[Stay] = ()
    weights: Mapping[str, int] = field(default_factory=dict)
    reference: frozenset[str] = frozenset()
    county_hospitals: frozenset[str] | None = None


def quantised(value: float) -> int:
    return math.floor(value + 0.5)


def ratio(numerator: int, denominator: int, scale: int = 1_000_000) -> int | None:
    return quantised(numerator / denominator * float(scale)) if denominator else None


def row_of(
    by: Sequence[str],
    key: Key,
    settings: Settings,
    numerator: int,
    denominator: int,
    value: int | None,
    cases: int,
    counted: int | None = None,
    **extra: Any,
) -> Row:
    small = (cases if counted is None else counted) < settings["minimum"]
    return {
        **dict(zip(by, key, strict=True)),
        "numerator": numerator,
        "denominator": denominator,
        "value": None if small else value,
        "cases": cases,
        "suppressed": small,
        **extra,
    }


def units_of(stays: Iterable[Stay], by: Sequence[str]) -> dict[Key, list[Stay]]:
    """Stays by unit; the whole is one unit even without stays."""
    units: dict[Key, list[Stay]] = defaultdict(list)
    if not by:
        units[()] = []
    for stay in stays:
        units[tuple(stay[column] for column in by)].append(stay)
    return units


def located(given: Given, facts: Iterable[Stay]) -> list[Stay]:
    """Stays with the divisions of the reporting day, nothing null that is a key."""
    return [_located(stay, given.crosswalk) for stay in facts]


def _located(stay: Stay, crosswalk: Sequence[Mapping[str, Any]] | None) -> Stay:
    texts = ("hospital_county", "city", "residence", "mdc", "adrg", "drg", "disease", "payment")
    here: Stay = {**stay, **{name: stay.get(name) or "" for name in texts}}
    here["year"] = here["month"] // 100
    home = here["residence"]
    if crosswalk is None:
        here["residence_city"] = home[:4] + "00" if home else ""
        return here
    if found := _at(crosswalk, here["hospital_county"], here["discharged"]):
        here["hospital_county"], here["city"] = found["county"], found["city"]
    if home:
        lives = _at(crosswalk, home, here["discharged"])
        here["residence"] = lives["county"] if lives else "other"
        here["residence_city"] = lives["city"] if lives else "other"
    else:
        here["residence_city"] = ""
    return here


def _at(crosswalk: Sequence[Mapping[str, Any]], code: str, day: dt.date) -> Mapping[str, Any] | None:
    for span in crosswalk:
        since, until = span["valid_from"], span["valid_to"]
        if span["code"] == code and (since is None or since <= day) and (until is None or day < until):
            return span
    return None


def in_months(stays: Iterable[Stay], first: int | None, last: int | None) -> list[Stay]:
    return [
        stay
        for stay in stays
        if (first is None or stay["month"] >= first) and (last is None or stay["month"] <= last)
    ]


def reported(given: Given, settings: Settings, *, residents: bool = False) -> list[Stay]:
    facts = [*given.facts, *given.settlements] if residents else given.facts
    return in_months(located(given, facts), settings.get("from_month"), settings.get("to_month"))


def grouped(stays: Iterable[Stay]) -> list[Stay]:
    return [stay for stay in stays if stay["grouped"]]
