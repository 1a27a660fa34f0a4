"""A plan at once, request by request: the most urgent first, each to its cheapest hour that is still open.

It completes plans whose proof took too long, and is what the planner is measured against.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from duikou.engines.scheduling.choices import Choices
from duikou.engines.scheduling.model import Meeting, Problem


def completed(problem: Problem, choices: Choices, meetings: tuple[Meeting, ...]) -> tuple[Meeting, ...]:
    """These meetings, and as many more of the other requests as find an hour."""
    diary = _Diary(problem, choices, meetings)
    planned = {meeting.request for meeting in (*meetings, *problem.fixed)}
    bounds = np.searchsorted(choices.request, np.arange(len(problem.requests) + 1))
    order = sorted(
        range(len(problem.requests)),
        key=lambda at: (-problem.requests[at].urgency, problem.requests[at].due, at),
    )
    for at in order:
        if problem.requests[at].key not in planned:
            diary.add(at, list(range(bounds[at], bounds[at + 1])))
    return tuple(sorted(diary.meetings))


class _Diary:
    """What experts have in their days so far."""

    def __init__(self, problem: Problem, choices: Choices, meetings: tuple[Meeting, ...]) -> None:
        self._problem, self._choices = problem, choices
        self.meetings: list[Meeting] = []
        self._taken: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        self._load: Counter[int] = Counter(choices.load)
        keys = {expert.key: at for at, expert in enumerate(problem.experts)}
        lengths = {request.key: request.length for request in problem.requests}
        for meeting in meetings:
            experts = [keys[key] for key in meeting.experts]
            self._note(meeting, experts, lengths[meeting.request])

    def _note(self, meeting: Meeting, experts: list[int], length: int) -> None:
        self.meetings.append(meeting)
        for expert in experts:
            self._taken[expert, self._problem.day_of(meeting.start)].append(
                (meeting.start, meeting.start + length)
            )
            self._load[expert] += 1

    def add(self, at: int, columns: list[int]) -> None:
        """Give a request its cheapest hour, where it has one that is no dearer than none."""
        problem, choices = self._problem, self._choices
        request = problem.requests[at]
        best: tuple[int, int, tuple[int, ...]] | None = None
        for start in self._starts(columns):
            cost, chosen = 0, []
            for seat in range(len(request.seats)):
                open_now = [
                    (self._price(column), column)
                    for column in columns
                    if choices.seat[column] == seat
                    and choices.expert[column] not in chosen
                    and choices.low[column] <= start <= choices.high[column]
                    and self._open(int(choices.expert[column]), start, request.length)
                ]
                if not open_now:
                    break
                price, column = min(open_now)
                cost += price
                chosen.append(int(choices.expert[column]))
            else:
                found = (cost, start, tuple(chosen))
                best = found if best is None else min(best, found)
        if best is not None and best[0] <= problem.weights.unserved * request.urgency:
            meeting = Meeting(request.key, best[1], tuple(problem.experts[one].key for one in best[2]))
            self._note(meeting, list(best[2]), request.length)

    def _starts(self, columns: list[int]) -> list[int]:
        """The cells that are worth a try: where a column begins, and after what its expert has that day."""
        choices = self._choices
        found = set()
        for column in columns:
            low, high = int(choices.low[column]), int(choices.high[column])
            expert = int(choices.expert[column])
            buffer = self._problem.experts[expert].buffer
            ends = [end + buffer for _, end in self._taken.get((expert, self._problem.day_of(low)), [])]
            found |= {low, *(end for end in ends if low <= end <= high)}
        return sorted(found)

    def _price(self, column: int) -> int:
        expert = self._problem.experts[int(self._choices.expert[column])]
        beyond = (
            expert.share is not None
            and expert.served + self._load[int(self._choices.expert[column])] >= expert.share
        )
        return int(self._choices.cost[column]) + self._problem.weights.unfair * beyond

    def _open(self, expert: int, start: int, length: int) -> bool:
        day = self._problem.day_of(start)
        taken = self._taken.get((expert, day), [])
        buffer = self._problem.experts[expert].buffer
        return len(taken) < self._choices.room[expert, day] and all(
            start + length + buffer <= first or last + buffer <= start for first, last in taken
        )
