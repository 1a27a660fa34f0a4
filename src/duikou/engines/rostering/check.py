"""Judge a finished roster: every rule that it breaks, with person, day and words.

Plain and slow enough to be obvious, quick enough to run at each edit of a page. The solvers are
measured against it: the cost of a roster is the sum of the costs of its conflicts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from duikou.engines.rostering import texts
from duikou.engines.rostering.model import Assignment, Problem, Shift, Staff, overlaps
from duikou.engines.text import Text

Rule = Literal[
    "unknown",
    "one_a_day",
    "busy",
    "skill",
    "rest",
    "sequence",
    "max_run",
    "min_run",
    "min_off",
    "max_weekends",
    "max_of",
    "max_minutes",
    "min_minutes",
    "fixed",
    "short",
    "surplus",
    "wish",
    "share",
]

SOFT: frozenset[Rule] = frozenset({"short", "surplus", "wish", "share"})
"""The rules that have a weight; every other one makes a roster unlawful."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One broken rule. `cost` is 0 for the rules that a roster must keep (`hard`)."""

    rule: Rule
    text: Text
    staff: str = ""
    day: int | None = None
    shift: str = ""
    cost: int = 0

    @property
    def hard(self) -> bool:
        """Whether the roster may not be published with it."""
        return self.rule not in SOFT


Days = Mapping[int, list[Shift]]


def check(problem: Problem, roster: Iterable[Assignment]) -> tuple[Conflict, ...]:
    """Every conflict of a roster: first what it must keep, person by person, then cover and wishes."""
    shifts = {shift.id: shift for shift in problem.shifts}
    persons = {person.id: person for person in problem.staff}
    rows: dict[str, dict[int, list[Shift]]] = {person.id: {} for person in problem.staff}
    found: list[Conflict] = []
    for cell in sorted(set(roster)):
        person = persons.get(cell.staff)
        if person is None:
            text = texts.unknown_staff(cell.staff)
        elif cell.shift not in shifts:
            text = texts.unknown_shift(person, cell.shift)
        elif not 0 <= cell.day < problem.days:
            text = texts.unknown_day(person, cell.day, problem.days)
        else:
            rows[cell.staff].setdefault(cell.day, []).append(shifts[cell.shift])
            continue
        found.append(Conflict("unknown", text, cell.staff, cell.day, cell.shift))
    for person in problem.staff:
        for rule in HARD_CHECKS:
            found.extend(rule(problem, person, rows[person.id]))
    found.extend(_fixed(problem, persons, shifts, rows))
    found.extend(_cover(problem, persons, shifts, rows))
    found.extend(_wishes(problem, persons, shifts, rows))
    for person in problem.staff:
        found.extend(_shares(problem, person, rows[person.id]))
    return tuple(found)


def cost(conflicts: Iterable[Conflict]) -> int:
    """What a roster costs: the weights of the wishes, shares and cover that it misses."""
    return sum(conflict.cost for conflict in conflicts)


def _one_a_day(problem: Problem, person: Staff, days: Days) -> Iterator[Conflict]:
    for day, shifts in sorted(days.items()):
        if len(shifts) > 1:
            yield Conflict(
                "one_a_day", texts.twice(problem, person, day, shifts), person.id, day, shifts[-1].id
            )


def _allowed(problem: Problem, person: Staff, days: Days) -> Iterator[Conflict]:
    for day, shifts in sorted(days.items()):
        for shift in shifts:
            clash = next((busy for busy in person.busy if overlaps(shift, day, busy)), None)
            if clash is not None:
                text = texts.busy(problem, person, day, shift, clash)
                yield Conflict("busy", text, person.id, day, shift.id)
            if not shift.needs <= person.skills:
                text = texts.skill(problem, person, day, shift, sorted(shift.needs - person.skills))
                yield Conflict("skill", text, person.id, day, shift.id)


def _following(problem: Problem, person: Staff, days: Days) -> Iterator[Conflict]:
    """Rest and forbidden successions, looking back as far as the longest shift and its rest reach."""
    known = {shift.id: shift for shift in problem.shifts}
    past = len(person.before)
    everything = {
        index - past: [known[name]] for index, name in enumerate(person.before) if name in known
    } | dict(days)
    for day in sorted(days):
        for apart in range(1, reach(problem) + 1):
            for earlier in everything.get(day - apart, ()):
                for later in days[day]:
                    if problem.may_follow(earlier, later, apart):
                        continue
                    if apart == 1 and later.id in earlier.barred_next:
                        text = texts.sequence(problem, person, day, earlier, later)
                        yield Conflict("sequence", text, person.id, day, later.id)
                    else:
                        text = texts.rest(problem, person, day, (day - apart, earlier), later)
                        yield Conflict("rest", text, person.id, day, later.id)


def reach(problem: Problem) -> int:
    """How many days apart two shifts can still be too close."""
    longest = max((shift.end for shift in problem.shifts), default=0) + problem.rest
    earliest = min((shift.start for shift in problem.shifts), default=0)
    return max(1, -(-(longest - earliest) // (24 * 60)) - 1)


def _runs(problem: Problem, person: Staff, days: Days) -> Iterator[Conflict]:
    limits = person.limits
    for works, first, last in runs(problem, person, days):
        length = last - first + 1
        # A run that touches the edge of what is known may be longer than is seen.
        whole = first > -len(person.before) and last < problem.days - 1
        day = max(first, 0)
        if works and limits.max_run is not None and length > limits.max_run and last >= 0:
            text = texts.long_run(problem, person, last, length, limits.max_run)
            yield Conflict("max_run", text, person.id, last)
        if works and whole and length < limits.min_run and last >= -1:
            text = texts.short_run(problem, person, first, length, limits.min_run)
            yield Conflict("min_run", text, person.id, day)
        if not works and whole and length < limits.min_off and last >= -1:
            text = texts.short_off(problem, person, first, length, limits.min_off)
            yield Conflict("min_off", text, person.id, day)


def runs(problem: Problem, person: Staff, days: Days) -> Iterator[tuple[bool, int, int]]:
    """Runs of days of work and of days off: whether it is work, first and last day (before 0: past)."""
    line = [name is not None for name in person.before]
    past = len(line)
    line += [bool(days.get(day)) for day in range(problem.days)]
    begin = 0
    for index in range(1, len(line) + 1):
        if index == len(line) or line[index] != line[begin]:
            yield line[begin], begin - past, index - 1 - past
            begin = index


def _totals(problem: Problem, person: Staff, days: Days) -> Iterator[Conflict]:
    limits = person.limits
    worked = {problem.weekend(day) for day, shifts in days.items() if shifts} - {None}
    if limits.max_weekends is not None and len(worked) > limits.max_weekends:
        text = texts.weekends(person, len(worked), limits.max_weekends)
        yield Conflict("max_weekends", text, person.id)
    every = [shift for shifts in days.values() for shift in shifts]
    counts = Counter(shift.id for shift in every)
    for shift in problem.shifts:
        most = limits.max_of.get(shift.id)
        if most is not None and counts[shift.id] > most:
            text = texts.too_often(person, shift, counts[shift.id], most)
            yield Conflict("max_of", text, person.id, None, shift.id)
    minutes = sum(shift.minutes for shift in every)
    if limits.max_minutes is not None and minutes > limits.max_minutes:
        yield Conflict("max_minutes", texts.too_long(person, minutes, limits.max_minutes), person.id)
    if minutes < limits.min_minutes:
        yield Conflict("min_minutes", texts.too_little(person, minutes, limits.min_minutes), person.id)


HARD_CHECKS: tuple[Callable[[Problem, Staff, Days], Iterator[Conflict]], ...] = (
    _one_a_day,
    _allowed,
    _following,
    _runs,
    _totals,
)

Persons = Mapping[str, Staff]
Shifts = Mapping[str, Shift]
Rows = Mapping[str, Days]


def _fixed(problem: Problem, persons: Persons, shifts: Shifts, rows: Rows) -> Iterator[Conflict]:
    for cell in problem.fixed:
        given = [shift.id for shift in rows[cell.staff].get(cell.day, ())]
        if given != ([cell.shift] if cell.shift else []):
            label = shifts[cell.shift].label if cell.shift else ""
            text = texts.not_fixed(problem, persons[cell.staff], cell.day, label)
            yield Conflict("fixed", text, cell.staff, cell.day, cell.shift)


def _cover(problem: Problem, persons: Persons, shifts: Shifts, rows: Rows) -> Iterator[Conflict]:
    for demand in problem.demands:
        shift = shifts[demand.shift]
        count = sum(
            shift in days.get(demand.day, ())
            for staff, days in rows.items()
            if not demand.skill or demand.skill in persons[staff].skills
        )
        missing, extra = demand.need - count, count - demand.need
        if missing > 0 and demand.under:
            text = texts.short(problem, demand, shift, count)
            yield Conflict("short", text, "", demand.day, shift.id, missing * demand.under)
        if extra > 0 and demand.over:
            text = texts.surplus(problem, demand, shift, count)
            yield Conflict("surplus", text, "", demand.day, shift.id, extra * demand.over)


def _wishes(problem: Problem, persons: Persons, shifts: Shifts, rows: Rows) -> Iterator[Conflict]:
    for wish in problem.wishes:
        given = rows[wish.staff].get(wish.day, [])
        has = any(shift.id == wish.shift for shift in given) if wish.shift else bool(given)
        if has == wish.wanted:
            continue
        label = shifts[wish.shift].label if wish.shift else ""
        say = texts.wish_missed if wish.wanted else texts.wish_refused
        text = say(problem, persons[wish.staff], wish.day, label)
        yield Conflict("wish", text, wish.staff, wish.day, wish.shift, wish.weight)


def _shares(problem: Problem, person: Staff, days: Days) -> Iterator[Conflict]:
    for share in person.shares:
        count = sum(
            shift.id in share.shifts
            for day, shifts in days.items()
            if not share.weekend_only or problem.is_weekend(day)
            for shift in shifts
        )
        outside = max(share.low - count, count - share.high)
        if outside > 0:
            labels = [shift.label for shift in problem.shifts if shift.id in share.shifts]
            text = texts.unfair(person, share, labels, count)
            yield Conflict("share", text, person.id, cost=outside * share.weight)
