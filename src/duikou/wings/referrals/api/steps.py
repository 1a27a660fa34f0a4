"""Steps of a referral. Each takes the version that the caller has read: 409 when somebody was faster."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import Field

from duikou.core.errors import Invalid
from duikou.core.rest import Body, Call, Day, Id, Ref, Versioned, operation
from duikou.core.rest.types import Reason
from duikou.core.second_factor import signed_in_with
from duikou.wings.referrals import actions
from duikou.wings.referrals.actions import Appointment, Plan
from duikou.wings.referrals.api._shapes import (
    Dated,
    FollowUpItem,
    Moment,
    Note,
    OutcomeName,
    ReferralRecord,
    Short,
    Text,
    router,
)
from duikou.wings.referrals.api.referrals import ONE, shown
from duikou.wings.referrals.models import Referral
from duikou.wings.referrals.queries import referrals as queries

EDIT, ANSWER = "referral.edit", "referral.answer"


class ReferralBecause(Versioned):
    """A step with its reason."""

    reason: Reason


def _do(request: Call, pk: int, act: Callable[..., Referral], **more: Any) -> dict[str, Any]:
    found = queries.referral(request.actor, pk)
    act(actor=request.actor, referral=found, **more)
    return shown(request.actor, pk)


@operation(
    router, "POST", f"{ONE}/send", response=ReferralRecord, permission=EDIT, zh="签名并发出转诊",
    en="Sign and send a referral",
)  # fmt: skip
def send_referral(request: Call, referral_id: Id, body: Versioned) -> Any:
    """By a doctor of the sending hospital; needs the patient's standing consent."""
    factor = signed_in_with(request)
    return _do(request, referral_id, actions.send, version=body.version, factor=factor)


@operation(
    router, "POST", f"{ONE}/complete", response=ReferralRecord, permission=EDIT, zh="补充后再发出",
    en="Send a completed referral again",
)  # fmt: skip
def complete_referral(request: Call, referral_id: Id, body: Versioned) -> Any:
    """The answer's clock goes on."""
    factor = signed_in_with(request)
    return _do(request, referral_id, actions.complete, version=body.version, factor=factor)


@operation(
    router, "POST", f"{ONE}/withdraw", response=ReferralRecord, permission=EDIT, zh="撤回转诊",
    en="Withdraw a referral",
)  # fmt: skip
def withdraw_referral(request: Call, referral_id: Id, body: ReferralBecause) -> Any:
    """Before the patient has arrived."""
    return _do(request, referral_id, actions.withdraw, version=body.version, reason=body.reason)


@operation(
    router, "POST", f"{ONE}/return", response=ReferralRecord, permission=ANSWER, zh="退回补充",
    en="Return a referral for completion",
)  # fmt: skip
def return_referral(request: Call, referral_id: Id, body: ReferralBecause) -> Any:
    """The answer's clock stands still meanwhile."""
    return _do(request, referral_id, actions.give_back, version=body.version, reason=body.reason)


class Acceptance(Versioned):
    """The day, the slot, the place. A slot belongs to the service and to the day's weekday."""

    on: Day
    slot_id: Ref | None = None
    bed: Short = ""
    note: Note = ""


@operation(
    router, "POST", f"{ONE}/accept", response=ReferralRecord, permission=ANSWER, zh="签名并接受转诊",
    en="Sign and accept a referral",
)  # fmt: skip
def accept_referral(request: Call, referral_id: Id, body: Acceptance) -> Any:
    """By a doctor of the service's specialty."""
    found = queries.referral(request.actor, referral_id)
    slot = found.service.slots.filter(pk=body.slot_id).first() if body.slot_id else None
    if body.slot_id and slot is None:
        raise Invalid(
            _("所选时段不是该服务当天的时段。请重新选择。"),
            fields={"slot_id": [_("所选时段不是该服务当天的时段。请重新选择。")]},
        )
    actions.accept(
        actor=request.actor,
        referral=found,
        appointment=Appointment(body.on, slot, body.bed, body.note),
        version=body.version,
        factor=signed_in_with(request),
    )
    return shown(request.actor, referral_id)


@operation(
    router, "POST", f"{ONE}/decline", response=ReferralRecord, permission=ANSWER, zh="不接受转诊",
    en="Decline a referral",
)  # fmt: skip
def decline_referral(request: Call, referral_id: Id, body: ReferralBecause) -> Any:
    """With the reason; the record is shut again."""
    return _do(request, referral_id, actions.decline, version=body.version, reason=body.reason)


class Arrival(Versioned):
    """When the patient arrived; now when left out."""

    at: Moment | None = None


@operation(
    router, "POST", f"{ONE}/receive", response=ReferralRecord, permission=ANSWER, zh="急诊接收",
    en="Receive an emergency",
)  # fmt: skip
def receive_emergency(request: Call, referral_id: Id, body: Arrival) -> Any:
    """Before anybody has answered; signed by whoever receives."""
    factor = signed_in_with(request)
    return _do(request, referral_id, actions.receive, version=body.version, at=body.at, factor=factor)


@operation(
    router, "POST", f"{ONE}/arrive", response=ReferralRecord, permission=ANSWER, zh="登记到达",
    en="Note the arrival",
)  # fmt: skip
def arrive_referral(request: Call, referral_id: Id, body: Arrival) -> Any:
    """Of a referral down, this confirms the reception."""
    return _do(request, referral_id, actions.arrive, version=body.version, at=body.at)


@operation(
    router, "POST", f"{ONE}/treat", response=ReferralRecord, permission=ANSWER, zh="开始诊治",
    en="Begin treatment",
)  # fmt: skip
def treat_referral(request: Call, referral_id: Id, body: Versioned) -> Any:
    """Treatment has begun."""
    return _do(request, referral_id, actions.treat, version=body.version)


class WayBack(Versioned):
    """What goes back with the patient."""

    summary: Text
    plan: Text
    follow_ups: Annotated[list[Dated], Field(max_length=12)]


@operation(
    router, "POST", f"{ONE}/refer-back", response=ReferralRecord, permission=ANSWER, zh="签名并转回",
    en="Sign and send back",
)  # fmt: skip
def refer_back(request: Call, referral_id: Id, body: WayBack) -> Any:
    """With summary, plan and dates of follow-up."""
    dates = tuple((one.due_on, one.what) for one in body.follow_ups)
    plan = Plan(body.summary, body.plan, dates)
    factor = signed_in_with(request)
    return _do(request, referral_id, actions.refer_back, version=body.version, plan=plan, factor=factor)


@operation(
    router, "POST", f"{ONE}/confirm", response=ReferralRecord, permission=EDIT, zh="确认接回",
    en="Confirm the return",
)  # fmt: skip
def confirm_return(request: Call, referral_id: Id, body: Versioned) -> Any:
    """By the hospital that sent the patient."""
    return _do(request, referral_id, actions.confirm, version=body.version)


class OutcomeBody(Versioned):
    """The outcome, 30 days after the return or the arrival; earlier when died, lost or referred again."""

    outcome: OutcomeName
    on: Day
    note: Note = ""


def _outcome(body: OutcomeBody) -> dict[str, str | dt.date | int]:
    return {"outcome": body.outcome, "on": body.on, "note": body.note, "version": body.version}


@operation(
    router, "POST", f"{ONE}/close", response=ReferralRecord, permission=EDIT, zh="转回后结案",
    en="Close after the return",
)  # fmt: skip
def close_referral(request: Call, referral_id: Id, body: OutcomeBody) -> Any:
    """By the hospital that sent the patient."""
    return _do(request, referral_id, actions.close, **_outcome(body))


@operation(
    router, "POST", f"{ONE}/settle", response=ReferralRecord, permission=ANSWER, zh="在接收方结案",
    en="Close where the patient is",
)  # fmt: skip
def settle_referral(request: Call, referral_id: Id, body: OutcomeBody) -> Any:
    """By the receiving hospital."""
    return _do(request, referral_id, actions.settle, **_outcome(body))


class FollowUpDone(Body):
    """When the patient was seen, and what was found."""

    on: Day
    finding: Note


@operation(
    router, "POST", "/referral-follow-ups/{follow_up_id}", response=FollowUpItem, permission="referral.view",
    zh="登记随访", en="Note a follow-up",
)  # fmt: skip
def note_follow_up(request: Call, follow_up_id: Id, body: FollowUpDone) -> Any:
    """By the hospital that looks after the patient now."""
    row = queries.follow_up(request.actor, follow_up_id)
    done = actions.note_follow_up(actor=request.actor, follow_up=row, on=body.on, finding=body.finding)
    return {
        "id": done.pk,
        **{name: getattr(done, name) for name in ("due_on", "what", "done_on", "finding")},
    }
