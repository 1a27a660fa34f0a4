"""Upward secondments (PER-04), told to the page that shows both ways."""

from __future__ import annotations

from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.wings.postings.secondments import Upward, register_upward
from duikou.wings.training.models import Traineeship
from duikou.wings.training.queries import trainees

MOST = 500


def register() -> None:
    """Have them shown beside the posted managers."""
    register_upward(upward)


def upward(actor: Actor) -> list[Upward]:
    """Those of the actor's area that were not refused or withdrawn, the latest first; one query."""
    rows = trainees.trained(actor).filter(route=Traineeship.Route.SECONDMENT, state__in=Traineeship.LIVE)
    return [
        Upward(
            one.person.name,
            one.recipient.name,
            one.supporter.name,
            one.first_day,
            one.last_day,
            str(one.get_state_display()),
            link("training:detail", one.pk),
        )
        for one in rows.order_by("-first_day", "pk")[:MOST]
    ]
