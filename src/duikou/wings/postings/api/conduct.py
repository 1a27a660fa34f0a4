"""Conduct notices and disputes: for the offices of the two hospitals, and for whom they are about.

As on pages: lists tell what there is, never what was written; whoever opens a record leaves that in
the trail; what was written can only be answered.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from duikou.core.rest import Answer, Body, Call, Day, Flag, Id, Limit, Offset, Page, operation, page_of
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.postings import actions
from duikou.wings.postings.api.postings import ONE
from duikou.wings.postings.models import ConductAnswer, ConductRecord
from duikou.wings.postings.queries import desk

router = Router(tags=["postings"])
VIEW: dict[str, Any] = {"permission": "conduct.view"}
EDIT: dict[str, Any] = {"permission": "conduct.edit"}
OWN: dict[str, Any] = {"permission": "posting.own"}
RECORD, MINE = "/conduct-records/{record_id}", "/my-conduct-records"
KindName = Literal["notice", "dispute"]
Told = Annotated[str, Field(min_length=1, max_length=2000, pattern=TEXT_PATTERN)]
Outcome = Annotated[str, Field(min_length=1, max_length=500, pattern=TEXT_PATTERN)]


class ConductItem(Answer):
    """That there is a record, and how it stands; not what is written in it."""

    id: int
    posting_id: int
    person: str
    supporter: str
    recipient: str
    kind: KindName
    happened_on: dt.date
    acknowledged: bool
    settled_on: dt.date | None
    demonstration: bool


class ConductReply(Answer):
    """What a side, or the person concerned, answered."""

    side: Literal["supporter", "recipient", "person"]
    text: str
    answered_at: dt.datetime


class ConductDetail(ConductItem):
    """The record as it was written, with its answers."""

    text: str
    recorded_at: dt.datetime
    acknowledged_at: dt.datetime | None
    outcome: str
    answers: list[ConductReply]


PLAIN = ("id", "posting_id", "kind", "happened_on", "settled_on", "demonstration")
WRITTEN = ("text", "recorded_at", "acknowledged_at", "outcome")
REPLY = tuple(ConductReply.model_fields)


def _item(record: ConductRecord) -> dict[str, Any]:
    return {
        **{name: getattr(record, name) for name in PLAIN},
        "person": record.posting.person.name,
        "supporter": record.posting.supporter.name,
        "recipient": record.posting.recipient.name,
        "acknowledged": record.acknowledged_at is not None,
    }


def _detail(request: Call, record: ConductRecord) -> dict[str, Any]:
    """The record for whoever opens it, which the trail keeps."""
    actions.read(actor=request.actor, record=record)
    return {
        **_item(record),
        **{name: getattr(record, name) for name in WRITTEN},
        "answers": [_reply(row) for row in record.answers.all()],
    }


def _reply(row: ConductAnswer) -> dict[str, Any]:
    return {name: getattr(row, name) for name in REPLY}


@operation(
    router, "GET", "/conduct-records", response=Page[ConductItem], zh="违纪与纠纷",
    en="Conduct notices and disputes", **VIEW,
)  # fmt: skip
def list_conduct_records(
    request: Call,
    kind: KindName | None = None,
    acknowledged: Flag | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Of the caller's hospital, the latest first."""
    rows = desk.office_conduct(request.actor).order_by("-happened_on", "pk")
    if kind is not None:
        rows = rows.filter(kind=kind)
    if acknowledged is not None:
        rows = rows.filter(acknowledged_at__isnull=not acknowledged)
    return page_of(rows, limit, offset, _item)


@operation(
    router, "GET", RECORD, response=ConductDetail, zh="一份违纪通报或纠纷记录",
    en="One conduct notice or dispute", **VIEW,
)  # fmt: skip
def get_conduct_record(request: Call, record_id: Id) -> Any:
    """What was written and answered; that it was read is kept in the trail."""
    return _detail(request, desk.find_record(request.actor, record_id))


class NewConductRecord(Body):
    """A breach of discipline (AGR-15) or a medical dispute (AGR-16); nothing of any patient."""

    kind: KindName
    happened_on: Day
    text: Told


@operation(
    router, "POST", f"{ONE}/conduct-records", response=ConductItem, status=201, zh="登记违纪通报或纠纷",
    en="Report a breach or record a dispute", **EDIT,
)  # fmt: skip
def report_conduct(request: Call, posting_id: Id, body: NewConductRecord) -> Any:
    """By the recipient; it cannot be changed afterwards."""
    posting = desk.find_posting(request.actor, posting_id)
    return _item(actions.report(actor=request.actor, posting=posting, **body.model_dump()))


@operation(
    router, "POST", f"{RECORD}/acknowledgement", response=ConductItem, zh="确认收到违纪通报或纠纷",
    en="Acknowledge a conduct record", **EDIT,
)  # fmt: skip
def acknowledge_conduct(request: Call, record_id: Id) -> Any:
    """By the supporter."""
    return _item(actions.acknowledge(actor=request.actor, record=desk.find_record(request.actor, record_id)))


class NewConductReply(Body):
    """The answer of a hospital; it cannot be changed afterwards."""

    side: Literal["supporter", "recipient"]
    text: Told


@operation(
    router, "POST", f"{RECORD}/answers", response=ConductReply, status=201, zh="答复违纪通报或纠纷",
    en="Answer a conduct record", **EDIT,
)  # fmt: skip
def answer_conduct(request: Call, record_id: Id, body: NewConductReply) -> Any:
    """By either hospital, each for itself."""
    record = desk.find_record(request.actor, record_id)
    return _reply(actions.answer(actor=request.actor, record=record, **body.model_dump()))


class ConductSettlement(Body):
    """When and how a dispute was settled."""

    on: Day
    outcome: Outcome


@operation(
    router, "POST", f"{RECORD}/settlement", response=ConductItem, zh="了结纠纷", en="Settle a dispute", **EDIT
)
def settle_dispute(request: Call, record_id: Id, body: ConductSettlement) -> Any:
    """By the recipient (AGR-16)."""
    record = desk.find_record(request.actor, record_id)
    return _item(actions.settle(actor=request.actor, record=record, **body.model_dump()))


# ---------------------------------------------------------------- about oneself


@operation(
    router, "GET", MINE, response=list[ConductItem], zh="关于我的违纪与纠纷记录",
    en="Conduct records about me", **OWN,
)  # fmt: skip
def list_my_conduct_records(request: Call) -> Any:
    """The latest first."""
    return [_item(row) for row in desk.own_conduct(request.actor)]


@operation(
    router, "GET", f"{MINE}/{{record_id}}", response=ConductDetail, zh="关于我的一份记录",
    en="One conduct record about me", **OWN,
)  # fmt: skip
def get_my_conduct_record(request: Call, record_id: Id) -> Any:
    """What was written and answered; that it was read is kept in the trail."""
    return _detail(request, desk.find_own_record(request.actor, record_id))


class OwnConductReply(Body):
    """One's own answer; it cannot be changed afterwards."""

    text: Told


@operation(
    router, "POST", f"{MINE}/{{record_id}}/answers", response=ConductReply, status=201,
    zh="本人答复", en="Answer a record about me", **OWN,
)  # fmt: skip
def answer_conduct_myself(request: Call, record_id: Id, body: OwnConductReply) -> Any:
    """By the person concerned."""
    record = desk.find_own_record(request.actor, record_id)
    side = ConductAnswer.Side.PERSON
    return _reply(actions.answer(actor=request.actor, record=record, side=side, text=body.text))
