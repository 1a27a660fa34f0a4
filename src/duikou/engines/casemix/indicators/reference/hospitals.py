"""The oracle's indicators of what hospitals do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from duikou.engines.casemix.indicators.reference.common import (
    Given,
    Key,
    Rows,
    Settings,
    Stay,
    grouped,
    quantised,
    ratio,
    reported,
    row_of,
    units_of,
)
from duikou.engines.casemix.indicators.reference.norms import (
    kept,
    norms,
    reference_stays,
    risks,
    weights_of,
)


def share_of(
    chosen: Callable[[Stay], int], scale: int = 1_000_000, only: Callable[[Stay], bool] = lambda stay: True
) -> Callable[[Given, Settings], Rows]:
    """An indicator that is a sum over stays, divided by their number."""

    def rows(given: Given, settings: Settings) -> Rows:
        by = list(settings["by"])
        found = []
        for key, stays in units_of(filter(only, reported(given, settings)), by).items():
            top, n = sum(chosen(stay) for stay in stays), len(stays)
            found.append(row_of(by, key, settings, top, n, ratio(top, n, scale), n))
        return found, by

    return rows


def cases(given: Given, settings: Settings) -> Rows:
    by = list(settings["by"])
    units = units_of(reported(given, settings), by)
    return [
        row_of(by, key, settings, len(stays), len(stays), len(stays), len(stays))
        for key, stays in units.items()
    ], by


def groups(given: Given, settings: Settings) -> Rows:
    by = list(settings["by"])
    found = []
    for key, stays in units_of(grouped(reported(given, settings)), by).items():
        distinct = len({stay["drg"] for stay in stays})
        found.append(row_of(by, key, settings, distinct, len(stays), distinct, len(stays)))
    return found, by


def weights(given: Given, settings: Settings) -> Rows:
    found = norms(given, settings)
    return [
        row_of(["drg"], (drg,), settings, found[drg].total, found[drg].cases, weight, found[drg].cases)
        for drg, weight in weights_of(given, settings).items()
    ], ["drg"]


def weighed(given: Given, settings: Settings) -> Iterable[tuple[Key, int, int, int]]:
    """Each unit: sum of weights, cases with a weight, grouped cases."""
    weight = weights_of(given, settings)
    for key, stays in units_of(grouped(reported(given, settings)), list(settings["by"])).items():
        known = [weight[stay["drg"]] for stay in stays if weight.get(stay["drg"]) is not None]
        yield key, sum(one for one in known if one is not None), len(known), len(stays)


def total_weight(given: Given, settings: Settings) -> Rows:
    by = list(settings["by"])
    return [row_of(by, key, settings, w, n, w, every) for key, w, n, every in weighed(given, settings)], by


def cmi(given: Given, settings: Settings) -> Rows:
    by = list(settings["by"])
    return [
        row_of(by, key, settings, w, n, ratio(w, n, 100), every, n)
        for key, w, n, every in weighed(given, settings)
    ], by


def index_of(column: str) -> Callable[[Given, Settings], Rows]:
    """Own mean against the reference, group by group, weighted by cases."""

    def rows(given: Given, settings: Settings) -> Rows:
        by = list(settings["by"])
        inside = kept(given, settings)
        mean = {
            drg: getattr(norm, column) / norm.cases
            for drg, norm in norms(given, settings).items()
            if norm.cases >= settings["minimum_group"] and getattr(norm, column)
        }
        field_name = "total" if column == "total" else "stay_days"
        stays = [stay for stay in grouped(reported(given, settings)) if inside(stay) and stay["drg"] in mean]
        found = []
        for key, own in units_of(stays, by).items():
            top = 0
            for (drg,), members in units_of(own, ["drg"]).items():
                own_mean = sum(stay[field_name] for stay in members) / len(members)
                top += quantised(own_mean / mean[drg] * 1_000_000.0) * len(members)
            n = len(own)
            found.append(row_of(by, key, settings, top, n, ratio(top, n, 1), n))
        return found, by

    return rows


def risk_classes(given: Given, settings: Settings) -> Rows:
    return [
        row_of(["drg"], (drg,), settings, norm.deaths, norm.cases, risk, norm.cases)
        for drg, (norm, risk) in risks(given, settings).items()
    ], ["drg"]


def mortality_of_class(wanted: int) -> Callable[[Given, Settings], Rows]:
    def rows(given: Given, settings: Settings) -> Rows:
        members = {drg for drg, (_, risk) in risks(given, settings).items() if risk == wanted}
        died = share_of(
            lambda stay: stay["died"], only=lambda stay: stay["grouped"] and stay["drg"] in members
        )
        return died(given, settings)

    return rows


def expected(given: Given, settings: Settings) -> Iterable[tuple[Key, int, int, int]]:
    """Each unit: deaths, expected deaths in millionths, cases; of groups with a norm."""
    rate = {drg: ratio(norm.deaths, norm.cases) or 0 for drg, (norm, _) in risks(given, settings).items()}
    stays = [stay for stay in grouped(reported(given, settings)) if stay["drg"] in rate]
    for key, own in units_of(stays, list(settings["by"])).items():
        yield key, sum(stay["died"] for stay in own), sum(rate[stay["drg"]] for stay in own), len(own)


def mortality_ratio(given: Given, settings: Settings) -> Rows:
    by = list(settings["by"])
    return [
        row_of(by, key, settings, died, due, ratio(died * 1_000_000, due), n)
        for key, died, due, n in expected(given, settings)
    ], by


def standardised_mortality(given: Given, settings: Settings) -> Rows:
    by = list(settings["by"])
    norm = reference_stays(given, settings)
    overall = sum(stay["died"] for stay in norm) / len(norm) if norm else 0.0
    found = []
    for key, died, due, n in expected(given, settings):
        value = quantised(died * 1_000_000 / due * overall * 1_000_000.0) if due else None
        found.append(row_of(by, key, settings, died, due, value, n))
    return found, by


def median_stay(given: Given, settings: Settings) -> Rows:
    by = list(settings["by"])
    found = []
    for key, stays in units_of(reported(given, settings), by).items():
        days = sorted(stay["stay_days"] for stay in stays)
        if n := len(days):
            both = days[(n - 1) // 2] + days[n // 2]
            found.append(row_of(by, key, settings, both, 2, ratio(both, 2), n))
    return found, by


def missing(given: Given, settings: Settings) -> Iterable[tuple[Key, list[str], int, int]]:
    """Each unit: the MDCs it lacks, how many are to be had, cases in these."""
    wanted = set(settings["mdcs"]) or {stay["mdc"] for stay in reference_stays(given, settings)}
    for key, stays in units_of(reported(given, settings), list(settings["by"])).items():
        had = Counter(stay["mdc"] for stay in grouped(stays))
        if wanted:
            yield key, sorted(wanted - set(had)), len(wanted), sum(had[mdc] for mdc in wanted)


def missing_specialties(given: Given, settings: Settings) -> Rows:
    by = list(settings["by"])
    return [
        row_of(by, key, settings, len(lacks), wanted, len(lacks), n)
        for key, lacks, wanted, n in missing(given, settings)
    ], by


def missing_specialty_list(given: Given, settings: Settings) -> Rows:
    by = [*settings["by"], "mdc"]
    return [
        row_of(by, (*key, mdc), settings, 0, 0, 0, 0)
        for key, lacks, _, _ in missing(given, settings)
        for mdc in lacks
    ], by
