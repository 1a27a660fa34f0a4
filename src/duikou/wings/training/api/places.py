"""Offered places with their turns."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from ninja import Router
from pydantic import Field

from duikou.core.errors import Missing
from duikou.core.rest import (
    Answer,
    Body,
    Call,
    Code,
    Day,
    Flag,
    Id,
    Limit,
    Line,
    Offset,
    Page,
    Position,
    Reason,
    Ref,
    Versioned,
    Yes,
    operation,
    page_of,
)
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.training import actions
from duikou.wings.training.models import Place
from duikou.wings.training.queries import choices
from duikou.wings.training.queries import places as place_queries

router = Router(tags=["training"])
VIEW: dict[str, Any] = {"permission": "training.view"}


class TrainingPlaceItem(Answer):
    """Places of a department (none: the whole hospital) for a time; `held` of them are given."""

    id: int
    supporter_id: int
    supporter: str
    department: str | None
    specialty: str
    first_day: dt.date
    last_day: dt.date
    places: int
    held: int
    waiting: int
    free: bool
    note: str
    closed_on: dt.date | None
    demonstration: bool
    version: int


class TrainingTurn(Answer):
    """Who waits, in which turn and why."""

    number: int
    traineeship_id: int
    person: str
    recipient: str
    why: str


class TrainingPlaceDetail(TrainingPlaceItem):
    """With the applications that wait, for the hospital that offers it."""

    turns: list[TrainingTurn]


def _place(row: Any) -> dict[str, Any]:
    plain = [name for name in TrainingPlaceItem.model_fields if name not in ("supporter", "department")]
    return {
        **{name: getattr(row, name) for name in plain},
        "supporter": row.supporter.name,
        "department": row.department.name if row.department else None,
    }


def _detail(request: Call, pk: int) -> dict[str, Any]:
    place: Place = place_queries.place(request.actor, pk)
    host = request.actor.may("training.view", place.host_path)
    return {
        **_place(place),
        "turns": [
            {
                "number": turn.number,
                "traineeship_id": turn.traineeship.pk,
                "person": turn.traineeship.person.name,
                "recipient": turn.traineeship.recipient.name,
                "why": turn.why,
            }
            for turn in (place_queries.turns(place) if host else [])
        ],
    }


@operation(
    router,
    "GET",
    "/training-places",
    response=Page[TrainingPlaceItem],
    zh="进修名额",
    en="Training places",
    **VIEW,
)
def list_training_places(
    request: Call,
    q: Line | None = None,
    specialty: Code | None = None,
    free: Flag | None = None,
    on: Day | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Those of the caller's hospital and of its supporters, the latest first."""
    rows = place_queries.places(request.actor).order_by("-first_day", "pk")
    conditions = {
        "supporter__name__icontains": q,
        "specialty": specialty,
        "free": free,
        "first_day__lte": on,
        "last_day__gte": on,
    }
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    return page_of(rows, limit, offset, _place)


@operation(
    router, "GET", "/training-places/{place_id}", response=TrainingPlaceDetail, zh="一项进修名额",
    en="One training place", **VIEW,
)  # fmt: skip
def get_training_place(request: Call, place_id: Id) -> Any:
    """With who waits, in which turn and why (AGR-11), for the hospital that offers it."""
    return _detail(request, place_id)


class TrainingOffer(Body):
    """Places of a department, or of the whole hospital, for a time."""

    supporter_id: Ref
    department_id: Ref | None = None
    specialty: Code
    first_day: Day
    last_day: Day
    places: Position = 1
    free: Yes = False
    note: Annotated[str, Field(max_length=300, pattern=TEXT_PATTERN)] = ""


@operation(
    router, "POST", "/training-places", response=TrainingPlaceDetail, status=201, permission="training.edit",
    zh="提供进修名额", en="Offer training places",
)  # fmt: skip
def offer_training_places(request: Call, data: TrainingOffer) -> Any:
    """By the supporter."""
    found = choices.hospital(request.actor, data.supporter_id)
    if found is None:
        raise Missing("没有这家医院，或不在您的范围内 / no such hospital in your area")
    department = None
    if data.department_id:
        department = choices.department(found.pk, data.department_id)
        if department is None:
            raise Missing("该院没有这个科室 / the hospital has no such department")
    values = data.model_dump(exclude={"supporter_id", "department_id"})
    place = actions.offer(actor=request.actor, supporter=found, department=department, **values)
    return _detail(request, place.pk)


class TrainingPlaceClosing(Versioned):
    """From when on no more applications are taken, and why."""

    on: Day
    reason: Reason


@operation(
    router, "POST", "/training-places/{place_id}/closing", response=TrainingPlaceDetail,
    permission="training.edit", zh="停止接收进修", en="Close training places",
)  # fmt: skip
def close_training_place(request: Call, place_id: Id, data: TrainingPlaceClosing) -> Any:
    """By the supporter; whoever was accepted stays accepted."""
    place = place_queries.place(request.actor, place_id)
    actions.close_place(actor=request.actor, place=place, **data.model_dump())
    return _detail(request, place_id)
