"""What a plan of consultations is made from and what it says: experts, requests, meetings.

Time is counted in cells (of 15 minutes, say) from the midnight that begins the first day; a stretch has its
first cell and the first cell after it. Costs are whole numbers; what is proved is proved for them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import astuple, dataclass
from enum import StrEnum

from duikou.engines.text import Text

Stretch = tuple[int, int]


class BadProblem(ValueError):
    """The input makes no sense; `text` says where, what was found and what is expected."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True)
class Expert:
    """Somebody who can be asked. `free` are stretches of hours offered, each within one day."""

    key: str
    name: str
    hospital: str
    specialties: frozenset[str]
    grade: int  # rank of the title: the higher, the more senior
    free: tuple[Stretch, ...]
    most: int  # consultations a day
    buffer: int = 0  # cells between two consultations
    served: int = 0  # consultations before this plan
    share: int | None = None  # consultations, with those before, that are a fair part; None: any number


@dataclass(frozen=True, slots=True)
class Seat:
    """One of the experts whom a request wants."""

    specialty: str
    least_grade: int


@dataclass(frozen=True, slots=True)
class Request:
    """A consultation that is asked for: one seat, or several experts at the same time."""

    key: str
    name: str
    seats: tuple[Seat, ...]
    length: int
    release: int  # not before this cell
    due: int  # over by this cell
    urgency: int = 1  # multiplies the price of waiting and of having no slot
    days: frozenset[int] = frozenset()  # preferred days; none: any
    hospital: str | None = None  # the paired supporter, whose experts are preferred
    earlier: str | None = None  # the expert who has seen the patient


@dataclass(frozen=True, slots=True, order=True)
class Meeting:
    """A request with its first cell and one expert for each seat, in the order of the seats."""

    request: str
    start: int
    experts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """Exchange rates between what a plan should avoid.

    Whole numbers. The larger the number of which all are multiples (here 10), the sooner a plan is proved:
    between two multiples no plan can lie.
    """

    unserved: int = 1000  # a request without a slot, times its urgency
    waiting: int = 20  # a day between release and consultation, times the urgency
    other_day: int = 30  # not on a preferred day
    stranger: int = 60  # a seat held by an expert who is not of the paired supporter
    changed: int = 100  # the expert who has seen the patient is not among them
    grade: int = 100  # a seat held one rank below the title wanted
    unfair: int = 20  # a consultation beyond the expert's share
    moved: int = 200  # a published meeting with another hour, other experts, or given up


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything that a plan is made from."""

    first: dt.date
    days: int
    per_day: int  # cells in a day
    experts: tuple[Expert, ...]
    requests: tuple[Request, ...]
    fixed: tuple[Meeting, ...] = ()  # part of every plan
    published: tuple[Meeting, ...] = ()  # the plan that people know
    forbidden: frozenset[tuple[str, str]] = frozenset()  # request, expert
    weights: Weights = Weights()

    def day_of(self, cell: int) -> int:
        """The day, from 0, to which a cell belongs."""
        return cell // self.per_day

    def time_of(self, cell: int) -> dt.datetime:
        """When a cell begins, in the clock of the hospitals."""
        day, cell = divmod(cell, self.per_day)
        return dt.datetime.combine(self.first, dt.time()) + dt.timedelta(
            days=day, minutes=cell * 1440 // self.per_day
        )

    def cell_of(self, time: dt.datetime) -> int:
        """The cell in which a moment of that clock lies."""
        passed = time - dt.datetime.combine(self.first, dt.time())
        return passed // dt.timedelta(minutes=1) * self.per_day // 1440

    def label(self, cell: int) -> str:
        """A cell's beginning as people write it: 2026-12-01 09:30."""
        return f"{self.time_of(cell):%Y-%m-%d %H:%M}"


class Status(StrEnum):
    """What is known of a plan."""

    OPTIMAL = "optimal"  # proved: none is better
    FEASIBLE = "feasible"  # the time was over before the proof


@dataclass(frozen=True, slots=True)
class Value:
    """What a plan costs, by part."""

    unserved: int
    waiting: int
    other_day: int
    stranger: int
    changed: int
    grade: int
    unfair: int
    moved: int

    @property
    def total(self) -> int:
        """The number that a plan makes as small as possible."""
        return sum(astuple(self))


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a plan breaks: `rule` names it, `meeting` is the one that breaks it."""

    rule: str  # twice, seats, horizon, free, fit, forbidden, release, due, overlap, buffer, most
    meeting: Meeting
    text: Text


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the problem that touches no other: solved and proved by itself."""

    requests: tuple[str, ...]
    columns: int
    rounds: int  # how often the hours of a day did not come out and the program was asked again
    cost: int
    bound: int
    cpu_seconds: float

    @property
    def proved(self) -> bool:
        """Whether nothing better exists."""
        return self.bound >= self.cost


@dataclass(frozen=True, slots=True)
class Plan:
    """The meetings of all, and what is known about them."""

    status: Status
    meetings: tuple[Meeting, ...]
    unserved: tuple[str, ...]
    value: Value
    bound: int
    blocks: tuple[Block, ...]
    solver: str
    cpu_seconds: float
