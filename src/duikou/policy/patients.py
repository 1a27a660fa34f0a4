"""What patients are asked to agree to, and how their care is paid for, as data of a pack."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from duikou.engines.text import Text
from duikou.policy.context import Context, read_clauses, read_mark
from duikou.policy.fields import Fields
from duikou.policy.model import Clause
from duikou.policy.vocabulary import Mark

_ID = re.compile(r"[a-z]+(_[a-z]+)*")


@dataclass(frozen=True, slots=True)
class ConsentPurpose:
    """A purpose for which a patient is asked apart from all others (同意事项)."""

    id: str
    title: Text
    rule: str  # the rule that asks for it
    version: str  # of the words; other words are another version
    text: Text
    clauses: tuple[Clause, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Payment:
    """Who pays for a patient's care (医疗付费方式), with its code on the front page."""

    id: str
    code: str
    title: Text
    clauses: tuple[Clause, ...]
    mark: Mark


class ConsentReader:
    """Reads purposes of consent; each names a rule that the pack has."""

    def __init__(self, rules: Collection[str]) -> None:
        self._rules = rules

    def read(self, table: Fields, context: Context) -> ConsentPurpose:
        """Read one purpose; its faults are noted, never raised."""
        clauses = read_clauses(table, context)
        found = ConsentPurpose(
            id=table.string("id"),
            title=table.text("title"),
            rule=table.string("rule"),
            version=table.string("version"),
            text=table.text("text"),
            clauses=clauses,
            mark=read_mark(table, context, clauses),
        )
        table.finish()
        _check_id(table, found.id)
        if found.rule and found.rule not in self._rules:
            table.fault(
                f"同意事项引用了未知的规则 {found.rule}",
                f"the consent names an unknown rule, {found.rule}",
                "rule",
            )
        return found


def read_payment(table: Fields, context: Context) -> Payment:
    """Read one way of payment."""
    clauses = read_clauses(table, context)
    found = Payment(
        id=table.string("id"),
        code=table.string("code"),
        title=table.text("title"),
        clauses=clauses,
        mark=read_mark(table, context, clauses),
    )
    table.finish()
    _check_id(table, found.id)
    context.claim("payment code", found.code, table)
    return found


def _check_id(table: Fields, found: str) -> None:
    if found and not _ID.fullmatch(found):
        table.fault(f"编号 {found} 应形如 referral", f"the id {found} must look like referral", "id")
