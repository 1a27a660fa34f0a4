"""The whole roster as one model for CP-SAT: small departments, and those whose rows are too many.

Eight search workers even on two cores: the sub-solvers that prove the bound are among the last ones.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from duikou.engines.rostering.check import reach
from duikou.engines.rostering.model import Assignment, Problem, Solution, Staff
from duikou.engines.rostering.rows import allowed

WORKERS = 8


@dataclass(slots=True)
class Stated:
    """The model, whether each person works each shift of each day, and the cost."""

    model: cp_model.CpModel
    cells: list[list[list[cp_model.IntVar]]]
    cost: cp_model.LinearExpr


def stated(problem: Problem) -> Stated:
    """The problem as a model."""
    model = cp_model.CpModel()
    cells = [
        [[model.new_bool_var("") for _ in problem.shifts] for _ in range(problem.days)] for _ in problem.staff
    ]
    terms: list[cp_model.LinearExpr | int] = []
    for person, days in zip(problem.staff, cells, strict=True):
        _row(model, problem, person, days)
        terms.extend(_shares(model, problem, person, days))
    terms.extend(_cover(model, problem, cells))
    terms.extend(_wishes(problem, cells))
    cost = cp_model.LinearExpr.sum(terms)
    model.minimize(cost)
    return Stated(model, cells, cost)


def _row(model: cp_model.CpModel, problem: Problem, person: Staff, days: list[list[cp_model.IntVar]]) -> None:
    """What a person's row keeps."""
    limits, shifts = person.limits, problem.shifts
    is_open = allowed(problem, person)
    works = []
    for day, cell in enumerate(days):
        work = model.new_bool_var("")
        model.add(sum(cell) == work)
        works.append(work)
        for index, variable in enumerate(cell):
            if not is_open[day, index + 1]:
                model.add(variable == 0)
        if not is_open[day, 0]:
            model.add(work == 1)
    _successions(model, problem, person, days)
    past = [name is not None for name in person.before]
    line: list[bool | cp_model.IntVar] = [*past, *works]
    _runs(model, line, len(past), limits.max_run, limits.min_run, limits.min_off)
    weekends: dict[int, list[cp_model.IntVar]] = {}
    for day, work in enumerate(works):
        number = problem.weekend(day)
        if number is not None:
            weekends.setdefault(number, []).append(work)
    if limits.max_weekends is not None:
        taken = []
        for each in weekends.values():
            one = model.new_bool_var("")
            model.add_max_equality(one, each)
            taken.append(one)
        model.add(sum(taken) <= limits.max_weekends)
    for index, shift in enumerate(shifts):
        if shift.id in limits.max_of:
            model.add(sum(cell[index] for cell in days) <= limits.max_of[shift.id])
    minutes = sum(shift.minutes * cell[index] for cell in days for index, shift in enumerate(shifts))
    model.add(minutes >= limits.min_minutes)
    if limits.max_minutes is not None:
        model.add(minutes <= limits.max_minutes)


def _successions(
    model: cp_model.CpModel, problem: Problem, person: Staff, days: list[list[cp_model.IntVar]]
) -> None:
    names = {shift.id: shift for shift in problem.shifts}
    past = len(person.before)
    for apart in range(1, reach(problem) + 1):
        for day, cell in enumerate(days):
            for later, variable in zip(problem.shifts, cell, strict=True):
                if day >= apart:
                    for earlier, other in zip(problem.shifts, days[day - apart], strict=True):
                        if not problem.may_follow(earlier, later, apart):
                            model.add_bool_or(~variable, ~other)
                elif past + day - apart >= 0:
                    worked = names.get(person.before[past + day - apart] or "")
                    if worked is not None and not problem.may_follow(worked, later, apart):
                        model.add(variable == 0)


def _runs(
    model: cp_model.CpModel,
    line: Sequence[bool | cp_model.IntVar],
    past: int,
    max_run: int | None,
    min_run: int,
    min_off: int,
) -> None:
    """Runs over the days before and the days of the month; those at the edges may go on outside."""

    def forbid(parts: Iterable[tuple[bool | cp_model.IntVar, bool]]) -> None:
        """Not all of these at once: each a day and whether it is worked."""
        clause = []
        for day, worked in parts:
            if isinstance(day, bool):
                if day != worked:
                    return
            else:
                clause.append(~day if worked else day)
        model.add_bool_or(clause)

    total = len(line)
    if max_run is not None:
        for first in range(max(0, past - max_run), total - max_run):
            forbid((line[index], True) for index in range(first, first + max_run + 1))
    for worked, least in ((True, min_run), (False, min_off)):
        for length in range(1, least):
            for first in range(max(1, past - length), total - length):
                inside = [(line[index], worked) for index in range(first, first + length)]
                forbid([(line[first - 1], not worked), *inside, (line[first + length], not worked)])


def _shares(
    model: cp_model.CpModel, problem: Problem, person: Staff, days: list[list[cp_model.IntVar]]
) -> Iterable[cp_model.LinearExpr]:
    for share in person.shares:
        counted = [
            cell[index]
            for day, cell in enumerate(days)
            if not share.weekend_only or problem.is_weekend(day)
            for index, shift in enumerate(problem.shifts)
            if shift.id in share.shifts
        ]
        outside = model.new_int_var(0, max(problem.days, share.low), "")
        model.add(outside >= share.low - sum(counted))
        model.add(outside >= sum(counted) - share.high)
        yield share.weight * outside


def _cover(
    model: cp_model.CpModel, problem: Problem, cells: list[list[list[cp_model.IntVar]]]
) -> Iterable[cp_model.LinearExpr]:
    names = [shift.id for shift in problem.shifts]
    for demand in problem.demands:
        index = names.index(demand.shift)
        counted = [
            days[demand.day][index]
            for person, days in zip(problem.staff, cells, strict=True)
            if not demand.skill or demand.skill in person.skills
        ]
        missing = model.new_int_var(0, demand.need, "")
        extra = model.new_int_var(0, len(problem.staff), "")
        model.add(sum(counted) + missing - extra == demand.need)
        yield demand.under * missing + demand.over * extra


def _wishes(
    problem: Problem, cells: list[list[list[cp_model.IntVar]]]
) -> Iterable[cp_model.LinearExpr | int]:
    names = [shift.id for shift in problem.shifts]
    persons = [person.id for person in problem.staff]
    for wish in problem.wishes:
        cell = cells[persons.index(wish.staff)][wish.day]
        given = cell[names.index(wish.shift)] if wish.shift else sum(cell)
        yield wish.weight * (1 - given) if wish.wanted else wish.weight * given


def solve_whole(
    problem: Problem,
    seconds: float,
    *,
    seed: int = 1,
    hint: Sequence[Assignment] = (),
    bound: int = 0,
    effort: float | None = None,
) -> Solution | None:
    """The best roster that CP-SAT finds; None where it finds none.

    `hint`: a roster to start from. `bound`: no roster costs less, known from elsewhere. `effort`: limit in
    the solver's deterministic time.
    """
    started = time.process_time()
    whole = stated(problem)
    if bound > 0:
        whole.model.add(whole.cost >= bound)
    worked = {(cell.staff, cell.day, cell.shift) for cell in hint}
    if worked:
        for person, days in zip(problem.staff, whole.cells, strict=True):
            for day, cell in enumerate(days):
                for shift, variable in zip(problem.shifts, cell, strict=True):
                    whole.model.add_hint(variable, int((person.id, day, shift.id) in worked))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = WORKERS
    solver.parameters.max_time_in_seconds = max(0.1, seconds)
    solver.parameters.random_seed = seed
    if effort is not None:
        solver.parameters.max_deterministic_time = effort
    status = solver.solve(whole.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    roster = tuple(
        Assignment(person.id, day, shift.id)
        for person, days in zip(problem.staff, whole.cells, strict=True)
        for day, cell in enumerate(days)
        for shift, variable in zip(problem.shifts, cell, strict=True)
        if solver.boolean_value(variable)
    )
    value = round(solver.objective_value)
    least = value if status == cp_model.OPTIMAL else -int(-solver.best_objective_bound // 1)
    return Solution(roster, value, max(bound, least), time.process_time() - started)
