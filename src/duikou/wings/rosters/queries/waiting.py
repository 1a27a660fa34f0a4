"""What waits for a person about rosters, for the home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core.scope import Actor, ScopedQuerySet
from duikou.core.waiting import Waiting
from duikou.wings.postings.models import Leave
from duikou.wings.rosters.models import Duty, SwapRequest

State = SwapRequest.State


def waits_for(actor: Actor) -> Iterator[Waiting]:
    """Exchanges to decide on or to answer, duties of people who are on leave; nothing with a count of 0."""
    if actor.may("roster.edit"):
        to_decide = SwapRequest.objects.visible_to(actor, "roster.edit").filter(state=State.AGREED)
        if count := to_decide.count():
            yield Waiting(
                "roster_swap", _("待您批准的换班"), count, f"{reverse('rosters:swaps')}?state=agreed"
            )
        if count := away(actor).values("roster").distinct().count():
            yield Waiting(
                "roster_away",
                _("张已发布的排班表上有人请假或已离岗"),
                count,
                f"{reverse('rosters:list')}?away=yes",
            )
    if actor.may("roster.own") and actor.user_id is not None:
        asked = SwapRequest.objects.filter(other__user_id=actor.user_id, state=State.ASKED).count()
        if asked:
            yield Waiting("roster_asked", _("待您答复的换班"), asked, reverse("rosters:mine"))


def away(actor: Actor) -> ScopedQuerySet:
    """Published duties of people who are on leave on that day, or no longer posted: by what was noted since.

    Past days count, too: a roster is shown as evidence, and who was away did not work.
    """
    on_leave = Leave.objects.filter(
        posting=OuterRef("posting"),
        withdrawn_at=None,
        first_day__lte=OuterRef("day"),
        last_day__gte=OuterRef("day"),
    )
    rows: ScopedQuerySet = Duty.objects.visible_to(actor, "roster.edit").filter(
        Exists(on_leave) | Q(posting__last_day__lt=F("day")), roster__state="published"
    )
    return rows
