"""Background work of this wing: reading uploaded tables, auditing after an import, solving proposals."""

from __future__ import annotations

import time

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from duikou.core.jobs.context import JobCancelled, JobContext, current_job
from duikou.core.models import User
from duikou.core.scope import SYSTEM, Actor, actor_for
from duikou.engines.pairing.optimise.levels import TITLES
from duikou.engines.pairing.optimise.model import Cancelled, Progress
from duikou.wings.pairings.actions.audits import audit_round
from duikou.wings.pairings.actions.imports import read_batch
from duikou.wings.pairings.actions.solving import SECONDS_IN_BACKGROUND, note_running, solve_as_job
from duikou.wings.pairings.outcome import points


@task(title=_("读取结对关系表"), max_attempts=3, retry_after=5)
def read_annex_batch(batch_id: int) -> dict[str, object]:
    """Read one uploaded table and resolve its names; the rows appear all at once at the end."""
    job = current_job()
    batch = read_batch(batch_id=batch_id, progress=job.progress)
    return {"batch": batch.pk, "state": batch.state, "rows": batch.rows.count()}


@task(title=_("核查轮次"), max_attempts=3, retry_after=5)
def audit_round_again(round_key: str) -> dict[str, object]:
    """Audit a round for the person who asked."""
    run = audit_round(actor=_asker(), round_key=round_key)
    return {"run": run.number, "new": run.added, "gone": run.gone, "unchanged": run.unchanged}


@task(title=_("求解结对方案"), max_attempts=3, retry_after=5)
def solve_in_background(proposal_id: int) -> dict[str, object]:
    """Solve a proposal for the person who asked; cancelled, it keeps the best plan found so far."""
    job = current_job()
    told = Telling(job, proposal_id)
    result = solve_as_job(actor=_asker(), proposal_id=proposal_id, report=told, seconds=SECONDS_IN_BACKGROUND)
    if told.cancelled:
        raise JobCancelled
    return {"proposal": proposal_id, "status": result.status, "levels": result.levels}


class Telling:
    """Tells people how far a solve is, and the solve when somebody wants it to stop."""

    EVERY = 1.0  # seconds between two looks at the curve so far

    def __init__(self, job: JobContext, proposal_id: int) -> None:
        self.job, self.proposal_id = job, proposal_id
        self.curve: list[Progress] = []
        self.cancelled = False
        self._next = 0.0

    def __call__(self, point: Progress) -> None:
        """One point of the curve; raises Cancelled when the job was cancelled."""
        self.curve.append(point)
        try:
            self.job.progress(int(point.seconds), int(SECONDS_IN_BACKGROUND), _point(point))
        except JobCancelled:  # the solve ends with the best plan it has, which is then kept
            self.cancelled = True
            raise Cancelled from None
        if time.monotonic() >= self._next:
            note_running(self.proposal_id, self.job.id, points(self.curve))
            self._next = time.monotonic() + self.EVERY


def _point(point: Progress) -> str:
    """Level, incumbent, bound and gap in words."""
    title = TITLES.get(point.level)
    english = (get_language() or "").startswith("en")
    name = (title.en if english else title.zh) if title else point.level
    if point.incumbent is None or point.bound is None:
        return gettext("%(level)s：尚无方案") % {"level": name}
    gap = (point.incumbent - point.bound) / max(1, abs(point.incumbent))
    return gettext("%(level)s：现有 %(incumbent)d，下界 %(bound)d，差距 %(gap).2f%%") % {
        "level": name,
        "incumbent": point.incumbent,
        "bound": point.bound,
        "gap": 100 * gap,
    }


def _asker() -> Actor:
    """Who asked for the job, with the grants valid now; the system outside a worker."""
    user_id = current_job().user_id
    user = User.objects.filter(pk=user_id).first() if user_id is not None else None
    return actor_for(user) if user else SYSTEM
