"""A plan judged without any solver: what it costs, which rules it breaks; and whether the input makes sense.

Used on what the solver found, and at once after every edit by hand.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

from duikou.engines.scheduling import texts
from duikou.engines.scheduling.model import (
    BadProblem,
    Breach,
    Expert,
    Meeting,
    Problem,
    Request,
    Seat,
    Value,
)


def fits(expert: Expert, seat: Seat) -> bool:
    """Whether an expert can hold a seat at all: the specialty, at most one rank below the title wanted."""
    return seat.specialty in expert.specialties and expert.grade >= seat.least_grade - 1


def value_of(problem: Problem, meetings: Iterable[Meeting]) -> Value:
    """What these meetings cost, by part."""
    held = {meeting.request: meeting for meeting in meetings}
    experts = {expert.key: expert for expert in problem.experts}
    weights = problem.weights
    waiting = other_day = stranger = changed = grade = 0
    for request in problem.requests:
        meeting = held.get(request.key)
        if meeting is None:
            continue
        waiting += days_waited(problem, request, problem.day_of(meeting.start)) * request.urgency
        other_day += is_other_day(request, problem.day_of(meeting.start))
        there = [experts[key] for key in meeting.experts]
        stranger += sum(is_stranger(request, one) for one in there)
        changed += request.earlier is not None and request.earlier not in meeting.experts
        grade += sum(one.grade < seat.least_grade for one, seat in zip(there, request.seats, strict=True))
    load = Counter(key for meeting in held.values() for key in meeting.experts)
    return Value(
        unserved=weights.unserved * sum(one.urgency for one in problem.requests if one.key not in held),
        waiting=weights.waiting * waiting,
        other_day=weights.other_day * other_day,
        stranger=weights.stranger * stranger,
        changed=weights.changed * changed,
        grade=weights.grade * grade,
        unfair=weights.unfair * sum(beyond_share(one, load[one.key]) for one in problem.experts),
        moved=weights.moved * len(set(problem.published) - set(held.values())),
    )


def days_waited(problem: Problem, request: Request, day: int) -> int:
    """Days from the release to a day."""
    return day - problem.day_of(request.release)


def is_other_day(request: Request, day: int) -> bool:
    """Whether a day is none of the preferred ones."""
    return bool(request.days) and day not in request.days


def is_stranger(request: Request, expert: Expert) -> bool:
    """Whether an expert is not of the paired supporter."""
    return request.hospital is not None and expert.hospital != request.hospital


def beyond_share(expert: Expert, number: int) -> int:
    """Consultations beyond an expert's share."""
    return 0 if expert.share is None else max(0, expert.served + number - expert.share)


def breaches_of(problem: Problem, meetings: Iterable[Meeting]) -> tuple[Breach, ...]:
    """Every rule that these meetings break, each named. The meetings name known requests and experts."""
    rows = sorted(meetings, key=lambda meeting: (meeting.start, meeting))
    requests = {request.key: request for request in problem.requests}
    experts = {expert.key: expert for expert in problem.experts}
    found: list[Breach] = []
    of_expert: dict[str, list[Meeting]] = defaultdict(list)
    seen: set[str] = set()
    for meeting in rows:
        request = requests[meeting.request]
        if meeting.request in seen:
            found.append(Breach("twice", meeting, texts.planned_twice(request)))
        seen.add(meeting.request)
        there = [experts[key] for key in meeting.experts]
        found += _alone(problem, request, meeting)
        if len(there) != len(request.seats) or len(set(meeting.experts)) != len(there):
            found.append(Breach("seats", meeting, texts.seats(request, len(set(meeting.experts)))))
        else:
            found += _experts(problem, request, meeting, there)
        for key in dict.fromkeys(meeting.experts):
            of_expert[key].append(meeting)
    for key, held in of_expert.items():
        found += _together(problem, experts[key], held, requests)
    return tuple(found)


def _alone(problem: Problem, request: Request, meeting: Meeting) -> list[Breach]:
    """What is wrong with the hour, whoever the experts are."""
    end = meeting.start + request.length
    if meeting.start < 0 or end > problem.days * problem.per_day:
        return [Breach("horizon", meeting, texts.horizon(problem, request))]
    found = []
    if meeting.start < request.release:
        found.append(Breach("release", meeting, texts.release(problem, request)))
    if end > request.due:
        found.append(Breach("due", meeting, texts.due(problem, request)))
    return found


def _experts(problem: Problem, request: Request, meeting: Meeting, there: list[Expert]) -> list[Breach]:
    """What is wrong with each expert by itself."""
    found = []
    end = meeting.start + request.length
    for expert, seat in zip(there, request.seats, strict=True):
        if not fits(expert, seat):
            found.append(Breach("fit", meeting, texts.unfit(expert, request, seat)))
        if (request.key, expert.key) in problem.forbidden:
            found.append(Breach("forbidden", meeting, texts.forbidden(expert, request)))
        if not any(first <= meeting.start and end <= last for first, last in hours_of(problem, expert)):
            found.append(Breach("free", meeting, texts.not_free(problem, expert, meeting.start)))
    return found


def _together(
    problem: Problem, expert: Expert, held: list[Meeting], requests: dict[str, Request]
) -> list[Breach]:
    """What is wrong among the meetings of one expert, which are sorted by time."""
    found = []
    for before, after in pairwise(held):
        ended = before.start + requests[before.request].length
        if after.start < ended:
            text = texts.overlap(problem, expert, requests[before.request], requests[after.request], after)
            found.append(Breach("overlap", after, text))
        elif after.start < ended + expert.buffer:
            found.append(Breach("buffer", after, texts.buffer(problem, expert, after.start - ended, after)))
    by_day: dict[int, list[Meeting]] = defaultdict(list)
    for meeting in held:
        by_day[problem.day_of(meeting.start)].append(meeting)
    for meetings in by_day.values():
        if len(meetings) > expert.most:
            text = texts.most(problem, expert, meetings[-1].start, len(meetings))
            found.append(Breach("most", meetings[-1], text))
    return found


def hours_of(problem: Problem, expert: Expert) -> list[tuple[int, int]]:
    """The hours that an expert offers; overlapping and adjoining stretches of a day are one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(expert.free):
        if found and first <= found[-1][1] and problem.day_of(first) == problem.day_of(found[-1][0]):
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def check_problem(problem: Problem) -> None:
    """Raise BadProblem for input that no plan could be made from."""
    if problem.days < 1 or problem.per_day < 1 or 1440 % problem.per_day:
        raise BadProblem(texts.no_days(problem))
    for kind, keys in (
        ("expert", [one.key for one in problem.experts]),
        ("request", [one.key for one in problem.requests]),
        ("fixed", [one.request for one in problem.fixed]),
        ("published", [one.request for one in problem.published]),
    ):
        twice = sorted(key for key, number in Counter(keys).items() if number > 1)
        if twice:
            raise BadProblem(texts.twice(kind, twice[0]))
    for expert in problem.experts:
        _check_expert(problem, expert)
    for request in problem.requests:
        _check_request(request)
    _check_meetings(problem)
    for name in problem.weights.__slots__:
        if getattr(problem.weights, name) < 0:
            raise BadProblem(texts.weight(name, getattr(problem.weights, name)))


def _check_expert(problem: Problem, expert: Expert) -> None:
    if min(expert.most, expert.buffer, expert.served, expert.share or 0) < 0:
        raise BadProblem(texts.negative(expert.name))
    for first, last in expert.free:
        within = 0 <= first < last <= problem.days * problem.per_day
        if not within or problem.day_of(first) != problem.day_of(last - 1):
            raise BadProblem(texts.bad_stretch(problem, expert, first, last))


def _check_request(request: Request) -> None:
    if not request.seats or request.length < 1 or request.urgency < 1:
        raise BadProblem(texts.bad_request(request))
    if request.due - request.release < request.length:
        raise BadProblem(texts.no_window(request))


def _check_meetings(problem: Problem) -> None:
    """Meetings that are given name known requests and experts, with one expert for each seat."""
    requests = {request.key: request for request in problem.requests}
    experts = {expert.key for expert in problem.experts}
    for meeting in (*problem.fixed, *problem.published):
        if meeting.request not in requests or not set(meeting.experts) <= experts:
            raise BadProblem(texts.unknown(meeting))
        seats = len(requests[meeting.request].seats)
        if len(meeting.experts) != seats or len(set(meeting.experts)) != seats:
            raise BadProblem(texts.seats(requests[meeting.request], len(set(meeting.experts))))
