"""First plans: from the answer to prices to one that keeps the hard rules.

Only the change budget joins agents in a hard way, and each agent's fewest changes are a
knapsack of its own. So whether any plan exists is decided exactly, and any set of
patterns is made to fit by sending some agents back to their fewest changes.
"""

from __future__ import annotations

import numpy as np

from duikou.engines.pairing.optimise.assignment import Assignment
from duikou.engines.pairing.optimise.bounds import Relaxation, Relaxed
from duikou.engines.pairing.optimise.knapsacks import NEVER
from duikou.engines.pairing.optimise.model import Flags, Ints

MOST_ROUNDS = 60
"""Rounds of filling up; each gives every agent one arc at most."""


def fewest_changes(relaxation: Relaxation) -> Flags | None:
    """Return the plan with the fewest changes; None when no plan keeps the hard rules."""
    model = relaxation.model
    if not relaxation.possible or bool((model.locked & ~model.allowed).any()):
        return None
    step = model.step if model.step is not None else np.zeros(model.arcs, dtype=np.int64)
    chosen = relaxation.knapsacks.solve(step, np.zeros_like(model.load[0])).chosen
    return chosen if model.allows(chosen) else None


def trimmed(model: Assignment, relaxed: Relaxed) -> Flags:
    """Return the answer's choice without arcs beyond what their recipient wants, worst first."""
    chosen = relaxed.patterns.chosen & ~model.locked
    arcs = np.flatnonzero(chosen)
    order = arcs[np.lexsort((relaxed.cost[arcs], model.item[arcs]))]
    item = model.item[order]
    begin = np.flatnonzero(np.concatenate(([True], np.diff(item) != 0))) if len(item) else item
    rank = np.arange(len(order)) - np.repeat(begin, np.diff(np.append(begin, len(order))))
    held = np.bincount(model.item[model.locked], minlength=model.items)
    most = np.maximum(model.most[: model.items] - held, 0)
    result = model.locked.copy()
    result[order[rank < most[item]]] = True
    return result


def fitted(model: Assignment, chosen: Flags, fewest: Flags, cost: Ints) -> Flags:
    """Return the choice with as many agents sent back to their fewest changes as the budget asks for."""
    if model.step is None or int(model.step[chosen].sum()) <= model.budget:
        return chosen
    agents = model.agents

    def per_agent(of: Ints, flags: Flags) -> Ints:
        return np.bincount(model.agent[flags], of[flags], minlength=agents).astype(np.int64)

    saves = per_agent(model.step, chosen) - per_agent(model.step, fewest)
    loses = per_agent(cost, fewest) - per_agent(cost, chosen)
    rate = np.where(saves > 0, loses / np.maximum(saves, 1), float(NEVER))
    order = np.argsort(rate, kind="stable")
    excess = int(model.step[chosen].sum()) - model.budget
    back = order[: int(np.searchsorted(np.cumsum(saves[order]), excess)) + 1]
    send = np.zeros(agents, dtype=np.bool_)
    send[back] = True
    return np.where(send[model.agent], fewest, chosen)


def filled(model: Assignment, level: int, chosen: Flags, change: float) -> Flags:
    """Return the choice with arcs added as long as some pays for itself, whole columns at a time.

    In each round every agent and every recipient gets at most one arc, the one that wins
    most, so that what the others win stays true. `change` prices a change while the
    budget is not yet used up.
    """
    chosen = chosen.copy()
    weight, step = model.weight, model.step
    under, over, short = model.under[level], model.over[level], model.short[level]
    in_group = np.flatnonzero(model.group >= 0)
    agents = np.arange(model.agents)
    for _ in range(MOST_ROUNDS):
        found = model.rows @ chosen.astype(np.int64)
        rise = np.where(found < model.least, -under, 0) + np.where(found >= model.most, over, 0)
        if len(in_group):
            group = model.group[in_group]
            missing = (found[in_group] == 0) & (model.reached(found) < model.group_least)[group]
            rise[in_group[missing]] -= short[group[missing]]
        loads = model.counts(chosen)
        used = np.bincount(model.agent[chosen], weight[chosen], minlength=model.agents)
        more = np.minimum(loads + 1, model.load.shape[2] - 1)
        loaded = model.load[level, agents, more] - model.load[level, agents, loads]
        gain = -(model.cost[level] + model.columns @ rise + loaded[model.agent])
        if step is not None:
            gain = gain - np.rint(change * step).astype(np.int64)
        fits = model.allowed & ~chosen & (gain > 0) & (loads < model.ceiling)[model.agent]
        fits &= used[model.agent] + weight <= model.capacity[model.agent]
        if model.openings is not None and np.count_nonzero(loads) >= model.openings:
            fits &= (loads > 0)[model.agent]
        arcs = np.flatnonzero(fits)
        arcs = arcs[np.argsort(-gain[arcs], kind="stable")]
        for side in (model.agent, model.item):
            arcs = arcs[np.sort(np.unique(side[arcs], return_index=True)[1])]
        if model.openings is not None:
            arcs = arcs[:1]
        if step is not None:
            room = model.budget - int(step[chosen].sum())
            arcs = arcs[np.cumsum(step[arcs]) <= room]
        if not len(arcs):
            break
        chosen[arcs] = True
    return chosen
