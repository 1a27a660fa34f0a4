"""The slow, obvious grouper: one record, one rule after another. The oracle of the kernel.

Results of conditions are True, False or None: not known, since a fact is not stated.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from duikou.engines.casemix.columns import GROUPED
from duikou.engines.casemix.grouper import status
from duikou.engines.casemix.grouper.records import Record, record_of
from duikou.engines.casemix.scheme.conditions import (
    FACTS,
    Always,
    And,
    AtLeast,
    Compare,
    Condition,
    Has,
    Kind,
    Level,
    Not,
    OneOf,
    Or,
    Severe,
    Tally,
    Where,
    both,
    facts_of,
)
from duikou.engines.casemix.scheme.model import Leaf, Rule, Scheme, Section

_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a record went; `section`, `rule` and `leaf` are what decided."""

    mdc: str
    adrg: str
    drg: str
    status: str
    section: Section | None = None
    rule: Rule | None = None
    leaf: Leaf | None = None


def group_one(record: Record, scheme: Scheme) -> Outcome:
    """Group one record."""
    if not record.pdx:
        return _none(scheme, status.MISSING_PDX)
    if unknown(record.pdx, Kind.DX, scheme) or (record.ppx and unknown(record.ppx, Kind.PX, scheme)):
        return _none(scheme, status.UNKNOWN_CODE)
    for section, rule in scheme.rules():
        condition = both(section.gate, rule.condition)
        if (holds := judge(condition, record, scheme)) is False:
            continue
        if holds is None:
            return _none(scheme, missing(condition, record), section, rule)
        return _leaf(record, scheme, section, rule)
    return _none(scheme, _without_group(record, scheme))


def group_all(pages: pl.DataFrame, scheme: Scheme) -> pl.DataFrame:
    """Group pages one by one: what `grouper.group` must equal."""
    outcomes = [group_one(record_of(page, scheme), scheme) for page in pages.iter_rows(named=True)]
    columns = {name: [getattr(outcome, name) for outcome in outcomes] for name in list(GROUPED)[1:]}
    return pl.DataFrame({"id": pages["id"], **columns}, schema=GROUPED)


def _leaf(record: Record, scheme: Scheme, section: Section, rule: Rule) -> Outcome:
    for leaf in rule.leaves:
        holds = judge(leaf.condition, record, scheme)
        if holds:
            return Outcome(section.mdc, rule.adrg, leaf.drg, status.GROUPED, section, rule, leaf)
        if holds is None:
            return _none(scheme, missing(leaf.condition, record), section, rule, leaf)
    return _none(scheme, _without_group(record, scheme), section, rule)


def _without_group(record: Record, scheme: Scheme) -> str:
    if scheme.principal is not None and not listed(record.pdx, scheme.principal):
        return status.INVALID_PDX
    return status.UNGROUPED


def _none(
    scheme: Scheme,
    reason: str,
    section: Section | None = None,
    rule: Rule | None = None,
    leaf: Leaf | None = None,
) -> Outcome:
    empty = scheme.no_group
    return Outcome(empty.mdc, empty.adrg, empty.drg, reason, section, rule, leaf)


def missing(condition: Condition, record: Record) -> str:
    """Name the status for the first fact that a condition asks for and the record lacks."""
    return status.MISSING[missing_facts(condition, record)[0]]


def missing_facts(condition: Condition, record: Record) -> list[str]:
    """Name the facts that a condition asks for and the record lacks."""
    asked = facts_of(condition)
    return [fact for fact in FACTS if fact in asked and record.facts.get(fact) is None]


def listed(code: str, codes: frozenset[str]) -> bool:
    """Tell whether a list holds a code or a beginning of it (`C50*`)."""
    return code in codes or any(f"{code[:size]}*" in codes for size in range(len(code) + 1))


def unknown(code: str, kind: Kind, scheme: Scheme) -> bool:
    """Tell whether the scheme has a code table without this code."""
    table = scheme.known.get(kind)
    return table is not None and not listed(code, table)


def at(record: Record, kind: Kind, where: Where) -> Iterator[str]:
    """Go through the codes at these positions, in order."""
    main, others = (record.pdx, record.odx) if kind is Kind.DX else (record.ppx, record.opx)
    if main and where is not Where.OTHER:
        yield main
    if where is not Where.MAIN:
        yield from others


def weighing(record: Record, scheme: Scheme, without: tuple[str, ...] = ()) -> Level | None:
    """Return the severity that the other diagnoses leave: major, minor or none."""
    complications = scheme.complications
    table = complications.group_of.get(record.pdx)
    excluded = complications.excluded.get(table, frozenset()) if table is not None else frozenset()
    found = None
    for code in record.odx:
        if listed(code, excluded) or any(listed(code, scheme.lists[Kind.DX][key]) for key in without):
            continue
        if listed(code, complications.mcc):
            return Level.MCC
        if listed(code, complications.cc):
            found = Level.CC
    return found


def judge(condition: Condition, record: Record, scheme: Scheme) -> bool | None:
    """Say whether a condition holds: yes, no, or not known."""
    match condition:
        case Always(value):
            return value
        case Has(kind, where, key):
            inside = [listed(code, scheme.lists[kind][key]) for code in at(record, kind, where)]
            return bool(inside) and all(inside) if where is Where.ONLY else any(inside)
        case Tally(kind, where, weighted, least):
            lists = [(weight, scheme.lists[kind][key]) for weight, key in weighted]
            codes = list(at(record, kind, where))
            return sum(weight for code in codes for weight, held in lists if listed(code, held)) >= least
        case Compare(fact, sign, number):
            found = record.facts.get(fact)
            return None if found is None else _COMPARE[sign](found, number)
        case OneOf(fact, values):
            found = record.facts.get(fact)
            return None if found is None else found in values
        case Severe(level, without):
            found_level = weighing(record, scheme, without)
            return found_level is not None if level is Level.EITHER else found_level is level
        case Not(part):
            holds = judge(part, record, scheme)
            return None if holds is None else not holds
        case And(parts):
            return _enough(parts, len(parts), record, scheme)
        case Or(parts):
            return _enough(parts, 1, record, scheme)
        case AtLeast(number, parts):
            return _enough(parts, number, record, scheme)
    raise TypeError(condition)


def _enough(parts: tuple[Condition, ...], number: int, record: Record, scheme: Scheme) -> bool | None:
    found = [judge(part, record, scheme) for part in parts]
    yes, unsure = found.count(True), found.count(None)
    if yes >= number:
        return True
    return None if yes + unsure >= number else False
