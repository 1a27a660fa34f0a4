"""The slow planner: try every combination of stays, count every month by hand."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from duikou.engines.swap.model import Person, Place, Problem, Stay

Answer = tuple[int, int]  # person-months below minima, cost


def best(problem: Problem) -> Answer:
    """The least that any plan can miss, and the least cost among those that miss no more."""
    return best_of_block(problem, {person.key for person in problem.persons}, [])


def size(problem: Problem) -> int:
    """How many combinations `best` would try."""
    return math.prod(sum(1 for _ in _lives(problem, person)) for person in problem.persons)


def best_of_block(problem: Problem, concerned: set[str], others: list[Stay]) -> Answer:
    """The same where only some persons may be planned, and the others keep these stays."""
    choices = [
        list(_lives(problem, person))
        if person.key in concerned
        else [tuple(stay for stay in others if stay.person == person.key)]
        for person in problem.persons
    ]
    answers = (
        judged(problem, [stay for life in lives for stay in life]) for lives in itertools.product(*choices)
    )
    return min(answer for answer in answers if answer is not None)


def judged(problem: Problem, stays: list[Stay]) -> Answer | None:
    """What a plan misses and costs; None where a place is too full."""
    places = {place.key: place for place in problem.places}
    persons = {person.key: person for person in problem.persons}
    weights = problem.weights
    short = cost = 0
    for month in range(problem.months):
        there = [stay for stay in stays if stay.start <= month < stay.start + stay.months]
        for place in problem.places:
            held = sum(stay.place == place.key for stay in there)
            agreed = sum(stay.place == place.key for stay in there if stay in problem.fixed)
            if held > max(place.wanted[month], agreed):
                return None
            cost += weights.gap * place.priority * max(0, place.wanted[month] - held)
        for department in problem.departments:
            present = department.staff[month]
            present -= sum(persons[stay.person].home == department.key for stay in there)
            present += sum(
                places[stay.place].department == department.key and places[stay.place].counts
                for stay in there
            )
            short += max(0, department.minimum[month] - present)
        for stay in there:
            if persons[stay.person].grade < places[stay.place].least_grade:
                cost += weights.grade
    for stay in stays:
        cost += weights.change + weights.dislike * persons[stay.person].dislikes.get(stay.place, 0)
    for person in problem.persons:
        away = sum(stay.months for stay in stays if stay.person == person.key)
        if person.due and not away:
            cost += weights.unserved
        if person.share is not None:
            cost += weights.unfair * max(0, person.served + away - person.share)
    cost += weights.moved * sum(stay not in stays for stay in problem.published)
    return short, cost


def _lives(problem: Problem, person: Person) -> Iterator[tuple[Stay, ...]]:
    """Every way in which a person may spend the months: with all fixed stays, and any others."""
    fixed = tuple(stay for stay in problem.fixed if stay.person == person.key)
    others = [
        Stay(person.key, place.key, start, months)
        for place in problem.places
        for months in place.lengths
        for start in range(problem.months - months + 1)
        if _may(problem, person, place, start, months)
    ]
    others = [stay for stay in others if stay not in fixed]
    for size in range(len(others) + 1):
        found = False
        for chosen in itertools.combinations(others, size):
            if _apart(person, (*fixed, *chosen), fixed):
                found = True
                yield (*fixed, *chosen)
        if not found:
            return


def _may(problem: Problem, person: Person, place: Place, start: int, months: int) -> bool:
    return (
        person.way == place.way
        and person.specialty == place.specialty
        and person.grade >= place.least_grade - 1
        and (person.key, place.key) not in problem.forbidden
        and all(person.free[start : start + months])
    )


def _apart(person: Person, stays: tuple[Stay, ...], fixed: tuple[Stay, ...]) -> bool:
    for one, two in itertools.permutations(stays, 2):
        both = one in fixed and two in fixed
        if (one.start, one.place) <= (two.start, two.place) and two.start < one.end + (
            0 if both else person.rest
        ):
            return False
    return True
