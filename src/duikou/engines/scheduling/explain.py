"""Why a request has this slot, or none: what speaks for it, and what against everybody else."""

from __future__ import annotations

from dataclasses import dataclass

from duikou.engines.scheduling import texts_why as texts
from duikou.engines.scheduling.check import fits, hours_of, value_of
from duikou.engines.scheduling.model import Expert, Meeting, Problem, Request, Seat
from duikou.engines.text import Text

_NAMED = 3
"""So many of the consultations that fill an expert's hours are named."""


@dataclass(frozen=True, slots=True)
class Other:
    """Another expert of the specialty, and why it is not this one."""

    expert: str
    text: Text


def why_meeting(
    problem: Problem, meetings: tuple[Meeting, ...], meeting: Meeting
) -> tuple[Text, tuple[Other, ...]]:
    """What speaks for a meeting, and why each other expert of the specialties is not in it."""
    (request,) = [one for one in problem.requests if one.key == meeting.request]
    there = [one for key in meeting.experts for one in problem.experts if one.key == key]
    others = _others(problem, meetings, request, set(meeting.experts))
    return texts.meeting(problem, request, meeting, there, len(others)), others


def why_none(
    problem: Problem, meetings: tuple[Meeting, ...], request: Request
) -> tuple[Text, tuple[Other, ...]]:
    """Why a request has no slot: what hinders each expert of the specialties."""
    others = _others(problem, meetings, request, set())
    if not others:
        return texts.nobody(request), ()
    return texts.none(problem, request, len(others)), others


def _others(
    problem: Problem, meetings: tuple[Meeting, ...], request: Request, there: set[str]
) -> tuple[Other, ...]:
    found = []
    for expert in problem.experts:
        seats = [seat for seat in request.seats if seat.specialty in expert.specialties]
        if seats and expert.key not in there:
            found.append(Other(expert.key, _against(problem, meetings, request, seats, expert)))
    return tuple(found)


def _against(
    problem: Problem, meetings: tuple[Meeting, ...], request: Request, seats: list[Seat], expert: Expert
) -> Text:
    """What speaks against an expert: the first hard reason, or the price."""
    if (request.key, expert.key) in problem.forbidden:
        return texts.ruled_out(expert)
    if not any(fits(expert, seat) for seat in seats):
        return texts.too_low(expert)
    window = [
        (max(first, request.release), min(last, request.due)) for first, last in hours_of(problem, expert)
    ]
    if not any(first < last for first, last in window):
        return texts.no_hours(problem, expert, request)
    if not any(last - first >= request.length for first, last in window):
        return texts.too_short(problem, expert, request)
    rest = tuple(one for one in meetings if one.request != request.key)
    starts = _open_starts(problem, rest, request, expert, window)
    if not starts:
        return _full(problem, rest, request, expert, window)
    if len(request.seats) > 1:
        return texts.not_together(problem, expert, min(starts))
    dearer = value_of(problem, rest).total
    now = value_of(problem, meetings).total
    prices = [
        (value_of(problem, (*rest, Meeting(request.key, start, (expert.key,)))).total, start)
        for start in _one_a_day(problem, starts)
    ]
    price, start = min(prices)
    return texts.dearer(problem, expert, start, price - now, none=price > dearer)


def _open_starts(
    problem: Problem,
    rest: tuple[Meeting, ...],
    request: Request,
    expert: Expert,
    window: list[tuple[int, int]],
) -> list[int]:
    taken = _taken(problem, rest, expert)
    a_day = [problem.day_of(first) for first, _, _ in taken]
    return [
        start
        for first, last in window
        if a_day.count(problem.day_of(first)) < expert.most
        for start in range(first, last - request.length + 1)
        if all(
            start + request.length + expert.buffer <= begun or ended + expert.buffer <= start
            for begun, ended, _ in taken
        )
    ]


def _taken(problem: Problem, rest: tuple[Meeting, ...], expert: Expert) -> list[tuple[int, int, Request]]:
    requests = {one.key: one for one in problem.requests}
    return [
        (one.start, one.start + requests[one.request].length, requests[one.request])
        for one in sorted(rest, key=lambda one: one.start)
        if expert.key in one.experts
    ]


def _one_a_day(problem: Problem, starts: list[int]) -> list[int]:
    """The first of each day: hours within a day cost the same."""
    return list({problem.day_of(start): start for start in reversed(starts)}.values())


def _full(
    problem: Problem,
    rest: tuple[Meeting, ...],
    request: Request,
    expert: Expert,
    window: list[tuple[int, int]],
) -> Text:
    days = {problem.day_of(first) for first, last in window if last - first >= request.length}
    taken = [one for one in _taken(problem, rest, expert) if problem.day_of(one[0]) in days]
    names = [one.name for _, _, one in taken]
    a_day = [problem.day_of(first) for first, _, _ in taken]
    if all(a_day.count(day) >= expert.most for day in days):
        return texts.days_full(expert, len(days))
    return texts.busy(expert, names[:_NAMED], len(names))
