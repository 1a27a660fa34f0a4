"""The best roster by looking at every one of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from duikou.engines.rostering import Assignment, Problem, check, cost


def best_cost(problem: Problem) -> int | None:
    """The least cost of all lawful rosters; None where there is none."""
    lines = []
    names = ["", *(shift.id for shift in problem.shifts)]
    for person in problem.staff:
        alone = replace(
            problem,
            staff=(person,),
            demands=(),
            wishes=(),
            fixed=tuple(cell for cell in problem.fixed if cell.staff == person.id),
        )
        rows = (
            tuple(Assignment(person.id, day, name) for day, name in enumerate(line) if name)
            for line in product(names, repeat=problem.days)
        )
        lines.append([row for row in rows if not any(found.hard for found in check(alone, row))])
    costs = (cost(check(problem, sum(rows, ()))) for rows in product(*lines))
    return min(costs, default=None)
