"""A pairing problem as the thin model of the decomposition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import scipy.sparse as sp

from duikou.engines.pairing.optimise.assignment import FREE, Assignment
from duikou.engines.pairing.optimise.model import (
    CITY_TABLE,
    COVERAGE,
    DUPLICATE,
    UNBROKEN,
    Flags,
    Ints,
    Level,
    Problem,
    Supporter,
)


def restated(problem: Problem, levels: Sequence[Level]) -> Assignment:
    """Return the model of a problem with these levels.

    Counties that no level prices form no group, capacities that cannot bind weigh
    nothing: what does not matter costs no state in the knapsacks.
    """
    columns = problem.candidates
    agent, item = columns.supporter.astype(np.int64), columns.recipient.astype(np.int64)
    allowed = ~columns.forbidden
    agents, items, counties = len(problem.supporters), len(problem.recipients), len(problem.counties)
    by_need, weights = _needs(problem, levels)
    by_city = _city_rows(problem)
    county = _ints(recipient.county for recipient in problem.recipients)
    members = [(item, np.arange(len(agent))), (items + by_need[0], by_need[1])]
    start = items + len(weights)
    members.append((start + by_city[0], by_city[1]))
    row, arc = (np.concatenate(part) for part in zip(*members, strict=True))
    total = start + (items if len(by_city[0]) else 0)
    least = np.ones(total, dtype=np.int64)
    most = np.full(total, FREE)
    least[:items] = [recipient.least for recipient in problem.recipients]
    most[:items] = [recipient.most for recipient in problem.recipients]
    least[start:] = 0
    wanted = _ints(county.least for county in problem.counties)
    in_city = _ints(county.least_in_city_table for county in problem.counties)
    group = np.full(total, -1, dtype=np.int64)
    group[:items] = np.where(wanted[county] > 0, county, -1) if items else county
    if total > start:
        group[start:] = np.where(in_city[county] > 0, counties + county, -1)
    step, budget = _budget(problem)
    months, capacity, ceiling = _limits(problem, agent, item, allowed)
    allowed &= months <= capacity[agent]
    width = int(min(ceiling.max(initial=0), np.bincount(agent, minlength=1).max(initial=0))) + 1
    under = np.zeros((len(levels), total), dtype=np.int64)
    over = np.zeros_like(under)
    for index, level in enumerate(levels):
        under[index, :items] = level.prices.get(UNBROKEN, 0)
        over[index, :items] = level.prices.get(DUPLICATE, 0)
        under[index, items:start] = level.coverage * weights
    return Assignment(
        agents,
        items,
        agent,
        item,
        months,
        columns.locked.copy(),
        allowed,
        capacity,
        ceiling,
        sp.csr_array((np.ones(len(row), dtype=np.int64), (row, arc)), shape=(total, len(agent))),
        least,
        most,
        group,
        np.concatenate((wanted, in_city)),
        np.array(
            [np.zeros(len(agent), dtype=np.int64) if level.cost is None else level.cost for level in levels],
            dtype=np.int64,
        ),
        np.array([_loads(problem.supporters, level, width) for level in levels], dtype=np.int64),
        under,
        over,
        np.array(
            [
                [level.prices.get(COVERAGE, 0)] * counties + [level.prices.get(CITY_TABLE, 0)] * counties
                for level in levels
            ],
            dtype=np.int64,
        ),
        np.array([level.constant - level.coverage * int(weights.sum()) for level in levels], dtype=np.int64),
        len(weights),
        step,
        budget,
    )


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _needs(problem: Problem, levels: Sequence[Level]) -> tuple[tuple[Ints, Ints], Ints]:
    """Return (row, arc) of each need that some supporter can meet, and each row's weight.

    A row stands for one recipient and one department; its arcs are those of supporters
    strong in it. The level's constant already holds the reward as if every row were met.
    """
    if not any(level.coverage for level in levels):
        return (np.zeros(0, dtype=np.int64),) * 2, np.zeros(0, dtype=np.int64)
    columns = problem.candidates
    names = sorted({name for recipient in problem.recipients for name in recipient.needs})
    number = {name: index for index, name in enumerate(names)}
    weights = np.zeros((len(problem.recipients), len(names)), dtype=np.int64)
    for index, recipient in enumerate(problem.recipients):
        for name, weight in recipient.needs.items():
            weights[index, number[name]] = weight
    strong = np.zeros((len(problem.supporters), len(names)), dtype=np.bool_)
    for index, supporter in enumerate(problem.supporters):
        for name in supporter.strengths:
            if name in number:
                strong[index, number[name]] = True
    met = strong[columns.supporter] & (weights[columns.recipient] > 0) & ~columns.forbidden[:, None]
    arc, department = np.nonzero(met)
    key, row = np.unique(columns.recipient[arc] * len(names) + department, return_inverse=True)
    return (row.astype(np.int64), arc.astype(np.int64)), weights.ravel()[key]


def _city_rows(problem: Problem) -> tuple[Ints, Ints]:
    """Return (recipient, arc) of the candidates that count for the city's table."""
    if not any(county.least_in_city_table for county in problem.counties):
        return (np.zeros(0, dtype=np.int64),) * 2
    second = np.array([supporter.table == "2" for supporter in problem.supporters], dtype=np.bool_)
    arc = np.flatnonzero(second[problem.candidates.supporter])
    return problem.candidates.recipient[arc].astype(np.int64), arc


def _budget(problem: Problem) -> tuple[Ints | None, int]:
    """Return what each candidate adds to the changes, and how much may be added."""
    if problem.max_changes is None:
        return None, 0
    existing = problem.candidates.existing
    step = np.where(existing, -1, 1).astype(np.int64)
    return step, problem.max_changes - problem.lost_pairs - int(existing.sum())


def _limits(problem: Problem, agent: Ints, item: Ints, allowed: Flags) -> tuple[Ints, Ints, Ints]:
    """Return weight per arc, capacity and ceiling per agent, without limits that cannot bind."""
    agents = len(problem.supporters)
    degree = np.bincount(agent[allowed], minlength=agents)
    ceiling = np.minimum(_ints(supporter.ceiling for supporter in problem.supporters), degree)
    months = _ints(recipient.months or 0 for recipient in problem.recipients)
    weight = months[item] if len(item) else months[:0]
    known = [supporter.capacity_months is not None for supporter in problem.supporters]
    capacity = _ints(supporter.capacity_months or 0 for supporter in problem.supporters)
    order = np.lexsort((-weight, agent))
    order = order[allowed[order]]
    rank = np.arange(len(order)) - np.repeat(np.cumsum(degree) - degree, degree)
    heaviest = order[rank < ceiling[agent[order]]]
    worst = np.bincount(agent[heaviest], weight[heaviest], minlength=agents)
    binds = np.array(known, dtype=np.bool_) & (worst > capacity)
    weight = np.where(binds[agent], weight, 0) if len(item) else weight
    return weight, np.where(binds, capacity, 0), ceiling


def _loads(supporters: Sequence[Supporter], level: Level, width: int) -> Ints:
    """Return what each number of recipients costs each supporter."""
    number = np.arange(width, dtype=np.int64)
    table = np.zeros((len(supporters), width), dtype=np.int64)
    for index, supporter in enumerate(supporters):
        price = level.prices.get(supporter.rule or "load", 0)
        if price:
            table[index] = price * (
                np.maximum(supporter.least - number, 0) + np.maximum(number - supporter.most, 0)
            )
        if level.evenness and supporter.target is not None:
            table[index] += level.evenness * np.abs(number - supporter.target)
    return table
