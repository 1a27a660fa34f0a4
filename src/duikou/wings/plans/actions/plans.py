"""Making plans: opening one, its text, the conditions it stands on, the departments it builds up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from duikou.core.actions import act, require
from duikou.core.errors import Conflict, Invalid
from duikou.core.scope import Actor
from duikou.engines.clauses.model import Party
from duikou.wings.hospitals.models import Hospital, Mark
from duikou.wings.pairings.models import Pairing
from duikou.wings.plans.actions._common import editing, member_of, refuse
from duikou.wings.plans.demands import Demands, demands
from duikou.wings.plans.models import PlanDepartment, PlanFactor, SupportPlan
from duikou.wings.plans.models.plans import LAST_YEAR
from duikou.wings.plans.queries.departments import Proposal


def open_support_plan(*, actor: Actor, pairing: Pairing) -> SupportPlan:
    """Begin the joint three-year plan of a pairing, over the pairing's term. Raises Denied, Conflict."""
    return _open(
        actor,
        pairing,
        SupportPlan(kind=SupportPlan.Kind.SUPPORT, start=pairing.start, end=pairing.end),
    )


def open_year(*, actor: Actor, pairing: Pairing, year: int) -> SupportPlan:
    """Begin the task list of one year of a pairing. Raises Denied, Invalid outside its term, Conflict."""
    start, end = max(dt.date(year, 1, 1), pairing.start), min(dt.date(year, 12, 31), pairing.end)
    if end < start:
        text = _("应在结对期限 %(first)s 至 %(last)s 之内；实际为 %(found)s 年。") % {
            "first": pairing.start,
            "last": pairing.end,
            "found": year,
        }
        raise Invalid(text, fields={"year": [text]})
    return _open(actor, pairing, SupportPlan(kind=SupportPlan.Kind.YEAR, year=year, start=start, end=end))


def _open(actor: Actor, pairing: Pairing, plan: SupportPlan) -> SupportPlan:
    plan.pairing, plan.recipient = pairing, pairing.recipient
    plan.supporter_path, plan.recipient_path = pairing.supporter_path, pairing.recipient_path
    plan.policy_pack = pairing.round.policy_pack
    with act("plan.open", actor=actor, permission="plan.edit", on=plan) as event:
        _insert(plan)
        event.note(plan, after={"kind": plan.kind, "year": plan.year}, scope_path=plan.recipient_path)
    return plan


def open_development_plan(
    *, actor: Actor, recipient: Hospital, start: dt.date, end: dt.date, policy_pack: str
) -> SupportPlan:
    """Begin a recipient's own development plan (TGT-02). Raises Denied, Invalid, Conflict."""
    plan = SupportPlan(
        kind=SupportPlan.Kind.DEVELOPMENT,
        recipient=recipient,
        recipient_path=recipient.scope_path,
        policy_pack=policy_pack,
        start=start,
        end=end,
    )
    with act("plan.open", actor=actor, permission="plan.edit", on=plan) as event:
        _check_term(start, end, demands(policy_pack))
        _insert(plan)
        event.note(plan, after={"kind": plan.kind, "start": start}, scope_path=plan.recipient_path)
    return plan


def _insert(plan: SupportPlan) -> None:
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError:
        raise Conflict(_("“%(plan)s”已经有了，请直接打开。") % {"plan": plan}) from None


def _check_term(start: dt.date, end: dt.date, known: Demands) -> None:
    """Raise Invalid for a term that is shorter than the policy demands."""
    last = last_day_of(start, known.plan_years)
    if end < last:
        text = _("期限至少 %(years)d 年：从 %(start)s 起应不早于 %(expected)s 结束；实际为 %(found)s。") % {
            "years": known.plan_years,
            "start": start,
            "expected": last,
            "found": end,
        }
        raise Invalid(text, fields={"end": [text]})


def last_day_of(start: dt.date, years: int) -> dt.date:
    """The last day of a term of whole years."""
    try:
        after = start.replace(year=start.year + years)
    except ValueError:  # 29 February
        after = dt.date(start.year + years, 3, 1)
    return after - dt.timedelta(days=1)


def edit_plan(
    *,
    actor: Actor,
    plan: SupportPlan,
    version: int,
    goal: str,
    direction: str = "",
    start: dt.date | None = None,
    end: dt.date | None = None,
) -> SupportPlan:
    """Write what a plan is for. The term of a year's list is its year. Raises Denied, Invalid, Conflict."""
    with editing("plan.edit", actor=actor, plan=plan, version=version) as event:
        before = {name: getattr(plan, name) for name in ("goal", "direction", "start", "end")}
        plan.goal, plan.direction = goal.strip(), direction.strip()
        if plan.kind != SupportPlan.Kind.YEAR:
            plan.start, plan.end = start or plan.start, end or plan.end
            _check_term(plan.start, plan.end, demands(plan.policy_pack))
        plan.save(update_fields=["goal", "direction", "start", "end"])
        after = {name: getattr(plan, name) for name in before}
        event.note(before=before, after=after)
    return plan


def name_president(
    *, actor: Actor, plan: SupportPlan, version: int, side: str, person: int | None
) -> SupportPlan:
    """Name a party's first-responsible person: each side its own (AGR-18).

    Raises Denied, Missing, Invalid, Conflict.
    """
    if side not in [str(one) for one in plan.sides]:
        raise Invalid(_("这份规划没有这一方。"))
    require(actor, "plan.edit", (plan.path_of(side),))
    with editing("plan.president", actor=actor, plan=plan, version=version) as event:
        field = f"{side}_president"
        before = {field: getattr(plan, f"{field}_id")}
        setattr(plan, field, member_of(actor, plan, Party(side), person) if person else None)
        plan.save(update_fields=[field])
        event.note(before=before, after={field: person})
    return plan


def set_factor(
    *,
    actor: Actor,
    plan: SupportPlan,
    version: int,
    factor: str,
    value: str,
    source: str,
    year: int,
    mark: str = Mark.ENTERED,
) -> PlanFactor:
    """Record one of the conditions that the plan was made from (TGT-01); it replaces what was there.

    Raises Denied, Invalid without source or year, Conflict.
    """
    known = demands(plan.policy_pack)
    value, source = value.strip(), source.strip()
    with editing("plan.factor", actor=actor, plan=plan, version=version) as event:
        refuse(
            {
                "factor": []
                if factor in known.factors
                else [
                    _("应为 %(known)s 之一；实际为“%(found)s”。")
                    % {"known": _("、").join(known.factors) or "—", "found": factor}
                ],
                "value": [] if value else [_("请写明情况。")],
                "source": [] if source else [_("必须写明来源，例如统计年鉴、文件号。")],
                "year": []
                if 1949 <= year <= LAST_YEAR
                else [
                    _("应在 %(first)d 与 %(last)d 之间；实际为 %(found)d。")
                    % {"first": 1949, "last": LAST_YEAR, "found": year}
                ],
                "mark": [] if mark in Mark.values else [_("没有“%(found)s”这种依据。") % {"found": mark}],
            },
            _("规划因素不符合要求，请按提示修改。"),
        )
        row, _made = PlanFactor.objects.update_or_create(
            plan=plan, factor=factor, defaults={"value": value, "source": source, "year": year, "mark": mark}
        )
        event.note(after={"factor": factor, "value": value, "source": source, "year": year})
    return row


def adopt_departments(
    *, actor: Actor, plan: SupportPlan, version: int, specialties: Collection[str], proposal: Proposal
) -> list[PlanDepartment]:
    """Take departments of the proposal into the plan, with the figures that speak for them.

    Those that were chosen before stay. Raises Denied, Invalid for one that was not proposed, Conflict.
    """
    proposed = {row.specialty: row for row in proposal.rows}
    with editing("plan.departments", actor=actor, plan=plan, version=version) as event:
        if unknown := [one for one in specialties if one not in proposed]:
            raise Invalid(_("没有提出过这些科室：%(found)s。") % {"found": _("、").join(unknown)})
        taken = set(plan.departments.values_list("specialty", flat=True))
        fresh = [
            PlanDepartment(
                plan=plan,
                specialty=one,
                position=len(taken) + number,
                origin=proposed[one].origin,
                basis={"zh": proposed[one].basis.zh, "en": proposed[one].basis.en},
            )
            for number, one in enumerate((one for one in proposed if one in specialties), start=1)
            if one not in taken
        ]
        PlanDepartment.objects.bulk_create(fresh)
        event.note(after={"departments": [one.specialty for one in fresh]})
    return fresh


def add_department(
    *, actor: Actor, plan: SupportPlan, version: int, specialty: str, reason: str
) -> PlanDepartment:
    """Choose a department that nobody proposed, with a reason. Raises Denied, Invalid, Conflict."""
    reason = reason.strip()
    with editing("plan.departments", actor=actor, plan=plan, version=version) as event:
        refuse(
            {
                "specialty": []
                if specialty in demands(plan.policy_pack).pack.specialties
                else [_("政策包中没有专业“%(found)s”。") % {"found": specialty}],
                "reason": [] if reason else [_("请写明为什么建设这个科室。")],
            },
            _("科室没有加入，请按提示修改。"),
        )
        if plan.departments.filter(specialty=specialty).exists():
            raise Conflict(_("这个科室已在规划中。"))
        row = PlanDepartment.objects.create(
            plan=plan, specialty=specialty, position=plan.departments.count() + 1, reason=reason
        )
        event.note(after={"departments": [specialty], "reason": reason})
    return row


def remove_department(*, actor: Actor, plan: SupportPlan, version: int, specialty: str) -> SupportPlan:
    """Take a department out of the draft. Raises Denied, Invalid, Conflict."""
    with editing("plan.departments", actor=actor, plan=plan, version=version) as event:
        gone, _kinds = plan.departments.filter(specialty=specialty).delete()
        if not gone:
            raise Invalid(_("规划中没有这个科室。"))
        _number_again(list(plan.departments.order_by("position")))
        event.note(before={"departments": [specialty]})
    return plan


def _number_again(rows: Sequence[Any]) -> None:
    for number, row in enumerate(rows, start=1):
        row.position = number
    PlanDepartment.objects.bulk_update(rows, ["position"])


def remove_plan(*, actor: Actor, plan: SupportPlan, version: int) -> None:
    """Throw a draft away that was never agreed to. Raises Denied, Conflict."""
    with editing("plan.remove", actor=actor, plan=plan, version=version) as event:
        if plan.edition:
            raise Conflict(_("这份规划已有双方同意的版次，不能删除。"))
        event.note(before={"kind": plan.kind, "year": plan.year}, label=str(plan))
        SupportPlan.objects.filter(pk=plan.pk).delete()


def follow_hospital(*, old_path: str, new_path: str) -> None:
    """Follow a hospital to its new keeper, in the transaction of that act."""
    for field in ("supporter_path", "recipient_path"):
        SupportPlan.objects.filter(**{field: old_path}).update(**{field: new_path})
