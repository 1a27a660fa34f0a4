"""Confirmed work as evidence: a month of a posting's rounds, operations, lectures fulfils obligations.

A month is offered when nothing in it waits for confirmation, so that its number stands still. It is
named by posting and month: `12:2014-03`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils.text import format_lazy

from duikou.core.faces import words
from duikou.core.scope import Actor
from duikou.engines.text import Text
from duikou.policy import load_pack
from duikou.wings.obligations.evidence import Found, Offer, register_kind
from duikou.wings.obligations.models import Obligation
from duikou.wings.presence import catalogue
from duikou.wings.presence.folding import last_of
from duikou.wings.presence.models import Work

TITLES = {
    "ward_round": Text("示范或教学查房", "ward round for teaching"),
    "operation": Text("手术或手术示教", "operation, also for teaching"),
    "case_discussion": Text("病例讨论", "case discussion"),
    "lecture": Text("讲座或短期培训", "lecture or short course"),
    "clinical_teaching": Text("临床教学", "clinical teaching"),
    "bedside_teaching": Text("临床带教", "bedside teaching"),
    "consultation": Text("会诊", "consultation"),
    "free_clinic": Text("义诊", "free clinic"),
    "rule_document": Text("制度或规范文件", "rule or standard in writing"),
    "service": Text("新增服务项目", "new service"),
}
_REFERENCE = re.compile(r"([0-9]{1,18}):([0-9]{4})-([0-9]{2})")


def register() -> None:
    """Offer confirmed work to the ledger."""
    for kind, title in TITLES.items():
        register_kind(kind, title, partial(resolve, kind), partial(offers, kind))


def resolve(kind: str, actor: Actor, obligation: Obligation, name: str) -> Found | None:
    """A complete month of a posting of the obligation's pairing, with work of the kind."""
    found = _REFERENCE.fullmatch(name)
    if not found:
        return None
    posting, year, month = map(int, found.groups())
    if not (1 <= month <= 12 and 2000 <= year < 2100):
        return None
    first = dt.date(year, month, 1)
    line = _months(kind, obligation, posting).get((posting, first))
    if line is None:
        return None
    person, count = line
    last = last_of(first)
    url = format_lazy("{page}?week={day}", page=reverse_lazy("presence:week", args=[posting]), day=first)
    return Found(_label(kind, person, first, obligation), last, count, url)


def offers(kind: str, actor: Actor, obligation: Obligation) -> Sequence[Offer]:
    """All such months that begin within the obligation's period, latest first."""
    months = sorted(_months(kind, obligation).items(), key=lambda one: one[0][1], reverse=True)
    return [
        Offer(reference(posting, first), f"{_label(kind, person, first, obligation)} · {count}")
        for (posting, first), (person, count) in months
        if obligation.start <= last_of(first) and first <= obligation.end
    ]


def _label(kind: str, person: str, first: dt.date, obligation: Obligation) -> str:
    title = load_pack(obligation.pairing.round.policy_pack).evidence_kinds[kind].title
    return f"{first:%Y-%m} {person} {words(title)}"


def _months(
    kind: str, obligation: Obligation, posting: int | None = None
) -> dict[tuple[int, dt.date], tuple[str, int]]:
    """Person and count by posting and month, of months in which nothing waits; one query."""
    rows = Work.objects.filter(posting__pairing=obligation.pairing_id)
    if posting is not None:
        rows = rows.filter(posting=posting)
    return {
        key: (month.person, month.counts[kind])
        for key, month in complete(rows, obligation.pairing.round.policy_pack).items()
        if month.counts[kind]
    }


@dataclass(slots=True)
class Month:
    """What a posted person did in a month, by kind of evidence."""

    person: str
    counts: Counter[str] = field(default_factory=Counter)
    waits: bool = False


def complete(rows: QuerySet[Work], policy_pack: str) -> dict[tuple[int, dt.date], Month]:
    """Months of work by posting and first day, those alone in which nothing waits; one query."""
    known = catalogue.activities(policy_pack)
    found: dict[tuple[int, dt.date], Month] = {}
    values = rows.values_list("posting", "posting__person__name", "day", "activity", "count", "confirmation")
    for key, name, day, activity, count, confirmation in values:
        month = found.setdefault((key, day.replace(day=1)), Month(name))
        month.waits = month.waits or confirmation is None
        if activity in known:
            month.counts[known[activity].evidence] += count
    return {key: month for key, month in found.items() if not month.waits}


def reference(posting: int, first: dt.date) -> str:
    """The name of a posting's month in the ledger."""
    return f"{posting}:{first:%Y-%m}"
