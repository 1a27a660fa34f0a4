"""Typed values that the pairing engine takes and returns.

The engine knows nothing of the database. A caller (a wing, the command line, a
notebook) builds a `Round` from whatever it has and receives `Finding`s.

Vocabulary: a *supporter* (支援医院) is the urban tertiary hospital, a *recipient*
(受援医院) the county-level hospital, a *round* (轮次) one edition of the pairing
tables, a *row* one printed line of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from duikou.engines.text import Text


class HospitalKind(StrEnum):
    """Kind of hospital (医院类别); decides which load rule applies."""

    GENERAL = "general"
    SPECIALISED = "specialised"
    TCM = "tcm"
    INTEGRATED = "integrated"
    MATERNAL_CHILD = "maternal_child"
    PSYCHIATRIC = "psychiatric"
    DENTAL = "dental"
    EYE = "eye"
    TOWNSHIP = "township"
    OTHER = "other"


class UnitKind(StrEnum):
    """Kind of county-level division (县级行政区类别)."""

    DISTRICT = "district"  # 市辖区
    COUNTY_CITY = "county_city"  # 县级市
    COUNTY = "county"  # 县
    AUTONOMOUS_COUNTY = "autonomous_county"  # 自治县


class Resolution(StrEnum):
    """How a printed name was matched with a registered hospital."""

    EXACT = "exact"  # the registered name, letter by letter
    TYPO = "typo"  # a known misspelling
    SHORT = "short"  # a shortened name
    OLD = "old"  # the name, or its place, had changed before the round began
    VARIANT = "variant"  # another way of writing the same name (中医院 / 中医医院)
    GUESS = "guess"  # similar only: a person must confirm
    NONE = "none"  # nothing in the register is like it


class Severity(StrEnum):
    """How much a finding weighs, lightest first."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Unit:
    """A county-level division as it stood on the round's date."""

    code: str  # GB/T 2260 code valid then; never an identity over time
    name: str
    kind: UnitKind
    city_code: str
    city: str


@dataclass(frozen=True, slots=True)
class Hospital:
    """A registered hospital as the round sees it."""

    key: str  # stable identity given by the caller
    name: str
    kind: HospitalKind
    unit_code: str | None = None  # county-level division on the round's date
    city_code: str | None = None
    ownership: str = "public"  # public, military, police, enterprise, private
    development_zone: bool = False
    main_county_hospital: bool = False  # the county's principal people's hospital


@dataclass(frozen=True, slots=True)
class Row:
    """One printed line of a pairing table."""

    key: str  # stable identity given by the caller
    table: str  # "1" = the province's table, "2" = the cities' tables
    group: str | None  # heading city of a city's table (杭州市 …), None in the province's
    position: int  # order of printing, from 1, over the whole round
    running_number: int | None  # 支援数 as printed: counts the rows of one supporter
    supporter_printed: str
    recipient_printed: str
    supporter: Hospital | None
    recipient: Hospital | None
    supporter_resolution: Resolution = Resolution.EXACT
    recipient_resolution: Resolution = Resolution.EXACT
    start: date | None = None  # None: the round's own
    end: date | None = None
    departments: tuple[str, ...] = ()  # departments that the pairing is limited to
    reason: str = ""  # why a second supporter, where one was given


@dataclass(frozen=True, slots=True)
class Round:
    """One edition of the pairing tables with all that an audit needs."""

    key: str
    name: str
    start: date
    end: date
    rows: tuple[Row, ...]
    units: tuple[Unit, ...]  # every county-level division of the province on the date
    previous: Round | None = None


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """One rule of a policy pack as the engine needs it."""

    id: str
    clause: str  # human reference, e.g. "S1 §三(一)"
    mark: str  # seed, found, recalled, inferred
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One deviation of a round from its policy.

    `subjects` are names as printed (a county's name for coverage findings); for
    PAIR-05 only the recipient, for PAIR-01/02 only the supporter. `rows` are the
    keys of the rows that prove it (empty where the absence of rows is the point).
    `key` is stable over re-audits: rule, subject keys and, where a rule can find
    several things of one subject, a discriminator.
    """

    key: str
    rule: str
    clause: str
    mark: str
    severity: Severity
    subjects: tuple[str, ...]
    subject_keys: tuple[str, ...]  # "hospital:<key>", "unit:<code>" or, unresolved, "name:<index form>"
    rows: tuple[str, ...]
    expected: Text
    found: Text
    message: Text
    suggestion: Text
