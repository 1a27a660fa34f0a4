"""Invented problems: tiny ones for the slow planner, real sizes for the rest."""

from __future__ import annotations

import random

from duikou.engines.swap.model import Department, Person, Place, Problem, Stay, Way, Weights


def tiny(seed: int) -> Problem:
    """At most three persons, three places and five months; one department on each side, or two."""
    dice = random.Random(seed)
    months = dice.choice([3, 4, 5])
    specialties = ["s", "t"][: dice.choice([1, 1, 2])]
    departments, places, persons = [], [], []
    for side in ("up", "low"):
        for name in specialties:
            staff = [dice.choice([2, 3]) for _ in range(months)]
            least = [dice.choice([0, 1, 2, 2, 3]) for _ in range(months)]
            departments.append(Department(f"{side}-{name}", f"{side}-{name}", tuple(staff), tuple(least)))
    for at in range(dice.choice([1, 2, 3])):
        way = dice.choice([Way.DOWN, Way.DOWN, Way.UP])
        name = dice.choice(specialties)
        places.append(
            Place(
                f"place{at}",
                f"place{at}",
                way,
                f"{'low' if way is Way.DOWN else 'up'}-{name}",
                name,
                dice.choice([1, 2]),
                tuple(dice.choice([0, 1, 1, 2]) for _ in range(months)),
                priority=dice.choice([1, 2]) if way is Way.DOWN else 0,
                lengths=dice.choice([(1, 2), (2,), (2, 3)]),
                counts=way is Way.DOWN or dice.random() < 0.3,
            )
        )
    for at in range(dice.choice([1, 2, 3])):
        way = dice.choice([Way.DOWN, Way.DOWN, Way.UP])
        name = dice.choice(specialties)
        persons.append(
            Person(
                f"person{at}",
                f"person{at}",
                way,
                f"{'up' if way is Way.DOWN else 'low'}-{name}",
                name,
                dice.choice([0, 1, 2]),
                tuple(dice.random() < 0.85 for _ in range(months)),
                rest=dice.choice([0, 1, 2]),
                due=dice.random() < 0.5,
                served=dice.choice([0, 0, 2]),
                share=dice.choice([None, 1, 3]),
                dislikes={place.key: dice.choice([0, 1, 3]) for place in places},
            )
        )
    problem = Problem(months, tuple(departments), tuple(persons), tuple(places), first=(2014, 1))
    return _with_stays(problem, dice)


def _with_stays(problem: Problem, dice: random.Random) -> Problem:
    """Sometimes a stay is fixed, another published, a combination ruled out."""
    fixed: tuple[Stay, ...] = ()
    published: tuple[Stay, ...] = ()
    forbidden: frozenset[tuple[str, str]] = frozenset()
    if dice.random() < 0.3:
        fixed = (
            Stay(dice.choice(problem.persons).key, dice.choice(problem.places).key, dice.choice([0, 1]), 2),
        )
    if dice.random() < 0.3:
        published = (
            Stay(dice.choice(problem.persons).key, dice.choice(problem.places).key, dice.choice([0, 1]), 2),
        )
    if dice.random() < 0.2:
        forbidden = frozenset({(dice.choice(problem.persons).key, dice.choice(problem.places).key)})
    return Problem(
        problem.months,
        problem.departments,
        problem.persons,
        problem.places,
        fixed=fixed,
        published=published,
        forbidden=forbidden,
        weights=Weights() if dice.random() < 0.5 else _odd(dice),
        first=problem.first,
    )


def _odd(dice: random.Random) -> Weights:
    """Weights that are multiples of nothing."""
    return Weights(
        gap=dice.choice([0, 7, 1001]),
        grade=dice.choice([3, 101]),
        unserved=dice.choice([0, 599]),
        unfair=dice.choice([1, 53]),
        change=dice.choice([0, 1, 47]),
        dislike=dice.choice([2, 51]),
        moved=dice.choice([0, 199]),
    )
