"""What waits for a person, for the home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core.scope import Actor, ScopedQuerySet, within
from duikou.core.waiting import Waiting
from duikou.wings.plans.models import SupportPlan, YearTask
from duikou.wings.plans.queries.tasks import own_shares


def waits_for(actor: Actor) -> Iterator[Waiting]:
    """What the actor has to do about plans; nothing with a count of 0."""
    if actor.may("plan.approve"):
        if count := to_agree(actor).count():
            url = f"{reverse('plans:documents')}?state=offered"
            yield Waiting("plan_offered", _("待您代表本院同意的规划"), count, url)
        if count := _to_accept(actor).count():
            url = f"{reverse('plans:tasks')}?state=reported"
            yield Waiting("plan_reported", _("待您验收的年度任务"), count, url)
    if actor.may("plan.view") and (count := own_shares(actor).count()):
        yield Waiting("plan_share", _("待您确认的任务分工"), count, f"{reverse('plans:tasks')}?mine=yes")


def to_agree(actor: Actor) -> ScopedQuerySet:
    """Offered plans to which the actor's own party has not agreed."""
    paths = actor.paths("plan.approve")
    waits = Q(within(paths, ("supporter_path",)), supporter_agreed_at=None) | Q(
        within(paths, ("recipient_path",)), recipient_agreed_at=None
    )
    found: ScopedQuerySet = SupportPlan.objects.filter(waits, state="offered")
    return found


def _to_accept(actor: Actor) -> ScopedQuerySet:
    """Reported tasks that the other party's people have to look at."""
    paths = actor.paths("plan.approve")
    waits = Q(within(paths, ("plan__supporter_path",)), reported_side="recipient") | Q(
        within(paths, ("plan__recipient_path",)), reported_side="supporter"
    )
    found: ScopedQuerySet = YearTask.objects.filter(waits, state="reported")
    return found
