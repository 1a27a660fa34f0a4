"""Background work of this wing: solving a plan, and answering an absence."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks import task

from duikou.core.apart import Report
from duikou.core.errors import Conflict, Missing
from duikou.core.jobs.context import JobContext, current_job
from duikou.engines import swap as engine
from duikou.engines.swap.repair import repair as repaired
from duikou.wings.swaps.actions import keep_repair, keep_solution
from duikou.wings.swaps.models import SwapPlan, SwapRepair
from duikou.wings.swaps.problems import absent, as_stay, problem_for, standing
from duikou.wings.swaps.solving import solve_apart

SECONDS, SECONDS_OF_REPAIR = 120.0, 30.0
PAIRED = ("pairing__round", "supporter", "recipient")


@task(title=gettext_lazy("求解置换方案"), max_attempts=3, retry_after=5)
def work_out_plan(plan_id: int) -> dict[str, object]:
    """Solve a plan for the person who asked; kept only if the plan is still as it was."""
    job = current_job()
    plan = SwapPlan.objects.select_related(*PAIRED).filter(pk=plan_id).first()
    if plan is None:
        raise Missing(_("没有这份置换方案。"))
    translated = problem_for(plan)
    work = partial(engine.plan, translated.problem, seconds=SECONDS)
    found = solve_apart(work, SECONDS, _told(job, SECONDS))
    keep_solution(actor=job.asker, plan=plan, translated=translated, found=found)
    return {"plan": plan_id, "status": found.status.value, "cost": found.value.total}


@task(title=gettext_lazy("补救置换方案"), max_attempts=3, retry_after=5)
def work_out_repair(repair_id: int) -> dict[str, object]:
    """Solve the block of somebody who is absent; the answer waits to be adopted or dropped."""
    job = current_job()
    rows = SwapRepair.objects.select_related("person", *(f"plan__{name}" for name in PAIRED))
    one = rows.filter(pk=repair_id).first()
    if one is None:
        raise Missing(_("没有这项补救。"))
    if one.state != SwapRepair.State.WAITING:  # dropped before a worker came to it
        return {"repair": repair_id, "status": one.state}
    translated = problem_for(one.plan)
    key, last = f"p{one.person_id}", one.start + one.months - 1
    places = {place.key for place in translated.problem.places}
    stays = (as_stay(row) for row in standing(one.plan))
    before = tuple(
        sorted(stay for stay in stays if stay.person in translated.persons and stay.place in places)
    )
    if key not in translated.persons:
        raise Conflict(_("%(name)s已不在方案的人员之中。请重新求解方案。") % {"name": one.person.name})
    work = partial(repaired, translated.problem, before, key, one.start, last, seconds=SECONDS_OF_REPAIR)
    found = solve_apart(work, SECONDS_OF_REPAIR, _told(job, SECONDS_OF_REPAIR))
    problem = absent(translated.problem, key, one.start, last)
    keep_repair(actor=job.asker, repair=one, problem=problem, before=before, found=found)
    return {"repair": repair_id, "status": found.status.value}


def _told(job: JobContext, seconds: float) -> Report:
    return lambda passed: job.progress(int(passed), int(seconds))
