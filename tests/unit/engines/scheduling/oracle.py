"""The slow planner: every request at every cell with every choice of experts, or not at all."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from duikou.engines.scheduling.model import Expert, Meeting, Problem, Request


def best(problem: Problem) -> int:
    """The least that any plan costs."""
    choices = [list(_ways(problem, request)) for request in problem.requests]
    costs = (cost_of(problem, [one for one in plan if one]) for plan in itertools.product(*choices))
    return min(cost for cost in costs if cost is not None)


def size(problem: Problem) -> int:
    """How many combinations `best` would try."""
    return math.prod(sum(1 for _ in _ways(problem, request)) for request in problem.requests)


def _ways(problem: Problem, request: Request) -> Iterator[Meeting | None]:
    for meeting in problem.fixed:
        if meeting.request == request.key:
            yield meeting
            return
    yield None
    for start in range(problem.days * problem.per_day):
        if start < request.release or start + request.length > request.due:
            continue
        for experts in itertools.permutations(problem.experts, len(request.seats)):
            if all(_may(problem, request, at, expert, start) for at, expert in enumerate(experts)):
                yield Meeting(request.key, start, tuple(expert.key for expert in experts))


def _may(problem: Problem, request: Request, seat: int, expert: Expert, start: int) -> bool:
    wanted = request.seats[seat]
    offered = {cell for first, last in expert.free for cell in range(first, last)}
    return (
        wanted.specialty in expert.specialties
        and expert.grade + 1 >= wanted.least_grade
        and (request.key, expert.key) not in problem.forbidden
        and all(cell in offered for cell in range(start, start + request.length))
        and len({cell // problem.per_day for cell in range(start, start + request.length)}) == 1
    )


def cost_of(problem: Problem, meetings: list[Meeting]) -> int | None:
    """What a plan costs; None where an expert is asked for too much."""
    requests = {request.key: request for request in problem.requests}
    weights = problem.weights
    cost = 0
    for expert in problem.experts:
        own = [meeting for meeting in meetings if expert.key in meeting.experts]
        agreed = [meeting for meeting in own if meeting in problem.fixed]
        for one, two in itertools.combinations(own, 2):
            if one in agreed and two in agreed:
                continue
            first, second = sorted((one, two), key=lambda meeting: meeting.start)
            if second.start < first.start + requests[first.request].length + expert.buffer:
                return None
        for day in range(problem.days):
            there = [meeting for meeting in own if meeting.start // problem.per_day == day]
            if len(there) > max(expert.most, sum(meeting in agreed for meeting in there)):
                return None
        if expert.share is not None:
            cost += weights.unfair * max(0, expert.served + len(own) - expert.share)
    held = {meeting.request: meeting for meeting in meetings}
    for request in problem.requests:
        if request.key not in held:
            cost += weights.unserved * request.urgency
            continue
        cost += _cost_of_one(problem, request, held[request.key])
    return cost + weights.moved * sum(meeting not in meetings for meeting in problem.published)


def _cost_of_one(problem: Problem, request: Request, meeting: Meeting) -> int:
    weights = problem.weights
    day = meeting.start // problem.per_day
    cost = weights.waiting * request.urgency * (day - request.release // problem.per_day)
    if request.days and day not in request.days:
        cost += weights.other_day
    if request.earlier and request.earlier not in meeting.experts:
        cost += weights.changed
    for seat, key in zip(request.seats, meeting.experts, strict=True):
        (expert,) = [one for one in problem.experts if one.key == key]
        if request.hospital and expert.hospital != request.hospital:
            cost += weights.stranger
        if expert.grade < seat.least_grade:
            cost += weights.grade
    return cost
