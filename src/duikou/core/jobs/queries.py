"""What the pages, the API and the health check read about jobs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.jobs.models import Job
from duikou.core.scope import Actor


def jobs(actor: Actor) -> QuerySet[Job]:
    """Jobs that `actor` may see, newest first."""
    return Job.objects.visible_to(actor).select_related("enqueued_by")


def job(actor: Actor, job_id: str) -> Job:
    """One job. Raises Missing when there is none or the actor may not see it."""
    found = jobs(actor).filter(pk=job_id).first()
    if found is None:
        raise Missing(_("没有这个后台任务，或您无权查看。"))
    return found


@dataclass(frozen=True, slots=True)
class QueueState:
    """How the queue stands."""

    waiting: int
    running: int
    stuck: int  # running, but the lease has run out: no worker alive
    lag: dt.timedelta  # how long the oldest job that is due has been waiting


def queue_state() -> QueueState:
    """Counts and lag of the whole queue, for health checks and metrics (no personal data)."""
    now = timezone.now()
    due = Q(state=Job.State.READY) & (Q(run_after__isnull=True) | Q(run_after__lte=now))
    row = Job.objects.open().aggregate(
        waiting=Count("pk", filter=Q(state=Job.State.READY)),
        running=Count("pk", filter=Q(state=Job.State.RUNNING)),
        stuck=Count("pk", filter=Q(state=Job.State.RUNNING, lease_until__lt=now)),
        oldest=Min("enqueued_at", filter=due),
    )
    lag = now - row["oldest"] if row["oldest"] else dt.timedelta(0)
    return QueueState(row["waiting"], row["running"], row["stuck"], lag)


def failed_since(actor: Actor, since: dt.datetime) -> int:
    """How many jobs that the actor asked for have failed since a moment."""
    return Job.objects.filter(
        enqueued_by_id=actor.user_id or 0, state=Job.State.FAILED, finished_at__gte=since
    ).count()
