"""Exchanges of duties: those that a head decides on, and one's own."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.utils.translation import gettext as _
from ninja import Router

from duikou.core.errors import Missing
from duikou.core.rest import (
    Answer,
    Because,
    Body,
    Call,
    Id,
    Limit,
    Offset,
    Page,
    Ref,
    Yes,
    operation,
    page_of,
)
from duikou.wings.rosters import actions, queries
from duikou.wings.rosters.models import Duty, SwapRequest

router = Router(tags=["rosters"])
SwapState = Literal["asked", "agreed", "approved", "declined", "refused", "withdrawn"]


class Exchange(Answer):
    """Two people exchange their duties; `decision`: what the head said."""

    id: int
    roster_id: int
    asker: str
    asker_day: dt.date
    asker_shift: str
    other: str
    other_day: dt.date
    other_shift: str
    reason: str
    state: SwapState
    decision: str


def _exchange(swap: SwapRequest) -> dict[str, Any]:
    return {
        "id": swap.pk,
        "roster_id": swap.roster_id,
        "asker": swap.asker.name,
        "asker_day": swap.asker_day,
        "asker_shift": swap.asker_shift.name,
        "other": swap.other.name,
        "other_day": swap.other_day,
        "other_shift": swap.other_shift.name,
        "reason": swap.reason,
        "state": swap.state,
        "decision": swap.decision,
    }


@operation(
    router, "GET", "/duty-exchanges", response=Page[Exchange], permission="roster.view",
    zh="换班申请", en="Exchanges of duties",
)  # fmt: skip
def list_exchanges(
    request: Call, state: SwapState | None = None, limit: Limit = 50, offset: Offset = 0
) -> Any:
    """Of the caller's departments."""
    rows = queries.managed_swaps(request.actor)
    if state is not None:
        rows = rows.filter(state=state)
    return page_of(rows.order_by("-asked_at", "-pk"), limit, offset, _exchange)


class ExchangeDecision(Because):
    """The head's decision; the reason is told to both."""

    approve: Yes


@operation(
    router, "POST", "/duty-exchanges/{exchange_id}/decide", response=Exchange, permission="roster.edit",
    zh="批准或不批准换班", en="Decide on an exchange",
)  # fmt: skip
def decide_exchange(request: Call, exchange_id: Id, body: ExchangeDecision) -> Any:
    """Approved, the duties change hands at once."""
    swap = queries.managed_swaps(request.actor).filter(pk=exchange_id).first()
    if swap is None:
        raise Missing(_("没有编号为 %(pk)s 的换班申请，或不在您的查看范围内。") % {"pk": exchange_id})
    return _exchange(actions.decide(actor=request.actor, swap=swap, approve=body.approve, reason=body.reason))


# ---------------------------------------------------------------- one's own


class Counterpart(Answer):
    """A colleague's duty that may lawfully be exchanged with one's own."""

    duty_id: int
    person: str
    day: dt.date
    shift: str


@operation(
    router, "GET", "/my/duties/{my_duty_id}/counterparts", response=list[Counterpart],
    permission="roster.own", zh="可以对调的班次", en="Duties to exchange with",
)  # fmt: skip
def list_counterparts(request: Call, my_duty_id: Id) -> Any:
    """Within 14 days before and after, without breaking a rule; nearest first."""
    return [
        {"duty_id": one.pk, "person": one.person.name, "day": one.day, "shift": one.shift.name}
        for one in queries.counterparts(_own_duty(request, my_duty_id))
    ]


class NewExchange(Because):
    """With which duty, of `counterparts`, and why."""

    with_duty_id: Ref


@operation(
    router, "POST", "/my/duties/{my_duty_id}/exchange", response=Exchange, permission="roster.own",
    zh="申请换班", en="Ask for an exchange",
)  # fmt: skip
def ask_exchange(request: Call, my_duty_id: Id, body: NewExchange) -> Any:
    """The colleague answers, then the head decides."""
    mine = _own_duty(request, my_duty_id)
    theirs = queries.duty_beside(mine, body.with_duty_id)
    return _exchange(actions.ask(actor=request.actor, mine=mine, theirs=theirs, reason=body.reason))


@operation(
    router, "GET", "/my/duty-exchanges", response=list[Exchange], permission="roster.own",
    zh="我的换班", en="My exchanges",
)  # fmt: skip
def my_exchanges(request: Call) -> Any:
    """Those that the caller has asked for or is asked for."""
    return [_exchange(swap) for swap in queries.own_swaps(request.actor)[:100]]


class ExchangeAnswer(Body):
    """Whether the caller, who was asked, agrees."""

    agree: Yes


@operation(
    router, "POST", "/my/duty-exchanges/{my_exchange_id}/answer", response=Exchange,
    permission="roster.own", zh="答复换班", en="Answer an exchange",
)  # fmt: skip
def answer_exchange(request: Call, my_exchange_id: Id, body: ExchangeAnswer) -> Any:
    """By the one who was asked."""
    swap = _own_exchange(request, my_exchange_id)
    return _exchange(actions.answer(actor=request.actor, swap=swap, agree=body.agree))


@operation(
    router, "POST", "/my/duty-exchanges/{my_exchange_id}/withdraw", response=Exchange,
    permission="roster.own", zh="撤回换班申请", en="Withdraw an exchange",
)  # fmt: skip
def withdraw_exchange(request: Call, my_exchange_id: Id) -> Any:
    """By the one who asked, while it is open."""
    return _exchange(actions.withdraw(actor=request.actor, swap=_own_exchange(request, my_exchange_id)))


def _own_duty(request: Call, pk: int) -> Duty:
    found = queries.own_duties(request.actor, dt.date.min, dt.date.max).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的班次，或不是您的班次。") % {"pk": pk})
    return found


def _own_exchange(request: Call, pk: int) -> SwapRequest:
    found = queries.own_swaps(request.actor).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的换班申请。") % {"pk": pk})
    return found
