"""The oracle's indicators of where residents go."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from duikou.engines.casemix.indicators.reference.common import (
    Given,
    Row,
    Rows,
    Settings,
    Stay,
    in_months,
    located,
    ratio,
    reported,
    row_of,
    units_of,
)

Chosen = Callable[[Stay], bool]


def in_county(stay: Stay) -> bool:
    return bool(stay["hospital_county"] == stay["residence"])


def in_city(stay: Stay) -> bool:
    return in_county(stay) or stay["city"] == stay["residence_city"]


def outside(stay: Stay) -> bool:
    return not in_county(stay)


def known(stay: Stay) -> bool:
    """Whether home and hospital of the stay are known; strangers' stays are no county's."""
    return stay["residence"] not in ("", "other") and stay["hospital_county"] != ""


def share_of(
    chosen: Chosen, *, of: str | None = None, insured: bool = False, goal: bool = False
) -> Callable[[Given, Settings], Rows]:
    """The chosen among the stays (or their cost) of known flow."""

    def rows(given: Given, settings: Settings) -> Rows:
        by = list(settings["by"])
        stays = [stay for stay in reported(given, settings, residents=True) if stay["residence"] != "other"]
        if insured:
            stays = [stay for stay in stays if stay["payment"] in settings["payments"]]
        found = []
        for key, own in units_of(stays, by).items():
            counted = [stay for stay in own if known(stay)]
            size = [(stay[of] if of else 1, chosen(stay)) for stay in counted]
            top, bottom = sum(n for n, yes in size if yes), sum(n for n, _ in size)
            row = row_of(by, key, settings, top, bottom, ratio(top, bottom), len(own), len(counted))
            if goal:
                value = row["value"]
                row["reached"] = None if value is None else value >= settings["goal"] * 10_000
            found.append(row)
        return found, by

    return rows


def residence_coverage(given: Given, settings: Settings) -> Rows:
    by = list(settings["by"])
    found = []
    for key, stays in units_of(reported(given, settings, residents=True), by).items():
        top, n = sum(stay["residence"] != "" for stay in stays), len(stays)
        found.append(row_of(by, key, settings, top, n, ratio(top, n), n))
    return found, by


def ordered(counts: dict[str, int]) -> Iterable[tuple[int, str]]:
    """Ranks and keys, the most first, equals by their key."""
    return enumerate(sorted(counts, key=lambda key: (-counts[key], key)), start=1)


def outflow_destinations(given: Given, settings: Settings) -> Rows:
    by = list(settings["by"])
    stays = [stay for stay in reported(given, settings, residents=True) if known(stay) and outside(stay)]
    found = []
    for key, own in units_of(stays, by).items():
        counts = {hospital: len(some) for (hospital,), some in units_of(own, ["hospital"]).items()}
        for rank, hospital in ordered(counts):
            n = counts[hospital]
            cells = (*by, "hospital"), (*key, hospital), settings, n, len(own), ratio(n, len(own)), n
            found.append(row_of(*cells, rank=rank))
    return found, [*by, "hospital"]


def diseases(stays: Iterable[Stay], settings: Settings) -> list[Stay]:
    return [
        stay
        for stay in stays
        if known(stay) and stay["disease"] and not stay["disease"].startswith(tuple(settings["exclude"]))
    ]


def outflow(column: str) -> Callable[[Given, Settings], Rows]:
    """Stays outside among all, for each disease or group of a unit."""

    def rows(given: Given, settings: Settings) -> Rows:
        if column == "disease":
            stays = diseases(reported(given, settings, residents=True), settings)
        else:
            stays = [stay for stay in reported(given, settings) if known(stay) and stay["grouped"]]
        by = list(settings["by"])
        found: list[Row] = []
        for key, own in units_of(stays, by).items():
            each = {one: some for (one,), some in units_of(own, [column]).items()}
            out = {one: sum(map(outside, some)) for one, some in each.items()}
            out = {one: n for one, n in out.items() if n}
            for rank, one in ordered(out):
                n, whole = out[one], len(each[one])
                cells = (*by, column), (*key, one), settings, n, whole, ratio(n, whole), whole
                found.append(row_of(*cells, rank=rank))
        return found, [*by, column]

    return rows


def out_referral_list(given: Given, settings: Settings) -> Rows:
    by = list(settings["by"])
    stays = located(given, [*given.facts, *given.settlements])
    last = settings["to_month"]
    if last is None:
        last = max((stay["month"] for stay in stays), default=0)
    stays = in_months(stays, last - 100 * settings["years"] + 1, last)
    found = []
    for key, own in units_of(diseases(stays, settings), by).items():
        out = {disease: sum(map(outside, some)) for (disease,), some in units_of(own, ["disease"]).items()}
        whole = sum(out.values())
        for rank, disease in ordered(out):
            if rank <= settings["k"] and (n := out[disease]):
                every = sum(stay["disease"] == disease for stay in own)
                cells = (*by, "disease"), (*key, disease), settings, n, whole, ratio(n, whole), every
                found.append(row_of(*cells, rank=rank))
    return found, [*by, "disease"]


def major_diseases_in_county(given: Given, settings: Settings) -> Rows:
    by = [*settings["by"], "major_disease"]
    stays = [stay for stay in reported(given, settings, residents=True) if known(stay)]
    found = []
    for key, own in units_of((stay for stay in stays if stay["major_disease"]), by).items():
        top, n = sum(map(in_county, own)), len(own)
        found.append(row_of(by, key, settings, top, n, ratio(top, n), n))
    return found, by


def down_referral_candidates(given: Given, settings: Settings) -> Rows:
    named = given.county_hospitals
    stays = [stay for stay in reported(given, settings) if stay["grouped"]]
    if named is None:
        stays = [stay for stay in stays if known(stay)]

    def county_care(stay: Stay) -> bool:
        return in_county(stay) if named is None else stay["hospital"] in named

    means: dict[str, tuple[int, int]] = {}
    for (drg,), members in units_of(stays, ["drg"]).items():
        inside = [stay for stay in members if county_care(stay)]
        others = [stay for stay in members if not county_care(stay)]
        if min(len(inside) - settings["minimum_inside"], len(others) - settings["minimum_outside"]) < 0:
            continue
        if (pair := _cheaper_and_as_safe(inside, others)) is not None:
            means[drg] = pair
    by = list(settings["by"])
    found = []
    residents = [stay for stay in stays if known(stay) and stay["drg"] in means]
    for key, own in units_of(residents, [*by, "drg"]).items():
        n = sum(outside(stay) and not county_care(stay) for stay in own)
        here, there = means[key[-1]]
        row = row_of([*by, "drg"], key, settings, n, len(own), ratio(n, len(own)), len(own))
        row["cost_ratio"] = ratio(here, there)
        row["saving"] = None if row["suppressed"] else (there - here) * n
        if n:
            found.append(row)
    return found, [*by, "drg"]


def _cheaper_and_as_safe(inside: list[Stay], others: list[Stay]) -> tuple[int, int] | None:
    """Mean costs in county hospitals and elsewhere, if the former treat as safely and more cheaply."""
    here = ratio(sum(stay["total"] for stay in inside), len(inside), 1)
    there = ratio(sum(stay["total"] for stay in others), len(others), 1)
    if here is None or there is None or here >= there:
        return None
    died_here, died_there = sum(stay["died"] for stay in inside), sum(stay["died"] for stay in others)
    return (here, there) if died_here * len(others) <= died_there * len(inside) else None
