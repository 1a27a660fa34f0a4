"""The way of a proposal: submitted, agreed to, returned, withdrawn, opened as the next round."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Router
from pydantic import Field

from duikou.core.rest import Body, Call, Day, Id, Reason, Versioned, operation
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.pairings.actions import deciding
from duikou.wings.pairings.actions.opening import open_next_round
from duikou.wings.pairings.api.proposal_answers import ProposalDetail, answer
from duikou.wings.pairings.api.proposals import ONE, read
from duikou.wings.pairings.api.schemas import HospitalKey, RoundItem, RoundKey, Text500, round_item
from duikou.wings.pairings.queries.rounds import round_named

router = Router(tags=["proposals"])


@operation(
    router,
    "POST",
    f"{ONE}/submit",
    response=ProposalDetail,
    permission="proposal.edit",
    zh="提交方案",
    en="Submit a proposal",
)
def submit_proposal(request: Call, proposal_id: Id, body: Versioned) -> Any:
    """It needs a checked result that is up to date. Then each authority whose table changes has to agree."""
    deciding.submit_proposal(actor=request.actor, proposal=read(request, proposal_id, body.version))
    return answer(request.actor, proposal_id)


class Agreement(Versioned):
    """On behalf of an authority below the caller's own a reason is demanded."""

    reason: Text500 = ""


@operation(
    router,
    "POST",
    f"{ONE}/approve",
    response=ProposalDetail,
    permission="proposal.approve",
    zh="批准方案",
    en="Approve a proposal",
)
def approve_proposal(request: Call, proposal_id: Id, body: Agreement) -> Any:
    """For every part that waits for the caller, never for what the caller submitted."""
    proposal = read(request, proposal_id, body.version)
    deciding.approve_proposal(actor=request.actor, proposal=proposal, reason=body.reason)
    return answer(request.actor, proposal_id)


class Returning(Versioned):
    """Why it goes back."""

    reason: Reason


@operation(
    router,
    "POST",
    f"{ONE}/return",
    response=ProposalDetail,
    permission="proposal.approve",
    zh="退回方案",
    en="Return a proposal",
)
def return_proposal(request: Call, proposal_id: Id, body: Returning) -> Any:
    """Agreements given so far lapse."""
    proposal = read(request, proposal_id, body.version)
    deciding.return_proposal(actor=request.actor, proposal=proposal, reason=body.reason)
    return answer(request.actor, proposal_id)


@operation(
    router,
    "POST",
    f"{ONE}/withdraw",
    response=ProposalDetail,
    permission="proposal.edit",
    zh="撤回方案",
    en="Withdraw a proposal",
)
def withdraw_proposal(request: Call, proposal_id: Id, body: Versioned) -> Any:
    """It stays on record."""
    deciding.withdraw_proposal(actor=request.actor, proposal=read(request, proposal_id, body.version))
    return answer(request.actor, proposal_id)


class StandIn(Body):
    """What a recipient is that was still to be named; `hospital` null: left out for now."""

    recipient: HospitalKey
    hospital: HospitalKey | None


class Opening(Versioned):
    """The next round. Without `hand_over` it begins the day after the present one ends."""

    key: RoundKey
    name: Annotated[str, Field(min_length=1, max_length=120, pattern=TEXT_PATTERN)]
    name_en: Annotated[str, Field(max_length=160, pattern=TEXT_PATTERN)] = ""
    hand_over: Day | None = None
    end: Day | None = None
    names: Annotated[list[StandIn], Field(max_length=500)] = []


@operation(
    router,
    "POST",
    f"{ONE}/open",
    response=RoundItem,
    permission="round.manage",
    status=201,
    zh="转为新一轮",
    en="Open a proposal as the next round",
)
def open_proposal(request: Call, proposal_id: Id, body: Opening) -> Any:
    """The present round ends the day before; refused where a recipient would be a day without a supporter."""
    values = body.model_dump(exclude={"version", "names"})
    made = open_next_round(
        actor=request.actor,
        proposal=read(request, proposal_id, body.version),
        names={one.recipient: one.hospital for one in body.names},
        **values,
    )
    return round_item(round_named(made.key))
