"""Invented hospitals for the swap planner: doctors for about 70 % of the months that are asked for."""

from __future__ import annotations

import random
from dataclasses import replace

from duikou.engines.swap.model import Department, Person, Place, Problem, Way

MONTHS = 36
_TITLES = 4  # ranks: 1 attending, 2 senior attending, 3 associate chief, 4 chief


def hospital(seed: int, doctors: int, positions: int, months: int = MONTHS, prefix: str = "") -> Problem:
    """A supporter and its recipients: doctors, positions, and one or two trainees for each position.

    A home department may spare so many doctors that about 70 % of its positions are filled; a recipient
    department may send a trainee only while a posted doctor replaces the trainee: the swap binds.
    """
    dice = random.Random(f"{seed}-{doctors}-{positions}")
    specialties = max(1, round(positions / 3.2))
    posts = [0] * specialties
    for at in range(positions):
        posts[at % specialties] += 1
    staff = [0] * specialties
    for at in range(doctors):
        staff[at % specialties] += 1
    departments: list[Department] = []
    persons: list[Person] = []
    places: list[Place] = []
    for at in range(specialties):
        name = f"{prefix}s{at}"
        spared = max(1, round(0.7 * posts[at]))
        there = staff[at] + dice.choice([2, 3, 4])
        departments.append(_even(f"{name}-up", there, there - spared, months))
        seats = max(1, posts[at] // 2)
        places.append(
            Place(
                f"{name}-seats", f"{name}-seats", Way.UP, f"{name}-up", name, 1, (seats,) * months,
                priority=0, lengths=(6, 12), counts=False,
            )
        )  # fmt: skip
        posts_here = [f"{name}-post{number}" for number in range(posts[at])]
        for number, key in enumerate(posts_here):
            departments.append(_even(f"{name}-low{number}", 4, 4, months))
            places.append(
                Place(
                    key, key, Way.DOWN, f"{name}-low{number}", name, dice.choice([2, 3, 3]), (1,) * months,
                    priority=dice.choice([1, 2, 3]),
                )
            )  # fmt: skip
            for trainee in range(dice.choice([1, 1, 2])):
                persons.append(
                    Person(
                        f"{key}-trainee{trainee}", f"{key}-trainee{trainee}", Way.UP, f"{name}-low{number}",
                        name, dice.choice([1, 2]), _free(dice, months), rest=months, due=True,
                    )
                )  # fmt: skip
        for number in range(staff[at]):
            key = f"{name}-doctor{number}"
            persons.append(
                Person(
                    key, key, Way.DOWN, f"{name}-up", name, dice.choice([1, 2, 3, 3, 4]),
                    _free(dice, months), rest=dice.choice([6, 12]), due=dice.random() < 0.3,
                    served=dice.choice([0, 0, 3, 6]), share=18,
                    dislikes={post: dice.choice([0, 0, 1, 2, 3]) for post in posts_here},
                )
            )  # fmt: skip
    return Problem(months, tuple(departments), tuple(persons), tuple(places), first=(2014, 1))


def province(seed: int, hospitals: int = 67) -> Problem:
    """A province: as many hospitals of 20 to 60 doctors, in one problem."""
    dice = random.Random(seed)
    parts = []
    for at in range(hospitals):
        doctors = dice.choice([20, 30, 40, 40, 50, 60])
        parts.append(hospital(seed * 1000 + at, doctors, round(doctors * 3 / 8), prefix=f"h{at}-"))
    return replace(
        parts[0],
        departments=tuple(one for part in parts for one in part.departments),
        persons=tuple(one for part in parts for one in part.persons),
        places=tuple(one for part in parts for one in part.places),
    )


def _even(key: str, staff: int, minimum: int, months: int) -> Department:
    return Department(key, key, (staff,) * months, (minimum,) * months)


def _free(dice: random.Random, months: int) -> tuple[bool, ...]:
    """Free throughout, or from a month on, or with a stretch of leave."""
    first = 0 if dice.random() < 0.7 else dice.randrange(months // 3)
    away = dice.randrange(months) if dice.random() < 0.3 else months
    return tuple(month >= first and not away <= month < away + 4 for month in range(months))
