"""Background work of this wing: clocks that ran out, opinions on their way, times worked out."""

from __future__ import annotations

from functools import partial

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from duikou.core.apart import Died, apart
from duikou.core.errors import Conflict, Missing
from duikou.core.faces import words
from duikou.core.jobs.context import current_job
from duikou.engines import scheduling as engine
from duikou.wings.telehealth.actions.escalating import escalate
from duikou.wings.telehealth.actions.planning import keep_plan
from duikou.wings.telehealth.actions.pushing import push, push_what_waits
from duikou.wings.telehealth.actions.sessions import end_without_consent
from duikou.wings.telehealth.models import TimePlan
from duikou.wings.telehealth.planning import outcome_of, problem_of

SECONDS = 60.0


@task(title=_("远程会诊超时上报"))
def escalate_consultations() -> dict[str, int]:
    """Tell those who must act, offices and authorities of clocks that ran out."""
    return escalate()


@task(title=_("会诊意见归入检查"), max_attempts=5, retry_after=10)
def push_opinion(consultation: int) -> dict[str, int]:
    """Put a signed opinion into the studies of its case."""
    return push(consultation)


@task(title=_("远程会诊例行检查"))
def tend_consultations() -> dict[str, int]:
    """Ask again for opinions that wait; close rooms whose consent ran out (an oral one after its hours)."""
    return {"pushes": push_what_waits(), "rooms": end_without_consent()}


@task(title=_("求解会诊排期"), max_attempts=3, retry_after=5)
def work_out_times(plan: int) -> dict[str, object]:
    """Times for all who wait, for the person who asked; they wait to be accepted or dropped."""
    job = current_job()
    one = TimePlan.objects.select_related("hospital").filter(pk=plan).first()
    if one is None:
        raise Missing(gettext("没有这份会诊排期。"))
    if one.state != TimePlan.State.WAITING:  # dropped before a worker came to it
        return {"plan": plan, "state": one.state}
    problem = problem_of(one.hospital, timezone.now())
    try:
        found = apart(
            partial(engine.answer, problem, seconds=SECONDS),
            SECONDS,
            lambda passed: job.progress(int(passed), int(SECONDS)),
        )
    except Died:
        raise Conflict(gettext("求解中断，没有得出结果。请重试。")) from None
    if not isinstance(found, engine.Plan):
        raise Conflict(words(found))
    result = outcome_of(problem, found)
    keep_plan(actor=job.asker, plan=one, result=result)
    return {"plan": plan, "meetings": len(result["meetings"]), "unserved": len(result["unserved"])}
