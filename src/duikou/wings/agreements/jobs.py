"""Background work of this wing: opening a round, letting agreements expire."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django_tasks import task

from duikou.core.jobs.context import current_job
from duikou.core.models import User
from duikou.core.scope import SYSTEM, Actor, actor_for
from duikou.wings.agreements.actions.life import expire_due
from duikou.wings.agreements.actions.opening import draft_all
from duikou.wings.pairings.queries.rounds import round_named

MOST_FAILURES = 20  # kept with the job


@task(title=_("为一轮结对起草协议"), max_attempts=3, retry_after=5)
def open_round(round_key: str, drafted_on: str) -> dict[str, object]:
    """Draft for all pairings of a round that have no agreement, for the person who asked."""
    found = draft_all(
        actor=_asker(),
        round_=round_named(round_key),
        drafted_on=dt.date.fromisoformat(drafted_on),
        job=current_job(),
    )
    return {"drafts": found.drafts, "refused": found.refused, "failed": found.failed[:MOST_FAILURES]}


@task(title=_("协议到期"))
def expire_agreements() -> dict[str, object]:
    """Let agreements expire whose last day is over."""
    return {"expired": expire_due()}


def _asker() -> Actor:
    """Who asked for the job, with the grants valid now; the system outside a worker."""
    user_id = current_job().user_id
    user = User.objects.filter(pk=user_id).first() if user_id is not None else None
    return actor_for(user) if user else SYSTEM
