"""The findings desk: list, one finding, and the steps of its life."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from duikou.core.rest import (
    Answer,
    Body,
    Call,
    Code,
    Day,
    Flag,
    Id,
    Limit,
    Offset,
    Page,
    Ref,
    Version,
    Versioned,
    operation,
    page_of,
)
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.pairings.actions import findings as actions
from duikou.wings.pairings.api.pairings import COLUMNS, PairingItem
from duikou.wings.pairings.api.schemas import RoundKey, Severity
from duikou.wings.pairings.models import Finding
from duikou.wings.pairings.queries import findings as queries
from duikou.wings.pairings.queries.pairings import pairings
from duikou.wings.pairings.queries.rounds import round_named
from duikou.wings.pairings.workflows import FINDING

router = Router(tags=["findings"])
ONE = "/findings/{finding_id}"
State = Literal["open", "assigned", "exception_requested", "accepted", "repaired"]
Why = Annotated[str, Field(min_length=1, max_length=1000, pattern=TEXT_PATTERN)]


class FindingText(Answer):
    """A sentence in both languages."""

    zh: str
    en: str


class FindingTexts(Answer):
    """What is wrong, what was expected and found, and what could be done."""

    message: FindingText
    expected: FindingText
    found: FindingText
    suggestion: FindingText


class FindingItem(Answer):
    """A deviation of a round from its policy. `present`: the newest audit still finds it."""

    id: int
    round: str = Field(validation_alias="round__key")
    rule: str
    clause: str
    mark: str
    severity: Severity
    subjects: list[str]
    texts: FindingTexts
    present: bool
    state: State
    assignee_id: int | None
    assignee: str | None = Field(validation_alias="assignee__name")
    due: dt.date | None
    version: int


ITEM_COLUMNS = tuple(str(field.validation_alias or name) for name, field in FindingItem.model_fields.items())


@operation(
    router,
    "GET",
    "/findings",
    response=Page[FindingItem],
    permission="finding.view",
    zh="核查发现列表",
    en="List of findings",
)
def list_findings(
    request: Call,
    round: RoundKey | None = None,
    rule: Code | None = None,
    severity: Severity | None = None,
    state: State | None = None,
    present: Flag = True,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """In the caller's scope, most serious first; `present=false` lists those that are gone."""
    rows = queries.findings(request.actor, round_named(round) if round else None).filter(present=present)
    conditions = {"rule": rule, "severity": severity, "state": state}
    rows = rows.filter(**{name: value for name, value in conditions.items() if value})
    return page_of(rows.values(*ITEM_COLUMNS), limit, offset)


class FindingDetail(FindingItem):
    """With the pairings that prove it, the people who worked on it, and the steps open to the caller."""

    key: str
    subject_keys: list[str]
    first_run: int
    last_run: int
    reason: str
    requested_by: str | None
    requested_at: dt.datetime | None
    decided_by: str | None
    decided_at: dt.datetime | None
    rows: list[PairingItem]
    steps: list[str]


def _answer(request: Call, pk: int) -> dict[str, Any]:
    found = queries.finding(request.actor, pk)
    known = {row["id"]: row for row in pairings(request.actor).filter(pk__in=found.rows).values(*COLUMNS)}
    plain = [name for name in ITEM_COLUMNS if "__" not in name]
    return {
        **{name: getattr(found, name) for name in (*plain, "key", "subject_keys", "reason")},
        "round__key": found.round.key,
        "assignee__name": found.assignee.name if found.assignee else None,
        "first_run": found.first_run.number,
        "last_run": found.last_run.number,
        "requested_by": str(found.requested_by) if found.requested_by else None,
        "requested_at": found.requested_at,
        "decided_by": str(found.decided_by) if found.decided_by else None,
        "decided_at": found.decided_at,
        "rows": [known[pk] for pk in found.rows if pk in known],
        "steps": [step.id for step in FINDING.available(found, request.actor)],
    }


@operation(
    router, "GET", ONE, response=FindingDetail, permission="finding.view", zh="一项发现", en="One finding"
)
def get_finding(request: Call, finding_id: Id) -> Any:
    """With its rows and steps."""
    return _answer(request, finding_id)


class UnitItem(Answer):
    """An authority or hospital that a finding can be given to."""

    id: int
    name: str
    kind: str


@operation(
    router,
    "GET",
    f"{ONE}/assignees",
    response=list[UnitItem],
    permission="finding.work",
    zh="可承办的单位",
    en="Possible assignees",
)
def list_assignees(request: Call, finding_id: Id) -> Any:
    """The places concerned and the authorities above them."""
    found = queries.finding(request.actor, finding_id)
    return queries.possible_assignees(request.actor, [found])


class Assigned(Body):
    """A finding with the version that was read."""

    id: Ref
    version: Version


class Assignment(Body):
    """Findings to give to a unit; all of them or none."""

    findings: Annotated[list[Assigned], Field(min_length=1, max_length=actions.MAX_AT_ONCE)]
    assignee_id: Ref
    due: Day | None = None


class Done(Answer):
    """How many were changed."""

    count: int


@operation(
    router,
    "POST",
    "/finding-assignments",
    response=Done,
    permission="finding.work",
    zh="指派",
    en="Assign findings",
)
def assign_findings(request: Call, body: Assignment) -> Any:
    """The assignee must be one of the places concerned, or lie above or below one."""
    count = actions.assign_findings(
        actor=request.actor,
        findings=[one.id for one in body.findings],
        assignee=body.assignee_id,
        due=body.due,
        versions={one.id: one.version for one in body.findings},
    )
    return {"count": count}


def _read(request: Call, pk: int, version: int) -> Finding:
    """The finding as the caller read it: the step is refused when it has changed since."""
    found = queries.finding(request.actor, pk)
    found.version = version
    return found


class ReasonedStep(Versioned):
    """A step with its reason."""

    reason: Why


@operation(
    router,
    "POST",
    f"{ONE}/request-exception",
    response=FindingDetail,
    permission="finding.work",
    zh="申请例外",
    en="Request an exception",
)
def request_finding_exception(request: Call, finding_id: Id, body: ReasonedStep) -> Any:
    """Somebody else decides."""
    found = _read(request, finding_id, body.version)
    actions.request_exception(actor=request.actor, finding=found, reason=body.reason)
    return _answer(request, finding_id)


@operation(
    router,
    "POST",
    f"{ONE}/withdraw-request",
    response=FindingDetail,
    permission="finding.work",
    zh="撤回申请",
    en="Withdraw the request",
)
def withdraw_finding_request(request: Call, finding_id: Id, body: Versioned) -> Any:
    """The finding is open again."""
    actions.withdraw_request(actor=request.actor, finding=_read(request, finding_id, body.version))
    return _answer(request, finding_id)


@operation(
    router,
    "POST",
    f"{ONE}/accept",
    response=FindingDetail,
    permission="finding.accept",
    zh="批准例外",
    en="Approve the exception",
)
def accept_finding_exception(request: Call, finding_id: Id, body: ReasonedStep) -> Any:
    """By somebody else than who asked."""
    found = _read(request, finding_id, body.version)
    actions.accept_exception(actor=request.actor, finding=found, reason=body.reason)
    return _answer(request, finding_id)


@operation(
    router,
    "POST",
    f"{ONE}/decline",
    response=FindingDetail,
    permission="finding.accept",
    zh="不予批准",
    en="Decline the exception",
)
def decline_finding_exception(request: Call, finding_id: Id, body: ReasonedStep) -> Any:
    """The finding is open again."""
    found = _read(request, finding_id, body.version)
    actions.decline_exception(actor=request.actor, finding=found, reason=body.reason)
    return _answer(request, finding_id)


@operation(
    router,
    "POST",
    f"{ONE}/reopen",
    response=FindingDetail,
    permission="finding.accept",
    zh="重新打开",
    en="Take the approval back",
)
def reopen_finding(request: Call, finding_id: Id, body: ReasonedStep) -> Any:
    """Of an approved exception."""
    found = _read(request, finding_id, body.version)
    actions.reopen_finding(actor=request.actor, finding=found, reason=body.reason)
    return _answer(request, finding_id)
