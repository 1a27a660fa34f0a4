"""The oracle's split of a change of the case-mix index."""

from __future__ import annotations

from duikou.engines.casemix.indicators.reference.common import (
    Given,
    Key,
    Row,
    Rows,
    Settings,
    Stay,
    grouped,
    located,
    quantised,
    ratio,
    row_of,
    units_of,
)
from duikou.engines.casemix.indicators.reference.norms import weights_of


def cmi_change(given: Given, settings: Settings) -> Rows:
    by = list(settings["by"])
    every = located(given, given.facts)
    weight = weights_of(given, settings)
    stays = [stay for stay in grouped(every) if weight.get(stay["drg"]) is not None]
    last_year = max((stay["year"] for stay in grouped(every)), default=0)

    def within(stay: Stay, first: int | None, last: int | None, year: int) -> bool:
        if first is None or last is None:
            return bool(stay["year"] == year)
        return bool(first <= stay["month"] <= last)

    found = []
    for key, own in units_of(stays, by).items():
        before = [
            stay for stay in own if within(stay, settings["base_from"], settings["base_to"], last_year - 1)
        ]
        after = [
            stay for stay in own if within(stay, settings["from_month"], settings["to_month"], last_year)
        ]
        if before and after:
            found.append(_split(by, key, settings, *_weighed(before, after, weight)))
    return found, by


Side = dict[str, list[int]]  # ADRG → weights of its cases


def _weighed(before: list[Stay], after: list[Stay], weight: dict[str, int | None]) -> tuple[Side, Side]:
    def side(stays: list[Stay]) -> Side:
        return {
            adrg: [weight[stay["drg"]] or 0 for stay in some]
            for (adrg,), some in units_of(stays, ["adrg"]).items()
        }

    return side(before), side(after)


def _index(side: Side, adrgs: set[str]) -> int | None:
    weights = [weight for adrg in adrgs for weight in side.get(adrg, [])]
    return ratio(sum(weights), len(weights), 100)


def _split(by: list[str], key: Key, settings: Settings, before: Side, after: Side) -> Row:
    common = set(before) & set(after)
    first, last = _index(before, set(before)) or 0, _index(after, set(after)) or 0
    common_first, common_last = _index(before, common), _index(after, common)
    change = last - first
    begun = change if common_last is None else last - common_last
    ended = 0 if common_first is None else common_first - first
    n_before = sum(len(before[adrg]) for adrg in common)
    n_after = sum(len(after[adrg]) for adrg in common)
    depth = 0
    for adrg in common:
        old, new = before[adrg], after[adrg]
        weight = sum(new) / len(new) - sum(old) / len(old)
        share = len(old) / n_before + len(new) / n_after
        depth += quantised(weight * share / 2.0 * 100.0)
    weights = [weight for some in after.values() for weight in some]
    counted = min(len(weights), sum(len(some) for some in before.values()))
    parts = {
        "before": first,
        "after": last,
        "mix": change - depth - begun - ended,
        "depth": depth,
        "begun": begun,
        "ended": ended,
    }
    row = row_of(by, key, settings, sum(weights), len(weights), change, len(weights), counted)
    return {**row, **(dict.fromkeys(parts) if row["suppressed"] else parts)}
