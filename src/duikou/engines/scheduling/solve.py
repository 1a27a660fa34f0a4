"""The best plan: part by part, each proved.

The sessions' program leaves the hours within a day open, so what it finds costs no more than any plan. Where
the hours come out, its answer is the best plan; where they do not, what cannot be together is added to the
program, and it is asked again. All costs of a part are multiples of one number, so a bound that comes closer
than that to a plan proves it. One thread and fixed seeds: equal input, equal plan.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from duikou.engines.scheduling.check import check_problem, value_of
from duikou.engines.scheduling.choices import Choices, choices_of, parts_of
from duikou.engines.scheduling.greedy import completed
from duikou.engines.scheduling.master import VERSION, Master
from duikou.engines.scheduling.model import BadProblem, Block, Meeting, Plan, Problem, Status
from duikou.engines.text import Text

Report = Callable[[int, int], None]
"""Called after each part with the number of parts done and of all."""

_CLOSE = 0.01  # of a step: what a bound may be off by, and more


def answer(problem: Problem, *, seconds: float = 60) -> Plan | Text:
    """The plan, or what is wrong with the input: for a process of its own, from which no error comes out."""
    try:
        return plan(problem, seconds=seconds)
    except BadProblem as error:
        return error.text


def plan(problem: Problem, *, seconds: float = 60, report: Report | None = None) -> Plan:
    """Return the best plan, with proof where `seconds` of processor time suffice. Raises BadProblem."""
    started = time.process_time()
    check_problem(problem)
    choices = choices_of(problem)
    meetings, blocks = list(problem.fixed), []
    parts = parts_of(choices)
    for done, part in enumerate(parts):
        left = seconds - (time.process_time() - started)
        found, block = _solve(problem, choices.take(part), max(left, 0.1))
        meetings += found
        blocks.append(block)
        if report is not None:
            report(done + 1, len(parts))
    planned = {meeting.request for meeting in meetings}
    value = value_of(problem, meetings)
    return Plan(
        status=Status.OPTIMAL if all(block.proved for block in blocks) else Status.FEASIBLE,
        meetings=tuple(sorted(meetings)),
        unserved=tuple(one.key for one in problem.requests if one.key not in planned),
        value=value,
        bound=value.total - sum(block.cost - block.bound for block in blocks),
        blocks=tuple(blocks),
        solver=VERSION,
        cpu_seconds=time.process_time() - started,
    )


def _solve(problem: Problem, choices: Choices, seconds: float) -> tuple[tuple[Meeting, ...], Block]:
    """One part: the program and the hours in turn, until they agree or the time is over."""
    from duikou.engines.scheduling.placing import Placer  # CP-SAT is slow to load: only where a plan is made

    started = time.process_time()
    inside = _inside(problem, choices)
    master = Master(problem, choices)
    placer = Placer(problem, choices)
    rounds, least, best, proved = 0, -math.inf, math.inf, False
    meetings: tuple[Meeting, ...] = ()
    tried: tuple[Meeting, ...] = ()  # of the last round, whose hours did not all come out
    while not proved:
        left = seconds - (time.process_time() - started)
        if rounds and left <= 0:
            break
        rounds += 1
        found = master.solve(max(left, 0.1))
        least = max(least, found.bound)
        if found.chosen is not None and found.cost < best:
            placed = placer.place(found.chosen)
            for conflict in placed.conflicts:
                master.cut(np.array(conflict))
            if placed.conflicts:
                tried = placed.meetings
                continue
            meetings, best = placed.meetings, found.cost
        proved = least > best - master.step + _CLOSE * master.step
        if found.whole and not proved:
            break  # the time is over
        master.widen(best)
    cost = value_of(inside, meetings).total
    if not proved:
        candidates = [completed(problem, choices, tried), completed(problem, choices, ())]
        meetings = min([meetings, *candidates], key=lambda one: value_of(inside, one).total)
        cost = value_of(inside, meetings).total
    bound = 0
    if least > -math.inf:
        bound = _base(inside) + master.step * math.ceil(least / master.step - _CLOSE)
    return meetings, Block(
        requests=tuple(request.key for request in inside.requests),
        columns=len(choices),
        rounds=rounds,
        cost=cost,
        bound=min(bound, cost),
        cpu_seconds=time.process_time() - started,
    )


def _inside(problem: Problem, choices: Choices) -> Problem:
    """The part as a problem of its own; consultations that are fixed count as served before."""
    requests = tuple(problem.requests[at] for at in np.unique(choices.request).tolist())
    experts = tuple(
        replace(problem.experts[at], served=problem.experts[at].served + choices.load[at])
        for at in np.unique(choices.expert).tolist()
    )
    keys = {request.key for request in requests}
    published = tuple(meeting for meeting in problem.published if meeting.request in keys)
    return replace(problem, requests=requests, experts=experts, fixed=(), published=published)


def _base(inside: Problem) -> int:
    """What the part costs when nobody is served: the program counts from there."""
    return value_of(inside, ()).total
