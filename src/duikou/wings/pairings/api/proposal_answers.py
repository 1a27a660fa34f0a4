"""Shapes in which proposals are answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

from duikou.core.rest import Answer
from duikou.core.scope import Actor
from duikou.wings.pairings.models import Proposal, ProposalResult
from duikou.wings.pairings.queries import proposals as queries
from duikou.wings.pairings.settings import SettingsShape, settings_of

ProposalState = Literal["draft", "submitted", "returned", "approved", "opened", "withdrawn"]
SolveStatus = Literal["optimal", "feasible", "cancelled", "infeasible", "failed"]
Change = Literal["kept", "added", "dropped"]


class PlanText(Answer):
    """A text in Chinese and English; empty where there is none."""

    zh: str = ""
    en: str = ""


class PlanLevel(Answer):
    """One thing that is wanted: what the plan reaches, and below which no plan can go."""

    name: str
    title: PlanText
    unit: PlanText
    value: int
    bound: int


class BreachItem(Answer):
    """A rule that the plan breaks: whose, by how much, what was found and allowed."""

    rule: str
    subject: str
    name: str
    amount: int
    found: int
    least: int
    most: int


class CountyFigures(Answer):
    """Counties that are to be covered."""

    total: int
    covered: int
    uncovered: list[str]
    in_city_table: int


class PlanFigures(Answer):
    """What a set of pairs amounts to; null: not known for any pair."""

    pairs: int
    supporters: int
    recipients: int
    counties: CountyFigures
    outside: int
    loads: dict[str, int]
    km: float | None
    km_longest: float | None
    km_unknown: int
    fit: int | None
    fit_wanted: int


class ChangeFigures(Answer):
    """Pairs kept, added and dropped against the present round."""

    kept: int
    added: int
    dropped: int


class SupporterBounds(Answer):
    """How many recipients a supporter's rule wants."""

    key: str
    name: str
    kind: str
    table: str
    rule: str
    least: int
    target: int | None
    most: int


class ProposalFigures(Answer):
    """The present round and the plan, side by side."""

    before: PlanFigures
    after: PlanFigures
    changes: ChangeFigures
    supporters: list[SupporterBounds]


class WayOut(Answer):
    """Something to give up so that a plan exists: edits to free, changes to allow.

    `complete`: that is enough; otherwise declared months or the highest load must change, too.
    """

    title: PlanText
    cost: int
    free: list[list[str]]
    max_changes: int | None
    complete: bool


class ConflictItem(Answer):
    """One reason why nothing fits, and the demands of which any one may be given up."""

    reason: PlanText
    members: list[PlanText]


class ContradictionItem(Answer):
    """Why there is no plan, and the ways out, cheapest first."""

    message: PlanText
    members: list[PlanText]
    conflicts: list[ConflictItem]
    relaxations: list[WayOut]


class CurvePoint(Answer):
    """One point of the curve of a solve."""

    seconds: float
    level: str
    incumbent: int | None
    bound: int | None


class ResultItem(Answer):
    """The newest result. `stale` says why it is out of date; `current`: it can be submitted."""

    status: SolveStatus
    verified: bool
    current: bool
    stale: list[str]
    regime: str
    solver: str
    seconds: float
    digest: str
    revision: int
    solved_at: dt.datetime
    levels: list[PlanLevel]
    breaches: list[BreachItem]
    figures: ProposalFigures | None
    contradiction: ContradictionItem | None
    note: PlanText
    curve: list[CurvePoint]


class ProposalItem(Answer):
    """A proposal in a list."""

    id: int
    round: str
    number: int
    name: str
    note: str
    state: ProposalState
    version: int
    status: SolveStatus | None
    created_by: str | None
    created_at: dt.datetime
    submitted_by: str | None
    submitted_at: dt.datetime | None
    opened_as: str | None


class EditItem(Answer):
    """A pair that must, or must not, be in the proposal."""

    supporter_key: str
    supporter: str
    recipient_key: str
    recipient: str
    kind: Literal["lock", "forbid"]
    reason: str
    by: str | None
    at: dt.datetime


class ApprovalItem(Answer):
    """An authority that has to agree, and whether it did."""

    org_id: int
    org: str
    changes: int
    decided_by: str | None
    decided_at: dt.datetime | None
    on_behalf: bool
    reason: str


class ProposalDetail(ProposalItem):
    """With settings, edits, agreements, result and the steps that the caller may take now."""

    copied_from: int | None
    returned_reason: str
    settings: SettingsShape
    edits: list[EditItem]
    approvals: list[ApprovalItem]
    result: ResultItem | None
    job_id: str
    running: list[CurvePoint]
    editable: bool
    steps: list[str]


def item(proposal: Proposal) -> dict[str, Any]:
    """A proposal read by `queries.proposals`."""
    columns = ("id", "number", "name", "note", "state", "version", "created_at", "submitted_at")
    result = queries.result_of(proposal)
    return {
        **{name: getattr(proposal, name) for name in columns},
        "round": proposal.round.key,
        "status": result.status if result else None,
        "created_by": _named(proposal.created_by),
        "submitted_by": _named(proposal.submitted_by),
        "opened_as": proposal.opened_as.key if proposal.opened_as else None,
    }


def answer(actor: Actor, pk: int) -> dict[str, Any]:
    """A proposal as every act on it answers."""
    found = queries.summary(actor, pk)
    proposal = found.proposal
    return {
        **item(proposal),
        "copied_from": proposal.copied_from.number if proposal.copied_from else None,
        "returned_reason": proposal.returned_reason,
        "settings": settings_of(proposal.settings),
        "edits": [
            {
                "supporter_key": edit.supporter_key,
                "supporter": edit.supporter_name,
                "recipient_key": edit.recipient_key,
                "recipient": edit.recipient_name,
                "kind": edit.kind,
                "reason": edit.reason,
                "by": _named(edit.by),
                "at": edit.at,
            }
            for edit in found.edits
        ],
        "approvals": [
            {
                "org_id": one.org_id,
                "org": one.org.name,
                "changes": one.changes,
                "decided_by": _named(one.decided_by),
                "decided_at": one.decided_at,
                "on_behalf": one.on_behalf,
                "reason": one.reason,
            }
            for one in found.approvals
        ],
        "result": _result(found) if found.result else None,
        "job_id": proposal.job_id,
        "running": _curve(proposal.running),
        "editable": found.editable,
        "steps": [step.id for step in found.steps],
    }


def _result(found: queries.Summary) -> dict[str, Any]:
    result = found.result
    assert isinstance(result, ProposalResult)
    columns = (
        "status", "verified", "regime", "solver", "seconds", "digest", "revision", "solved_at", "levels",
        "breaches", "note",
    )  # fmt: skip
    return {
        **{name: getattr(result, name) for name in columns},
        "current": found.current,
        "stale": found.stale,
        "figures": result.figures or None,
        "contradiction": result.contradiction or None,
        "curve": _curve(result.curve),
    }


def _curve(points: list[list[Any]]) -> list[Mapping[str, Any]]:
    return [dict(zip(("seconds", "level", "incumbent", "bound"), point, strict=True)) for point in points]


def _named(user: Any) -> str | None:
    return str(user) if user else None
