"""The credits of many persons at once, in columns: a correction of a rule recalculates a province."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from duikou.engines.credits.year import CreditRule

Ints = npt.NDArray[np.int64]
DAY = "datetime64[D]"


def credits_of(
    stays: tuple[Ints, Ints, Ints], leaves: tuple[Ints, Ints, Ints], rule: CreditRule
) -> tuple[Ints, Ints, Ints, Ints]:
    """Person, year, days that count, days needed; sorted by person and year.

    `stays` and `leaves` are columns of person (any whole number), first day and last day (days since
    1970-01-01, both included); stretches of one person may overlap. Leave allowances are not part of
    this form: `rule.leave_days_allowed` must be 0. Raises ValueError for it and for reversed days.
    """
    if rule.leave_days_allowed:
        raise ValueError("leave that counts is worked out person by person: use year_credits")
    person, start, end = _worked(_merged(*stays), _merged(*leaves))
    person, start, end = _by_year(person, start, end)
    if len(person) == 0:
        empty = np.zeros(0, np.int64)
        return empty, empty, empty, empty
    year = start.astype(DAY).astype("datetime64[Y]").astype(np.int64) + 1970
    new = np.empty(len(person), dtype=bool)
    new[0] = True
    new[1:] = (person[1:] != person[:-1]) | (year[1:] != year[:-1])
    heads = np.flatnonzero(new)
    days = np.add.reduceat(end - start + 1, heads)
    return person[heads], year[heads], days, _needed(start[heads], rule.months)


def _needed(first: Ints, months: int) -> Ints:
    """Days of that many calendar months from each first day on."""
    month = first.astype(DAY).astype("datetime64[M]")
    inside = first - month.astype(DAY).astype(np.int64)
    begin = (month + months).astype(DAY).astype(np.int64)
    last = (month + months + 1).astype(DAY).astype(np.int64) - begin - 1
    needed: Ints = begin + np.minimum(inside, last) - first
    return needed


def _merged(person: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Sorted, overlapping and adjoining stretches of a person as one."""
    if np.any(end < start):
        raise ValueError("a stretch ends before it begins")
    if len(person) == 0:
        return person, start, end
    order = np.lexsort((end, start, person))
    person, start, end = person[order], start[order], end[order]
    # The last day so far, person by person: persons are set apart by an offset wider than all days.
    width = int(end.max() - start.min()) + 3
    block = np.cumsum(np.r_[0, (person[1:] != person[:-1]).astype(np.int64)]) * width
    so_far = np.maximum.accumulate(end + block) - block
    new = np.r_[True, (person[1:] != person[:-1]) | (start[1:] > so_far[:-1] + 1)]
    heads = np.flatnonzero(new)
    return person[heads], start[heads], so_far[np.r_[heads[1:] - 1, len(person) - 1]]


def _worked(stays: tuple[Ints, Ints, Ints], leaves: tuple[Ints, Ints, Ints]) -> tuple[Ints, Ints, Ints]:
    """Stays without leave, by a sweep: +1 where a stay begins, -1 after it ends, and leave against it."""
    parts = []
    for sign, (person, start, end) in ((1, stays), (-2, leaves)):
        parts.append((person, start, np.full(len(person), sign, np.int64)))
        parts.append((person, end + 1, np.full(len(person), -sign, np.int64)))
    person, day, change = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((day, person))
    person, day, change = person[order], day[order], change[order]
    level = np.cumsum(change)  # every person's changes sum to 0
    inside = (level[:-1] == 1) & (person[1:] == person[:-1]) & (day[1:] > day[:-1])
    return person[:-1][inside], day[:-1][inside], day[1:][inside] - 1


def _by_year(person: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Stretches cut at the turns of years, sorted by person and day."""
    first = start.astype(DAY).astype("datetime64[Y]").astype(np.int64)
    last = end.astype(DAY).astype("datetime64[Y]").astype(np.int64)
    times = last - first + 1
    row = np.repeat(np.arange(len(person)), times)
    step = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    year = first[row] + step
    begin = year.astype("datetime64[Y]").astype(DAY).astype(np.int64)
    after = (year + 1).astype("datetime64[Y]").astype(DAY).astype(np.int64)
    return person[row], np.maximum(start[row], begin), np.minimum(end[row], after - 1)
