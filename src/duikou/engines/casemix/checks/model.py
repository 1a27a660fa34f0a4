"""What a check of front pages is, and the catalogue of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from duikou.engines.text import Text

Severity = Literal["reject", "warn", "note"]
SEVERITIES: Final = ("reject", "warn", "note")  # heaviest first

Mark = Literal["found", "inferred"]
MARKS: Final = ("found", "inferred")

Kind = Literal[
    "sql",  # a Polars SQL predicate that is true of a faulty record
    "mandatory",  # the columns are filled (of the records for which `when` is true)
    "form",  # what is filled in can be read as the type of its column
    "values",  # what is filled in is in the list
    "date_forms",  # all dates of a file are written in one form
    "duplicate",  # one record for each stay
    "shifted",  # the columns hold what their heads say
    "unknown_code",  # codes are in the tables given
]
KINDS: Final[tuple[Kind, ...]] = (
    "sql",
    "mandatory",
    "form",
    "values",
    "date_forms",
    "duplicate",
    "shifted",
    "unknown_code",
)

Parameter = int | float | str


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the catalogue."""

    id: str
    group: str
    title: Text
    source: str
    section: str
    mark: Mark
    severity: Severity
    kind: Kind
    columns: tuple[str, ...]
    """Columns a file must have; a fault names the first, unless `over` or `locate` say otherwise."""
    expected: Text
    fault: str = ""
    when: str = ""
    over: str = ""
    """`columns`, `diagnoses`, `operations` or `fees`: the predicate is asked of each, as {column}."""
    locate: str = ""
    """`family:class` or `family:/pattern/`: the fault names the first such code; without one it is none."""
    absent: tuple[str, ...] = ()
    """Columns a file must not have for the check to apply."""
    values: tuple[str, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    domain: bool = False
    """A fault means that the cell does not fit its head; many in a record mean shifted columns."""
    valid_from: str = ""
    """First day of discharge that the check is asked of (YYYY-MM-DD); empty = every day."""


@dataclass(frozen=True, slots=True)
class Group:
    """A theme of the catalogue."""

    key: str
    title: Text


@dataclass(frozen=True, slots=True)
class CodeClass:
    """Codes that checks speak of together, by their first three characters."""

    name: str
    of: Literal["dx", "px"]
    title: Text
    ranges: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All checks, and what they refer to."""

    version: str
    groups: tuple[Group, ...]
    sources: Mapping[str, Text]
    classes: Mapping[str, CodeClass]
    checks: tuple[Check, ...]

    def __getitem__(self, rule: str) -> Check:
        """The check of this id. Raises KeyError."""
        for check in self.checks:
            if check.id == rule:
                return check
        raise KeyError(rule)


class BadCatalogue(Exception):
    """A catalogue of checks that is wrong in itself."""

    def __init__(self, place: str, message: Text) -> None:
        super().__init__(f"{place}: {message.zh} / {message.en}")
        self.place = place
        self.message = message
