"""Milestones, a technique at a hospital, approvals and cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar

from ninja import Router
from pydantic import Field

from duikou.core.errors import Missing
from duikou.core.rest import Answer, Because, Body, Call, Day, Id, Ref, Small, operation
from duikou.core.rest.types import TEXT_PATTERN
from duikou.core.scope import Actor
from duikou.wings.capabilities import actions
from duikou.wings.capabilities.queries import progress as milestones
from duikou.wings.capabilities.queries import record as records
from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.models import Capability, Hospital
from duikou.wings.pairings.queries.rounds import default_round
from duikou.wings.people.models import Person

Row = TypeVar("Row", Hospital, Person)
router = Router(tags=["capabilities"])
TechniqueId = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9_.\-]+$")]
Paper = Annotated[str, Field(min_length=1, max_length=80, pattern=TEXT_PATTERN)]
ENTRY = "/hospitals/{hospital_id}/techniques/{technique}"
State = Capability.State


class HospitalProgress(Answer):
    """A recipient's number of techniques by state."""

    id: int
    name: str
    independent: int
    learning: int


class CountyProgress(Answer):
    """A county; a technique counts once, in the best state that one of its recipients has reached."""

    code: str
    name: str
    independent: int
    learning: int
    hospitals: list[HospitalProgress]


class TechniqueProgress(Answer):
    """A technique: how many recipients are how far."""

    technique: str
    title: str
    independent: int
    learning: int
    none: int


class ProgressAnswer(Answer):
    """Milestones of one year in the caller's area."""

    year: int
    techniques: list[TechniqueProgress]
    counties: list[CountyProgress]


@operation(
    router, "GET", "/techniques/progress", response=ProgressAnswer, permission="capability.view",
    zh="技术能力进度", en="Progress of techniques",
)  # fmt: skip
def technique_progress(request: Call, year: Small) -> Any:
    """Over the recipients of the round that the pages open with."""
    found_year = next(
        (one for one, listed in catalogue.techniques_by_year() if listed and one.year == year), None
    )
    round_ = default_round(request.actor)
    if found_year is None or round_ is None:
        raise Missing("没有这一年的技术清单 / no techniques are listed for this year")
    found = milestones.progress(request.actor, round_, found_year)
    return {
        "year": found_year.year,
        "techniques": [
            {
                "technique": line.technique.id,
                "title": catalogue.words(line.technique.title),
                "independent": line.independent,
                "learning": line.learning,
                "none": line.none,
            }
            for line in found.lines
        ],
        "counties": [
            {
                "code": line.county.code,
                "name": line.county.name,
                "independent": line.count(State.INDEPENDENT),
                "learning": line.count(State.LEARNING),
                "hospitals": [
                    {
                        "id": one.hospital.pk,
                        "name": one.hospital.name,
                        "independent": one.states[State.INDEPENDENT],
                        "learning": one.states[State.LEARNING],
                    }
                    for one in line.hospitals
                ],
            }
            for line in found.counties
        ],
    }


class TechniqueApproval(Answer):
    """A hospital's approval; `ended_on` is the first day without it."""

    id: int
    hospital_id: int
    hospital: str
    kind: Literal["leave", "independent"]
    on: dt.date
    number: str
    ended_on: dt.date | None
    ended_reason: str


class TechniqueCase(Answer):
    """Cases of one day; nothing of any patient."""

    id: int
    on: dt.date
    by: Literal["posted", "guided", "own"]
    supporter_id: int | None
    person_id: int | None
    cases: int
    note: str
    withdrawn: bool


class TechniqueRecord(Answer):
    """A technique at a hospital."""

    hospital_id: int
    technique: str
    title: str
    state: Literal["none", "learning", "independent"]
    first_case_on: dt.date | None
    approved_here: bool
    approved_by_supporter: bool
    approvals: list[TechniqueApproval]
    cases: list[TechniqueCase]


def _record(actor: Actor, hospital: Hospital, technique: str) -> dict[str, Any]:
    found = records.record(actor, hospital, technique)
    row = found.capability or Capability(hospital=hospital, technique=technique)
    return {
        "hospital_id": hospital.pk,
        "technique": technique,
        "title": catalogue.words(found.technique.title),
        "state": row.state,
        "first_case_on": row.first_case_on,
        "approved_here": row.approved_here,
        "approved_by_supporter": row.approved_by_supporter,
        "approvals": [
            {
                "id": each.pk,
                "hospital_id": each.hospital_id,
                "hospital": each.hospital.name,
                "kind": each.kind,
                "on": each.on,
                "number": each.number,
                "ended_on": each.ended_on,
                "ended_reason": each.ended_reason,
            }
            for each in found.approvals
        ],
        "cases": [
            {
                "id": each.pk,
                "on": each.on,
                "by": each.by,
                "supporter_id": each.supporter_id,
                "person_id": each.person_id,
                "cases": each.cases,
                "note": each.note,
                "withdrawn": each.withdrawn_at is not None,
            }
            for each in found.performances
        ],
    }


@operation(
    router, "GET", ENTRY, response=TechniqueRecord, permission="capability.view",
    zh="一项技术的能力记录", en="Record of a technique",
)  # fmt: skip
def technique_record(request: Call, hospital_id: Id, technique: TechniqueId) -> Any:
    """Standing, approvals of both hospitals, cases."""
    return _record(request.actor, records.recipient(request.actor, hospital_id), technique)


class NewTechniqueApproval(Body):
    """A hospital's approval: `hospital_id` is the recipient itself or its supporter."""

    hospital_id: Ref
    on: Day
    number: Paper


@operation(
    router, "POST", f"{ENTRY}/approvals", response=TechniqueRecord, permission="capability.approve",
    status=201, zh="批准开展技术", en="Approve a technique",
)  # fmt: skip
def approve_technique(
    request: Call, hospital_id: Id, technique: TechniqueId, body: NewTechniqueApproval
) -> Any:
    """For the caller's own hospital."""
    recipient = records.recipient(request.actor, hospital_id)
    known = {recipient.pk: recipient} | {
        one.pk: one for one in records.record(request.actor, recipient, technique).supporters
    }
    hospital = known.get(body.hospital_id)
    if hospital is None:
        raise Missing("该院不是受援医院或其支援医院 / neither the recipient nor a supporter of it")
    actions.approve(
        actor=request.actor,
        recipient=recipient,
        technique=technique,
        hospital=hospital,
        on=body.on,
        number=body.number,
    )
    return _record(request.actor, recipient, technique)


class NewIndependence(Body):
    """The recipient's word that it masters the technique."""

    on: Day
    number: Paper


@operation(
    router, "POST", f"{ENTRY}/independence", response=TechniqueRecord, permission="capability.approve",
    status=201, zh="认定独立开展", en="Declare a technique mastered",
)  # fmt: skip
def declare_independence(
    request: Call, hospital_id: Id, technique: TechniqueId, body: NewIndependence
) -> Any:
    """Demands the own approval and a case done alone."""
    recipient = records.recipient(request.actor, hospital_id)
    actions.declare_independent(
        actor=request.actor, recipient=recipient, technique=technique, on=body.on, number=body.number
    )
    return _record(request.actor, recipient, technique)


class NewTechniqueCase(Body):
    """Cases of one day; nothing of any patient."""

    on: Day
    by: Literal["posted", "guided", "own"]
    cases: Annotated[int, Field(ge=1, le=9999)] = 1
    supporter_id: Ref | None = None
    person_id: Ref | None = None
    note: Annotated[str, Field(max_length=300, pattern=TEXT_PATTERN)] = ""


@operation(
    router, "POST", f"{ENTRY}/cases", response=TechniqueRecord, permission="capability.edit",
    status=201, zh="登记开展病例", en="Record cases of a technique",
)  # fmt: skip
def record_case(request: Call, hospital_id: Id, technique: TechniqueId, body: NewTechniqueCase) -> Any:
    """What posted staff did or guided needs the approval of both hospitals on that day (PER-06)."""
    recipient = records.recipient(request.actor, hospital_id)
    found = records.record(request.actor, recipient, technique)
    supporter = _of(found.supporters, body.supporter_id)
    person = _of(found.persons, body.person_id)
    actions.record_case(
        actor=request.actor,
        recipient=recipient,
        technique=technique,
        case=actions.Case(body.on, body.by, body.cases, supporter, person, body.note),
    )
    return _record(request.actor, recipient, technique)


def _of(rows: Sequence[Row], pk: int | None) -> Row | None:
    """The row of a number; None for none. Raises Missing for a number that is not among them."""
    if pk is None:
        return None
    found = next((one for one in rows if one.pk == pk), None)
    if found is None:
        raise Missing(f"没有这家支援医院或这名派驻人员 / no such supporter or person: {pk}")
    return found


class EndOfApproval(Because):
    """The first day without the approval, and why."""

    on: Day


@operation(
    router, "POST", "/technique-approvals/{approval_id}/end", response=TechniqueRecord,
    permission="capability.approve", zh="停止批准", en="End an approval",
)  # fmt: skip
def end_technique_approval(request: Call, approval_id: Id, body: EndOfApproval) -> Any:
    """What was done under it stays on record."""
    approval = records.approval(request.actor, approval_id)
    actions.end_approval(actor=request.actor, approval=approval, on=body.on, reason=body.reason)
    return _record(request.actor, approval.capability.hospital, approval.capability.technique)


@operation(
    router, "POST", "/technique-cases/{case_id}/withdraw", response=TechniqueRecord,
    permission="capability.edit", zh="撤回病例记录", en="Withdraw a record of cases",
)  # fmt: skip
def withdraw_technique_case(request: Call, case_id: Id, body: Because) -> Any:
    """It stays visible as withdrawn."""
    performance = records.performance(request.actor, case_id)
    actions.withdraw_case(actor=request.actor, performance=performance, reason=body.reason)
    return _record(request.actor, performance.capability.hospital, performance.capability.technique)
