"""An absence answered: months that are over stand, one block is planned again, the rest stays as it is."""

from __future__ import annotations

from dataclasses import replace

from duikou.engines.swap.model import Person, Plan, Problem, Stay
from duikou.engines.swap.solve import plan_part


def repair(
    problem: Problem, stays: tuple[Stay, ...], person: str, first: int, last: int, *, seconds: float = 60
) -> Plan:
    """Plan again for a person who cannot be away from home from month `first` to month `last`.

    Stays that have begun before `first` stand; the person's own ends there. Every other stay that is
    given up costs `Weights.moved`: as few people as possible learn something new.
    """
    changed, kept = changed_by(problem, stays, person, first, last)
    return plan_part(changed, kept, person, seconds=seconds)


def changed_by(
    problem: Problem, stays: tuple[Stay, ...], person: str, first: int, last: int
) -> tuple[Problem, tuple[Stay, ...]]:
    """Return the problem that an absence leaves, and the stays of which those of other blocks are kept."""
    begun = tuple(stay for stay in stays if stay.start < first)
    fixed = tuple(
        _until(stay, first) if stay.person == person and stay.end > first else stay for stay in begun
    )
    changed = replace(
        problem,
        persons=tuple(_absent(one, first, last) if one.key == person else one for one in problem.persons),
        fixed=tuple(sorted({*fixed, *(one for one in problem.fixed if one.person != person)})),
        published=tuple(stay for stay in stays if stay.start >= first),
    )
    return changed, fixed + tuple(stay for stay in stays if stay.start >= first)


def _until(stay: Stay, month: int) -> Stay:
    return replace(stay, months=month - stay.start)


def _absent(person: Person, first: int, last: int) -> Person:
    free = tuple(free and not first <= month <= last for month, free in enumerate(person.free))
    return replace(person, free=free)
