"""The same plan by a solver alone: every meeting an optional interval with its hour, in one model."""

from __future__ import annotations

import time
from collections import defaultdict

from ortools.sat.python import cp_model

from duikou.engines.scheduling import Problem
from duikou.engines.scheduling.choices import choices_of

Peer = tuple[str, float | None, float, float]  # name, cost, bound, CPU seconds


def plain_cpsat(problem: Problem, seconds: float) -> Peer:
    """One CP-SAT model with 8 workers: a start for each request, an optional interval for each choice."""
    started = time.process_time()
    choices = choices_of(problem)
    model = cp_model.CpModel()
    horizon = problem.days * problem.per_day
    starts = [model.new_int_var(0, horizon, "") for _ in problem.requests]
    served = [model.new_bool_var("") for _ in problem.requests]
    seats, busy, a_day, of_expert = (defaultdict(list) for _ in range(4))
    terms, prices = [], []
    for at in range(len(choices)):
        request, expert = int(choices.request[at]), int(choices.expert[at])
        chosen = model.new_bool_var("")
        size = problem.requests[request].length + problem.experts[expert].buffer
        start = starts[request]
        busy[expert].append(model.new_optional_fixed_size_interval_var(start, size, chosen, ""))
        model.add(start >= int(choices.low[at])).only_enforce_if(chosen)
        model.add(start <= int(choices.high[at])).only_enforce_if(chosen)
        seats[request, int(choices.seat[at])].append(chosen)
        a_day[expert, choices.sessions[int(choices.session[at])].day].append(chosen)
        of_expert[request, expert].append(chosen)
        terms.append(chosen)
        prices.append(int(choices.cost[at]))
    for number, request in enumerate(problem.requests):
        for seat in range(len(request.seats)):
            model.add(sum(seats[number, seat]) == served[number])
        terms.append(served[number].negated())
        prices.append(problem.weights.unserved * request.urgency)
    for same in of_expert.values():
        model.add_at_most_one(same)
    for key, both in a_day.items():
        model.add(sum(both) <= choices.room[key])
    load = defaultdict(list)
    for (_, expert), same in of_expert.items():
        load[expert] += same
    for expert, intervals in busy.items():
        model.add_no_overlap(intervals)
        share = problem.experts[expert].share
        if share is not None:
            beyond = model.new_int_var(0, len(intervals), "")
            model.add(sum(load[expert]) - beyond <= share - problem.experts[expert].served)
            terms.append(beyond)
            prices.append(problem.weights.unfair)
    model.minimize(cp_model.LinearExpr.weighted_sum(terms, prices))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 8
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    cost = solver.objective_value if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None
    return "CP-SAT, one model, 8 workers", cost, solver.best_objective_bound, time.process_time() - started
