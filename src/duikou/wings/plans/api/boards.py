"""The four ones of a year, gaps of specialties, departments that speak for themselves."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Router

from duikou.core.rest import Answer, Call, Id, Limit, Offset, Page, Small, operation, page_of
from duikou.wings.plans.queries import plans as queries
from duikou.wings.plans.queries.departments import proposal
from duikou.wings.plans.queries.matrix import gaps
from duikou.wings.plans.queries.ones import BoardRow, board

router = Router(tags=["plans"])
VIEW: dict[str, Any] = {"permission": "plan.view"}
Have = Literal["have", "weak", "missing", ""]


class FourOneItem(Answer):
    """One of the four ones; `task_id` null: missing."""

    kind: str
    task_id: int | None
    title: str
    state: str
    agreed: bool


class FourOnesItem(Answer):
    """One recipient's year; `missing` only where the four ones are demanded."""

    recipient_id: int
    recipient: str
    city: str
    county: str
    demanded: bool
    ones: list[FourOneItem]
    missing: list[str]
    tasks: int
    accepted: int


def _year(row: BoardRow) -> dict[str, Any]:
    return {
        "recipient_id": row.id,
        "recipient": row.name,
        "city": row.city,
        "county": row.county,
        "demanded": row.demanded,
        "ones": [
            {
                "kind": one.kind,
                "task_id": one.task,
                "title": one.title,
                "state": one.state,
                "agreed": one.agreed,
            }
            for one in row.ones.values()
        ],
        "missing": row.missing,
        "tasks": row.tasks,
        "accepted": row.accepted,
    }


@operation(
    router, "GET", "/four-ones", response=Page[FourOnesItem], zh="年度“四个一”", en="Four ones", **VIEW
)
def list_four_ones(request: Call, year: Small, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Of each recipient in a year (GOAL-01), whoever supports it."""
    return page_of(board(request.actor, year).rows, limit, offset, _year)


class SpecialtyGapItem(Answer):
    """One specialty; empty: nobody recorded or declared anything."""

    specialty: str
    recipient: Have
    departments: list[str]
    need: int
    supporter: Have
    strength: bool
    planned: bool


@operation(
    router,
    "GET",
    "/pairings/{pairing_id}/gaps",
    response=list[SpecialtyGapItem],
    zh="专科缺口",
    en="Gaps of specialties",
    **VIEW,
)
def list_gaps(request: Call, pairing_id: Id) -> Any:
    """The named specialties: the recipient's gaps, the supporter's strength beside them."""
    row = queries.pairing(request.actor, pairing_id)
    return [
        {
            "specialty": one.specialty.id,
            "recipient": one.recipient.have.value,
            "departments": one.recipient.departments,
            "need": one.recipient.need,
            "supporter": one.supporter.have.value,
            "strength": one.supporter.strength,
            "planned": one.planned,
        }
        for one in gaps(row, queries.of_pairing(request.actor, row).support)
    ]


class ProposedDepartmentItem(Answer):
    """A department with what speaks for it, in both languages."""

    specialty: str
    origin: Literal["out_referral", "declared", "gap", "own"]
    basis: dict[str, str]
    supporter: Have
    chosen: bool


@operation(
    router,
    "GET",
    "/plans/{plan_id}/proposed-departments",
    response=list[ProposedDepartmentItem],
    zh="建议的重点科室",
    en="Proposed departments",
    **VIEW,
)
def list_proposed_departments(request: Call, plan_id: Id) -> Any:
    """From the diseases treated outside the county where front pages tell, else from declared needs."""
    found = proposal(request.actor, queries.plan(request.actor, plan_id))
    return [
        {
            "specialty": one.specialty,
            "origin": one.origin,
            "basis": {"zh": one.basis.zh, "en": one.basis.en},
            "supporter": one.supporter.have.value,
            "chosen": one.chosen,
        }
        for one in found.rows
    ]
