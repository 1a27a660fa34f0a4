"""Public shift-scheduling instances (Curtois) as problems of our roster engine.

The instances are not part of the project. Their folder is named by DUIKOU_OR_DATA (default
../shared/data/or beside the project): nrp/Instance1.txt and so on. Each starts on a Monday.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from duikou.engines.rostering import Busy, Demand, Limits, Problem, Shift, Staff, Wish

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("DUIKOU_OR_DATA", ROOT.parent / "shared" / "data" / "or"))
MISSING = f"the instances are not here: {DATA / 'nrp'} (name their folder by DUIKOU_OR_DATA)"
MONDAY = dt.date(2014, 3, 3)

BEST_KNOWN = {1: 607, 2: 828, 3: 1001, 4: 1716, 5: 1143, 6: 1950, 7: 1056, 8: 1300, 9: 439, 10: 4631}


def path_of(number: int) -> Path:
    """Where an instance lies."""
    return DATA / "nrp" / f"Instance{number}.txt"


def read(number: int) -> Problem:
    """An instance by its number."""
    sections = _sections(path_of(number).read_text(encoding="ascii"))
    off: dict[str, tuple[Busy, ...]] = {
        line[0]: tuple(Busy(int(day)) for day in line[1:]) for line in sections["DAYS_OFF"]
    }
    return Problem(
        first=MONDAY,
        days=int(sections["HORIZON"][0][0]),
        shifts=tuple(
            Shift(name, 0, int(minutes), barred_next=frozenset(barred.split("|")) - {""})
            for name, minutes, barred in sections["SHIFTS"]
        ),
        staff=tuple(
            Staff(line[0], limits=_limits(line), busy=off.get(line[0], ())) for line in sections["STAFF"]
        ),
        demands=tuple(
            Demand(int(day), shift, int(need), int(under), int(over))
            for day, shift, need, under, over in sections["COVER"]
        ),
        wishes=tuple(
            Wish(staff, int(day), shift, int(weight), wanted)
            for name, wanted in (("SHIFT_ON_REQUESTS", True), ("SHIFT_OFF_REQUESTS", False))
            for staff, day, shift, weight in sections[name]
        ),
    )


def _sections(text: str) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("SECTION_"):
            found[line.removeprefix("SECTION_")] = lines = []
        elif line and not line.startswith("#"):
            lines.append([part.strip() for part in line.split(",")])
    return found


def _limits(line: list[str]) -> Limits:
    _, most, most_minutes, least_minutes, max_run, min_run, min_off, weekends = line
    return Limits(
        max_minutes=int(most_minutes),
        min_minutes=int(least_minutes),
        max_run=int(max_run),
        min_run=int(min_run),
        min_off=int(min_off),
        max_weekends=int(weekends),
        max_of={name: int(count) for name, count in (pair.split("=") for pair in most.split("|"))},
    )
