"""What a swap plan is made from and what it says: departments, persons, places, stays by month.

Months are numbered from 0. Costs are whole numbers, of any size; what is proved is proved for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from duikou.engines.text import Text


class BadProblem(ValueError):
    """The input makes no sense; `text` says where, what was found and what is expected."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Way(StrEnum):
    """Where a person goes."""

    DOWN = "down"  # posted by the supporter to the recipient
    UP = "up"  # in training, from the recipient to the supporter


@dataclass(frozen=True, slots=True)
class Department:
    """A department of either side: who is there without this plan, and how many must be, by month."""

    key: str
    name: str
    staff: tuple[int, ...]
    minimum: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may go. `free` says month by month whether the person can be away from home."""

    key: str
    name: str
    way: Way
    home: str  # key of the home department
    specialty: str
    grade: int  # rank of the title: the higher, the more senior
    free: tuple[bool, ...]
    rest: int  # months at home after a stay before the next
    due: bool = False  # must be served: a promotion duty, an application for training
    served: int = 0  # months away before this plan
    share: int | None = None  # months, with those before, that are a fair part; None: any number
    dislikes: Mapping[str, int] = field(default_factory=dict)  # place -> 1 rather not … 3 unwillingly


@dataclass(frozen=True, slots=True)
class Place:
    """A post in the recipient, or a training place in the supporter, with the number wanted by month."""

    key: str
    name: str
    way: Way
    department: str  # key of the host department
    specialty: str
    least_grade: int
    wanted: tuple[int, ...]
    priority: int = 1  # price of an empty month, in gaps; 0: may stay empty, as training places do
    lengths: tuple[int, ...] = (3, 6, 12)
    counts: bool = True  # whether who is here counts as staff of the host department


@dataclass(frozen=True, slots=True, order=True)
class Stay:
    """A person in a place for a number of months from the first one on."""

    person: str
    place: str
    start: int
    months: int

    @property
    def end(self) -> int:
        """The first month after it."""
        return self.start + self.months


@dataclass(frozen=True, slots=True)
class Weights:
    """Exchange rates between what a plan should avoid.

    Whole numbers. The larger the number of which all are multiples (here 50), the sooner a plan is proved:
    between two multiples no plan can lie.
    """

    gap: int = 1000  # a month in which a post of priority 1 is empty
    grade: int = 100  # a month in which the title is one rank below the one wanted
    unserved: int = 600  # a person who is due and does not go
    unfair: int = 50  # a month beyond the person's share
    change: int = 50  # a stay: every change of persons is a hand-over
    dislike: int = 50  # a stay, times the degree of dislike
    moved: int = 200  # a stay of the published plan that is given up


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything that a plan is made from."""

    months: int
    departments: tuple[Department, ...]
    persons: tuple[Person, ...]
    places: tuple[Place, ...]
    fixed: tuple[Stay, ...] = ()  # stays that are agreed or wanted by hand: part of every plan
    forbidden: frozenset[tuple[str, str]] = frozenset()  # person, place
    published: tuple[Stay, ...] = ()  # the plan that people know
    weights: Weights = Weights()
    first: tuple[int, int] = (1, 1)  # year and month of month 0

    def label(self, month: int) -> str:
        """A month as people write it: 2014-03."""
        year, index = divmod(self.first[0] * 12 + self.first[1] - 1 + month, 12)
        return f"{year:04d}-{index + 1:02d}"


class Status(StrEnum):
    """What is known of a plan."""

    OPTIMAL = "optimal"  # proved: none is better
    SHORT = "short"  # proved: no plan keeps every minimum; this one misses them least
    FEASIBLE = "feasible"  # the time was over before the proof


@dataclass(frozen=True, slots=True)
class Value:
    """What a plan costs, by part."""

    gap: int
    grade: int
    unserved: int
    unfair: int
    change: int
    dislike: int
    moved: int

    @property
    def total(self) -> int:
        """The number that a plan makes as small as possible."""
        return self.gap + self.grade + self.unserved + self.unfair + self.change + self.dislike + self.moved


@dataclass(frozen=True, slots=True)
class Shortage:
    """A department below its minimum in a month."""

    department: str
    month: int
    present: int
    minimum: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A place with empty posts in a month."""

    place: str
    month: int
    missing: int


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a plan breaks: `rule` names it, `stay` is the one that breaks it, where one does."""

    rule: str  # overlap, rest, free, fit, forbidden, length, horizon, full, minimum
    stay: Stay | None
    month: int
    text: Text


@dataclass(frozen=True, slots=True)
class Handover:
    """Who leaves a place stays `days` longer, together with the successor who begins in `month`."""

    place: str
    leaver: str
    successor: str
    month: int
    days: int


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the problem that touches no other: solved and proved by itself."""

    persons: tuple[str, ...]
    columns: int
    rows: int
    cost: int
    bound: int
    short: int  # person-months below minima
    nodes: int  # 0: the relaxation was whole, nothing had to be branched
    cpu_seconds: float

    @property
    def proved(self) -> bool:
        """Whether nothing better exists."""
        return self.bound >= self.cost


@dataclass(frozen=True, slots=True)
class Plan:
    """The stays of all, and what is known about them."""

    status: Status
    stays: tuple[Stay, ...]
    value: Value
    bound: int
    shortages: tuple[Shortage, ...]
    gaps: tuple[Gap, ...]
    handovers: tuple[Handover, ...]
    blocks: tuple[Block, ...]
    solver: str
    cpu_seconds: float
