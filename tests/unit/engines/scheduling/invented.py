"""Invented problems, tiny enough for the slow planner."""

from __future__ import annotations

import datetime as dt
import random

from duikou.engines.scheduling import Expert, Meeting, Problem, Request, Seat, Weights

FIRST = dt.date(2026, 12, 1)
PER_DAY = 12  # cells of two hours: days that are short enough to try every cell


def tiny(seed: int) -> Problem:
    """At most three requests, three experts and two days."""
    dice = random.Random(seed)
    days = dice.choice([1, 2, 2])
    specialties = ["s", "t"][: dice.choice([1, 1, 2])]
    experts = tuple(_expert(dice, at, days, specialties) for at in range(dice.choice([1, 2, 3])))
    requests = tuple(
        _request(dice, at, days, specialties, experts) for at in range(dice.choice([1, 2, 3, 3]))
    )
    return Problem(
        FIRST,
        days,
        PER_DAY,
        experts,
        requests,
        fixed=_known(dice, requests[:1], experts, days) if dice.random() < 0.25 else (),
        published=_known(dice, requests[-1:], experts, days) if dice.random() < 0.4 else (),
        forbidden=frozenset({(dice.choice(requests).key, dice.choice(experts).key)})
        if dice.random() < 0.2
        else frozenset(),
        weights=Weights() if dice.random() < 0.5 else _odd(dice),
    )


def _expert(dice: random.Random, at: int, days: int, specialties: list[str]) -> Expert:
    free = []
    for day in range(days):
        cell = day * PER_DAY + dice.choice([0, 1, 3])
        for _ in range(dice.choice([0, 1, 1, 2])):
            last = min((day + 1) * PER_DAY, cell + dice.choice([1, 2, 3, 4]))
            if cell < last:
                free.append((cell, last))
            cell = last + dice.choice([0, 1, 2])
    return Expert(
        f"expert{at}",
        f"expert{at}",
        dice.choice(["h", "k"]),
        frozenset(dice.sample(specialties, dice.randint(1, len(specialties)))),
        dice.choice([1, 2, 3]),
        tuple(free),
        most=dice.choice([0, 1, 2, 2, 3]),
        buffer=dice.choice([0, 0, 1, 2]),
        served=dice.choice([0, 2]),
        share=dice.choice([None, 1, 3]),
    )


def _request(
    dice: random.Random, at: int, days: int, specialties: list[str], experts: tuple[Expert, ...]
) -> Request:
    length = dice.choice([1, 1, 2, 3])
    release = dice.choice([0, 0, 1, 2, PER_DAY])
    due = dice.choice([days * PER_DAY, days * PER_DAY, release + length, release + length + 2])
    seats = tuple(
        Seat(dice.choice(specialties), dice.choice([1, 2, 3])) for _ in range(dice.choice([1, 1, 2, 2, 3]))
    )
    return Request(
        f"request{at}",
        f"request{at}",
        seats,
        length,
        release,
        max(due, release + length),
        urgency=dice.choice([1, 2, 5]),
        days=frozenset(dice.sample(range(days), dice.randint(0, days))),
        hospital=dice.choice([None, "h", "k"]),
        earlier=dice.choice([None, None, dice.choice(experts).key]),
    )


def _known(
    dice: random.Random, requests: tuple[Request, ...], experts: tuple[Expert, ...], days: int
) -> tuple[Meeting, ...]:
    """A meeting that somebody made, lawful or not."""
    (request,) = requests
    if len(request.seats) > len(experts):
        return ()
    there = tuple(expert.key for expert in dice.sample(experts, len(request.seats)))
    starts = [cell for expert in experts for first, last in expert.free for cell in range(first, last)]
    return (Meeting(request.key, dice.choice(starts or [0]), there),)


def _odd(dice: random.Random) -> Weights:
    """Weights that are multiples of nothing."""
    return Weights(
        unserved=dice.choice([0, 7, 1001]),
        waiting=dice.choice([0, 3, 19]),
        other_day=dice.choice([0, 31]),
        stranger=dice.choice([1, 59]),
        changed=dice.choice([0, 101]),
        grade=dice.choice([2, 97]),
        unfair=dice.choice([0, 1, 23]),
        moved=dice.choice([0, 199]),
    )
