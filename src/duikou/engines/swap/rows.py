"""One block as a sparse model: every stay touches two rows of its person, two of its place and its home.

A stay is an interval of months. Written month by month it fills a row for each month that it lasts.
Taking from every month's row the row of the month before leaves only the month in which it begins
and the one in which it ends: the same model, the same bound, and a matrix that hardly grows with the
length of the stays. A person becomes a path through the months (at home, away, resting, at home), a
place and a department become running counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from duikou.engines.swap.blocks import Part
from duikou.engines.swap.columns import Columns, Ints
from duikou.engines.swap.model import Person, Problem
from duikou.engines.swap.tallies import tallies_of

Floats = npt.NDArray[np.float64]
FAR = float("inf")


@dataclass(eq=False, slots=True)
class Rows:
    """A block's matrix in triplets. The first columns are the stays, then come counts and slacks."""

    stays: int
    cost: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    entries: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)  # columns that count empty posts
    short: list[int] = field(default_factory=list)  # columns that count person-months below a minimum

    def row(self, lower: float, upper: float) -> int:
        """Add a row."""
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        return len(self.row_lower) - 1

    def column(self, cost: float, upper: float) -> int:
        """Add a column from 0 on."""
        self.cost.append(cost)
        self.lower.append(0.0)
        self.upper.append(upper)
        return len(self.cost) - 1

    def put(self, row: int | Ints, column: int | Ints, value: float | Ints) -> None:
        """Add entries."""
        rows, columns, values = np.broadcast_arrays(row, column, value)
        self.entries.append((rows.ravel(), columns.ravel(), values.ravel().astype(np.float64)))

    def count(self, targets: list[int]) -> int:
        """Add rows of a running count, each the change from the month before; return the first one."""
        first = len(self.row_lower)
        before = 0
        for target in targets:
            self.row(target - before, target - before)
            before = target
        return first

    def level(self, first: int, month: int, months: int, column: int, sign: int = 1) -> None:
        """Let a column take part in a running count in one month only."""
        self.put(first + month, column, sign)
        if month + 1 < months:
            self.put(first + month + 1, column, -sign)


@dataclass(frozen=True, eq=False, slots=True)
class _Empty:
    """How many a place can hold by month, and the columns that count how many of them are not there."""

    held: list[int]
    columns: list[tuple[int, int]]  # month, column


def rows_of(problem: Problem, part: Part, columns: Columns, *, elastic: bool) -> Rows:
    """Write a block down; `columns` are those of the part. Elastic: minima may be missed, and are counted."""
    rows = Rows(len(columns))
    rows.cost = columns.cost.astype(np.float64).tolist()
    rows.lower = columns.fixed.astype(np.float64).tolist()
    rows.upper = [1.0] * len(columns)
    _persons(problem, part, columns, rows)
    empty = _places(problem, part, columns, rows)
    _departments(problem, part, columns, rows, empty, elastic)
    return rows


def _begin_and_end(
    rows: Rows, first: int, at: Ints, start: Ints, end: Ints, months: int, sign: int = 1
) -> None:
    rows.put(first + start, at, sign)
    inside = end < months
    rows.put(first + end[inside], at[inside], -sign)


def _persons(problem: Problem, part: Part, columns: Columns, rows: Rows) -> None:
    months = problem.months
    for one in part.persons.tolist():
        person = problem.persons[one]
        at = np.flatnonzero(columns.person == one)
        start, end = columns.start[at], columns.end[at]
        back = end + person.rest
        held = columns.fixed[at]
        if held.any():  # what was agreed stands, however short the rest between
            begins = np.sort(start[held])
            after = np.searchsorted(begins, start, side="right")
            later = np.where(after < len(begins), begins[np.minimum(after, len(begins) - 1)], months)
            back = np.where(held, np.minimum(back, later), back)
        if not held.any() and 2 * (end - start).min() + person.rest > months:
            rows.put(rows.row(-FAR, 1), at, 1)  # no room for a second stay
        else:
            first = rows.count([1] * months)
            _begin_and_end(rows, first, at, start, back, months)
            for month in range(months):
                rows.level(first, month, months, rows.column(0, 1))  # at home
        _beyond_stays(problem, person, columns, at, rows)


def _beyond_stays(problem: Problem, person: Person, columns: Columns, at: Ints, rows: Rows) -> None:
    """Price a person who is due and stays at home, and months beyond the share."""
    weights = problem.weights
    if person.share is not None and not columns.fixed[at].any():
        lengths = sorted(set(columns.months[at].tolist()))
        tallies = tallies_of(person, lengths, problem.months, weights)
        if tallies is not None:
            one = rows.row(1, 1)
            first = [rows.row(0, 0) for _ in lengths]
            for row, length in zip(first, lengths, strict=True):
                rows.put(row, at[columns.months[at] == length], 1)
            for tally in tallies:
                column = rows.column(tally.cost, 1)
                rows.put(one, column, 1)
                for row, number in zip(first, tally.stays, strict=True):
                    if number:
                        rows.put(row, column, -number)
            return
    if person.due:
        row = rows.row(1, FAR)
        rows.put(row, at, 1)
        rows.put(row, rows.column(weights.unserved, 1), 1)
    if person.share is not None:
        row = rows.row(-FAR, person.share - person.served)
        rows.put(row, at, columns.months[at])
        rows.put(row, rows.column(weights.unfair, FAR), -1)


def _places(problem: Problem, part: Part, columns: Columns, rows: Rows) -> dict[int, _Empty]:
    months, weights = problem.months, problem.weights
    found = {}
    for two in part.places.tolist():
        place = problem.places[two]
        at = np.flatnonzero(columns.place == two)
        start, end = columns.start[at], columns.end[at]
        held = columns.fixed[at]
        agreed = running(start[held], end[held], months)
        wanted = np.maximum(place.wanted, agreed).tolist()
        first = rows.count(wanted)
        _begin_and_end(rows, first, at, start, end, months)
        price = weights.gap * place.priority
        empty = found[two] = _Empty(wanted, [])
        for month, number in enumerate(wanted):
            over = number - place.wanted[month]  # places that nobody wanted are no gap
            if number - over:
                rows.gaps.append(rows.column(price, number - over))
                empty.columns.append((month, rows.gaps[-1]))
            if over:
                empty.columns.append((month, rows.column(0, over)))
        for month, column in empty.columns:
            rows.level(first, month, months, column)
    return found


def _departments(
    problem: Problem, part: Part, columns: Columns, rows: Rows, empty: dict[int, _Empty], elastic: bool
) -> None:
    """Who is there, less who is away, plus who came, is at least the minimum.

    Who came is what places hold less what is empty of them: that needs no stay a second time.
    """
    months = problem.months
    index = {department.key: at for at, department in enumerate(problem.departments)}
    homes = np.array([index.get(person.home, -1) for person in problem.persons], np.int64)
    hosts = {
        two: index.get(problem.places[two].department, -1) for two in empty if problem.places[two].counts
    }
    for three in part.departments.tolist():
        department = problem.departments[three]
        gone = np.flatnonzero(homes[columns.person] == three)
        come = [empty[two] for two, host in hosts.items() if host == three]
        least = np.subtract(department.minimum, department.staff)
        for one in come:
            least = least - np.array(one.held)
        first = rows.count(least.tolist())
        _begin_and_end(rows, first, gone, columns.start[gone], columns.end[gone], months, -1)
        for one in come:
            for month, column in one.columns:
                rows.level(first, month, months, column, -1)
        for month in range(months):
            rows.level(first, month, months, rows.column(0, FAR), -1)  # above the minimum
            if elastic:
                column = rows.column(0, FAR)
                rows.level(first, month, months, column)
                rows.short.append(column)


def running(start: Ints, end: Ints, months: int) -> Ints:
    """How many of these stays there are in each month."""
    change = np.zeros(months + 1, np.int64)
    np.add.at(change, start, 1)
    np.add.at(change, np.minimum(end, months), -1)
    return np.cumsum(change)[:months]
