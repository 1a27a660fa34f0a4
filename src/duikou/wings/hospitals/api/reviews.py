"""Uncertain matches of printed names: listed, decided, decided again."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from duikou.core.rest import (
    Answer,
    Because,
    Body,
    Call,
    Id,
    Limit,
    Line,
    Offset,
    Page,
    Ref,
    Yes,
    operation,
    page_of,
)
from duikou.core.rest.types import TEXT_PATTERN
from duikou.core.scope import Actor
from duikou.wings.hospitals import actions, queries
from duikou.wings.hospitals.actions import NAME_REVIEW
from duikou.wings.hospitals.api.changes import FactsBody, Optional
from duikou.wings.hospitals.api.schemas import AliasKind
from duikou.wings.hospitals.models import NameReview
from duikou.wings.places.panels import division_named

router = Router(tags=["reviews"])
State = Literal["waiting", "matched", "created", "dismissed"]
ONE = "/name-reviews/{review_id}"


class ReviewItem(Answer):
    """A printed name that could not be matched with certainty, or the decision on it."""

    id: int
    printed: str
    context: str
    on: dt.date
    state: State
    decided_id: int | None
    decided_at: dt.datetime | None
    created_at: dt.datetime
    version: int


class ReviewCandidate(Answer):
    """A hospital that may be meant; `why` in both languages."""

    hospital_id: int = Field(validation_alias="hospital")
    confidence: float
    why: list[dict[str, str]]


class ReviewDetail(ReviewItem):
    """With its candidates, best first, and the steps that the caller may take now."""

    candidates: list[ReviewCandidate]
    steps: list[str]


def _answer(actor: Actor, review: NameReview) -> dict[str, Any]:
    values = {name: getattr(review, name) for name in ReviewItem.model_fields}
    steps = [step.id for step in NAME_REVIEW.available(review, actor)]
    return {**values, "candidates": review.candidates, "steps": steps}


@operation(
    router,
    "GET",
    "/name-reviews",
    response=Page[ReviewItem],
    permission="hospital.view",
    zh="名称裁定列表",
    en="List of name reviews",
)
def list_name_reviews(
    request: Call,
    state: State | Literal["any"] = "waiting",
    text: Line = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Of the caller's area, newest first; `text` is part of the printed name."""
    rows = queries.reviews(request.actor, state="" if state == "any" else state, text=text)
    return page_of(rows.values(*ReviewItem.model_fields), limit, offset)


@operation(
    router,
    "GET",
    ONE,
    response=ReviewDetail,
    permission="hospital.view",
    zh="一项名称裁定",
    en="One name review",
)
def get_name_review(request: Call, review_id: Id) -> Any:
    """With candidates and the steps open to the caller."""
    return _answer(request.actor, queries.find_review(request.actor, review_id))


class Decision(Body):
    """Which hospital is meant; `remember_as` makes the printed name its alias of that kind."""

    hospital_id: Ref
    reason: Optional = ""
    remember_as: AliasKind | None = None


@operation(
    router,
    "POST",
    f"{ONE}/match",
    response=ReviewDetail,
    permission="hospital.review",
    zh="匹配到医院",
    en="Match with a hospital",
)
def match_name_review(request: Call, review_id: Id, body: Decision) -> Any:
    """With `remember_as` the caller must also be allowed to edit that hospital's entry."""
    review = queries.find_review(request.actor, review_id)
    actions.match_review(
        actor=request.actor,
        review=review,
        hospital=queries.find_hospital(request.actor, body.hospital_id),
        reason=body.reason,
        remember_as=body.remember_as or "",
    )
    return _answer(request.actor, queries.find_review(request.actor, review_id))


class ReviewedRegistration(Body):
    """A new hospital for a printed name; `name` where the right name differs from the printed one."""

    facts: FactsBody
    division_id: Ref
    name: Annotated[str, Field(max_length=120, pattern=TEXT_PATTERN)] = ""
    reason: Optional = ""
    confirmed: Yes = False


@operation(
    router,
    "POST",
    f"{ONE}/register",
    response=ReviewDetail,
    permission="hospital.review",
    zh="登记为新医院",
    en="Register as a new hospital",
)
def register_name_review(request: Call, review_id: Id, body: ReviewedRegistration) -> Any:
    """Needs the permission to edit where the new entry will hang."""
    review = queries.find_review(request.actor, review_id)
    actions.register_reviewed(
        actor=request.actor,
        review=review,
        facts=body.facts.facts(),
        division=division_named(body.division_id),
        name=body.name,
        reason=body.reason,
        confirmed=body.confirmed,
    )
    return _answer(request.actor, queries.find_review(request.actor, review_id))


@operation(
    router,
    "POST",
    f"{ONE}/dismiss",
    response=ReviewDetail,
    permission="hospital.review",
    zh="不是医院",
    en="Not a hospital",
)
def dismiss_name_review(request: Call, review_id: Id, body: Because) -> Any:
    """A heading, a note, a misprint."""
    review = queries.find_review(request.actor, review_id)
    actions.dismiss_review(actor=request.actor, review=review, reason=body.reason)
    return _answer(request.actor, queries.find_review(request.actor, review_id))


@operation(
    router,
    "POST",
    f"{ONE}/reopen",
    response=ReviewDetail,
    permission="hospital.review",
    zh="重新裁定",
    en="Decide again",
)
def reopen_name_review(request: Call, review_id: Id, body: Because) -> Any:
    """Aliases that the decision added stay until removed."""
    review = queries.find_review(request.actor, review_id)
    actions.reopen_review(actor=request.actor, review=review, reason=body.reason)
    return _answer(request.actor, queries.find_review(request.actor, review_id))
