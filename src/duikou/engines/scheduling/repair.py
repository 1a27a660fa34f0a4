"""One change answered: everybody else's consultations stay where they are, unless somebody would get none."""

from __future__ import annotations

from dataclasses import dataclass, replace

from duikou.engines.scheduling.check import fits
from duikou.engines.scheduling.model import Expert, Meeting, Plan, Problem
from duikou.engines.scheduling.solve import plan


@dataclass(frozen=True, slots=True)
class Repaired:
    """The plan, the problem that the change left, and the requests that were planned again.

    What is proved is proved among all plans that leave every other request where it is.
    """

    plan: Plan
    problem: Problem
    again: tuple[str, ...]


def absent(
    problem: Problem,
    meetings: tuple[Meeting, ...],
    expert: str,
    first: int,
    last: int,
    *,
    seconds: float = 30,
) -> Repaired:
    """Plan again what an expert has between two cells, because the expert is away then."""
    lengths = {request.key: request.length for request in problem.requests}
    concerned = {
        meeting.request
        for meeting in meetings
        if expert in meeting.experts
        and meeting.start < last
        and first < meeting.start + lengths[meeting.request]
    }
    experts = tuple(_without(one, first, last) if one.key == expert else one for one in problem.experts)
    changed = replace(
        problem,
        experts=experts,
        fixed=tuple(meeting for meeting in problem.fixed if meeting.request not in concerned),
    )
    return _again(changed, meetings, concerned, first, seconds)


def joined(
    problem: Problem, meetings: tuple[Meeting, ...], request: str, now: int, *, seconds: float = 30
) -> Repaired:
    """Find a slot for a new request of the problem; what begins before `now` is not touched."""
    return _again(problem, meetings, {request}, now, seconds)


def _again(
    problem: Problem, meetings: tuple[Meeting, ...], concerned: set[str], now: int, seconds: float
) -> Repaired:
    few = _planned(problem, meetings, concerned, seconds)
    missing = concerned & set(few.plan.unserved)
    if not missing:
        return few
    settled = {meeting.request for meeting in problem.fixed}
    wider = concerned | {
        meeting.request
        for meeting in meetings
        if meeting.start >= now and meeting.request not in settled and _in_the_way(problem, meeting, missing)
    }
    # Those who were planned again before may stay as they are: the wider plan is never the dearer one.
    return _planned(problem, meetings, wider, seconds) if wider != concerned else few


def _planned(problem: Problem, meetings: tuple[Meeting, ...], again: set[str], seconds: float) -> Repaired:
    stand = tuple(meeting for meeting in meetings if meeting.request not in again)
    changed = replace(problem, fixed=stand, published=meetings)
    planned = {meeting.request for meeting in meetings}
    asked = tuple(one for one in problem.requests if one.key in planned | again)
    changed = replace(changed, requests=asked)
    return Repaired(plan(changed, seconds=seconds), changed, tuple(sorted(again)))


def _in_the_way(problem: Problem, meeting: Meeting, missing: set[str]) -> bool:
    """Whether a meeting takes hours of somebody who could help one of these requests."""
    experts = [one for one in problem.experts if one.key in meeting.experts]
    return any(
        request.key in missing
        and problem.day_of(request.release) <= problem.day_of(meeting.start)
        and meeting.start < request.due
        and any(fits(one, seat) for one in experts for seat in request.seats)
        for request in problem.requests
    )


def _without(expert: Expert, first: int, last: int) -> Expert:
    pieces = [
        piece
        for start, end in expert.free
        for piece in ((start, min(end, first)), (max(start, last), end))
        if piece[0] < piece[1]
    ]
    return replace(expert, free=tuple(pieces))
