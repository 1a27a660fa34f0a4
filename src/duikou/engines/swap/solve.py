"""The best plan: block by block, each proved.

What is proved is proved for the costs as they are stated, to the last unit: nothing is rounded. All
costs of a block are multiples of one number, their greatest common divisor, so no plan can cost
anything between two multiples; a bound that comes closer than that to a plan proves it. One thread and
a fixed seed: equal input, equal plan.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from duikou.engines.swap.blocks import Part, parts_of
from duikou.engines.swap.check import check_problem, gaps_of, shortages_of, value_of
from duikou.engines.swap.columns import Columns, Ints, columns_of, stays_of
from duikou.engines.swap.handover import handovers_of
from duikou.engines.swap.highs import VERSION, sheet_of
from duikou.engines.swap.model import Block, Plan, Problem, Status, Stay
from duikou.engines.swap.rows import FAR, Floats, rows_of
from duikou.engines.swap.search import cheapest

Report = Callable[[int, int], None]
"""Called after each block with the number of blocks done and of all."""

_CLOSE = 0.01  # of a step: what a bound may be off by, and more


def plan(problem: Problem, *, seconds: float = 600, report: Report | None = None) -> Plan:
    """Return the best plan, with proof where `seconds` of processor time suffice. Raises BadProblem."""
    check_problem(problem)
    columns = columns_of(problem)
    return _assembled(problem, columns, parts_of(problem, columns), (), seconds, report)


def plan_part(problem: Problem, rest: tuple[Stay, ...], person: str, *, seconds: float = 600) -> Plan:
    """Solve only the block of a person; all others keep the stays that they have in `rest`."""
    check_problem(problem)
    columns = columns_of(problem)
    (at,) = [at for at, one in enumerate(problem.persons) if one.key == person]
    parts = [part for part in parts_of(problem, columns) if at in part.persons]
    concerned = {problem.persons[one].key for part in parts for one in part.persons.tolist()} | {person}
    kept = tuple(stay for stay in rest if stay.person not in concerned)
    return _assembled(problem, columns, parts, kept, seconds, None)


def _assembled(
    problem: Problem,
    columns: Columns,
    parts: list[Part],
    kept: tuple[Stay, ...],
    seconds: float,
    report: Report | None,
) -> Plan:
    started = time.process_time()
    stays, blocks = list(kept), []
    for done, part in enumerate(parts):
        left = seconds - (time.process_time() - started)
        chosen, block = solve_block(problem, part, columns.take(part.columns), max(left, 0.1))
        stays += stays_of(problem, columns.take(part.columns[chosen]))
        blocks.append(block)
        if report is not None:
            report(done + 1, len(parts))
    taken = tuple(sorted(stays))
    value = value_of(problem, taken)
    shortages = shortages_of(problem, taken)
    if not all(block.proved for block in blocks):
        status = Status.FEASIBLE
    else:
        status = Status.SHORT if shortages else Status.OPTIMAL
    return Plan(
        status=status,
        stays=taken,
        value=value,
        bound=value.total - sum(block.cost - block.bound for block in blocks),
        shortages=shortages,
        gaps=gaps_of(problem, taken),
        handovers=handovers_of(problem, taken),
        blocks=tuple(blocks),
        solver=VERSION,
        cpu_seconds=time.process_time() - started,
    )


def solve_block(problem: Problem, part: Part, columns: Columns, seconds: float) -> tuple[Ints, Block]:
    """Positions of the chosen columns, and what was proved."""
    started = time.process_time()
    agreed = stays_of(problem, columns.take(np.flatnonzero(columns.fixed)))
    inside = _inside(problem, part)
    # Nobody goes but those who are agreed: where that keeps every minimum, minima can be plain rows.
    elastic = bool(shortages_of(inside, agreed))
    rows = rows_of(problem, part, columns, elastic=elastic)
    chosen = np.flatnonzero(columns.fixed)
    short, least_missed = 0, True
    if elastic:
        found = cheapest(sheet_of(rows, _only(rows.short, len(rows.cost)), rows.short), seconds, 1)
        if found.chosen is not None:
            chosen, short = found.chosen, round(found.cost)
        least_missed = found.chosen is not None and found.bound > short - 1 + _CLOSE
        rows.put(rows.row(-FAR, short), np.array(rows.short), 1)
    left = max(0.1, seconds - (time.process_time() - started))
    step = math.gcd(*(round(cost) for cost in rows.cost)) or 1
    found = cheapest(sheet_of(rows, np.array(rows.cost), rows.gaps), left, step)
    if found.chosen is not None:
        chosen = found.chosen
    taken = stays_of(problem, columns.take(chosen))
    cost = value_of(inside, taken).total
    missed = sum(one.minimum - one.present for one in shortages_of(inside, taken))
    known = problem.weights.moved * len(inside.published)  # of which columns give back what they keep
    least = 0 if found.bound == -FAR else known + step * math.ceil(found.bound / step - _CLOSE)
    proved = found.chosen is not None and least_missed and missed == short and least >= cost
    return chosen, Block(
        persons=tuple(person.key for person in inside.persons),
        columns=len(columns),
        rows=len(rows.row_lower),
        cost=cost,
        bound=cost if proved else min(least, cost - 1),
        short=missed,
        nodes=found.nodes,
        cpu_seconds=time.process_time() - started,
    )


def _inside(problem: Problem, part: Part) -> Problem:
    """The block as a problem of its own."""
    persons = tuple(problem.persons[at] for at in part.persons.tolist())
    keys = {person.key for person in persons}
    return replace(
        problem,
        persons=persons,
        places=tuple(problem.places[at] for at in part.places.tolist()),
        departments=tuple(problem.departments[at] for at in part.departments.tolist()),
        fixed=tuple(stay for stay in problem.fixed if stay.person in keys),
        published=tuple(stay for stay in problem.published if stay.person in keys),
    )


def _only(columns: list[int], size: int) -> Floats:
    """Price 1 for some columns, nothing for the rest."""
    price = np.zeros(size)
    price[columns] = 1.0
    return price
