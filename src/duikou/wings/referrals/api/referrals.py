"""Referrals: the worklist, one with its record, drafts, the slip."""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import Q
from django.http import HttpResponse
from pydantic import Field

from duikou.core.rest import Call, Flag, Id, Limit, Offset, Page, Ref, operation
from duikou.core.rest.types import Version
from duikou.core.scope import Actor
from duikou.wings.patients.models import Access
from duikou.wings.patients.queries import records
from duikou.wings.referrals import actions, signing
from duikou.wings.referrals.actions import Details
from duikou.wings.referrals.api._shapes import (
    DirectionName,
    PatientNumber,
    ReferralDetails,
    ReferralItem,
    ReferralRecord,
    StateName,
    UrgencyName,
    router,
)
from duikou.wings.referrals.queries import referrals as queries
from duikou.wings.referrals.queries import services as directory
from duikou.wings.referrals.queries import worklist
from duikou.wings.referrals.views.detail import slip_answer

ONE = "/referrals/{referral_id}"
CLINICAL = (
    "code", "diagnosis", "conditions", "exception", "why", "summary", "plan", "escort", "back_summary",
    "back_plan",
)  # fmt: skip
PLAIN = (
    "direction", "urgency", "state", "version", "problem", "tier", "from_hospital_id", "to_hospital_id",
    "service_id", "remark", "appointed_on", "slot_starts", "bed", "sent_at", "answered_at", "arrived_at",
    "back_at", "confirmed_at", "closed_at", "outcome", "outcome_on", "demonstration",
)  # fmt: skip


def shown(actor: Actor, pk: int) -> dict[str, Any]:
    """One referral; a look at the record where the actor sees it."""
    found, patient = queries.opened(actor, pk, Access.Where.API)
    return {
        "id": found.pk,
        "patient": patient.number if patient else found.patient.number,
        "name": patient.name if patient else found.patient.masked,
        **{name: getattr(found, name) for name in PLAIN},
        **{name: getattr(found, name) if patient else None for name in CLINICAL},
        "follow_ups": [
            {"id": row.pk, **{n: getattr(row, n) for n in ("due_on", "what", "done_on", "finding")}}
            for row in queries.follow_ups_of(found)
        ]
        if patient
        else None,
        "clocks": [
            {
                "receiver": clock.path == found.to_path,
                **{
                    name: getattr(clock, name)
                    for name in ("kind", "started_at", "due_at", "paused_at", "stopped_at", "level")
                },
            }
            for clock in queries.clocks_of(found)
        ],
        "signatures": [
            {
                "stands": signing.stands(one, found),
                **{
                    name: getattr(one, name)
                    for name in ("part", "name", "title", "place", "factor", "digest", "signed_at")
                },
            }
            for one in queries.signatures_of(found)
        ],
    }


def details_of(body: ReferralDetails) -> Details:
    """The details of a body, for the action."""
    names = (
        "direction", "urgency", "diagnosis", "why", "summary", "code", "tier", "exception", "plan", "escort",
        "escort_phone", "from_phone",
    )  # fmt: skip
    return Details(
        service=directory.service(body.service_id),
        conditions=tuple(body.conditions),
        follow_ups=tuple((one.due_on, one.what) for one in body.follow_ups),
        **{name: getattr(body, name) for name in names},
    )


@operation(
    router, "GET", "/referrals", response=Page[ReferralItem], permission="referral.view", zh="转诊列表",
    en="List of referrals",
)  # fmt: skip
def list_referrals(
    request: Call,
    state: StateName | None = None,
    direction: DirectionName | None = None,
    urgency: UrgencyName | None = None,
    live: Flag | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Of the caller's hospital or department, on either side; masked, and no look at a record."""
    wanted = {"state": state, "direction": direction, "urgency": urgency}
    conditions = Q(**{name: value for name, value in wanted.items() if value})
    if live is not None:
        conditions &= worklist.liveness(live)
    total, items = worklist.page(request.actor, conditions, limit, offset)
    return {"total": total, "limit": limit, "offset": offset, "items": items}


class NewReferral(ReferralDetails):
    """A draft: `key` is the caller's own; the same key twice makes one draft."""

    key: Annotated[str, Field(min_length=8, max_length=40, pattern=r"^[0-9A-Za-z-]+$")]
    patient: PatientNumber
    hospital_id: Ref
    department_id: Ref | None = None


@operation(
    router, "POST", "/referrals", response=ReferralRecord, permission="referral.edit", status=201,
    zh="起草转诊", en="Draft a referral",
)  # fmt: skip
def draft_referral(request: Call, body: NewReferral) -> Any:
    """409 where the patient has a live referral for the same problem."""
    place = queries.place(request.actor, body.hospital_id, body.department_id)
    made = actions.draft(
        actor=request.actor,
        key=body.key,
        patient=records.visible(request.actor, body.patient.upper()),
        hospital=place.hospital,
        department=place.department,
        details=details_of(body),
    )
    return shown(request.actor, made.pk)


@operation(
    router, "GET", ONE, response=ReferralRecord, permission="referral.view", zh="一件转诊", en="One referral"
)
def get_referral(request: Call, referral_id: Id) -> Any:
    """A look at the patient's record, written down."""
    return shown(request.actor, referral_id)


class ReferralChange(ReferralDetails):
    """A draft, or a returned referral, as it should be."""

    version: Version


@operation(
    router, "PUT", ONE, response=ReferralRecord, permission="referral.edit", zh="修改转诊",
    en="Change a referral",
)  # fmt: skip
def change_referral(request: Call, referral_id: Id, body: ReferralChange) -> Any:
    """By the sending side, before it is sent or while it is returned."""
    found = queries.referral(request.actor, referral_id)
    actions.edit(actor=request.actor, referral=found, details=details_of(body), version=body.version)
    return shown(request.actor, referral_id)


@operation(
    router, "GET", f"{ONE}/slip.pdf", response=None, media="application/pdf", permission="referral.view",
    zh="转诊单（PDF）", en="The slip as PDF",
)  # fmt: skip
def download_slip(request: Call, referral_id: Id) -> HttpResponse:
    """A look at the patient's record, written down; 404 before it is sent and after the sight has ended."""
    return slip_answer(request.actor, referral_id, "zh")
