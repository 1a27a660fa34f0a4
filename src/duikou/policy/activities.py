"""What posted staff do and count: the counters of work, as data of a pack."""

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
class Activity:
    """A counter of work: how it is called and counted, what evidence it makes, who counts so."""

    id: str
    title: Text
    unit: Text  # what one is called: a case, a session, a person taught
    evidence: str  # kind of evidence that confirmed work of this sort is; "" for none
    most: int  # more on one day is a slip of the finger
    clauses: tuple[Clause, ...]
    mark: Mark


class ActivityReader:
    """Reads counters; each may name a kind of evidence that the pack has."""

    def __init__(self, evidence: Collection[str]) -> None:
        self._evidence = evidence

    def read(self, table: Fields, context: Context) -> Activity:
        """Read one counter; its faults are noted, never raised."""
        clauses = read_clauses(table, context)
        found = Activity(
            id=table.string("id"),
            title=table.text("title"),
            unit=table.text("unit"),
            evidence=table.string("evidence", required=False),
            most=table.integer("most"),
            clauses=clauses,
            mark=read_mark(table, context, clauses),
        )
        table.finish()
        if found.id and not _ID.fullmatch(found.id):
            table.fault(
                f"工作量编号 {found.id} 应形如 ward_round",
                f"the id of activity {found.id} must look like ward_round",
                "id",
            )
        if found.evidence and found.evidence not in self._evidence:
            table.fault(
                f"工作量引用了未知的证据种类 {found.evidence}",
                f"the activity names an unknown kind of evidence, {found.evidence}",
                "evidence",
            )
        if not 1 <= found.most <= 9999:
            table.fault(
                f"most 应在 1 到 9999 之间，实为 {found.most}",
                f"most must lie between 1 and 9999, found {found.most}",
                "most",
            )
        return found
