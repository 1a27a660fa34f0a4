"""What is wanted, level by level, or as one weighted sum."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from duikou.engines.pairing.optimise import texts_problem as texts
from duikou.engines.pairing.optimise.measures import HUNDRED_METRES, KILOMETRES, readable
from duikou.engines.pairing.optimise.model import (
    CITY_TABLE,
    COVERAGE,
    DUPLICATE,
    GENERAL_LOAD,
    SPECIAL_LOAD,
    UNBROKEN,
    BadProblem,
    Candidates,
    County,
    Ints,
    Level,
    Supporter,
)
from duikou.engines.pairing.optimise.numbers import MOST, whole
from duikou.engines.pairing.optimise.options import LEVELS, Options
from duikou.engines.pairing.optimise.parties import LOAD
from duikou.engines.pairing.optimise.scores import CITY, FIT, KIND, PRIORITY, TRAVEL
from duikou.engines.text import Text

RULES = (COVERAGE, CITY_TABLE, GENERAL_LOAD, SPECIAL_LOAD, LOAD, DUPLICATE, UNBROKEN)
QUOTAS = (GENERAL_LOAD, SPECIAL_LOAD, LOAD, DUPLICATE, UNBROKEN)
WEIGHTED = "weighted"
OUTSIDE_CITY = 2  # points against a municipal supporter outside its own city, beside those for kinds

TITLES: Mapping[str, Text] = {
    "coverage": Text("每个县（市）有受援医院", "a supported hospital in every county"),
    "city_table": Text("各市的表覆盖辖区各县（市）", "each city's own table reaches its counties"),
    "quotas": Text("支援数合规，不重复、不断档", "loads within their rules, no duplication, no gap"),
    "fit": Text("科室需求得到满足", "needed departments met by strong ones"),
    "priority": Text("优先县由省级医院支援", "counties of priority supported by provincial hospitals"),
    "stability": Text("对现有结对的变动", "changes to the present pairs"),
    "evenness": Text("支援数接近规定数", "loads near the number of their rule"),
    "suitability": Text("类别相称，市级医院在本市", "matching kinds, municipal hospitals in their own city"),
    "travel": Text("路程", "distance by road"),
}
ESTIMATED = Text("路程（含估算）", "distance by road (estimates among them)")
UNITS: Mapping[str, Text] = {
    "coverage": Text("县（市）", "counties"),
    "city_table": Text("县（市）", "counties"),
    "quotas": Text("所", "hospitals"),
    "fit": Text("需求权重", "weight of needs"),
    "priority": Text("优先分", "points of priority"),
    "stability": Text("项变动", "changes"),
    "evenness": Text("所", "hospitals"),
    "suitability": Text("分", "points"),
    "travel": HUNDRED_METRES,
}


def levels_of(
    candidates: Candidates,
    supporters: Sequence[Supporter],
    counties: Sequence[County],
    options: Options,
    *,
    lost: int,
    estimated: bool = False,
) -> tuple[Level, ...]:
    """The levels that have something to say, in the planner's order; one weighted level with `weights`.

    `lost`: present pairs that are no candidates; `estimated`: some distances are estimates.
    """
    check_options(options)
    prices = {rule: 0 if rule in options.off else int(options.prices.get(rule, 1)) for rule in RULES}
    makers: Mapping[str, Callable[[], Level | None]] = {
        "coverage": lambda: _rules("coverage", prices, (COVERAGE,)),
        "city_table": lambda: (
            _rules("city_table", prices, (CITY_TABLE,))
            if any(c.least_in_city_table for c in counties)
            else None
        ),
        "quotas": lambda: _rules("quotas", prices, QUOTAS),
        "fit": lambda: _level("fit", coverage=1) if FIT in candidates.parts else None,
        "priority": lambda: (
            _level("priority", -candidates.parts[PRIORITY]) if PRIORITY in candidates.parts else None
        ),
        "stability": lambda: _level(
            "stability",
            np.where(candidates.existing, -1, 1).astype(np.int64),
            constant=int(candidates.existing.sum()) + lost,
        ),
        "evenness": lambda: (
            _level("evenness", evenness=1)
            if options.evenness and any(s.target is not None for s in supporters)
            else None
        ),
        "suitability": lambda: _level("suitability", _suitability(candidates)),
        "travel": lambda: _travel(candidates, estimated) if TRAVEL in candidates.parts else None,
    }
    found = [level for name in options.order if (level := makers[name]()) is not None]
    return (weighted(found, options.weights),) if options.weights is not None else tuple(found)


def check_options(options: Options) -> None:
    """Refuse unknown words and numbers that are none; raises BadProblem."""
    names = options.order if options.weights is None else (*options.order, *options.weights)
    for name in names:
        if name not in LEVELS:
            raise BadProblem(texts.unknown_word(texts.LEVEL, name, LEVELS))
    for name in options.order:
        if options.order.count(name) > 1:
            raise BadProblem(texts.twice(texts.LEVEL, name))
    for rule in (*options.off, *options.prices):
        if rule not in RULES:
            raise BadProblem(texts.unknown_word(texts.RULE, rule, RULES))
    for rule, price in options.prices.items():
        whole(price, texts.PRICE, rule)
    for name, weight in (options.weights or {}).items():
        whole(weight, texts.WEIGHT, name)
    limits = (
        (options.max_changes, texts.LIMIT),
        (options.max_distance, texts.REACH),
        (options.ceiling, texts.CEILING),
    )
    for value, what in limits:
        if value is not None:
            whole(value, what, texts.OPTIONS)


def weighted(levels: Sequence[Level], weights: Mapping[str, int]) -> Level:
    """One level: the sum of all, each times its weight (0 where none is given)."""
    counted = [(level, weights.get(level.name, 0)) for level in levels]
    cost: Ints | None = None
    prices: dict[str, int] = {}
    for level, weight in counted:
        if level.cost is not None and weight:
            _fits(level.cost, weight)
            cost = level.cost * weight if cost is None else cost + level.cost * weight
        for rule, price in level.prices.items():
            prices[rule] = prices.get(rule, 0) + price * weight
    rates = exchange_rates(weights)
    return Level(
        name=WEIGHTED,
        title=Text(
            "；".join(["加权合计", *(rate.zh for rate in rates)]),
            "; ".join(["weighted sum", *(rate.en for rate in rates)]),
        ),
        unit=Text("分", "points"),
        cost=cost,
        prices=prices,
        evenness=sum(level.evenness * weight for level, weight in counted),
        coverage=sum(level.coverage * weight for level, weight in counted),
        constant=sum(level.constant * weight for level, weight in counted),
    )


def exchange_rates(weights: Mapping[str, int]) -> tuple[Text, ...]:
    """What one unit of each level is worth, in units of the cheapest: "1 项变动 = 2 公里"."""
    units = {name: readable(10, UNITS[name]) for name in weights}  # 10: so that each is a whole number
    counted = {name: weight * 10 // int(units[name][0]) for name, weight in weights.items() if weight}
    if len(counted) < 2:
        return ()
    cheapest = min(counted, key=lambda name: (counted[name], -LEVELS.index(name)))
    found = []
    for name, weight in counted.items():
        if name != cheapest:
            amount = f"{weight / counted[cheapest]:g}"
            one = "1 km" if units[name][1] is KILOMETRES else "1"
            found.append(
                Text(
                    f"1 {units[name][1].zh}（{TITLES[name].zh}）= {amount} {units[cheapest][1].zh}"
                    f"（{TITLES[cheapest].zh}）",
                    f"{TITLES[name].en}: {one} = {amount} {units[cheapest][1].en} ({TITLES[cheapest].en})",
                )
            )
    return tuple(found)


def _fits(cost: Ints, weight: int) -> None:
    if int(np.abs(cost).max(initial=0)) * weight > MOST:
        raise BadProblem(texts.not_whole(texts.WEIGHT, texts.OPTIONS, weight))


def _suitability(candidates: Candidates) -> Ints:
    points = candidates.parts[CITY] * OUTSIDE_CITY
    return points + candidates.parts[KIND] if KIND in candidates.parts else points


def _travel(candidates: Candidates, estimated: bool) -> Level:
    level = _level("travel", candidates.parts[TRAVEL])
    return replace(level, title=ESTIMATED) if estimated else level


def _rules(name: str, prices: Mapping[str, int], rules: Sequence[str]) -> Level | None:
    counted = {rule: prices[rule] for rule in rules if prices[rule]}
    return _level(name, prices=counted) if counted else None


def _level(
    name: str,
    cost: Ints | None = None,
    *,
    prices: Mapping[str, int] | None = None,
    evenness: int = 0,
    coverage: int = 0,
    constant: int = 0,
) -> Level:
    return Level(name, TITLES[name], UNITS[name], cost, prices or {}, evenness, coverage, constant)
