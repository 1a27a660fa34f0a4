"""On post: arrival, leave and return, corrections, the end, appraisals."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from ninja import Router
from pydantic import Field

from duikou.core.rest import Answer, Because, Body, Call, Day, Id, Reason, Version, Yes, operation
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.postings import actions
from duikou.wings.postings.api.postings import EDIT, ONE, Note, PostingItem, answer
from duikou.wings.postings.models import Leave
from duikou.wings.postings.queries import desk

router = Router(tags=["postings"])
VIEW: dict[str, Any] = {"permission": "posting.view"}
LEAVE = "/posting-leaves/{leave_id}"
Year = Annotated[int, Field(ge=1990, le=2100)]


class PostingLeaveItem(Answer):
    """Days away from the post, both included; a withdrawn leave counts for nothing."""

    id: int
    posting_id: int
    first_day: dt.date
    last_day: dt.date
    reason: str
    withdrawn: bool
    withdrawn_reason: str
    demonstration: bool


class PostingAppraisalItem(Answer):
    """The recipient's appraisal of a year; a replaced one no longer counts."""

    id: int
    year: int
    passed: bool
    on: dt.date
    remark: str
    replaced: bool
    replaced_reason: str
    demonstration: bool


def _row(row: Any, item: type[Answer], flag: str) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in item.model_fields if name != flag}
    return {**plain, flag: getattr(row, f"{flag}_at") is not None}


def _leave(row: Leave) -> dict[str, Any]:
    return _row(row, PostingLeaveItem, "withdrawn")


class PostingArrival(Body):
    """The first day on post; `version`: as the caller has read the posting, if that matters."""

    on: Day
    version: Version | None = None


@operation(router, "POST", f"{ONE}/arrive", response=PostingItem, zh="登记到岗", en="Note an arrival", **EDIT)
def note_arrival(request: Call, posting_id: Id, body: PostingArrival) -> Any:
    """By the recipient."""
    posting = desk.find_posting(request.actor, posting_id)
    actions.arrive(actor=request.actor, stay=posting, **body.model_dump())
    return answer(request.actor, posting_id)


@operation(
    router, "GET", f"{ONE}/leaves", response=list[PostingLeaveItem], zh="派驻请假", en="Leave of a posting",
    **VIEW,
)  # fmt: skip
def list_posting_leaves(request: Call, posting_id: Id) -> Any:
    """All that was noted, withdrawn ones too, in the order of their days."""
    return [_leave(row) for row in desk.find_posting(request.actor, posting_id).leaves.all()]


class NewPostingLeave(Because):
    """Days away from the post, both ends included."""

    first_day: Day
    last_day: Day


@operation(
    router, "POST", f"{ONE}/leave", response=PostingItem, status=201, zh="登记派驻请假",
    en="Note leave of a posting", **EDIT,
)  # fmt: skip
def note_leave(request: Call, posting_id: Id, body: NewPostingLeave) -> Any:
    """By the recipient."""
    posting = desk.find_posting(request.actor, posting_id)
    actions.take_leave(actor=request.actor, stay=posting, **body.model_dump())
    return answer(request.actor, posting_id)


class PostingReturn(Because):
    """The first day at work again, and why it came early."""

    on: Day


@operation(
    router, "POST", f"{LEAVE}/return", response=PostingLeaveItem, zh="提前返岗",
    en="Note a return from leave", **EDIT,
)  # fmt: skip
def note_return(request: Call, leave_id: Id, body: PostingReturn) -> Any:
    """By the recipient; earlier than noted, so that the leave ends on the day before."""
    leave = desk.find_leave(request.actor, leave_id)
    return _leave(actions.come_back(actor=request.actor, leave=leave, **body.model_dump()))


@operation(
    router, "POST", f"{LEAVE}/withdraw", response=PostingLeaveItem, zh="撤回派驻请假",
    en="Withdraw leave of a posting", **EDIT,
)  # fmt: skip
def withdraw_posting_leave(request: Call, leave_id: Id, body: Because) -> Any:
    """By the recipient: leave that was not taken stays visible and counts for nothing."""
    leave = desk.find_leave(request.actor, leave_id)
    return _leave(actions.withdraw_leave(actor=request.actor, leave=leave, reason=body.reason))


class PostingDays(Body):
    """The right days; `left_on` for a posting that has ended, and only then."""

    arrived_on: Day
    left_on: Day | None = None
    reason: Reason
    version: Version | None = None


@operation(
    router, "POST", f"{ONE}/correct-days", response=PostingItem, zh="更正到岗和离岗日期",
    en="Correct the days of a posting", **EDIT,
)  # fmt: skip
def correct_posting_days(request: Call, posting_id: Id, body: PostingDays) -> Any:
    """By the recipient; the old days and the reason stay in the trail."""
    posting = desk.find_posting(request.actor, posting_id)
    actions.correct_days(actor=request.actor, stay=posting, **body.model_dump())
    return answer(request.actor, posting_id)


class NewPostingEnd(Body):
    """The last day on post; a reason where it is earlier than planned (AGR-13)."""

    on: Day
    reason: Note = ""
    version: Version | None = None


@operation(router, "POST", f"{ONE}/end", response=PostingItem, zh="结束派驻", en="End a posting", **EDIT)
def end_posting(request: Call, posting_id: Id, body: NewPostingEnd) -> Any:
    """By either hospital."""
    posting = desk.find_posting(request.actor, posting_id)
    actions.end(actor=request.actor, stay=posting, **body.model_dump())
    return answer(request.actor, posting_id)


@operation(
    router, "GET", f"{ONE}/appraisals", response=list[PostingAppraisalItem], zh="派驻考核记录",
    en="Appraisals of a posting", **VIEW,
)  # fmt: skip
def list_posting_appraisals(request: Call, posting_id: Id) -> Any:
    """All that were recorded; of a year the one that was not replaced counts."""
    rows = desk.find_posting(request.actor, posting_id).appraisals.all()
    return [_row(row, PostingAppraisalItem, "replaced") for row in rows]


class NewPostingAppraisal(Body):
    """The recipient's appraisal of a year; a reason where it replaces an earlier one."""

    year: Year
    passed: Yes
    on: Day
    remark: Annotated[str, Field(max_length=500, pattern=TEXT_PATTERN)] = ""
    reason: Note = ""


@operation(
    router, "POST", f"{ONE}/appraisals", response=PostingItem, status=201, zh="派驻考核",
    en="Appraise a posting", **EDIT,
)  # fmt: skip
def appraise_posting(request: Call, posting_id: Id, body: NewPostingAppraisal) -> Any:
    """By the recipient."""
    posting = desk.find_posting(request.actor, posting_id)
    actions.appraise(actor=request.actor, stay=posting, **body.model_dump())
    return answer(request.actor, posting_id)
