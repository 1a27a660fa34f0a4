"""What waits for whom: answers, completions, arrivals, returns to confirm, outcomes, clocks that ran out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.scope import Actor, within
from duikou.core.waiting import Waiting
from duikou.wings.referrals.catalogue import outcome_days
from duikou.wings.referrals.models import Referral
from duikou.wings.referrals.queries.referrals import overdue

State = Referral.State


def waits_for(actor: Actor) -> Iterator[Waiting]:
    """What the actor has to do, in two queries; nothing with a count of 0."""
    if actor.may("referral.edit") or actor.may("referral.answer"):
        yield from _steps(actor)
    if actor.may("referral.count") and (count := overdue(actor).count()):
        yield Waiting("referral_overdue", _("项转诊时限已超"), count, reverse("referrals:overdue"))


def _steps(actor: Actor) -> Iterator[Waiting]:
    mine = within(actor.paths("referral.edit"), ("from_path",))
    theirs = within(actor.paths("referral.answer"), ("to_path",)) & Q(sent_at__isnull=False)
    ripe = timezone.now() - dt.timedelta(days=outcome_days())
    counted = Referral.objects.aggregate(
        emergency=Count("pk", filter=theirs & Q(state=State.SENT, urgency="emergency")),
        answer=Count("pk", filter=theirs & Q(state=State.SENT) & ~Q(urgency="emergency")),
        complete=Count("pk", filter=mine & Q(state=State.RETURNED)),
        arrival=Count("pk", filter=theirs & Q(state=State.ACCEPTED, appointed_on__lte=timezone.localdate())),
        confirm=Count("pk", filter=mine & Q(state=State.BACK)),
        outcome=Count(
            "pk",
            filter=(mine & Q(state=State.FOLLOW_UP, back_at__lte=ripe))
            | (theirs & Q(state__in=(State.ARRIVED, State.TREATING), direction="down", arrived_at__lte=ripe)),
        ),
    )
    listed = {
        "emergency": (_("件急诊转诊待答复"), "state=sent&urgency=emergency"),
        "answer": (_("件转诊待答复"), "state=sent"),
        "complete": (_("件转诊被退回，待补充"), "state=returned"),
        "arrival": (_("件转诊待登记到达"), "state=accepted"),
        "confirm": (_("件转回待确认"), "state=back"),
        "outcome": (_("件转诊待登记结局"), "state=follow_up"),
    }
    for kind, (label, query) in listed.items():
        if counted[kind]:
            yield Waiting(f"referral_{kind}", label, counted[kind], f"{reverse('referrals:list')}?{query}")
