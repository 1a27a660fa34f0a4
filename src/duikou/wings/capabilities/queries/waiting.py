"""What waits for a hospital's president: techniques that its partner has approved and it has not."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from duikou.core.links import link
from duikou.core.scope import Actor, within
from duikou.core.waiting import Waiting
from duikou.wings.capabilities.models import Approval
from duikou.wings.pairings.models import Pairing


def waits_for(actor: Actor) -> Iterator[Waiting]:
    """Approvals for those who approve; nothing with a count of 0."""
    if actor.may("capability.approve") and (count := waiting_approvals(actor).count()):
        label = _("项受援医院已批准、待您院批准的技术")
        yield Waiting("technique", label, count, link("capabilities:waiting"))


def waiting_approvals(actor: Actor) -> QuerySet[Approval]:
    """Recipients' approvals that still lack the leave of the supporter for which the actor approves.

    The supporter is the one of the day on which the recipient approved.
    """
    mine = within(actor.paths("capability.approve"), ("supporter_path",))
    supported = Pairing.objects.filter(
        mine, recipient=OuterRef("hospital_id"), start__lte=OuterRef("on"), end__gte=OuterRef("on")
    )
    given = Approval.objects.filter(
        within(actor.paths("capability.approve"), ("hospital_path",)),
        capability=OuterRef("capability_id"),
        kind=Approval.Kind.LEAVE,
        ended_on=None,
    )
    return Approval.objects.filter(
        Exists(supported),
        ~Exists(given),
        hospital_path=F("recipient_path"),
        kind=Approval.Kind.LEAVE,
        ended_on=None,
    )
