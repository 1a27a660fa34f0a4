"""The core's own periodic work: throwing away what nobody needs any more."""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from duikou.core import documents
from duikou.core.jobs.context import current_job
from duikou.core.jobs.models import Job
from duikou.core.jobs.schedule import periodic
from duikou.core.uploads import actions as uploads

KEEP_DONE = dt.timedelta(days=30)
KEEP_FAILED = dt.timedelta(days=180)  # failures stay longer: somebody may have to explain them
PART = 500  # rows deleted in one transaction


@task(title=_("清理过期的任务记录、会话、上传与无主文件"))
def prune() -> dict[str, int]:
    """Delete settled jobs, expired sessions and files without a row that are old enough; returns how many."""
    now = timezone.now()
    old = Q(state__in=(Job.State.DONE, Job.State.CANCELLED), finished_at__lt=now - KEEP_DONE) | Q(
        state=Job.State.FAILED, finished_at__lt=now - KEEP_FAILED
    )
    stale = {
        "jobs": Job.objects.filter(old),
        "sessions": Session.objects.filter(expire_date__lt=now),
    }
    deleted = dict.fromkeys(stale, 0)
    for name, rows in stale.items():
        while keys := list(rows.values_list("pk", flat=True)[:PART]):
            rows.model._default_manager.filter(pk__in=keys).delete()
            deleted[name] += len(keys)
            current_job().progress(sum(deleted.values()))
    deleted["files"] = documents.sweep()
    deleted["uploads"] = uploads.sweep()
    return deleted


periodic("prune", prune, every=dt.timedelta(days=1))
