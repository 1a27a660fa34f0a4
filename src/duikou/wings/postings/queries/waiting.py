"""What waits for whom: nominations to answer, arrivals and ends to note, requests and notices."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.scope import Actor, within
from duikou.core.waiting import Waiting
from duikou.wings.postings.models import ConductRecord, Posting, StaffRequest

State = Posting.State


def to_approve(actor: Actor) -> QuerySet[Posting]:
    """Nominations that the actor may answer for the recipient."""
    return Posting.objects.filter(
        within(actor.paths("posting.approve"), ("host_path",)), state=State.NOMINATED
    )


def to_note(actor: Actor) -> QuerySet[Posting]:
    """Those who should have come, or gone, and of whom nothing has been noted."""
    today = timezone.localdate()
    mine = Posting.objects.filter(within(actor.paths("posting.edit"), ("host_path",)))
    late = mine.filter(state=State.APPROVED, planned_from__lt=today)
    return late | mine.filter(state=State.ON_POST, last_day__lt=today)


def to_answer(actor: Actor) -> QuerySet[StaffRequest]:
    """Open requests to a supporter for which the actor arranges postings."""
    mine = within(actor.paths("posting.edit"), ("home_path",))
    return StaffRequest.objects.filter(mine, state=StaffRequest.State.OPEN)


def to_acknowledge(actor: Actor) -> QuerySet[ConductRecord]:
    """Conduct records that the supporter has not acknowledged."""
    return ConductRecord.objects.filter(
        within(actor.paths("conduct.edit"), ("home_path",)), acknowledged_at=None
    )


def waits_for(actor: Actor) -> Iterator[Waiting]:
    """What the actor has to do; nothing with a count of 0."""
    if not (actor.may("posting.view") or actor.may("conduct.view")):
        return
    desk = reverse("postings:list")
    listed = (
        ("posting_approve", _("人被提名来院，待您院答复"), to_approve, f"{desk}?waits=approve"),
        ("posting_note", _("人应到岗或应结束，待您院登记"), to_note, f"{desk}?waits=note"),
        (
            "posting_request",
            _("项派驻需求待您院派人"),
            to_answer,
            f"{reverse('postings:requests')}?waits=yes",
        ),
        ("conduct", _("份违纪通报或纠纷记录待您院确认收到"), to_acknowledge, reverse("postings:conduct")),
    )
    for kind, label, rows, url in listed:
        if count := rows(actor).count():
            yield Waiting(kind, label, count, url)
