"""The hours within a day, once it is known who sees whom in which session.

Days are looked at expert by expert; experts who meet that day belong together. Where nobody meets and no
hour is due, the lengths fit in one after the other, the most urgent first. Everything else is asked of
CP-SAT; where it says that there are no such hours, as few of the meetings as possible are named that cannot
be together.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from ortools.sat.python import cp_model

from duikou.engines.scheduling.choices import Choices, Ints
from duikou.engines.scheduling.model import Meeting, Problem

DayOf = tuple[int, int]  # expert, day


@dataclass(frozen=True, slots=True)
class Task:
    """A request with the columns that were chosen for its seats, and the cells in which it may begin."""

    request: int
    columns: tuple[int, ...]  # by seat; positions in the choices
    low: int
    high: int
    days: tuple[DayOf, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Placed:
    """Meetings with their hours, and sets of columns that cannot be chosen together."""

    meetings: tuple[Meeting, ...]
    conflicts: tuple[tuple[int, ...], ...]


class Placer:
    """Finds hours; remembers the days that it has seen."""

    def __init__(self, problem: Problem, choices: Choices) -> None:
        self._problem, self._choices = problem, choices
        self._seen: dict[tuple[Task, ...], dict[int, int] | tuple[tuple[int, ...], ...]] = {}
        self._near = _near(problem, choices)

    def place(self, columns: Ints) -> Placed:
        """Hours for the chosen columns (positions in the choices), or what cannot be together."""
        meetings: list[Meeting] = []
        conflicts: list[tuple[int, ...]] = []
        tasks, torn = self._tasks(columns)
        conflicts += torn
        for group in _components(tasks):
            key = tuple(group)
            if key not in self._seen:
                self._seen[key] = self._answer(group)
            answer = self._seen[key]
            if isinstance(answer, dict):
                meetings += [self._meeting(task, answer[task.request]) for task in group]
            else:
                conflicts += answer
        return Placed(tuple(sorted(meetings)), tuple(conflicts))

    def _tasks(self, columns: Ints) -> tuple[list[Task], list[tuple[int, ...]]]:
        choices = self._choices
        of_request: dict[int, list[int]] = defaultdict(list)
        for column in sorted(columns.tolist(), key=lambda at: int(choices.seat[at])):
            of_request[int(choices.request[column])].append(column)
        tasks: list[Task] = []
        torn: list[tuple[int, ...]] = []
        for request, own in sorted(of_request.items()):
            last = max(own, key=lambda at: int(choices.low[at]))
            soon = min(own, key=lambda at: int(choices.high[at]))
            low, high = int(choices.low[last]), int(choices.high[soon])
            if low > high:
                torn.append((last, soon))
                continue
            sessions = [choices.sessions[int(choices.session[at])] for at in own]
            days = tuple((session.expert, session.day) for session in sessions)
            tasks.append(Task(request, tuple(own), low, high, days))
        return tasks, torn

    def _answer(self, tasks: list[Task]) -> dict[int, int] | tuple[tuple[int, ...], ...]:
        if self._plain(tasks):
            return self._in_a_row(tasks)
        found = self._hours(tasks)
        if found is not None:
            return found
        few = list(tasks)
        for task in tasks:
            without = [one for one in few if one is not task]
            if self._hours(without) is None:
                few = without
        return (tuple(column for task in few for column in task.columns),)

    def _plain(self, tasks: list[Task]) -> bool:
        """Whether one expert's requests may lie anywhere in their sessions."""
        choices = self._choices
        if len({day for task in tasks for day in task.days}) > 1 or tasks[0].days[0] in self._near:
            return False
        for task in tasks:
            session = choices.sessions[int(choices.session[task.columns[0]])]
            length = self._problem.requests[task.request].length
            if task.low > session.first or task.high < session.last - length:
                return False
        return True

    def _in_a_row(self, tasks: list[Task]) -> dict[int, int]:
        """The most urgent first. The program has seen to it that the lengths fit in."""
        requests = self._problem.requests
        buffer = self._problem.experts[tasks[0].days[0][0]].buffer
        next_at: dict[int, int] = {}
        found = {}
        for task in sorted(tasks, key=lambda one: (-requests[one.request].urgency, one.request)):
            session = int(self._choices.session[task.columns[0]])
            start = next_at.get(session, task.low)
            found[task.request] = start
            next_at[session] = start + requests[task.request].length + buffer
        return found

    def _hours(self, tasks: list[Task]) -> dict[int, int] | None:
        """Hours by CP-SAT, the urgent ones early; None where there are none."""
        requests = self._problem.requests
        model = cp_model.CpModel()
        starts = {task.request: model.new_int_var(task.low, task.high, "") for task in tasks}
        of_day: dict[DayOf, list[Task]] = defaultdict(list)
        for task in tasks:
            for day in task.days:
                of_day[day].append(task)
        for (expert, _), own in of_day.items():
            buffer = self._problem.experts[expert].buffer
            model.add_no_overlap(
                [
                    model.new_fixed_size_interval_var(
                        starts[task.request], requests[task.request].length + buffer, ""
                    )
                    for task in own
                ]
            )
        model.minimize(sum(requests[task.request].urgency * starts[task.request] for task in tasks))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        # Early hours are a courtesy, hours at all are not: the first answer will do when it gets long.
        solver.parameters.stop_after_first_solution = len(tasks) > _MANY
        status = solver.solve(model)
        if status == cp_model.INFEASIBLE:
            return None
        return {request: int(solver.value(start)) for request, start in starts.items()}

    def _meeting(self, task: Task, start: int) -> Meeting:
        problem = self._problem
        experts = tuple(problem.experts[int(self._choices.expert[column])].key for column in task.columns)
        return Meeting(problem.requests[task.request].key, start, experts)


_MANY = 8
"""Meetings up to which the hours are the best, not only possible."""


def _components(tasks: list[Task]) -> list[list[Task]]:
    """Tasks that share experts' days, together."""
    parent: dict[DayOf, DayOf] = {}

    def root(day: DayOf) -> DayOf:
        while parent.setdefault(day, day) != day:
            day = parent[day]
        return day

    for task in tasks:
        for day in task.days[1:]:
            parent[root(day)] = root(task.days[0])
    groups: dict[DayOf, list[Task]] = defaultdict(list)
    for task in tasks:
        groups[root(task.days[0])].append(task)
    return list(groups.values())


def _near(problem: Problem, choices: Choices) -> set[DayOf]:
    """Days on which the pause between two sessions is shorter than the expert's buffer."""
    found = set()
    for one, two in pairwise(choices.sessions):
        same = (one.expert, one.day) == (two.expert, two.day)
        if same and two.first - one.last < problem.experts[one.expert].buffer:
            found.add((one.expert, one.day))
    return found
