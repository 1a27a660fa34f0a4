"""Hand-over: who leaves a place stays a few days longer, together with the successor."""

from __future__ import annotations

from collections import defaultdict

from duikou.engines.swap.model import Handover, Problem, Stay, Way
from duikou.engines.swap.presence import presence_of

DAYS = 7
"""How long two batches work together."""


def handovers_of(problem: Problem, stays: tuple[Stay, ...]) -> tuple[Handover, ...]:
    """As many as possible: at home nobody falls short for it, and the leaver is free in that month.

    The leaver counts as away for the whole month, though it is a few days: on the safe side.
    """
    persons = {person.key: person for person in problem.persons}
    places = {place.key: place for place in problem.places}
    minimum = {department.key: department.minimum for department in problem.departments}
    room = {
        key: [there - least for there, least in zip(present, minimum[key], strict=True)]
        for key, present in presence_of(problem, stays).items()
    }
    begins: dict[tuple[str, int], list[Stay]] = defaultdict(list)
    own: dict[str, set[int]] = defaultdict(set)
    for stay in stays:
        begins[stay.place, stay.start].append(stay)
        own[stay.person].add(stay.start)
    found = []
    for stay in sorted(stays, key=lambda stay: (stay.end, stay.place, stay.person)):
        person, month = persons[stay.person], stay.end
        successors = begins.get((stay.place, month), [])
        if places[stay.place].way is not Way.DOWN or not successors or month in own[stay.person]:
            continue
        spare = room.get(person.home)
        # A successor who begins in `month` means that the month belongs to the plan.
        if not person.free[month] or (spare is not None and spare[month] < 1):
            continue
        if spare is not None:
            spare[month] -= 1
        found.append(Handover(stay.place, stay.person, successors.pop(0).person, month, DAYS))
    return tuple(found)
