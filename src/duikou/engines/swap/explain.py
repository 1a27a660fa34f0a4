"""Why a plan is as it is: why this person, why a post is empty, why a department falls short."""

from __future__ import annotations

from dataclasses import dataclass

from duikou.engines.swap import texts_why as texts
from duikou.engines.swap.check import filled_of
from duikou.engines.swap.columns import fits
from duikou.engines.swap.model import Gap, Person, Place, Problem, Shortage, Stay, Way
from duikou.engines.swap.presence import presence_of
from duikou.engines.text import Text


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else who could have gone, and why it is not this person."""

    person: str
    text: Text


def why_stay(problem: Problem, stays: tuple[Stay, ...], stay: Stay) -> tuple[Text, tuple[Other, ...]]:
    """What speaks for a stay, and why each other candidate is not the one."""
    persons = {person.key: person for person in problem.persons}
    places = {place.key: place for place in problem.places}
    person, place = persons[stay.person], places[stay.place]
    without = tuple(one for one in stays if one != stay)
    others = tuple(
        Other(one.key, _against(problem, without, one, place, stay.start, stay.months))
        for one in problem.persons
        if one.key != person.key and one.way is place.way and one.specialty == place.specialty
    )
    span = problem.label(stay.start), problem.label(stay.end - 1)
    return texts.stay(person, place, span, stay, len(others)), others


def why_gap(problem: Problem, stays: tuple[Stay, ...], gap: Gap) -> tuple[Text, tuple[Other, ...]]:
    """Why nobody is in a post in a month: what hinders each candidate."""
    (place,) = [place for place in problem.places if place.key == gap.place]
    candidates = [one for one in problem.persons if one.way is place.way and one.specialty == place.specialty]
    others = tuple(Other(one.key, _against(problem, stays, one, place, gap.month, 1)) for one in candidates)
    return texts.gap(place, problem.label(gap.month), gap, len(candidates)), others


def why_short(problem: Problem, stays: tuple[Stay, ...], short: Shortage) -> tuple[Text, ...]:
    """Why a department is below its minimum: who is there, who is away by agreement, who could have come."""
    (department,) = [one for one in problem.departments if one.key == short.department]
    month = short.month
    there = {stay.person for stay in stays if stay.start <= month < stay.end}
    away = [one.name for one in problem.persons if one.home == department.key and one.key in there]
    told = [texts.short(department, problem.label(month), short)]
    if department.staff[month] < department.minimum[month]:
        told.append(texts.own_staff(department, problem.label(month), department.staff[month]))
    if away:
        told.append(texts.away(away))
    places = [one for one in problem.places if one.department == department.key and one.counts]
    held = filled_of(problem, stays)
    open_places = [one for one in places if held[one.key][month] < one.wanted[month]]
    if not places:
        told.append(texts.no_places(department))
    elif not open_places:
        told.append(texts.places_full(department))
    for place in open_places:
        text, others = why_gap(problem, stays, Gap(place.key, month, 1))
        told += [text, *(other.text for other in others)]
    return tuple(told)


def _against(
    problem: Problem, stays: tuple[Stay, ...], person: Person, place: Place, start: int, months: int
) -> Text:
    """What speaks against a person for a place from a month on: the first hard reason, or the price."""
    own = sorted(stay for stay in stays if stay.person == person.key)
    names = {one.key: one.name for one in problem.places}
    end = start + months
    for stay in own:
        if stay.start < end and start < stay.end:
            span = problem.label(stay.start), problem.label(stay.end - 1)
            return texts.elsewhere(person, names[stay.place], span)
    for stay in own:
        if stay.end <= start < stay.end + person.rest or end <= stay.start < end + person.rest:
            return texts.resting(person, names[stay.place], problem.label(stay.end - 1))
    if not fits(person, place):
        return texts.too_low(person, place)
    if (person.key, place.key) in problem.forbidden:
        return texts.ruled_out(person, place)
    missing = [month for month in range(start, min(end, problem.months)) if not person.free[month]]
    if missing:
        return texts.not_free(person, problem.label(missing[0]))
    thin = _home_too_thin(problem, stays, person, start, end)
    if thin is not None:
        name, month = thin
        return texts.home_thin(person, name, problem.label(month))
    if start + min(place.lengths) > problem.months and place.way is Way.DOWN:
        return texts.too_late(person, place)
    return texts.dearer(person, place)


def _home_too_thin(
    problem: Problem, stays: tuple[Stay, ...], person: Person, start: int, end: int
) -> tuple[str, int] | None:
    """The home department and the first month in which it would miss its minimum without the person."""
    for department in problem.departments:
        if department.key == person.home:
            present = presence_of(problem, stays)[department.key]
            for month in range(start, min(end, problem.months)):
                if present[month] - 1 < department.minimum[month]:
                    return department.name, month
    return None
