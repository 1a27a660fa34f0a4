"""Shapes that several rooms of this wing's routes share."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field

from duikou.core.rest import Answer
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.plans.models import SupportPlan, TaskShare, YearTask

Side = Literal["supporter", "recipient"]
PlanKind = Literal["development", "support", "year"]
PlanState = Literal["draft", "offered", "agreed", "running", "closed"]
TaskState = Literal["open", "reported", "accepted", "unmet", "dropped"]
Owner = Literal["supporter", "recipient", "both"]
Word = Annotated[str, Field(max_length=60, pattern=TEXT_PATTERN)]  # an id or a word of the pack
Short = Annotated[str, Field(max_length=300, pattern=TEXT_PATTERN)]
Long = Annotated[str, Field(max_length=1000, pattern=TEXT_PATTERN)]
Year = Annotated[int, Field(ge=2009, le=2099)]


class PlanLackItem(Answer):
    """What the plan still needs, in the caller's language, and the rule that wants it."""

    words: str
    rule: str


class PlanFactorItem(Answer):
    """One of the conditions that the plan was made from (TGT-01)."""

    factor: str
    value: str
    source: str
    year: int
    mark: str


class PlanDepartmentItem(Answer):
    """A department that the plan builds up; `basis` holds the figures in both languages."""

    specialty: str
    position: int
    origin: Literal["out_referral", "declared", "gap", "own"]
    basis: dict[str, str]
    reason: str


class SupportPlanItem(Answer):
    """A plan; a recipient's own development plan has no pairing."""

    id: int
    kind: PlanKind
    pairing_id: int | None
    recipient_id: int
    recipient: str
    supporter: str | None
    year: int | None
    start: dt.date
    end: dt.date
    goal: str
    direction: str
    supporter_president_id: int | None
    recipient_president_id: int | None
    state: PlanState
    version: int
    edition: int
    reason: str
    supporter_agreed_at: dt.datetime | None
    recipient_agreed_at: dt.datetime | None
    started_on: dt.date | None
    closed_on: dt.date | None
    conclusion: str
    demonstration: bool


def plan_item(row: SupportPlan) -> dict[str, Any]:
    """A plan with the names of its hospitals."""
    names = {name for name in SupportPlanItem.model_fields if name not in ("recipient", "supporter")}
    return {
        **{name: getattr(row, name) for name in names},
        "recipient": row.recipient.name,
        "supporter": row.pairing.supporter.name if row.pairing else None,
    }


class TaskShareItem(Answer):
    """What of a task is whose; `confirmed_at` null: not confirmed."""

    id: int
    side: Side
    department: str
    person_id: int
    person: str
    part: str
    confirmed_at: dt.datetime | None
    note: str
    version: int


def share_item(row: TaskShare) -> dict[str, Any]:
    """A share with the person's name."""
    names = (name for name in TaskShareItem.model_fields if name != "person")
    return {**{name: getattr(row, name) for name in names}, "person": row.person.name}


class YearTaskItem(Answer):
    """An annual task. `one` is its kind among the four ones, empty for other tasks; `amount` null with a
    unit: still to be agreed."""

    id: int
    plan_id: int
    recipient_id: int
    recipient: str
    year: int
    position: int
    one: str
    focus: str
    title: str
    content: str
    specialty: str
    technique: str
    baseline: str
    target: str
    unit: str
    amount: int | None
    period: Literal["once", "month", "quarter", "year"]
    evidence: list[str]
    owner: Owner
    due: dt.date
    state: TaskState
    version: int
    reported_side: str
    reported_at: dt.datetime | None
    result: str
    decided_at: dt.datetime | None
    decision: str


def task_item(row: YearTask) -> dict[str, Any]:
    """A task with the recipient's name."""
    names = (name for name in YearTaskItem.model_fields if name != "recipient")
    return {**{name: getattr(row, name) for name in names}, "recipient": row.recipient.name}
