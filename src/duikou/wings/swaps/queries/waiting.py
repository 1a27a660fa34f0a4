"""What waits for a person about swap plans, for the home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core.scope import Actor, within
from duikou.core.waiting import Waiting
from duikou.wings.swaps.models import SwapPlan, SwapRepair, SwapStay

State = SwapPlan.State


def waits_for(actor: Actor) -> Iterator[Waiting]:
    """Plans to agree to or to adopt, repairs to decide on; nothing with a count of 0."""
    plans = f"{reverse('swaps:list')}?state="
    sound = SwapPlan.objects.filter(result__breaches=[])
    trainees = Exists(SwapStay.objects.filter(plan=OuterRef("pk"), way=SwapStay.Way.UP))
    if actor.may("training.edit"):
        mine = within(actor.paths("training.edit"), ("recipient_path",))
        if count := sound.filter(mine, trainees, state=State.SOLVED).count():
            yield Waiting("swap_agree", _("份待您院同意的置换方案"), count, f"{plans}solved")
    if actor.may("posting.edit"):
        mine = within(actor.paths("posting.edit"), ("supporter_path",))
        ready = sound.filter(mine, Q(state=State.AGREED) | (Q(state=State.SOLVED) & ~trainees))
        if count := ready.count():
            yield Waiting("swap_adopt", _("份可以采用的置换方案"), count, f"{plans}agreed")
    if actor.may("swap.plan"):
        repairs = SwapRepair.objects.visible_to(actor, "swap.plan")
        if count := repairs.filter(state=SwapRepair.State.PROPOSED).values("plan").distinct().count():
            yield Waiting(
                "swap_repair", _("份置换方案有待决定的补救"), count, f"{reverse('swaps:list')}?repair=yes"
            )
