"""The ledger: list, one obligation with its evidence and statements, which duties lag."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.db.models import Q
from django.utils import timezone
from ninja import Router
from pydantic import Field

from duikou.core.rest import (
    Answer,
    Call,
    Code,
    Day,
    Flag,
    Id,
    Limit,
    Line,
    Offset,
    Page,
    joined_page_of,
    operation,
)
from duikou.wings.obligations.actions.statements import choices
from duikou.wings.obligations.models import Evidence, Obligation
from duikou.wings.obligations.queries import ledger as queries
from duikou.wings.obligations.queries import progress
from duikou.wings.obligations.queries.waiting import waiting_for
from duikou.wings.obligations.sides import acting

router = Router(tags=["obligations"])
VIEW: dict[str, Any] = {"permission": "obligation.view"}

SideName = Literal["supporter", "recipient", "superior"]
PartyName = Literal["supporter", "recipient", "both"]
SaysName = Literal["", "promised", "delivered", "verified", "unmet"]
StageName = Literal["promised", "delivered", "verified", "unmet", "disputed"]
Waits = Literal["overdue", "due", "verify", "changed", "disputed", "escalated"]
Period = Literal["once", "month", "quarter", "year", "term", "event", "standing"]


class Wording(Answer):
    """A text in both languages."""

    zh: str
    en: str


class ObligationItem(Answer):
    """One duty in one period. `given` and `accepted` count its evidence; a target of null is still open."""

    id: int
    holder: str
    key: str
    title: Wording
    pairing_id: int
    supporter: str = Field(validation_alias="pairing__supporter__name")
    recipient: str = Field(validation_alias="pairing__recipient__name")
    period: Period = Field(validation_alias="period_kind")
    number: int
    start: dt.date
    end: dt.date
    due: dt.date | None
    owner: PartyName
    beneficiary: PartyName
    owner_department: str
    rule: str
    source: str
    unit: str
    target: int | None
    target_mark: str
    given: int
    accepted: int
    evidence_count: int
    stage: StageName
    supporter_says: SaysName
    supporter_quantity: int | None
    recipient_says: SaysName
    recipient_quantity: int | None
    superior_says: SaysName
    superior_quantity: int | None
    escalated_on: dt.date | None
    closed_on: dt.date | None
    closed_reason: str
    demonstration: bool
    version: int


COLUMNS = tuple(str(field.validation_alias or name) for name, field in ObligationItem.model_fields.items())


@operation(
    router, "GET", "/obligations", response=Page[ObligationItem], zh="责任台账", en="The ledger", **VIEW
)
def list_obligations(
    request: Call,
    q: Line | None = None,
    pairing: Id | None = None,
    owner: PartyName | None = None,
    stage: StageName | None = None,
    rule: Code | None = None,
    department: Code | None = None,
    overdue: Flag | None = None,
    waits: Waits | None = None,
    due_from: Day | None = None,
    due_to: Day | None = None,
    closed: Flag = False,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """In the caller's scope, what is due first on top; `waits`: what waits for the caller."""
    today = timezone.localdate()
    rows = queries.listed(request.actor).filter(closed_on__isnull=not closed)
    conditions = {
        "pairing": pairing,
        "owner": owner,
        "stage": stage,
        "rule": rule,
        "owner_department": department,
        "due__gte": due_from,
        "due__lte": due_to,
    }
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    if q:
        rows = rows.filter(Q(title__zh__icontains=q) | Q(title__en__icontains=q) | Q(source__icontains=q))
    if overdue is not None:
        late = queries.overdue(today)
        rows = rows.filter(late if overdue else ~late)
    if waits:
        rows = rows.filter(waiting_for(acting(request.actor), today)[waits])
    return joined_page_of(rows, limit, offset, COLUMNS)


class FigureChange(Answer):
    """The work behind evidence was put right in its own wing."""

    before: int
    after: int
    why: Wording
    by: str
    at: dt.datetime


class EvidenceItem(Answer):
    """A piece of evidence, with what the other party and the authority think of it.

    `figure_now` is what its work counts since something was put right there (null: as attached).
    """

    id: int
    side: SideName
    kind: str
    reference: str
    title: str
    quantity: int
    figure_now: int | None
    replaces_id: int | None
    changes: list[FigureChange]
    on: dt.date
    note: str
    filename: str | None
    by: str
    at: dt.datetime
    other_verdict: Literal["", "accepted", "rejected"]
    other_reason: str
    superior_verdict: Literal["", "accepted", "rejected"]
    superior_reason: str
    withdrawn_at: dt.datetime | None
    withdrawn_reason: str
    version: int


class StatementItem(Answer):
    """What one side said."""

    side: SideName
    says: SaysName
    quantity: int | None
    note: str
    by: str
    at: dt.datetime


class TargetItem(Answer):
    """A number that one party proposes as the target."""

    id: int
    target: int
    side: SideName
    by: str
    state: Literal["open", "agreed", "declined", "replaced"]
    reason: str
    version: int


class Sayable(Answer):
    """Something that the caller may say now, and for which side."""

    side: SideName
    says: SaysName


class ObligationDetail(ObligationItem):
    """With clause, evidence, statements, proposed targets, and what the caller may say now."""

    text: Wording
    evidence_kinds: list[str]
    evidence: list[EvidenceItem]
    statements: list[StatementItem]
    targets: list[TargetItem]
    may_say: list[Sayable]


EVIDENCE = tuple(name for name in EvidenceItem.model_fields if name not in ("filename", "by", "changes"))


def evidence_answer(row: Evidence) -> dict[str, Any]:
    """One piece of evidence."""
    return {
        **{name: getattr(row, name) for name in EVIDENCE},
        "filename": row.document.filename if row.document else None,
        "by": row.by_label,
        "changes": [
            {**{name: getattr(one, name) for name in ("before", "after", "why", "at")}, "by": one.by_label}
            for one in row.changes.all()
        ],
    }


def answer(request: Call, pk: int) -> dict[str, Any]:
    """One obligation as the caller sees it now."""
    one: Obligation = queries.obligation(request.actor, pk)
    found = queries.whole(one)
    plain = [name for name in COLUMNS if "__" not in name]
    return {
        **{name: getattr(one, name) for name in (*plain, "text", "evidence_kinds")},
        "pairing__supporter__name": one.pairing.supporter.name,
        "pairing__recipient__name": one.pairing.recipient.name,
        "evidence": [evidence_answer(row) for row in found.evidence],
        "statements": [
            {
                **{name: getattr(row, name) for name in ("side", "says", "quantity", "note", "at")},
                "by": row.by_label,
            }
            for row in found.statements
        ],
        "targets": [
            {
                **{
                    name: getattr(row, name)
                    for name in ("id", "target", "side", "state", "reason", "version")
                },
                "by": row.by_label,
            }
            for row in found.proposals
        ],
        "may_say": [{"side": str(side), "says": str(says)} for side, says in choices(request.actor, one)],
    }


@operation(
    router,
    "GET",
    "/obligations/{obligation_id}",
    response=ObligationDetail,
    zh="一项责任",
    en="One obligation",
    **VIEW,
)
def get_obligation(request: Call, obligation_id: Id) -> Any:
    """With its clause, evidence and statements; nothing is ever deleted from them."""
    return answer(request, obligation_id)


class RuleProgress(Answer):
    """How the obligations of one rule stand; those of clauses that the parties added have no rule."""

    rule: str
    total: int
    due: int
    verified: int
    delivered: int
    overdue: int
    disputed: int


@operation(
    router,
    "GET",
    "/obligation-progress",
    response=list[RuleProgress],
    zh="各规则履行进度",
    en="Progress by rule",
    **VIEW,
)
def list_obligation_progress(request: Call, as_of: Day | None = None) -> Any:
    """In the caller's scope, those that lag most on top. `due`: whose due date has come by the day."""
    found = progress.by_rule(request.actor, as_of or timezone.localdate())
    names = ("total", "due", "verified", "delivered", "overdue", "disputed")
    return [{"rule": one.key, **{name: getattr(one, name) for name in names}} for one in found]
