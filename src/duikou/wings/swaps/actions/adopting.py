"""The recipient agrees, the supporter adopts: a plan becomes nominations and moved applications."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from duikou.core.actions import together
from duikou.core.errors import Conflict, Invalid
from duikou.core.scope import Actor
from duikou.core.workflow import move
from duikou.wings.postings.actions import nominate
from duikou.wings.postings.models import StaffRequest
from duikou.wings.swaps.models import SwapPlan, SwapStay
from duikou.wings.swaps.workflows import PLAN
from duikou.wings.training.actions import move_application

State = SwapPlan.State


def agree(*, actor: Actor, plan: SwapPlan, version: int | None = None) -> SwapPlan:
    """The recipient agrees to the months in which its trainees would be away.

    Raises Denied for anybody but the recipient, Conflict for a plan that breaks a rule, is not solved
    or was changed meanwhile.
    """
    PLAN.transitions["agree"].require(plan, actor)
    _check_sound(plan)
    plan.version = plan.version if version is None else version
    move(PLAN, plan, "agree", actor=actor)
    return plan


def adopt(*, actor: Actor, plan: SwapPlan, version: int | None = None) -> SwapPlan:
    """Nominate every doctor of the plan and move every application to its months: all, or nothing.

    The supporter adopts; where trainees are planned the recipient has agreed before. Raises Denied for
    anybody else, Conflict for a plan that is not solved, not agreed to, breaks a rule or was changed
    meanwhile, and what a nomination or an application objects to, with the row that it concerns.
    """
    PLAN.transitions["adopt"].require(plan, actor)
    if plan.state not in PLAN.transitions["adopt"].sources:
        raise Conflict(
            _("方案目前为“%(state)s”，不能采用。请先求解。") % {"state": PLAN.states[plan.state].label}
        )
    _check_sound(plan)
    stays = list(
        plan.stays.select_related(
            "person__department",
            "person__hospital",
            "request__host_department",
            "plan__pairing",
            "traineeship__pairing",
            "traineeship__place",
            "traineeship__person",
        )
    )
    up = [stay for stay in stays if stay.way == SwapStay.Way.UP]
    if up and plan.state != State.AGREED:
        raise Conflict(
            _("方案安排了 %(n)s 人进修，须先由“%(hospital)s”同意。")
            % {"n": len(up), "hospital": plan.recipient}
        )
    plan.version = plan.version if version is None else version
    with together():
        for stay in stays:
            carry_out(actor, plan, stay)
        SwapStay.objects.bulk_update(stays, ["posting"])
        move(PLAN, plan, "adopt", actor=actor)
    return plan


def carry_out(actor: Actor, plan: SwapPlan, stay: SwapStay, *, replacing: bool = False) -> None:
    """Nominate the doctor of a row, or move the application of its trainee.

    `replacing`: somebody else was agreed for the request before, which is then no longer open.
    """
    with named(stay):
        if stay.request is not None:
            request = stay.request
            still = not replacing or request.state == StaffRequest.State.OPEN
            stay.posting = nominate(
                actor=actor,
                pairing=plan.pairing,
                person=stay.person,
                planned_from=stay.first_day,
                planned_to=stay.last_day,
                specialty=request.specialty,
                request=request if still else None,
                host_department=request.host_department,
                office=request.office,
            )
        elif stay.traineeship is not None:
            move_application(
                actor=actor,
                traineeship=stay.traineeship,
                planned_from=stay.first_day,
                planned_to=stay.last_day,
                reason=_("置换方案“%(name)s”") % {"name": plan.name},
            )


@contextmanager
def named(stay: SwapStay) -> Iterator[None]:
    """Say of an objection which row it concerns: the whole plan is refused for it."""
    try:
        yield
    except (Invalid, Conflict) as error:
        told = _("没有采用：%(row)s（%(first)s 至 %(last)s）：%(why)s") % {
            "row": stay,
            "first": stay.first_day,
            "last": stay.last_day,
            "why": error.message,
        }
        again: Callable[[str], Exception] = Conflict if isinstance(error, Conflict) else Invalid
        raise again(told) from error


def _check_sound(plan: SwapPlan) -> None:
    if plan.result.get("breaches"):
        raise Conflict(_("方案还有不符合要求之处，不能采用。请先改正列出的各项。"))
