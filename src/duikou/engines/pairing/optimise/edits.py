"""What a session of any regime is asked, checked; and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from duikou.engines.pairing.optimise.model import BadProblem, Indexes, Plan
from duikou.engines.text import Text


@dataclass(frozen=True, eq=False, slots=True)
class Difference:
    """What an edit changed: pairs that came and went, and each level's value after minus before."""

    added: Indexes
    dropped: Indexes
    values: tuple[int, ...]  # empty when there was or is no plan


def difference_of(before: Plan, after: Plan) -> Difference:
    """Return what changed from one plan to the next."""
    return Difference(
        added=np.setdiff1d(after.chosen, before.chosen, assume_unique=True),
        dropped=np.setdiff1d(before.chosen, after.chosen, assume_unique=True),
        values=tuple(
            new.value - old.value
            for new, old in zip(after.values, before.values, strict=bool(before.values and after.values))
        ),
    )


def checked(edit: Iterable[Iterable[int]], length: int) -> list[list[int]]:
    """Return what to lock, forbid and free, ascending; raise BadProblem where it makes no sense."""
    changes = [sorted(set(chosen)) for chosen in edit]
    for chosen in changes:
        for index in chosen[:1] + chosen[-1:]:
            if not 0 <= index < length:
                raise BadProblem(
                    Text(
                        f"要锁定、禁止或放开的候选序号应在 0 到 {length - 1} 之间，却为 {index}。",
                        f"The candidate to lock, forbid or free should be a number from 0 to {length - 1} "
                        f"but is {index}.",
                    )
                )
    twice = sorted(set(changes[0]) & set(changes[1]) | set(changes[2]) & set(changes[0] + changes[1]))
    if twice:
        raise BadProblem(
            Text(
                f"同一候选（序号 {twice[0]}）不能同时锁定、禁止或放开。每次只改一种。",
                f"The same candidate (number {twice[0]}) cannot be locked, forbidden or freed at once. "
                "Choose one.",
            )
        )
    return changes
