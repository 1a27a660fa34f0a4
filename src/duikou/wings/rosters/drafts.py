"""Working out a month from the draft that there is: what is settled, what to begin from, what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from duikou.engines import rostering as engine
from duikou.wings.rosters.sheet import Sheet, key_of, person_of

Change = list[object]  # person, day, shift before, shift after: as the row keeps it


def problem_to_solve(sheet: Sheet) -> engine.Problem:
    """The month with the cells that were settled by hand."""
    fixed = tuple(
        engine.Fixed(key_of(duty.person_id), sheet.number(duty.day), str(duty.shift_id))
        for duty in sheet.duties
        if duty.fixed
    )
    used = {cell.shift for cell in fixed}
    kept = tuple(
        one for one in sheet.problem.shifts if sheet.shifts[one.id].retired_at is None or one.id in used
    )
    return replace(sheet.problem, shifts=kept, fixed=fixed)


def lawful_part(problem: engine.Problem, draft: Iterable[engine.Assignment]) -> tuple[engine.Assignment, ...]:
    """What is left of a draft without the cells that break a rule: somebody is on leave since.

    Where a rule names no cell that could go, the person's row goes, but for what is settled.
    """
    settled = {(one.staff, one.day) for one in problem.fixed}
    left = set(draft)
    while broken := [one for one in engine.check(problem, left) if one.hard]:
        before = len(left)
        for one in broken:
            free = [
                cell for cell in left if cell.staff == one.staff and (cell.staff, cell.day) not in settled
            ]
            day = -1 if one.day is None else one.day
            near = [[cell for cell in free if cell.day == at] for at in (day, day - 1)]
            left.difference_update(next(filter(None, near), free))
        if len(left) == before:
            return ()  # what is settled breaks a rule by itself: the solver says which
    return tuple(sorted(left))


def settled(
    problem: engine.Problem, draft: Sequence[engine.Assignment], solution: engine.Solution
) -> engine.Solution:
    """The solution; the draft in its place where that costs no more: nothing is moved for nothing."""
    if draft and engine.cost(engine.check(problem, draft)) <= solution.cost:
        return replace(solution, roster=tuple(draft))
    return solution


def difference(sheet: Sheet, roster: Iterable[engine.Assignment]) -> list[Change]:
    """The cells in which a roster differs from the duties as they are."""
    before = {(duty.person_id, duty.day): duty.shift_id for duty in sheet.duties}
    after = {(person_of(cell.staff), sheet.problem.date(cell.day)): int(cell.shift) for cell in roster}
    cells: list[tuple[int, dt.date]] = sorted({*before, *after})
    return [
        [person, day.isoformat(), before.get((person, day)), after.get((person, day))]
        for person, day in cells
        if before.get((person, day)) != after.get((person, day))
    ]
