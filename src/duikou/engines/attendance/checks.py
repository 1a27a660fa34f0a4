"""When to ask whether somebody is there: all over the lesson, at moments that nobody can tell beforehand."""

from __future__ import annotations

import random


def schedule(length: int, every: int, seed: int) -> tuple[int, ...]:
    """Places of a lesson at which to ask: one at random in each full stretch of `every` seconds.

    The seed belongs to the server: the same one gives the same places after a reload. Two questions are
    never closer than a quarter of a stretch, and none comes in the first or last five seconds.
    """
    if every < 20:
        raise ValueError(f"checks every {every} seconds would be no lesson")
    dice = random.Random(seed)  # noqa: S311 - not a secret from the server itself
    least = every // 4
    found: list[int] = []
    for start in range(0, length - every + 1, every):
        low = max(start, 5, found[-1] + least if found else 0)
        found.append(dice.randint(low, max(low, min(start + every - 1, length - 6))))
    return tuple(found)
