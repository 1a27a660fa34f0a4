"""Pairings with their department links, and the other aid programmes of hospitals."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from duikou.core.rest import (
    Answer,
    Body,
    Call,
    Count,
    Day,
    DivisionCode,
    Id,
    Limit,
    Line,
    Offset,
    Page,
    Reason,
    Ref,
    Version,
    Versioned,
    joined_page_of,
    operation,
)
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.hospitals.queries import find_hospital
from duikou.wings.pairings.actions import pairings as actions
from duikou.wings.pairings.actions import support
from duikou.wings.pairings.api.schemas import (
    HospitalKey,
    PairingKind,
    PairingLevel,
    RoundKey,
    Severity,
    Text500,
)
from duikou.wings.pairings.models import AidLoad, DepartmentLink, Pairing
from duikou.wings.pairings.queries import pairings as queries
from duikou.wings.pairings.queries.public import naming
from duikou.wings.pairings.queries.rounds import round_named
from duikou.wings.pairings.translate import rows_of

router = Router(tags=["pairings"])
ONE = "/pairings/{pairing_id}"
City = Annotated[str, Field(max_length=40, pattern=TEXT_PATTERN)]
Department = Annotated[str, Field(min_length=1, max_length=60, pattern=TEXT_PATTERN)]
Departments = Annotated[list[Department], Field(max_length=40)]


class PairingItem(Answer):
    """Supporter → recipient, with what was printed beside what it was resolved to; both days included."""

    id: int
    round: str = Field(validation_alias="round__key")
    table: str
    group: str
    position: int
    running_number: int | None
    supporter_id: int
    supporter: str = Field(validation_alias="supporter__name")
    supporter_printed: str
    recipient_id: int
    recipient: str = Field(validation_alias="recipient__name")
    recipient_printed: str
    county_code: str = Field(validation_alias="recipient_division__code")
    county: str = Field(validation_alias="recipient_division__name")
    city: str | None = Field(validation_alias="recipient_division__parent__name")
    kind: PairingKind
    level: PairingLevel
    start: dt.date
    end: dt.date
    departments: list[str]
    reason: str
    ended_reason: str
    version: int


COLUMNS = tuple(str(field.validation_alias or name) for name, field in PairingItem.model_fields.items())


@operation(
    router,
    "GET",
    "/pairings",
    response=Page[PairingItem],
    permission="pairing.view",
    zh="结对列表",
    en="List of pairings",
)
def list_pairings(
    request: Call,
    round: RoundKey | None = None,
    on: Day | None = None,
    table: Literal["1", "2"] | None = None,
    group: City = "",
    city: DivisionCode | None = None,
    county: DivisionCode | None = None,
    supporter: Id | None = None,
    recipient: Id | None = None,
    kind: PairingKind | None = None,
    level: PairingLevel | None = None,
    text: Line = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Pairings in the caller's scope, newest round first, in order of printing.

    `on`: who supported whom that day. With a round and no day: its tables as they stand.
    `group` is the heading of a city's table; `city` and `county` are codes on the round's division date.
    """
    rows = queries.pairings(request.actor)
    if round:
        rows = rows.filter(pk__in=rows_of(round_named(round), on).values("pk"))
    elif on:
        rows = rows.on(on)
    conditions = {
        "table": table, "group": group, "recipient_division__parent__code": city,
        "recipient_division__code": county, "supporter": supporter, "recipient": recipient,
        "kind": kind, "level": level,
    }  # fmt: skip
    rows = rows.filter(**{name: value for name, value in conditions.items() if value})
    if text := text.strip():
        rows = rows.filter(naming(text))
    return joined_page_of(rows.order_by("-round__start", "position", "id"), limit, offset, COLUMNS)


class DepartmentLinkItem(Answer):
    """Department supports department, with both first-responsible persons; both days included."""

    id: int
    specialty: str
    supporter_head_id: int | None
    supporter_head: str | None
    recipient_head_id: int | None
    recipient_head: str | None
    start: dt.date
    end: dt.date | None
    version: int


def _link(link: DepartmentLink) -> dict[str, Any]:
    columns = ("id", "specialty", "supporter_head_id", "recipient_head_id", "start", "end", "version")
    return {
        **{name: getattr(link, name) for name in columns},
        "supporter_head": link.supporter_head.name if link.supporter_head else None,
        "recipient_head": link.recipient_head.name if link.recipient_head else None,
    }


class FindingRef(Answer):
    """A finding that the pairing proves."""

    id: int
    rule: str
    severity: Severity
    state: str
    present: bool


class PairingDetail(PairingItem):
    """A pairing with its department links and findings."""

    links: list[DepartmentLinkItem]
    findings: list[FindingRef]


def _answer(request: Call, pk: int) -> dict[str, Any]:
    pairing = queries.pairing(request.actor, pk)
    row = queries.pairings(request.actor).values(*COLUMNS).get(pk=pk)
    sees_findings = request.actor.may("finding.view")
    return {
        **row,
        "links": [_link(link) for link in queries.links_of(pairing)],
        "findings": queries.findings_of(request.actor, pairing) if sees_findings else [],
    }


@operation(
    router, "GET", ONE, response=PairingDetail, permission="pairing.view", zh="一条结对", en="One pairing"
)
def get_pairing(request: Call, pairing_id: Id) -> Any:
    """With department links, and findings for those who may see them."""
    return _answer(request, pairing_id)


class NewPairing(Body):
    """A pairing to add by hand; hospitals by key. Days left out are the round's own."""

    round: RoundKey
    supporter: HospitalKey
    recipient: HospitalKey
    table: Literal["1", "2"]
    group: City = ""
    kind: PairingKind = "normal"
    start: Day | None = None
    end: Day | None = None
    departments: Departments = []
    reason: Text500 = ""


@operation(
    router,
    "POST",
    "/pairings",
    response=PairingDetail,
    permission="pairing.edit",
    status=201,
    zh="新增结对",
    en="Add a pairing",
)
def add_pairing(request: Call, body: NewPairing) -> Any:
    """To table 1 by the province, to a city's part of table 2 by that city."""
    values = body.model_dump(exclude={"round"})
    pairing = actions.add_pairing(actor=request.actor, round_key=body.round, **values)
    return _answer(request, pairing.pk)


def _read(request: Call, pk: int, version: int) -> Pairing:
    """The pairing as the caller read it: the act refuses it when it has changed since."""
    pairing = queries.pairing(request.actor, pk)
    pairing.version = version
    return pairing


class PairingChange(Body):
    """What is to change; members left out stay as they are."""

    version: Version
    departments: Departments | None = None
    reason: Text500 | None = None
    kind: PairingKind | None = None


@operation(
    router,
    "PATCH",
    ONE,
    response=PairingDetail,
    permission="pairing.edit",
    zh="修改结对",
    en="Change a pairing",
)
def edit_pairing(request: Call, pairing_id: Id, body: PairingChange) -> Any:
    """Limit it to departments, say why it stands, change its form."""
    pairing = _read(request, pairing_id, body.version)
    actions.edit_pairing(actor=request.actor, pairing=pairing, **body.model_dump(exclude={"version"}))
    return _answer(request, pairing_id)


class PairingEnd(Body):
    """An early end; `on` is the last day."""

    version: Version
    on: Day
    reason: Reason


@operation(
    router,
    "POST",
    f"{ONE}/end",
    response=PairingDetail,
    permission="pairing.edit",
    zh="提前终止结对",
    en="End a pairing early",
)
def end_pairing(request: Call, pairing_id: Id, body: PairingEnd) -> Any:
    """It stays on record."""
    pairing = _read(request, pairing_id, body.version)
    actions.end_pairing(actor=request.actor, pairing=pairing, on=body.on, reason=body.reason)
    return _answer(request, pairing_id)


# ---------------------------------------------------------------- department links


class Heads(Body):
    """The first-responsible persons of both sides (ids of persons)."""

    supporter_head: Ref | None = None
    recipient_head: Ref | None = None


class NewLink(Heads):
    """A department that supports its counterpart; `specialty` is an id of the pack's specialties."""

    specialty: Annotated[str, Field(min_length=1, max_length=40, pattern=TEXT_PATTERN)]
    start: Day | None = None


@operation(
    router,
    "POST",
    f"{ONE}/department-links",
    response=PairingDetail,
    permission="pairing.edit",
    status=201,
    zh="建立科室对口",
    en="Link departments",
)
def link_departments(request: Call, pairing_id: Id, body: NewLink) -> Any:
    """By either side; from the pairing's first day when no day is given."""
    pairing = queries.pairing(request.actor, pairing_id)
    support.link_departments(actor=request.actor, pairing=pairing, **body.model_dump())
    return _answer(request, pairing_id)


class NewHeads(Heads, Versioned):
    """Both heads, as they shall be."""


@operation(
    router,
    "PUT",
    "/department-links/{link_id}/heads",
    response=PairingDetail,
    permission="pairing.edit",
    zh="变更第一责任人",
    en="Name other heads",
)
def change_link_heads(request: Call, link_id: Id, body: NewHeads) -> Any:
    """Null: nobody is named."""
    link = queries.department_link(request.actor, link_id)
    support.change_heads(actor=request.actor, link=link, **body.model_dump())
    return _answer(request, link.pairing_id)


class LastDay(Versioned):
    """The last day."""

    on: Day


@operation(
    router,
    "POST",
    "/department-links/{link_id}/end",
    response=PairingDetail,
    permission="pairing.edit",
    zh="终止科室对口",
    en="End a department link",
)
def end_link(request: Call, link_id: Id, body: LastDay) -> Any:
    """`on` is its last day."""
    link = queries.department_link(request.actor, link_id)
    support.end_department_link(actor=request.actor, link=link, **body.model_dump())
    return _answer(request, link.pairing_id)


# ---------------------------------------------------------------- other aid

Programme = Literal[
    "tibet", "xinjiang", "qinghai", "guizhou", "sichuan", "hainan", "mountain_sea", "poverty", "sinking",
    "other",
]  # fmt: skip


class AidItem(Answer):
    """What else a hospital carries (PAIR-07); `person_months` a year."""

    id: int
    hospital_id: int
    programme: Programme
    beneficiary: str
    person_months: int | None
    start: dt.date
    end: dt.date | None
    source: str
    version: int


@operation(
    router,
    "GET",
    "/hospitals/{hospital_id}/aid-loads",
    response=list[AidItem],
    permission="pairing.view",
    zh="其他援助任务",
    en="Other aid programmes",
)
def list_aid_loads(request: Call, hospital_id: Id) -> Any:
    """Of one hospital."""
    return queries.aid_loads(request.actor, [find_hospital(request.actor, hospital_id).pk])


class NewAid(Body):
    """An aid programme with its source."""

    programme: Programme
    start: Day
    end: Day | None = None
    beneficiary: Annotated[str, Field(max_length=120, pattern=TEXT_PATTERN)] = ""
    person_months: Count | None = None
    source: Annotated[Line, Field(min_length=1)]


@operation(
    router,
    "POST",
    "/hospitals/{hospital_id}/aid-loads",
    response=AidItem,
    permission="pairing.edit",
    status=201,
    zh="登记援助任务",
    en="Record an aid programme",
)
def add_aid_load(request: Call, hospital_id: Id, body: NewAid) -> AidLoad:
    """`source` names the document."""
    hospital = find_hospital(request.actor, hospital_id)
    return support.add_aid_load(actor=request.actor, hospital=hospital.key, **body.model_dump())


@operation(
    router,
    "POST",
    "/aid-loads/{load_id}/end",
    response=AidItem,
    permission="pairing.edit",
    zh="结束援助任务",
    en="End an aid programme",
)
def end_aid_load(request: Call, load_id: Id, body: LastDay) -> AidLoad:
    """`on` is its last day."""
    load = queries.aid_load(request.actor, load_id)
    return support.end_aid_load(actor=request.actor, load=load, **body.model_dump())
