"""A grouping scheme as typed values: sections, rules, lists, complications.

All rules stand in one order; the first that holds decides (a section's gate belongs to
each of its rules). The table forms of a folder are compiled into this one model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from duikou.engines.casemix.scheme.conditions import TRUE, Condition, Kind
from duikou.engines.text import Text


class RuleKind(StrEnum):
    """What a group is about."""

    SURGICAL = "surgical"
    PROCEDURE = "procedure"  # procedures outside the operating room
    MEDICAL = "medical"
    REDIRECT = "redirect"  # operated, but no surgical group fits (歧义组)
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A final group (DRG) and what must hold inside its base group."""

    drg: str
    condition: Condition = TRUE
    text: str = "any"


@dataclass(frozen=True, slots=True)
class Rule:
    """A base group (ADRG) with its condition; without leaves it ends the search ungrouped."""

    adrg: str
    condition: Condition
    text: str  # the condition as the table has it
    leaves: tuple[Leaf, ...]
    kind: RuleKind = RuleKind.OTHER
    source: str = ""  # table and line


@dataclass(frozen=True, slots=True)
class Section:
    """Rules behind one gate: a major category (MDC) or a part of one."""

    mdc: str
    gate: Condition
    text: str
    rules: tuple[Rule, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Complications:
    """Which other diagnoses weigh, and which of them a principal diagnosis takes away."""

    mcc: frozenset[str] = frozenset()
    cc: frozenset[str] = frozenset()
    group_of: Mapping[str, str] = field(default_factory=dict)  # principal diagnosis -> exclusion table
    excluded: Mapping[str, frozenset[str]] = field(default_factory=dict)  # exclusion table -> complications


@dataclass(frozen=True, slots=True)
class NoGroup:
    """What stands in the columns of a record that no rule fits."""

    mdc: str = ""
    adrg: str = ""
    drg: str = ""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Scheme:
    """A scheme as loaded. `lists[kind][key]` are codes; one that ends in `*` is a beginning of codes.

    A scheme is itself and nothing else (compared by identity), so that what the grouper
    compiles from it can be kept as long as it lives.
    """

    name: str
    version: str
    title: Text
    source: str
    official: bool
    form: str
    checksum: str  # SHA-256 of the tables
    sections: tuple[Section, ...]
    lists: Mapping[Kind, Mapping[str, frozenset[str]]]
    complications: Complications
    known: Mapping[Kind, frozenset[str] | None]  # all codes of the edition; None = the scheme has no table
    names: Mapping[str, Text] = field(default_factory=dict)  # of categories and groups, by their code
    no_group: NoGroup = NoGroup()
    length: Mapping[Kind, int] = field(default_factory=dict)  # codes are cut to it before they are looked up
    principal: frozenset[str] | None = None  # codes that open a category; None = every code may
    assume: Mapping[str, float] = field(default_factory=dict)  # what a fact that is not stated is taken to be

    @property
    def key(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}".strip()

    def rules(self) -> Iterator[tuple[Section, Rule]]:
        """Go through all rules in the order in which they are tried."""
        for section in self.sections:
            for rule in section.rules:
                yield section, rule

    def drgs(self) -> tuple[str, ...]:
        """Return the final groups, each once, in order."""
        return tuple(dict.fromkeys(leaf.drg for _, rule in self.rules() for leaf in rule.leaves))


class BadScheme(ValueError):
    """A scheme cannot be read. `message` says what was expected, found, where, and what to do."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.zh)
        self.message = message


class Grade(StrEnum):
    """How grave a finding of `check` is."""

    ERROR = "error"  # results would be wrong or the scheme does not load
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about a scheme."""

    grade: Grade
    where: str  # table and line, or a group
    text: Text
