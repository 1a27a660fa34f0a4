"""What several acts of this wing share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _

from duikou.core.actions import EventNote, act, require
from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.scope import Actor
from duikou.engines.clauses.model import Party
from duikou.wings.people.models import Person
from duikou.wings.plans.models import SupportPlan, TaskShare, YearTask
from duikou.wings.plans.wording import side_name
from duikou.wings.plans.workflows import PLAN


def claim(row: SupportPlan | YearTask | TaskShare, seen: int) -> None:
    """Count a record's version up, if it still is the one that the actor saw; else raise Conflict."""
    if not type(row)._default_manager.filter(pk=row.pk, version=seen).update(version=seen + 1):
        raise Conflict(_("“%(record)s”刚被他人改动，您的修改没有保存。请刷新后再试。") % {"record": row})
    row.version = seen + 1


def check_draft(plan: SupportPlan) -> None:
    """Raise Conflict unless the plan is being worked on."""
    state = SupportPlan.objects.filter(pk=plan.pk).values_list("state", flat=True).first()
    if state is None:
        raise Missing(_("没有这份规划，可能已被删除。"))
    if state != PLAN.initial:
        raise Conflict(
            _("“%(plan)s”目前为“%(state)s”，不能直接修改。双方同意之后的改动须先“修订”并写明理由。")
            % {"plan": plan, "state": PLAN.states[state].label}
        )


@contextmanager
def editing(name: str, *, actor: Actor, plan: SupportPlan, version: int) -> Iterator[EventNote]:
    """An act that changes a draft as one of its parties: either of them may, while it is a draft."""
    with act(name, actor=actor, permission="plan.edit", on=plan) as event:
        check_draft(plan)
        claim(plan, version)
        event.note(plan, scope_path=plan.recipient_path)
        yield event


def sides_of(actor: Actor, plan: SupportPlan, permission: str) -> list[Party]:
    """The parties of a plan that the actor may speak for."""
    return [side for side in plan.sides if actor.may(permission, plan.path_of(side))]


def speak_for(actor: Actor, plan: SupportPlan, side: Party | str, permission: str) -> Party:
    """The party that the actor speaks for. Raises Denied at the other party's, Invalid for no party of it."""
    if side not in [str(one) for one in plan.sides]:
        raise Invalid(
            _("请选择代表哪一方：%(sides)s；实际为“%(found)s”。")
            % {"sides": _("、").join(side_name(one) for one in plan.sides), "found": side}
        )
    require(actor, permission, (plan.path_of(side),))
    return Party(side)


def member_of(actor: Actor, plan: SupportPlan, side: Party, pk: int) -> Person:
    """A person in office at one party's hospital, whom the actor may see. Raises Missing."""
    hospital_id = plan.recipient_id if side is Party.RECIPIENT else _supporter(plan)
    found = Person.objects.visible_to(actor).filter(pk=pk, hospital=hospital_id, left_on__isnull=True).first()
    if found is None:
        raise Missing(_("%(side)s没有这名在职人员，请重新选择。") % {"side": side_name(side)})
    return found


def _supporter(plan: SupportPlan) -> int:
    if plan.pairing is None:
        raise Invalid(_("受援医院自己的发展规划没有支援方。"))
    return plan.pairing.supporter_id


def refuse(fields: Mapping[str, Any], message: str) -> None:
    """Raise Invalid when something is wrong with a field."""
    wrong = {name: texts for name, texts in fields.items() if texts}
    if wrong:
        raise Invalid(message, fields=wrong)
