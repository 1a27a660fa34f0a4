"""Every stay that is possible, as columns: a person, a place, a first month, a number of months."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from duikou.engines.swap.model import Person, Place, Problem, Stay, Weights

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Columns:
    """Stays in columns; `person` and `place` are positions in the problem's tuples."""

    person: Ints
    place: Ints
    start: Ints
    months: Ints
    cost: Ints
    fixed: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.person)

    def take(self, at: Ints) -> Columns:
        """Return the columns at these positions."""
        return Columns(
            self.person[at], self.place[at], self.start[at], self.months[at], self.cost[at], self.fixed[at]
        )

    @property
    def end(self) -> Ints:
        """The first month after each stay."""
        return self.start + self.months


def fits(person: Person, place: Place) -> bool:
    """Whether a person can work or study in a place at all: way, specialty, at most one rank below."""
    return (
        person.way is place.way
        and person.specialty == place.specialty
        and person.grade >= place.least_grade - 1
    )


def stay_cost(person: Person, place: Place, months: int, weights: Weights) -> int:
    """What one stay costs by itself."""
    below = months if person.grade < place.least_grade else 0
    return weights.change + weights.grade * below + weights.dislike * person.dislikes.get(place.key, 0)


def columns_of(problem: Problem) -> Columns:
    """All stays that are possible, with those that are fixed, possible or not."""
    persons = {person.key: at for at, person in enumerate(problem.persons)}
    places = {place.key: at for at, place in enumerate(problem.places)}
    published = {
        (persons[stay.person], places[stay.place], stay.start, stay.months) for stay in problem.published
    }
    fixed = {(persons[stay.person], places[stay.place], stay.start, stay.months) for stay in problem.fixed}
    by_specialty: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, place in enumerate(problem.places):
        by_specialty[place.way, place.specialty].append(at)
    parts: list[tuple[int, int, Ints, int]] = []
    for one, person in enumerate(problem.persons):
        away = np.r_[0, np.cumsum([not free for free in person.free])]
        for two in by_specialty[person.way, person.specialty]:
            place = problem.places[two]
            if not fits(person, place) or (person.key, place.key) in problem.forbidden:
                continue
            for months in sorted(set(place.lengths)):
                if months <= problem.months:
                    starts = np.flatnonzero(away[months:] == away[:-months])
                    parts.append((one, two, starts, months))
    return _table(problem, parts, fixed, published)


def _table(
    problem: Problem,
    parts: list[tuple[int, int, Ints, int]],
    fixed: set[tuple[int, int, int, int]],
    published: set[tuple[int, int, int, int]],
) -> Columns:
    sizes = [len(starts) for _, _, starts, _ in parts]
    table = np.zeros((sum(sizes), 4), np.int64)
    if parts:
        table[:, 0] = np.repeat([one for one, *_ in parts], sizes)
        table[:, 1] = np.repeat([two for _, two, *_ in parts], sizes)
        table[:, 2] = np.concatenate([starts for *_, starts, _ in parts])
        table[:, 3] = np.repeat([months for *_, months in parts], sizes)
    known = {(one, two, start, months) for one, two, start, months in table.tolist()} if fixed else set()
    extra = sorted(fixed - known)
    if extra:
        table = np.vstack([table, np.array(extra, np.int64)])
    rows = [tuple(row) for row in table.tolist()]
    weights = problem.weights
    costs: dict[tuple[int, int, int], int] = {}
    cost = np.zeros(len(rows), np.int64)
    for at, (one, two, _, months) in enumerate(rows):
        if (one, two, months) not in costs:
            costs[one, two, months] = stay_cost(problem.persons[one], problem.places[two], months, weights)
        cost[at] = costs[one, two, months]
    if published:
        cost -= weights.moved * np.array([row in published for row in rows], np.int64)
    held = np.array([row in fixed for row in rows], np.bool_)
    return Columns(table[:, 0], table[:, 1], table[:, 2], table[:, 3], cost, held)


def stays_of(problem: Problem, columns: Columns) -> tuple[Stay, ...]:
    """Columns as stays, sorted."""
    return tuple(
        sorted(
            Stay(problem.persons[person].key, problem.places[place].key, start, months)
            for person, place, start, months in zip(
                columns.person.tolist(),
                columns.place.tolist(),
                columns.start.tolist(),
                columns.months.tolist(),
                strict=True,
            )
        )
    )
