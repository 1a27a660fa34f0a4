"""Making a plan, and discarding it."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from duikou.core.actions import act
from duikou.core.errors import Invalid
from duikou.core.scope import Actor
from duikou.core.workflow import move
from duikou.wings.pairings.models import Pairing
from duikou.wings.swaps.models import SwapPlan
from duikou.wings.swaps.workflows import PLAN


def make_plan(
    *,
    actor: Actor,
    pairing: Pairing,
    name: str,
    first_month: dt.date,
    months: int,
    home_least: int = 70,
    host_least: int = 80,
    rest: int = 6,
) -> SwapPlan:
    """Begin a plan for some months of a pairing; either side may. Raises Denied, Invalid."""
    with act("swap.make", actor=actor, permission="swap.plan", on=pairing) as event:
        plan = SwapPlan(
            pairing=pairing,
            supporter=pairing.supporter,
            recipient=pairing.recipient,
            supporter_path=pairing.supporter_path,
            recipient_path=pairing.recipient_path,
            name=name.strip(),
            first_month=first_month.replace(day=1),
            months=months,
            home_least=home_least,
            host_least=host_least,
            rest=rest,
            made_by_id=actor.user_id,
        )
        _check(plan)
        plan.save()
        event.note(plan, after={"first_month": plan.first_month, "months": months})
    return plan


def _check(plan: SwapPlan) -> None:
    if not plan.name:
        raise Invalid(_("请填写名称。"), fields={"name": [_("请填写名称。")]})
    if not 1 <= plan.months <= 36:
        text = _("月数为 %(found)s，应为 1 至 36。") % {"found": plan.months}
        raise Invalid(text, fields={"months": [text]})
    for field in ("home_least", "host_least"):
        if not 0 <= getattr(plan, field) <= 100:
            text = _("比例为 %(found)s，应为 0 至 100。") % {"found": getattr(plan, field)}
            raise Invalid(text, fields={field: [text]})
    if not 0 <= plan.rest <= 36:
        text = _("间隔为 %(found)s 个月，应为 0 至 36。") % {"found": plan.rest}
        raise Invalid(text, fields={"rest": [text]})
    first = plan.pairing.start.replace(day=1)
    if plan.first_month < first or plan.last_day > plan.pairing.end:
        text = _("%(first)s 至 %(last)s 超出结对期限：两院在 %(start)s 至 %(end)s 结对。请改正月份。") % {
            "first": plan.first_month,
            "last": plan.last_day,
            "start": plan.pairing.start,
            "end": plan.pairing.end,
        }
        raise Invalid(text, fields={"first_month": [text]})


def discard(*, actor: Actor, plan: SwapPlan, reason: str, version: int | None = None) -> SwapPlan:
    """Give a plan up that was not adopted, with the reason; it stays to be read."""
    plan.version = plan.version if version is None else version
    move(PLAN, plan, "discard", actor=actor, reason=reason)
    return plan
