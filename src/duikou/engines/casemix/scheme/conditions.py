"""Conditions of rules as small values: what must hold of a record before a rule applies.

A condition speaks of lists by their key in the scheme and never of a code, so that one
engine evaluates every scheme. Logic is three-valued: a comparison with a fact that the
record does not state is neither true nor false, and a group that hangs on it is not
guessed (Kleene's strong logic: `false and unknown` is false, `true or unknown` is true).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a list holds."""

    DX = "dx"  # diagnoses
    PX = "px"  # operations and procedures


class Where(StrEnum):
    """Which positions of a record a condition looks at."""

    MAIN = "main"  # principal diagnosis, main operation
    OTHER = "other"
    ANY = "any"
    ONLY = "only"  # all that are given lie in the list, and at least one is given


class Level(StrEnum):
    """Severity that remains after exclusion by the principal diagnosis."""

    MCC = "mcc"
    CC = "cc"  # a complication, no major one
    EITHER = "mcc_or_cc"


@dataclass(frozen=True, slots=True)
class Always:
    """True or false whatever the record."""

    value: bool


@dataclass(frozen=True, slots=True)
class Has:
    """A code at these positions lies in this list."""

    kind: Kind
    where: Where
    codes: str  # key of a list of the scheme


@dataclass(frozen=True, slots=True)
class Tally:
    """The weights of the codes at these positions, each as often as it is given, reach `least`."""

    kind: Kind
    where: Where
    weighted: tuple[tuple[int, str], ...]  # weight, key of a list
    least: int


@dataclass(frozen=True, slots=True)
class Compare:
    """A number of the record lies in a half-open or closed interval."""

    fact: str
    operator: str  # one of OPERATORS
    number: float


@dataclass(frozen=True, slots=True)
class OneOf:
    """A fact of the record that is a word is one of these."""

    fact: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Severe:
    """The severity of the other diagnoses, those of the lists in `without` left aside."""

    level: Level
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """So many of the parts hold."""

    number: int
    parts: tuple[Condition, ...]


Condition = Always | Has | Tally | Compare | OneOf | Severe | Not | And | Or | AtLeast

OPERATORS: Final = ("==", "!=", "<=", ">=", "<", ">")
TRUE: Final = Always(True)
FALSE: Final = Always(False)

NUMBERS: Final = (
    "sex",
    "age_years",
    "age_days",
    "weight",
    "birth_weight",
    "admission_weight",
    "stay",
    "disposition",
    "icu_hours",
    "ventilator_hours",
)
"""Facts that conditions compare with numbers; `weight` is that at admission, else that at birth."""

WORDS: Final = ("department",)
"""Facts that are words."""

FACTS: Final = (*NUMBERS, *WORDS)


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions directly inside this one."""
    if isinstance(condition, And | Or | AtLeast):
        return condition.parts
    return (condition.part,) if isinstance(condition, Not) else ()


def walk(condition: Condition) -> Iterator[Condition]:
    """Go through a condition and all that is inside it."""
    yield condition
    for part in parts_of(condition):
        yield from walk(part)


def lists_of(condition: Condition) -> Iterator[tuple[Kind, str]]:
    """Name every list that the condition looks into."""
    for part in walk(condition):
        if isinstance(part, Has):
            yield part.kind, part.codes
        elif isinstance(part, Tally):
            yield from ((part.kind, key) for _, key in part.weighted)
        elif isinstance(part, Severe):
            yield from ((Kind.DX, key) for key in part.without)


def facts_of(condition: Condition) -> frozenset[str]:
    """Name the facts beside codes that the condition asks for."""
    return frozenset(part.fact for part in walk(condition) if isinstance(part, Compare | OneOf))


def both(*parts: Condition) -> Condition:
    """Return the conjunction, without what is always true."""
    flat: list[Condition] = []
    for part in parts:
        if part == FALSE:
            return FALSE
        inner = part.parts if isinstance(part, And) else (part,)
        flat += [one for one in inner if one != TRUE and one not in flat]
    if not flat:
        return TRUE
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def either(*parts: Condition) -> Condition:
    """Return the disjunction, without what is never true."""
    flat: list[Condition] = []
    for part in parts:
        if part == TRUE:
            return TRUE
        inner = part.parts if isinstance(part, Or) else (part,)
        flat += [one for one in inner if one != FALSE and one not in flat]
    if not flat:
        return FALSE
    return flat[0] if len(flat) == 1 else Or(tuple(flat))
