"""What a plan still lacks before its parties may agree to it, before it starts, before its year closes."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from duikou.core.faces import words
from duikou.engines.clauses.model import Party
from duikou.wings.plans.demands import BREAKDOWN, FOUR_ONES, PRESIDENTS, TERMS, demands
from duikou.wings.plans.models import SupportPlan, YearTask
from duikou.wings.plans.queries.ones import missing_ones


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing: what, and by which rule it is wanted (empty: by the plan itself)."""

    words: str
    rule: str = ""


def lacks(plan: SupportPlan) -> list[Lack]:
    """What must be done before both parties are asked to agree."""
    found = [] if plan.goal else [Lack(_("没有写总目标"), TERMS)]
    if plan.kind == SupportPlan.Kind.YEAR:
        return [*found, *_of_year(plan)]
    for side in plan.sides:
        if getattr(plan, f"{side}_president_id") is None:
            name = _("支援医院") if side is Party.SUPPORTER else _("受援医院")
            found.append(Lack(_("%(side)s没有指定第一责任人") % {"side": name}, PRESIDENTS))
    if plan.kind == SupportPlan.Kind.DEVELOPMENT:
        return found if plan.direction else [*found, Lack(_("没有写重点专科方向"), "TGT-02")]
    known = demands(plan.policy_pack)
    given = {one.factor for one in plan.factors.all()}
    found += [
        Lack(_("没有填写规划因素：%(factor)s") % {"factor": words(known.word(one))}, TERMS)
        for one in known.factors
        if one not in given
    ]
    if not plan.departments.all():
        found.append(Lack(_("没有选定重点建设科室"), known.out_of_county_rule))
    return found


def _of_year(plan: SupportPlan) -> list[Lack]:
    known = demands(plan.policy_pack)
    first = plan.pairing.round.start.year if plan.pairing else 0
    found = []
    if first <= (plan.year or 0) < first + known.years:
        found = [
            Lack(_("“四个一”缺：%(kind)s") % {"kind": words(known.word(kind))}, FOUR_ONES)
            for kind in missing_ones(plan)
        ]
    tasks = standing(plan)
    if not tasks:
        found.append(Lack(_("没有任务"), TERMS))
    for task in tasks:
        for value, name in (
            (task.baseline, _("现状基线")),
            (task.target, _("目标")),
            (task.evidence, _("所需佐证")),
        ):
            if not value:
                found.append(Lack(_("任务“%(task)s”没有填写%(name)s") % {"task": task.title, "name": name}))
    return found


def standing(plan: SupportPlan) -> list[YearTask]:
    """The tasks of a plan that were not dropped, in order."""
    return sorted(
        (task for task in plan.tasks.all() if task.state != "dropped"), key=lambda task: task.position
    )


def lacks_before_start(plan: SupportPlan) -> list[Lack]:
    """What must be done before an agreed list starts: each task is broken down to a person (TGT-03)."""
    found = []
    for task in standing(plan):
        sides = {share.side for share in task.shares.all()}
        wanted = {"supporter", "recipient"} if task.owner == Party.BOTH else {task.owner}
        if not wanted <= sides:
            found.append(
                Lack(_("任务“%(task)s”没有分解到责任方的科室和个人") % {"task": task.title}, BREAKDOWN)
            )
    return found


def lacks_before_close(plan: SupportPlan) -> list[Lack]:
    """What must be done before a year closes: each task has its end."""
    return [
        Lack(_("任务“%(task)s”还没有验收，也没有认定未完成") % {"task": task.title})
        for task in standing(plan)
        if task.state in ("open", "reported")
    ]
