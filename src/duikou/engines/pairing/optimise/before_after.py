"""A plan beside the present round: what is kept, added, dropped, and how many everybody had and gets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from duikou.engines.pairing.optimise.model import Plan, Problem

_CITY = "2"


@dataclass(slots=True)
class Side:
    """One list of pairs, counted: recipients of each supporter, supporters of each recipient, counties."""

    load: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    supporters_of: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    supported: dict[int, int] = field(default_factory=lambda: defaultdict(int))  # by county
    supported_by_city: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    @classmethod
    def of(cls, problem: Problem, candidates: list[int]) -> Self:
        """Count the pairs of some candidates."""
        side = cls()
        columns, chosen = problem.candidates, np.asarray(candidates, dtype=np.int64)
        givers, takers = columns.supporter[chosen].tolist(), columns.recipient[chosen].tolist()
        for giver, taker in zip(givers, takers, strict=True):
            side.load[giver] += 1
            side.supporters_of[taker].append(giver)
        for taker, givers in side.supporters_of.items():
            county = problem.recipients[taker].county
            side.supported[county] += 1
            if any(problem.supporters[giver].table == _CITY for giver in givers):
                side.supported_by_city[county] += 1
        return side


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """Candidates kept, added and dropped, and both rounds counted.

    Pairs that a closed hospital ended count for the loads before, where the supporter remains.
    """

    kept: list[int]
    added: list[int]
    dropped: list[int]
    before: Side
    after: Side

    @classmethod
    def of(cls, problem: Problem, plan: Plan, before: Side | None = None) -> Self:
        """Compare a plan with the present round, counted again unless it is given."""
        existing, chosen = problem.candidates.existing, np.sort(plan.chosen)
        stays = existing[chosen]
        ends = existing.copy()
        ends[chosen] = False
        return cls(
            kept=chosen[stays].tolist(),
            added=chosen[~stays].tolist(),
            dropped=np.flatnonzero(ends).tolist(),
            before=before or present_side(problem),
            after=Side.of(problem, chosen.tolist()),
        )


def present_side(problem: Problem) -> Side:
    """The present round, counted; pairs that could not be kept count for their supporter's load."""
    before = Side.of(problem, np.flatnonzero(problem.candidates.existing).tolist())
    givers = {one.key: at for at, one in enumerate(problem.supporters)}
    for lost in problem.lost:
        if lost.supporter_key in givers:
            before.load[givers[lost.supporter_key]] += 1
    return before
