"""Invented consultations of a province: experts' hours in half days, requests over four weeks."""

from __future__ import annotations

import datetime as dt
import random

from duikou.engines.scheduling import Expert, Problem, Request, Seat

PER_DAY = 96  # quarters of an hour
_SPECIALTIES = 20
_HOSPITALS = 10
_MORNING, _AFTERNOON = (32, 48), (54, 70)  # 8:00–12:00, 13:30–17:30


def province(seed: int, experts: int = 200, requests: int = 1500, weeks: int = 4) -> Problem:
    """One in twenty requests wants two or three experts at once, one in ten is urgent."""
    dice = random.Random(f"{seed}-{experts}-{requests}-{weeks}")
    working = [day for day in range(weeks * 7) if day % 7 < 5]
    people = tuple(_expert(dice, at, working) for at in range(experts))
    by_hospital = [f"h{at}" for at in range(_HOSPITALS)]
    asked = tuple(_request(dice, at, working, weeks * 7, people, by_hospital) for at in range(requests))
    return Problem(dt.date(2026, 11, 30), weeks * 7, PER_DAY, people, asked)


def _expert(dice: random.Random, at: int, working: list[int]) -> Expert:
    week = dice.sample(
        [(day, half) for day in range(5) for half in (_MORNING, _AFTERNOON)], dice.choice([1, 2, 2, 3])
    )
    free = tuple(
        (day * PER_DAY + first, day * PER_DAY + last)
        for day in working
        for weekday, (first, last) in week
        if day % 7 == weekday and dice.random() < 0.9
    )
    specialties = {f"s{at % _SPECIALTIES}"} | (
        {f"s{dice.randrange(_SPECIALTIES)}"} if dice.random() < 0.2 else set()
    )
    return Expert(
        f"e{at}", f"e{at}", f"h{dice.randrange(_HOSPITALS)}", frozenset(specialties),
        dice.choice([2, 3, 3, 4]), free,
        most=dice.choice([3, 4, 5]), buffer=1, share=dice.choice([None, 8, 10, 12]),
    )  # fmt: skip


def _request(
    dice: random.Random,
    at: int,
    working: list[int],
    days: int,
    people: tuple[Expert, ...],
    hospitals: list[str],
) -> Request:
    size = dice.choice([2, 3]) if dice.random() < 0.05 else 1
    wanted = [f"s{min(dice.randrange(_SPECIALTIES), dice.randrange(_SPECIALTIES))}" for _ in range(size)]
    day = dice.choice(working[:-3])
    release = day * PER_DAY + dice.randrange(32, 68)
    urgent = dice.random() < 0.1
    within = dice.choice([1, 2]) if urgent else dice.choice([7, 10, 14])
    seen = [one.key for one in people if wanted[0] in one.specialties]
    near = range(day, min(days, day + 7))
    preferred = frozenset(dice.sample(near, 2)) if dice.random() < 0.3 else frozenset()
    return Request(
        f"r{at}", f"r{at}", tuple(Seat(one, dice.choice([2, 3, 3, 4])) for one in wanted),
        dice.choice([2, 2, 2, 3, 4]), release, min(days * PER_DAY, release + within * PER_DAY),
        urgency=dice.choice([5, 10]) if urgent else dice.choice([1, 2, 3]),
        days=preferred,
        hospital=dice.choice(hospitals), earlier=dice.choice(seen) if dice.random() < 0.15 else None,
    )  # fmt: skip
