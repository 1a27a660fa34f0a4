"""Whether the hard rules can be kept at all, decided by counting; and a first plan that keeps them.

All hard rules but one limit from above, so the locked pairs alone decide. The change
budget wants present pairs kept: of each supporter, apart from all others, as many as its
ceiling and person-months let, those that ask for the fewest months first.
"""

from __future__ import annotations

import numpy as np

from duikou.engines.pairing.optimise.model import Indexes, Problem


def first_plan(problem: Problem) -> Indexes | None:
    """Return the plan with the fewest changes, None where the hard rules contradict each other."""
    candidates = problem.candidates
    if (candidates.locked & candidates.forbidden).any():
        return None
    months = np.array([recipient.months or 0 for recipient in problem.recipients], dtype=np.int64)
    asked = months[candidates.recipient] if len(candidates) else np.zeros(0, dtype=np.int64)
    rank = np.where(candidates.locked, 0, np.where(candidates.existing & ~candidates.forbidden, 1, 2))
    order = np.lexsort((asked, rank, candidates.supporter))
    order = order[rank[order] < 2]
    ends = np.searchsorted(candidates.supporter[order], np.arange(len(problem.supporters) + 1))
    chosen: list[int] = []
    for number, supporter in enumerate(problem.supporters):
        room, free = supporter.ceiling, supporter.capacity_months
        for index in order[ends[number] : ends[number + 1]].tolist():
            need = int(asked[index])
            if room < 1 or (free is not None and need > free):
                if candidates.locked[index]:
                    return None
                continue
            chosen.append(index)
            room -= 1
            free = None if free is None else free - need
        if room < 0 or (free is not None and free < 0):
            return None
    plan = np.array(sorted(chosen), dtype=np.int32)
    if problem.max_changes is not None:
        kept = int(candidates.existing[plan].sum())
        changes = len(plan) - kept + int(candidates.existing.sum()) - kept + problem.lost_pairs
        if changes > problem.max_changes:
            return None
    return plan
