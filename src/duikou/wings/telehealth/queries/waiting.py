"""What waits for whom: to approve, to answer, to sign, to complete, to acknowledge; and what is late."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.scope import Actor, within
from duikou.core.waiting import Waiting
from duikou.wings.telehealth.models import Consultation
from duikou.wings.telehealth.queries.desk import to_sign

State = Consultation.State


def waits_for(actor: Actor) -> Iterator[Waiting]:
    """What the actor has to do, in two queries; nothing with a count of 0."""
    approves = within(actor.paths("consult.approve"), ("home_path",)) & Q(state=State.SUBMITTED)
    completes = within(actor.paths("consult.request"), ("home_path",)) & Q(state=State.RETURNED)
    reads = within(actor.paths("consult.request"), ("home_path",)) & Q(state=State.ANSWERED)
    answers = within(actor.paths("consult.answer"), ("host_path",)) & Q(
        state__in=(State.SENT, State.ACCEPTED)
    )
    if not any(map(actor.may, ("consult.request", "consult.answer", "consult.opinion"))):
        return
    mine = approves | completes | reads | answers
    found = Consultation.objects.filter(mine).aggregate(
        consult_approve=Count("pk", filter=approves),
        consult_complete=Count("pk", filter=completes),
        consult_acknowledge=Count("pk", filter=reads),
        consult_answer=Count("pk", filter=answers),
        consult_late=Count("pk", filter=Q(due_at__lt=timezone.now())),
    )
    asked, received = reverse("telehealth:list"), reverse("telehealth:received")
    listed = (
        (
            "consult_late",
            _("次会诊已超过时限"),
            f"{asked if not found['consult_answer'] else received}?late=yes",
        ),
        ("consult_approve", _("次会诊邀请待您核准"), f"{asked}?state=submitted"),
        ("consult_answer", _("次会诊邀请待答复或指派专家"), received),
        ("consult_complete", _("次会诊被退回，待补充"), f"{asked}?state=returned"),
        ("consult_acknowledge", _("份会诊意见待确认"), f"{asked}?state=answered"),
    )
    for kind, label, url in listed:
        if found[kind]:
            yield Waiting(kind, label, found[kind], url)
    if actor.may("consult.opinion") and (count := to_sign(actor).count()):
        yield Waiting("consult_sign", _("次会诊待您签发意见"), count, f"{received}?state=assigned")
