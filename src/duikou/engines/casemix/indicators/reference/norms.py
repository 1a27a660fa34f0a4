"""The reference set of the oracle: means, weights and risk classes of the groups."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from duikou.engines.casemix.indicators.reference.common import (
    Given,
    Settings,
    Stay,
    grouped,
    in_months,
    located,
    quantised,
    units_of,
)


def reference_stays(given: Given, settings: Settings) -> list[Stay]:
    stays = in_months(located(given, given.facts), settings["reference_from"], settings["reference_to"])
    if settings["reference"] == "listed":
        stays = [stay for stay in stays if stay["hospital"] in given.reference]
    return grouped(stays)


def two_digits(cost: int) -> int:
    """The cost rounded down to two significant digits."""
    step = 1
    while cost // step >= 100:
        step *= 10
    return cost // step * step


def kept(given: Given, settings: Settings) -> Callable[[Stay], bool]:
    """Whether trimming leaves a stay in: by the class of its cost within its group."""
    low, high = settings.get("trim_low", 0), settings.get("trim_high", 100)
    if low == 0 and high == 100:
        return lambda stay: True
    limits: dict[str, tuple[int, int]] = {}
    for (drg,), stays in units_of(reference_stays(given, settings), ["drg"]).items():
        classes = sorted(two_digits(stay["total"]) for stay in stays)
        limits[drg] = _percentile(classes, low), _percentile(classes, high)

    def inside(stay: Stay) -> bool:
        if stay["drg"] not in limits:
            return False
        lowest, highest = limits[stay["drg"]]
        return lowest <= two_digits(stay["total"]) <= highest

    return inside


def _percentile(ordered: Sequence[int], percent: int) -> int:
    """The smallest of the values that so many percent of them do not exceed."""
    return next(
        value for value in ordered if sum(other <= value for other in ordered) * 100 >= len(ordered) * percent
    )


@dataclass(slots=True)
class Norm:
    """A group in the reference set."""

    cases: int = 0
    total: int = 0
    days: int = 0
    deaths: int = 0


def norms(given: Given, settings: Settings) -> dict[str, Norm]:
    inside = kept(given, settings)
    found: dict[str, Norm] = defaultdict(Norm)
    for stay in reference_stays(given, settings):
        if inside(stay):
            norm = found[stay["drg"]]
            norm.cases += 1
            norm.total += stay["total"]
            norm.days += stay["stay_days"]
            norm.deaths += stay["died"]
    return found


def weights_of(given: Given, settings: Settings) -> dict[str, int | None]:
    if settings.get("weights") == "imported":
        return dict(given.weights)
    found = norms(given, settings)
    all_cases = sum(norm.cases for norm in found.values())
    all_total = sum(norm.total for norm in found.values())
    return {
        drg: quantised((norm.total / norm.cases) / (all_total / all_cases) * 10_000.0) if all_total else None
        for drg, norm in found.items()
        if norm.cases >= settings["minimum_group"]
    }


def risks(given: Given, settings: Settings) -> dict[str, tuple[Norm, int]]:
    """Each group with enough cases, and its risk class."""
    found = {
        drg: norm
        for drg, norm in norms(given, {**settings, "trim_low": 0, "trim_high": 100}).items()
        if norm.cases >= settings["minimum_group"]
    }
    logs = {
        drg: quantised(math.log(norm.deaths / norm.cases) * 10_000.0)
        for drg, norm in found.items()
        if norm.deaths
    }
    n = len(logs)
    mean = quantised(sum(logs.values()) / n) if n else 0
    spread = n * sum(log * log for log in logs.values()) - sum(logs.values()) ** 2
    deviation = quantised(math.sqrt(spread / (n * (n - 1)))) if n > 1 else 0

    def risk(drg: str) -> int:
        if drg not in logs:
            return 1 if settings.get("zero_deaths") == "low" else 0
        if logs[drg] < mean - deviation:
            return 1
        if logs[drg] < mean:
            return 2
        return 3 if logs[drg] < mean + deviation else 4

    return {drg: (norm, risk(drg)) for drg, norm in found.items()}
