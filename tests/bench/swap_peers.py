"""The same plan by a solver alone: the model of the textbook, month by month, in one piece."""

from __future__ import annotations

import time
from collections import defaultdict

import highspy
import numpy as np
from ortools.sat.python import cp_model
from scipy.sparse import coo_array

from duikou.engines.swap.columns import Columns, columns_of
from duikou.engines.swap.model import Problem

Peer = tuple[str, float | None, float | None, float]  # name, cost, bound, CPU seconds
Row = tuple[list[int], list[int], float, float]  # columns, entries, lower, upper


def model_of(problem: Problem) -> tuple[Columns, list[int], list[int], list[Row]]:
    """Costs and upper bounds of all columns, and the rows: by person, place, department, month."""
    columns = columns_of(problem)
    cost, upper = columns.cost.tolist(), [1] * len(columns)
    person, place, start, end = (
        part.tolist() for part in (columns.person, columns.place, columns.start, columns.end)
    )
    busy, held, present = defaultdict(list), defaultdict(list), defaultdict(list)
    of_person = defaultdict(list)
    for at in range(len(columns)):
        one, two = problem.persons[person[at]], problem.places[place[at]]
        of_person[person[at]].append(at)
        for month in range(start[at], min(problem.months, end[at] + one.rest)):
            busy[person[at], month].append(at)
        for month in range(start[at], end[at]):
            held[place[at], month].append(at)
            present[one.home, month].append((at, -1))
            if two.counts:
                present[two.department, month].append((at, 1))
    rows: list[Row] = [(at, [1] * len(at), -np.inf, 1) for at in busy.values()]

    def slack(price: int, most: int) -> int:
        cost.append(price)
        upper.append(most)
        return len(cost) - 1

    for two, one_place in enumerate(problem.places):
        for month, wanted in enumerate(one_place.wanted):
            at = [*held[two, month], slack(problem.weights.gap * one_place.priority, wanted)]
            rows.append((at, [1] * len(at), wanted, wanted))
    for one_department in problem.departments:
        for month in range(problem.months):
            pairs = present[one_department.key, month]
            least = one_department.minimum[month] - one_department.staff[month]
            rows.append(([at for at, _ in pairs], [sign for _, sign in pairs], least, np.inf))
    for number, one in enumerate(problem.persons):
        at = of_person[number]
        if one.due:
            both = [*at, slack(problem.weights.unserved, 1)]
            rows.append((both, [1] * len(both), 1, np.inf))
        if one.share is not None:
            both = [*at, slack(problem.weights.unfair, problem.months)]
            months = [*columns.months[at].tolist(), -1]
            rows.append((both, months, -np.inf, one.share - one.served))
    return columns, cost, upper, rows


def whole_highs(problem: Problem, seconds: float) -> Peer:
    """One HiGHS model, its own presolve, one thread."""
    started = time.process_time()
    columns, cost, upper, rows = model_of(problem)
    row = np.repeat(np.arange(len(rows)), [len(at) for at, *_ in rows])
    at = np.array([one for at, *_ in rows for one in at], np.int64)
    value = np.array([one for _, values, *_ in rows for one in values], np.float64)
    matrix = coo_array((value, (row, at)), shape=(len(rows), len(cost))).tocsc()
    kinds = np.zeros(len(cost), np.int32)
    kinds[: len(columns)] = 1
    solver = highspy.Highs()
    for name, setting in (
        ("output_flag", False),
        ("threads", 1),
        ("mip_rel_gap", 0.0),
        ("time_limit", seconds),
    ):
        solver.setOptionValue(name, setting)
    solver.passModel(
        len(cost), len(rows), len(value), int(highspy.MatrixFormat.kColwise), int(highspy.ObjSense.kMinimize),
        0.0, np.array(cost, np.float64), np.zeros(len(cost)), np.array(upper, np.float64),
        np.array([low for *_, low, _ in rows], np.float64), np.array([high for *_, high in rows], np.float64),
        matrix.indptr[:-1], matrix.indices, matrix.data, kinds,
    )  # fmt: skip
    solver.run()
    info = solver.getInfo()
    return (
        "HiGHS, one model",
        info.objective_function_value,
        info.mip_dual_bound,
        time.process_time() - started,
    )


def plain_cpsat(problem: Problem, seconds: float) -> Peer:
    """One CP-SAT model with 8 workers."""
    started = time.process_time()
    columns, cost, upper, rows = model_of(problem)
    model = cp_model.CpModel()
    variables = [
        model.new_bool_var("") if at < len(columns) else model.new_int_var(0, most, "")
        for at, most in enumerate(upper)
    ]
    for at, values, low, high in rows:
        total = cp_model.LinearExpr.weighted_sum([variables[one] for one in at], values)
        if low > -np.inf:
            model.add(total >= int(low))
        if high < np.inf:
            model.add(total <= int(high))
    model.minimize(cp_model.LinearExpr.weighted_sum(variables, cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 8
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    cost_found = solver.objective_value if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None
    return "CP-SAT, 8 workers", cost_found, solver.best_objective_bound, time.process_time() - started
