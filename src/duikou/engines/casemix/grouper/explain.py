"""Why a record went where it went: category, rule, the codes that decided, each complication.

Made on demand for one record, with the reference grouper's own judgement; the bulk path
keeps no reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from duikou.engines.casemix.grouper import status, texts
from duikou.engines.casemix.grouper.records import Record, record_of
from duikou.engines.casemix.grouper.reference import (
    Outcome,
    at,
    group_one,
    judge,
    listed,
    missing_facts,
    weighing,
)
from duikou.engines.casemix.scheme.conditions import (
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
    both,
    parts_of,
)
from duikou.engines.casemix.scheme.model import Scheme
from duikou.engines.text import Text


class Effect(StrEnum):
    """What an other diagnosis does to the severity."""

    MCC = "mcc"
    CC = "cc"
    EXCLUDED = "excluded"  # a complication, but taken away by the principal diagnosis
    ASIDE = "aside"  # a complication that the rule leaves aside
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Complication:
    """An other diagnosis with its effect."""

    code: str
    effect: Effect
    level: Level | None  # what it would count as
    table: str | None  # exclusion table of the principal diagnosis that takes it away
    text: Text


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is said about one record."""

    outcome: Outcome
    reasons: tuple[Text, ...]  # why the deciding rule holds: which codes, which facts
    complications: tuple[Complication, ...]
    passed: tuple[Text, ...]  # categories whose gate held without any rule fitting
    lines: tuple[Text, ...]  # the whole explanation in order, to be read


def explain(page: Mapping[str, Any], scheme: Scheme) -> Explanation:
    """Explain a row of PAGES."""
    record = record_of(page, scheme)
    outcome = group_one(record, scheme)
    passed = tuple(_passed(record, scheme, outcome))
    reasons: tuple[Text, ...] = ()
    without: tuple[str, ...] = ()
    if outcome.section and outcome.rule:
        condition = both(outcome.section.gate, outcome.rule.condition)
        reasons = tuple(_reasons(condition, record, scheme))
        without = _aside(condition)
    complications = tuple(_complications(record, scheme, without))
    lines = (
        *texts.codes(record),
        *passed,
        *_verdict(record, scheme, outcome),
        *reasons,
        *(one.text for one in complications),
        *_final(record, scheme, outcome, without),
    )
    return Explanation(outcome, reasons, complications, passed, lines)


def _passed(record: Record, scheme: Scheme, outcome: Outcome) -> Iterator[Text]:
    if outcome.status in (status.MISSING_PDX, status.UNKNOWN_CODE):
        return
    seen = {outcome.section.mdc} if outcome.section else set()
    for section in scheme.sections:
        if section is outcome.section:
            return
        if section.mdc not in seen and judge(section.gate, record, scheme) is not False:
            seen.add(section.mdc)
            yield texts.passed(section, scheme)


def _verdict(record: Record, scheme: Scheme, outcome: Outcome) -> Iterator[Text]:
    section, rule = outcome.section, outcome.rule
    if section is None or rule is None:
        yield status.STATUSES[outcome.status]
        return
    yield texts.category(section, scheme)
    yield texts.rule(rule, scheme)
    if outcome.status not in (status.GROUPED, status.UNGROUPED, status.INVALID_PDX):
        condition = outcome.leaf.condition if outcome.leaf else both(section.gate, rule.condition)
        yield texts.missing(missing_facts(condition, record), status.STATUSES[outcome.status])


def _final(record: Record, scheme: Scheme, outcome: Outcome, without: tuple[str, ...]) -> Iterator[Text]:
    if outcome.status == status.GROUPED and outcome.leaf is not None:
        yield texts.severity(weighing(record, scheme, without))
        yield texts.final(outcome, scheme)
    elif outcome.rule is not None and outcome.status in (status.UNGROUPED, status.INVALID_PDX):
        yield texts.no_final(outcome.rule)


def _aside(condition: Condition) -> tuple[str, ...]:
    """Return the lists that a rule leaves aside when it asks for the severity."""
    if isinstance(condition, Severe):
        return condition.without
    return next((found for part in parts_of(condition) if (found := _aside(part))), ())


def _complications(record: Record, scheme: Scheme, without: tuple[str, ...]) -> Iterator[Complication]:
    known = scheme.complications
    table = known.group_of.get(record.pdx)
    excluded = known.excluded.get(table, frozenset()) if table is not None else frozenset()
    for code in record.odx:
        level = Level.MCC if listed(code, known.mcc) else Level.CC if listed(code, known.cc) else None
        if level is None:
            yield Complication(code, Effect.NONE, None, None, texts.no_complication(code))
        elif listed(code, excluded):
            text = texts.excluded(code, level, record.pdx, str(table))
            yield Complication(code, Effect.EXCLUDED, level, table, text)
        elif aside := [key for key in without if listed(code, scheme.lists[Kind.DX][key])]:
            yield Complication(code, Effect.ASIDE, level, None, texts.aside(code, level, aside))
        else:
            yield Complication(code, Effect(level.value), level, None, texts.weighs(code, level))


def _reasons(condition: Condition, record: Record, scheme: Scheme) -> Iterator[Text]:
    """Say why a condition holds, as far as it does."""
    match condition:
        case Has(kind, where, key):
            if codes := _found(condition, record, scheme):
                yield texts.has(codes, kind, where, key)
        case Tally(kind, where, weighted, least):
            keys = [key for _, key in weighted]
            codes = [
                code
                for code in at(record, kind, where)
                if any(listed(code, scheme.lists[kind][key]) for key in keys)
            ]
            yield texts.tally(codes, least)
        case Compare(fact, sign, number):
            if record.facts.get(fact) is not None:
                yield texts.compared(fact, record.facts[fact], f"{sign}{number:g}")
        case OneOf(fact, values):
            if record.facts.get(fact) is not None:
                yield texts.compared(fact, record.facts[fact], ", ".join(values))
        case Severe(level, _):
            yield texts.asks_severity(level)
        case Not(part):
            yield from _absences(part, record, scheme)
        case Or(parts) | AtLeast(_, parts):
            for part in parts:
                if judge(part, record, scheme):
                    yield from _reasons(part, record, scheme)
                    if isinstance(condition, Or):
                        return
        case _:
            for part in parts_of(condition):
                yield from _reasons(part, record, scheme)


def _absences(condition: Condition, record: Record, scheme: Scheme) -> Iterator[Text]:
    """Say why a condition does not hold, where that decides."""
    match condition:
        case Has(kind, where, key):
            if not _found(condition, record, scheme):
                yield texts.has_not(kind, where, key)
        case Compare() | OneOf():
            yield from _reasons(condition, record, scheme)
        case Not(part):
            yield from _reasons(part, record, scheme)
        case _:
            for part in parts_of(condition):
                if judge(part, record, scheme) is False:
                    yield from _absences(part, record, scheme)


def _found(condition: Has, record: Record, scheme: Scheme) -> list[str]:
    codes = scheme.lists[condition.kind][condition.codes]
    return [code for code in at(record, condition.kind, condition.where) if listed(code, codes)]
