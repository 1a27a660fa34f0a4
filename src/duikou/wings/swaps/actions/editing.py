"""Rows of a plan changed by hand, judged at once."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from duikou.core.actions import act
from duikou.core.errors import Invalid
from duikou.core.scope import Actor
from duikou.wings.swaps.actions._common import check_changeable, judge_again
from duikou.wings.swaps.models import SwapPlan, SwapStay


def change_stay(
    *, actor: Actor, stay: SwapStay, first_month: dt.date, months: int, version: int | None = None
) -> SwapPlan:
    """Move a row by hand. It is kept from then on; what it breaks is shown at once, and judged again."""
    plan = stay.plan
    check_changeable(plan)
    start = (first_month.year - plan.first_month.year) * 12 + first_month.month - plan.first_month.month
    if not 0 <= start < plan.months or not 1 <= months <= plan.months - start:
        text = _("自 %(first)s 起 %(months)s 个月超出方案期（%(begin)s 至 %(end)s）。请改正。") % {
            "first": f"{first_month:%Y-%m}",
            "months": months,
            "begin": f"{plan.first_month:%Y-%m}",
            "end": f"{plan.last_day:%Y-%m}",
        }
        raise Invalid(text, fields={"first_month": [text]})
    with act("swap.change", actor=actor, permission="swap.plan", on=plan) as event:
        before = {"start": stay.start, "months": stay.months}
        stay.start, stay.months, stay.kept = start, months, True
        stay.save(update_fields=["start", "months", "kept"])
        judge_again(plan, version or plan.version)
        event.note(plan, before=before, after={"start": start, "months": months}, label=str(stay))
    return plan


def drop_stay(*, actor: Actor, stay: SwapStay, version: int | None = None) -> SwapPlan:
    """Take a row out by hand; a later solve may find another."""
    plan = stay.plan
    check_changeable(plan)
    with act("swap.drop", actor=actor, permission="swap.plan", on=plan) as event:
        event.note(plan, before={"start": stay.start, "months": stay.months}, label=str(stay))
        stay.delete()
        judge_again(plan, version or plan.version)
    return plan
