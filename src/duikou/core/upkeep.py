"""What waits of the platform itself: failed jobs of one's own, the check of the audit chain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duikou.core import trail
from duikou.core.jobs.models import Job
from duikou.core.jobs.queries import failed_since
from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.core.waiting import Waiting

CHECK_EVERY = dt.timedelta(days=30)  # the chain should have been checked within
RECENT = dt.timedelta(days=7)  # failed jobs of one's own are shown for


def waits_for(actor: Actor) -> Iterator[Waiting]:
    """For whoever asked for the jobs, and whoever reads the trail."""
    if failed := failed_since(actor, timezone.now() - RECENT):
        label = ngettext("个您提交的后台任务失败", "个您提交的后台任务失败", failed)
        yield Waiting("failed", label, failed, f"{link('jobs:list')}?state=failed")
    if not actor.may("audit.view"):
        return
    check = trail.latest_check(actor)
    if check is not None and isinstance(check.result, dict) and not check.result.get("sound", True):
        yield Waiting("broken", _("处审计链断裂"), 1, link("audit:list"))
    elif check is None or (
        check.state == Job.State.DONE and check.enqueued_at < timezone.now() - CHECK_EVERY
    ):
        yield Waiting("check", _("次审计链核对到期（每 30 天一次）"), 1, link("audit:list"))
