"""What is possible: a request's seat, an expert's session, as columns with their prices.

A session is a stretch of hours that an expert still offers when the fixed meetings are taken out. The hour
within a session costs nothing, so it is left open here; `placing` finds it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from duikou.engines.scheduling.check import days_waited, fits, hours_of, is_other_day, is_stranger
from duikou.engines.scheduling.model import Expert, Meeting, Problem, Request, Seat

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Session:
    """A stretch of hours that an expert (a position in the problem's tuple) still offers."""

    expert: int
    day: int
    first: int
    last: int


@dataclass(frozen=True, eq=False, slots=True)
class Choices:
    """Columns: `low` and `high` are the first and the last cell in which the meeting may begin there.

    `group` numbers hours that the seats of a request could share; `kept` are published meetings, as they are.
    """

    sessions: tuple[Session, ...]
    room: dict[tuple[int, int], int]  # (expert, day) -> consultations that may still be added
    load: dict[int, int]  # expert -> consultations that are fixed
    request: Ints
    seat: Ints
    session: Ints
    expert: Ints
    low: Ints
    high: Ints
    group: Ints
    cost: Ints
    kept: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.request)

    def take(self, at: Ints) -> Choices:
        """Return the columns at these positions."""
        return replace(self, **{name: getattr(self, name)[at] for name in _COLUMNS})


_COLUMNS = ("request", "seat", "session", "expert", "low", "high", "group", "cost", "kept")


def choices_of(problem: Problem) -> Choices:
    """All that is possible beside the fixed meetings."""
    lengths = {request.key: request.length for request in problem.requests}
    held: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for meeting in problem.fixed:
        for key in meeting.experts:
            held[key].append((meeting.start, meeting.start + lengths[meeting.request]))
    sessions: list[Session] = []
    room: dict[tuple[int, int], int] = {}
    load = {}
    for at, expert in enumerate(problem.experts):
        taken = held[expert.key]
        a_day = Counter(problem.day_of(first) for first, _ in taken)
        load[at] = len(taken)
        for first, last in _left(problem, expert, taken):
            day = problem.day_of(first)
            room[at, day] = max(0, expert.most - a_day[day])
            if room[at, day]:
                sessions.append(Session(at, day, first, last))
    return _Table(problem, tuple(sessions), room, load).choices()


def _left(problem: Problem, expert: Expert, taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The hours offered without those that are taken and the buffer around them."""
    left = hours_of(problem, expert)
    for first, last in taken:
        cut = first - expert.buffer, last + expert.buffer
        left = [
            piece
            for start, end in left
            for piece in ((start, min(end, cut[0])), (max(start, cut[1]), end))
            if piece[0] < piece[1]
        ]
    return left


class _Table:
    """The columns, gathered request by request."""

    def __init__(
        self,
        problem: Problem,
        sessions: tuple[Session, ...],
        room: dict[tuple[int, int], int],
        load: dict[int, int],
    ) -> None:
        self._problem, self._sessions, self._room, self._load = problem, sessions, room, load
        self._keys = {expert.key: at for at, expert in enumerate(problem.experts)}
        self._table = np.array(
            [(one.expert, one.day, one.first, one.last) for one in sessions], np.int64
        ).reshape(len(sessions), 4)
        self._of_seat: dict[Seat, Ints] = {}
        self._parts: list[Ints] = []

    def choices(self) -> Choices:
        """The table of all requests that are not fixed."""
        problem = self._problem
        settled = {meeting.request for meeting in problem.fixed}
        published = {meeting.request: meeting for meeting in problem.published}
        for at, request in enumerate(problem.requests):
            if request.key not in settled:
                rows = self._rows(at, request, published.get(request.key))
                self._parts.append(_shared(request, rows))
        whole = np.vstack(self._parts) if self._parts else np.zeros((0, 9), np.int64)
        request, seat, session, expert, low, high, group, cost, kept = whole.T
        return Choices(
            self._sessions, self._room, self._load,
            request, seat, session, expert, low, high, group, cost, kept.astype(np.bool_),
        )  # fmt: skip

    def _rows(self, at: int, request: Request, known: Meeting | None) -> Ints:
        parts = []
        for seat, wanted in enumerate(request.seats):
            sessions = self._fitting(wanted)
            expert, _, first, last = self._table[sessions].T
            low = np.maximum(first, request.release)
            high = np.minimum(last, request.due) - request.length
            barred = [
                self._keys[other]
                for key, other in self._problem.forbidden
                if key == request.key and other in self._keys
            ]
            may = (low <= high) & ~np.isin(expert, barred)
            part = np.zeros((int(may.sum()), 9), np.int64)
            part[:, 0], part[:, 1], part[:, 2] = at, seat, sessions[may]
            part[:, 3], part[:, 4], part[:, 5] = expert[may], low[may], high[may]
            part[:, 7] = self._costs(request, seat, sessions[may])
            parts.append(part)
            if known is not None:
                parts.append(self._kept(part, known, seat))
        return np.vstack(parts)

    def _kept(self, part: Ints, known: Meeting, seat: int) -> Ints:
        """The column of a seat that leaves a published meeting as it is, where that is possible."""
        expert = self._keys[known.experts[seat]]
        at = (part[:, 3] == expert) & (part[:, 4] <= known.start) & (known.start <= part[:, 5])
        row = part[at].copy()
        row[:, 4] = row[:, 5] = known.start
        row[:, 8] = 1
        if seat == 0:
            row[:, 7] -= self._problem.weights.moved
        return row

    def _fitting(self, seat: Seat) -> Ints:
        if seat not in self._of_seat:
            may = np.array([fits(expert, seat) for expert in self._problem.experts], np.bool_)
            self._of_seat[seat] = np.flatnonzero(may[self._table[:, 0]])
        return self._of_seat[seat]

    def _costs(self, request: Request, seat: int, sessions: Ints) -> Ints:
        """What each session costs: the day is paid by the first seat, the expert by each."""
        problem, weights = self._problem, self._problem.weights
        expert, day = self._table[sessions, 0], self._table[sessions, 1]
        experts = {at: problem.experts[at] for at in set(expert.tolist())}
        price = {
            at: weights.stranger * is_stranger(request, one)
            + weights.grade * (one.grade < request.seats[seat].least_grade)
            - weights.changed * (one.key == request.earlier)
            for at, one in experts.items()
        }
        cost = np.array([price[at] for at in expert.tolist()], np.int64)
        if seat == 0:
            of_day = {
                one: weights.waiting * request.urgency * days_waited(problem, request, one)
                + weights.other_day * is_other_day(request, one)
                for one in set(day.tolist())
            }
            cost += np.array([of_day[one] for one in day.tolist()], np.int64)
            cost += weights.changed * (request.earlier is not None)
        return cost


def _shared(request: Request, rows: Ints) -> Ints:
    """Number the hours that several seats could share; drop those in which a seat would stay empty."""
    if len(request.seats) == 1:
        return rows
    rows = rows[np.argsort(rows[:, 4], kind="stable")]
    reach, group = -1, 0
    for row in rows:
        if row[8]:
            continue  # a published meeting is kept whole, as group 0, or not at all
        if row[4] > reach:
            group += 1
        row[6] = group
        reach = max(reach, int(row[5]))
    seats = np.unique(rows[:, [6, 1]], axis=0)[:, 0]
    whole = [one for one in np.unique(seats) if (seats == one).sum() == len(request.seats)]
    return rows[np.isin(rows[:, 6], whole)]


def parts_of(choices: Choices) -> list[Ints]:
    """Columns of the parts that touch each other nowhere, by request or expert."""
    if not len(choices):
        return []
    size = int(choices.request.max()) + 1
    nodes = size + int(choices.expert.max()) + 1
    graph = coo_array(
        (np.ones(len(choices), np.int8), (choices.request, size + choices.expert)), shape=(nodes, nodes)
    )
    label = connected_components(graph, directed=False)[1][choices.request]
    order = np.argsort(label, kind="stable")
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    return [np.sort(part) for part in np.split(order, cuts)]
