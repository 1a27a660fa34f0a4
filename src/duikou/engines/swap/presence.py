"""Who is in a department month by month: own staff, less those away, plus those who came."""

from __future__ import annotations

from duikou.engines.swap.model import Problem, Stay


def presence_of(problem: Problem, stays: tuple[Stay, ...]) -> dict[str, list[int]]:
    """Present staff by department and month."""
    homes = {person.key: person.home for person in problem.persons}
    places = {place.key: place for place in problem.places}
    present = {department.key: list(department.staff) for department in problem.departments}
    for stay in stays:
        place = places[stay.place]
        for month in range(max(0, stay.start), min(stay.end, problem.months)):
            if homes[stay.person] in present:
                present[homes[stay.person]][month] -= 1
            if place.counts and place.department in present:
                present[place.department][month] += 1
    return present
