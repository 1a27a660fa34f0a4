"""A person's row as numbers: which shift may follow what, and what each day's choice costs.

Choice 0 is a day off, choice k the k-th shift of the problem. The rules about neighbouring days (rest,
successions, runs) become a small automaton; what adds up over the month (hours, weekends, counts,
shares) is left to the layers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from duikou.engines.rostering.check import reach
from duikou.engines.rostering.model import DAY_MINUTES, Problem, Staff, overlaps

Ints = npt.NDArray[np.int64]
OFF = 0

# What a person has done lately: choices of the last days (latest last), whether the running stretch is
# work, its length as far as any limit looks, and whether it began before what is known.
State = tuple[tuple[int, ...], bool, int, bool]


@dataclass(frozen=True, slots=True)
class Automaton:
    """`follow[state, choice]`: the next state, or -1. `works[state]`: whether the last day was worked."""

    follow: Ints
    works: npt.NDArray[np.bool_]
    start: int


def allowed(problem: Problem, person: Staff) -> npt.NDArray[np.bool_]:
    """Which choice is open on which day, by leave, skills, closed shifts and settled cells."""
    open_ = np.ones((problem.days, len(problem.shifts) + 1), dtype=np.bool_)
    for index, shift in enumerate(problem.shifts, 1):
        if not shift.needs <= person.skills or person.limits.max_of.get(shift.id, 1) <= 0:
            open_[:, index] = False
            continue
        for busy in person.busy:
            first = busy.day - shift.end // DAY_MINUTES
            last = busy.day + (busy.start + busy.minutes) // DAY_MINUTES
            for day in range(max(0, first), min(problem.days, last + 1)):
                if overlaps(shift, day, busy):
                    open_[day, index] = False
    names = ["", *(shift.id for shift in problem.shifts)]
    for cell in problem.fixed:
        if cell.staff == person.id:
            choice = names.index(cell.shift)
            open_[cell.day, :choice] = False
            open_[cell.day, choice + 1 :] = False
    return open_


def wish_costs(problem: Problem, person: Staff) -> Ints:
    """What each choice of each day costs by the person's wishes."""
    costs = np.zeros((problem.days, len(problem.shifts) + 1), dtype=np.int64)
    names = [shift.id for shift in problem.shifts]
    for wish in problem.wishes:
        if wish.staff != person.id:
            continue
        kept = slice(1, None) if not wish.shift else names.index(wish.shift) + 1
        if wish.wanted:
            costs[wish.day] += wish.weight
            costs[wish.day, kept] -= wish.weight
        else:
            costs[wish.day, kept] += wish.weight
    return costs


def automaton(problem: Problem, person: Staff) -> Automaton:
    """The states that a person can be in after some days, and what may follow each."""
    window = reach(problem)
    names = {shift.id: index for index, shift in enumerate(problem.shifts, 1)}
    unknown = len(names) + 1  # a shift of last month that is no more: work, but nothing follows from it
    step = _Stepper(problem, person, window)
    state = step.begin([names.get(name, unknown) if name is not None else OFF for name in person.before])
    numbers = {state: 0}
    queue, follow = [state], list[list[int]]()
    for current in queue:  # grows while it is walked
        line = []
        for choice in range(len(problem.shifts) + 1):
            following = step.after(current, choice)
            if following is None:
                line.append(-1)
                continue
            if following not in numbers:
                numbers[following] = len(queue)
                queue.append(following)
            line.append(numbers[following])
        follow.append(line)
    works = np.array([bool(each[0] and each[0][-1]) for each in queue], dtype=np.bool_)
    return Automaton(np.array(follow, dtype=np.int64), works, 0)


class _Stepper:
    """One day further."""

    def __init__(self, problem: Problem, person: Staff, window: int) -> None:
        shifts = problem.shifts
        limits = person.limits
        self.window = window
        self.max_run = limits.max_run
        self.min_run, self.min_off = limits.min_run, limits.min_off
        self.longest_work = max(limits.min_run, limits.max_run or 1, 1)
        self.longest_off = max(limits.min_off, 1)
        self.barred = {
            (apart, earlier + 1, later + 1)
            for apart in range(1, window + 1)
            for earlier in range(len(shifts))
            for later in range(len(shifts))
            if not problem.may_follow(shifts[earlier], shifts[later], apart)
        }

    def begin(self, past: list[int]) -> State:
        """The state on the eve of day 0. What was unlawful in the past is not held against the person."""
        state: State = ((), False, 0, True)
        for choice in past:
            state = self._moved(state, choice)
        return state

    def after(self, state: State, choice: int) -> State | None:
        """The state after a day with that choice, None where a rule forbids it."""
        recent, working, length, is_open = state
        if choice:
            for apart, earlier in enumerate(reversed(recent), 1):
                if earlier and (apart, earlier, choice) in self.barred:
                    return None
        if recent and bool(choice) != working:
            least = self.min_run if working else self.min_off
            if not is_open and length < least:
                return None
        run = (length if working else 0) + 1
        if choice and self.max_run is not None and run > self.max_run:
            return None
        return self._moved(state, choice)

    def _moved(self, state: State, choice: int) -> State:
        recent, working, length, is_open = state
        work = bool(choice)
        same = bool(recent) and work == working
        is_open = is_open if same or not recent else False
        length = min(length + 1 if same else 1, self.longest_work if work else self.longest_off)
        if length >= (self.min_run if work else self.min_off):
            is_open = False  # long enough: whether it began earlier no longer matters
        return (*recent, choice)[-self.window :], work, length, is_open
