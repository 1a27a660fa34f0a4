"""Background work of this wing: reading uploaded tables, auditing after an import."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_tasks import task

from duikou.core.jobs.context import current_job
from duikou.core.models import User
from duikou.core.scope import SYSTEM, Actor, actor_for
from duikou.wings.pairings.actions.audits import audit_round
from duikou.wings.pairings.actions.imports import read_batch


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


def _asker() -> Actor:
    """Who asked for the job, with the grants valid now; the system outside a worker."""
    user_id = current_job().user_id
    user = User.objects.filter(pk=user_id).first() if user_id is not None else None
    return actor_for(user) if user else SYSTEM
