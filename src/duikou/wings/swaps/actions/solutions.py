"""Solving as background work: the request asks for it, a worker solves and keeps the result."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duikou.core.actions import act, together
from duikou.core.errors import Conflict
from duikou.core.jobs.actions import request_job
from duikou.core.jobs.models import Job
from duikou.core.scope import Actor
from duikou.engines import swap as engine
from duikou.wings.swaps.actions._common import check_changeable, claim, write
from duikou.wings.swaps.models import SwapPlan
from duikou.wings.swaps.outcome import result_of
from duikou.wings.swaps.problems import Translated

State = SwapPlan.State


def request_solution(*, actor: Actor, plan: SwapPlan) -> Job:
    """Have the plan solved in the background; rows kept by hand stay. One job at a time.

    Raises Denied, Conflict for a plan that is adopted or discarded.
    """
    from duikou.wings.swaps.jobs import work_out_plan

    with act("swap.solve_later", actor=actor, permission="swap.plan", on=plan) as event:
        check_changeable(plan)
        job = request_job(
            work_out_plan,
            plan.pk,
            actor=actor,
            scope_path=plan.supporter_path,
            subject=plan.name,
            dedupe=f"swap-plan-{plan.pk}",
        )
        SwapPlan.objects.filter(pk=plan.pk).update(job_id=job.pk)
        event.note(plan, after={"job": job.pk})
    return job


def keep_solution(*, actor: Actor, plan: SwapPlan, translated: Translated, found: engine.Plan) -> SwapPlan:
    """Put what was found in place of the rows before, if the plan is still what was solved.

    Raises Denied, Conflict when the plan is adopted or was changed meanwhile.
    """
    check_changeable(plan)
    with together(), act("swap.solve", actor=actor, permission="swap.plan", on=plan) as event:
        try:
            claim(plan, plan.version, state=State.SOLVED, result=result_of(translated.problem, found))
        except Conflict as error:
            raise Conflict(_("求解期间方案被改动，这次的结果没有保存。请重新求解。")) from error
        plan.stays.all().delete()  # those kept by hand are among the new ones
        write(plan, translated, found.stays, found.stays, set(translated.problem.fixed))
        event.note(after={"status": found.status.value, "cost": found.value.total, "rows": len(found.stays)})
    return plan
