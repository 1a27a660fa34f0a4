"""Typed values of the pairing optimiser: a problem, its solution, and how well it is proved.

A *candidate* is a supporter and a recipient that may be paired. Candidates are columns
(NumPy arrays of one length), since a nation has hundreds of thousands; hospitals and
counties are records. All costs are whole numbers, so that a proof is an equation and
not a tolerance.

What is wanted is a list of *levels*, most important first (strictly lexicographic: no
amount of a later level buys a unit of an earlier one), each with a cost per candidate
and a price per unit by which a rule is broken. A single level is the weighted mode.

A rule that is not law is *priced*: breaking it costs at some level and is reported by
its name. Only locks, prohibitions, `Supporter.ceiling`, `Supporter.capacity_months` and
`Problem.max_changes` are hard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from duikou.engines.pairing.model import HospitalKind, UnitKind
from duikou.engines.text import Text

Ints = npt.NDArray[np.int64]
Indexes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

COVERAGE, CITY_TABLE, GENERAL_LOAD, SPECIAL_LOAD, DUPLICATE, UNBROKEN = (
    "PAIR-03", "PAIR-04", "PAIR-01", "PAIR-02", "PAIR-05", "PAIR-05/gap",
)  # fmt: skip
"""Rules whose breach a level may price. `PAIR-05/gap`: a recipient that has a supporter today loses it."""


class BadProblem(ValueError):
    """The problem itself is wrong (NaN, an index out of range, a pair twice, bounds crossed …).

    `message` says in both languages what was expected, what was found, where, and what to do.
    """

    def __init__(self, message: Text) -> None:
        super().__init__(message.zh)
        self.message = message


@dataclass(frozen=True, slots=True)
class Supporter:
    """A supporter with how many recipients its rule wants.

    A load below `least` or above `most` breaks `rule` (priced per unit); `target` is what
    an optional level of evenness aims at; `ceiling` is never exceeded. Without a rule
    (Chinese medicine) `least` and `most` still hold and are reported as `load`.
    """

    key: str
    name: str
    kind: HospitalKind
    city_code: str | None
    table: str  # "1" the province's table, "2" the cities'
    rule: str | None = None  # PAIR-01, PAIR-02
    least: int = 1
    target: int | None = None
    most: int = 99
    ceiling: int = 99
    capacity_months: int | None = None  # person-months a year free after other aid programmes; None: unknown
    strengths: frozenset[str] = frozenset()  # departments that can give support; empty: unknown


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient, what it needs, and how many supporters it may have.

    More than `most` supporters break PAIR-05, none where `least` is 1 breaks PAIR-05/gap.
    """

    key: str
    name: str
    kind: HospitalKind
    county: int  # index into Problem.counties
    least: int = 0
    most: int = 1
    months: int | None = None  # person-months a year it asks for; None: unknown
    needs: Mapping[str, int] = field(default_factory=dict)  # department → weight; empty: unknown
    assumed: bool = False  # stands for a hospital that is still to be named


@dataclass(frozen=True, slots=True)
class County:
    """A county-level unit: how many of its recipients need a supporter, in all and from its city's table."""

    code: str
    name: str
    kind: UnitKind
    city_code: str
    least: int = 0  # PAIR-03
    least_in_city_table: int = 0  # PAIR-04; breaks the network where it is above 0
    priority: int = 0
    city: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Candidates:
    """Columns of what may be paired, all of length n, sorted by (supporter, recipient), no pair twice.

    `parts` holds each score part by name (fit, kind, travel, level …) in its own unit;
    `unknown` marks candidates for which a part could not be known (their value is neutral).
    """

    supporter: Indexes
    recipient: Indexes
    existing: Flags  # paired in the present round
    locked: Flags
    forbidden: Flags
    parts: Mapping[str, Ints] = field(default_factory=dict)
    unknown: Mapping[str, Flags] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.supporter)


@dataclass(frozen=True, eq=False, slots=True)
class Level:
    """One thing that is wanted: minimise Σ `cost` over chosen candidates + Σ price × breach of each rule.

    `evenness` prices each unit by which a load differs from the supporter's target.
    `constant` is added to the value shown (e.g. present pairs that are no candidates any more).
    """

    name: str
    title: Text
    unit: Text
    cost: Ints | None = None  # per candidate; None: 0
    prices: Mapping[str, int] = field(default_factory=dict)  # rule → price of one unit of breach, ≥ 0
    evenness: int = 0
    coverage: int = (
        0  # reward for each need weight that is met by a supporter strong in it (breaks the network)
    )
    constant: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """What a present pairing is limited to, and why there is a second supporter."""

    departments: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """A present pair that no plan can keep."""

    supporter_key: str
    supporter: str
    recipient_key: str
    recipient: str
    why: str  # "supporter_closed", "recipient_closed", "too_far"


@dataclass(frozen=True, eq=False, slots=True)
class Problem:
    """All that a proposal is made from."""

    supporters: Sequence[Supporter]
    recipients: Sequence[Recipient]
    counties: Sequence[County]
    candidates: Candidates
    levels: Sequence[Level]
    max_changes: int | None = None  # dropped + added against the present round
    lost_pairs: int = 0  # present pairs that are no candidates (a hospital closed): always dropped
    key: str = ""
    name: str = ""
    lost: tuple[Lost, ...] = ()  # the lost pairs by name, where known
    terms: Mapping[tuple[str, str], Terms] = field(default_factory=dict)  # of present pairs, by keys

    @property
    def breaks_network(self) -> tuple[str, ...]:
        """Names of what makes this more than a minimum-cost flow; empty: the network regime is exact."""
        reasons = []
        if any(s.capacity_months is not None for s in self.supporters) and any(
            r.months for r in self.recipients
        ):
            reasons.append("capacity")
        if any(level.coverage for level in self.levels):
            reasons.append("departments")
        if self.max_changes is not None:
            reasons.append("changes")
        if any(county.least_in_city_table for county in self.counties):
            reasons.append("city_table")
        return tuple(reasons)

    def edited(
        self,
        lock: Iterable[int] = (),
        forbid: Iterable[int] = (),
        free: Iterable[int] = (),
    ) -> Problem:
        """This problem with candidates (by index) locked, forbidden or freed of both."""
        locked, forbidden = self.candidates.locked.copy(), self.candidates.forbidden.copy()
        for chosen, column, other in ((lock, locked, forbidden), (forbid, forbidden, locked)):
            at = np.fromiter(chosen, dtype=np.int64)
            column[at] = True
            other[at] = False
        at = np.fromiter(free, dtype=np.int64)
        locked[at] = forbidden[at] = False
        return replace(self, candidates=replace(self.candidates, locked=locked, forbidden=forbidden))


class Status(StrEnum):
    """How a solve ended."""

    OPTIMAL = "optimal"  # every level proved: gap 0
    FEASIBLE = "feasible"  # a plan and a bound, limit reached
    CANCELLED = "cancelled"  # stopped by a person: best plan so far, if any
    INFEASIBLE = "infeasible"  # hard rules contradict each other
    FAILED = "failed"  # the solver died; nothing is claimed


@dataclass(frozen=True, slots=True)
class LevelValue:
    """What a plan reaches at one level, and below which no plan can go (levels before it kept)."""

    name: str
    value: int
    bound: int

    @property
    def proved(self) -> bool:
        """Whether no plan does better."""
        return self.value == self.bound


@dataclass(frozen=True, slots=True)
class Breach:
    """A priced rule that the plan breaks: whose, by how much."""

    rule: str
    subject: str  # "supporter:<key>", "recipient:<key>" or "county:<code>"
    name: str
    amount: int
    found: int
    least: int
    most: int


@dataclass(frozen=True, eq=False, slots=True)
class Plan:
    """A proposal with its proof.

    `chosen` are candidate indexes, ascending. `verified` is set by `verify.check`, which
    recomputes values and breaches from the pairs alone; a plan that is not verified is
    never shown as proved.
    """

    status: Status
    chosen: Indexes
    values: tuple[LevelValue, ...]
    breaches: tuple[Breach, ...]
    regime: str  # "network", "exact", "decomposition"
    solver: str  # name and version
    seconds: float  # wall time of the solve
    cpu_seconds: float
    verified: bool = False
    note: Text | None = None
    curve: tuple[Progress, ...] = ()

    @property
    def gap(self) -> float:
        """Relative distance of value and bound at the first level that is not proved; 0: optimal."""
        for level in self.values:
            if not level.proved:
                return (level.value - level.bound) / max(1, abs(level.value))
        return 0.0


class Progress(NamedTuple):
    """One point of the curve of a long solve."""

    seconds: float
    level: str
    incumbent: int | None
    bound: int | None


Report = Callable[[Progress], None]
"""Called now and then during a solve; may raise `Cancelled` to stop it (the best plan so far is returned)."""


class Cancelled(Exception):
    """Raised by a `Report` to stop a solve."""
