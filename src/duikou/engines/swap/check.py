"""A plan judged without the solver: what it costs, what it misses, which rules it breaks.

Used on what the solver found, and at once after every edit by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from duikou.engines.swap import texts
from duikou.engines.swap.columns import fits
from duikou.engines.swap.model import (
    BadProblem,
    Breach,
    Gap,
    Person,
    Place,
    Problem,
    Shortage,
    Stay,
    Value,
)
from duikou.engines.swap.presence import presence_of
from duikou.engines.text import Text


def value_of(problem: Problem, stays: tuple[Stay, ...]) -> Value:
    """What these stays cost, by part."""
    persons = {person.key: person for person in problem.persons}
    places = {place.key: place for place in problem.places}
    weights = problem.weights
    away = months_away(stays)
    grade = sum(stay.months for stay in stays if persons[stay.person].grade < places[stay.place].least_grade)
    return Value(
        gap=weights.gap * sum(gap.missing * places[gap.place].priority for gap in gaps_of(problem, stays)),
        grade=weights.grade * grade,
        unserved=weights.unserved * sum(one.due and one.key not in away for one in problem.persons),
        unfair=weights.unfair * sum(beyond_share(one, away.get(one.key, 0)) for one in problem.persons),
        change=weights.change * len(stays),
        dislike=weights.dislike * sum(persons[one.person].dislikes.get(one.place, 0) for one in stays),
        moved=weights.moved * len(set(problem.published) - set(stays)),
    )


def months_away(stays: tuple[Stay, ...]) -> dict[str, int]:
    """Months of each person who goes."""
    away: dict[str, int] = defaultdict(int)
    for stay in stays:
        away[stay.person] += stay.months
    return dict(away)


def beyond_share(person: Person, months: int) -> int:
    """Months beyond a person's share."""
    return 0 if person.share is None else max(0, person.served + months - person.share)


def gaps_of(problem: Problem, stays: tuple[Stay, ...]) -> tuple[Gap, ...]:
    """Empty posts by place and month. Training places that stay empty are none."""
    held = filled_of(problem, stays)
    return tuple(
        Gap(place.key, month, wanted - held[place.key][month])
        for place in problem.places
        if place.priority
        for month, wanted in enumerate(place.wanted)
        if held[place.key][month] < wanted
    )


def filled_of(problem: Problem, stays: tuple[Stay, ...]) -> dict[str, list[int]]:
    """Persons by place and month."""
    held = {place.key: [0] * problem.months for place in problem.places}
    for stay in stays:
        for month in range(max(0, stay.start), min(stay.end, problem.months)):
            held[stay.place][month] += 1
    return held


def shortages_of(problem: Problem, stays: tuple[Stay, ...]) -> tuple[Shortage, ...]:
    """Departments below their minimum, by month."""
    present = presence_of(problem, stays)
    return tuple(
        Shortage(department.key, month, present[department.key][month], least)
        for department in problem.departments
        for month, least in enumerate(department.minimum)
        if present[department.key][month] < least
    )


def breaches_of(problem: Problem, stays: Iterable[Stay]) -> tuple[Breach, ...]:
    """Every rule that these stays break, each named: person, place, month and what is wrong."""
    rows = tuple(sorted(stays))
    persons = {person.key: person for person in problem.persons}
    places = {place.key: place for place in problem.places}
    found: list[Breach] = []
    before: dict[str, Stay] = {}
    for stay in sorted(rows, key=lambda stay: (stay.person, stay.start)):
        person, place = persons[stay.person], places[stay.place]
        found += _alone(problem, person, place, stay)
        last = before.get(stay.person)
        if last is not None and stay.start < last.end:
            found.append(Breach("overlap", stay, stay.start, _overlap(problem, person, last, stay)))
        elif last is not None and stay.start < last.end + person.rest:
            text = texts.rest(
                person, problem.label(last.end - 1), problem.label(stay.start), stay.start - last.end
            )
            found.append(Breach("rest", stay, stay.start, text))
        before[stay.person] = stay
    for key, held in filled_of(problem, rows).items():
        place = places[key]
        over = [month for month, number in enumerate(held) if number > place.wanted[month]]
        if over:
            month = over[0]
            text = texts.full(place, problem.label(month), held[month], place.wanted[month], len(over))
            found.append(Breach("full", None, month, text))
    found += [
        Breach("minimum", None, one.month, shortage_text(problem, one)) for one in shortages_of(problem, rows)
    ]
    return tuple(found)


def _alone(problem: Problem, person: Person, place: Place, stay: Stay) -> list[Breach]:
    """What is wrong with one stay whatever the others are."""
    found = []
    if stay.start < 0 or stay.end > problem.months or stay.months < 1:
        found.append(Breach("horizon", stay, stay.start, _horizon(problem, person, stay)))
    elif not all(person.free[stay.start : stay.end]):
        month = next(month for month in range(stay.start, stay.end) if not person.free[month])
        found.append(Breach("free", stay, month, texts.not_free(person, problem.label(month))))
    if not fits(person, place):
        found.append(Breach("fit", stay, stay.start, texts.unfit(person, place)))
    if (person.key, place.key) in problem.forbidden:
        found.append(Breach("forbidden", stay, stay.start, texts.forbidden(person, place)))
    if stay.months not in place.lengths:
        found.append(Breach("length", stay, stay.start, texts.length(place, stay)))
    return found


def shortage_text(problem: Problem, one: Shortage) -> Text:
    """A shortage in words."""
    (name,) = [department.name for department in problem.departments if department.key == one.department]
    return texts.shortage(name, problem.label(one.month), one)


def _overlap(problem: Problem, person: Person, last: Stay, stay: Stay) -> Text:
    places = {place.key: place for place in problem.places}
    return texts.overlap(person, places[last.place], places[stay.place], problem.label(stay.start))


def _horizon(problem: Problem, person: Person, stay: Stay) -> Text:
    return texts.horizon(person, problem.label(stay.start), stay.months, problem.label(problem.months - 1))


def check_problem(problem: Problem) -> None:
    """Raise BadProblem for input that no plan could be made from."""
    if problem.months < 1:
        raise BadProblem(texts.no_months(problem.months))
    for kind, keys in (
        ("department", [one.key for one in problem.departments]),
        ("person", [one.key for one in problem.persons]),
        ("place", [one.key for one in problem.places]),
    ):
        twice = {key for key in keys if keys.count(key) > 1} if len(set(keys)) < len(keys) else set()
        if twice:
            raise BadProblem(texts.twice(kind, sorted(twice)[0]))
    rows: list[tuple[str, tuple[object, ...]]] = []
    for department in problem.departments:
        rows += [(department.name, department.staff), (department.name, department.minimum)]
    rows += [(person.name, person.free) for person in problem.persons]
    rows += [(place.name, place.wanted) for place in problem.places]
    for name, row in rows:
        if len(row) != problem.months:
            raise BadProblem(texts.wrong_months(name, len(row), problem.months))
    _check_numbers(problem)
    _check_stays(problem)


def _check_numbers(problem: Problem) -> None:
    for place in problem.places:
        if not place.lengths or min(place.lengths) < 1:
            raise BadProblem(texts.no_lengths(place.name))
        if min(place.wanted) < 0 or place.priority < 0:
            raise BadProblem(texts.negative(place.name))
    for department in problem.departments:
        if min(department.minimum) < 0:
            raise BadProblem(texts.negative(department.name))
    for person in problem.persons:
        if person.rest < 0 or person.served < 0 or min(person.dislikes.values(), default=0) < 0:
            raise BadProblem(texts.negative(person.name))
    weights = problem.weights
    for name in ("gap", "grade", "unserved", "unfair", "change", "dislike", "moved"):
        value = getattr(weights, name)
        if value < 0:
            raise BadProblem(texts.weight(name, value))


def _check_stays(problem: Problem) -> None:
    """Stays that are fixed must name known persons and places, lie in the plan, and not overlap."""
    persons = {person.key: person for person in problem.persons}
    places = {place.key: place for place in problem.places}
    for stay in (*problem.fixed, *problem.published):
        if stay.person not in persons or stay.place not in places:
            raise BadProblem(texts.unknown(stay))
    before: dict[str, Stay] = {}
    for stay in sorted(problem.fixed, key=lambda stay: (stay.person, stay.start)):
        person = persons[stay.person]
        if stay.start < 0 or stay.end > problem.months or stay.months < 1:
            raise BadProblem(_horizon(problem, person, stay))
        last = before.get(stay.person)
        if last is not None and stay.start < last.end:
            raise BadProblem(_overlap(problem, person, last, stay))
        before[stay.person] = stay
