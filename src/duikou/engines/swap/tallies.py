"""In how many stays of which lengths a person may spend the plan, each with its exact price.

What a person costs beyond single stays (not served, months beyond the share) bends with the number of
months. Written as a row with a slack, the relaxation cuts the corner: one and a quarter stays of 12
months are just 15. Written as a choice between tallies it cannot: the choice is the convex hull.
"""

from __future__ import annotations

from dataclasses import dataclass

from duikou.engines.swap.check import beyond_share
from duikou.engines.swap.model import Person, Weights

MOST = 80
"""More tallies than that are more columns than they save: the row and its slack are used instead."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many stays of each length, in the order of the lengths, and what that costs a person."""

    stays: tuple[int, ...]
    cost: int


def tallies_of(person: Person, lengths: list[int], months: int, weights: Weights) -> list[Tally] | None:
    """Every tally that fits into the months with rest between; None where there are more than `MOST`.

    Fitting is necessary, not sufficient: leave and other persons are the business of other rows.
    """
    found: list[Tally] = []
    counted = [0] * len(lengths)

    def add(first: int, away: int, room: int) -> bool:
        cost = weights.unfair * beyond_share(person, away) + weights.unserved * (person.due and not away)
        found.append(Tally(tuple(counted), cost))
        for at in range(first, len(lengths)):
            left = room - lengths[at] - person.rest
            if left < 0:
                continue
            if len(found) > MOST:
                return False
            counted[at] += 1
            whole = add(at, away + lengths[at], left)
            counted[at] -= 1
            if not whole:
                return False
        return len(found) <= MOST

    # The last stay needs no rest within the plan.
    return found if add(0, 0, months + person.rest) else None
