"""What waits for whom: emergency accesses to review, oral consents to confirm, records that are due."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.scope import Actor, within
from duikou.core.waiting import Waiting
from duikou.wings.patients import consents, retention
from duikou.wings.patients.models import BreakGlass, Consent, Erasure, Patient


def to_review(actor: Actor) -> QuerySet[BreakGlass]:
    """Emergency accesses that the actor may review: none of the own."""
    rows = BreakGlass.objects.visible_to(actor, "patient.review").filter(reviewed_at=None)
    return rows.exclude(user=actor.user_id)


def to_confirm(actor: Actor) -> QuerySet[Consent]:
    """Oral consents of the actor's own patients that wait for paper."""
    mine = within(actor.paths("patient.consent"), ("patient__scope_path",))
    return consents.to_confirm().filter(mine)


def due(actor: Actor) -> QuerySet[Patient]:
    """Records that need not be kept any more, and for which nobody has proposed anything."""
    rows = Patient.objects.visible_to(actor, "patient.review").filter(retention.due(timezone.localdate()))
    return rows.exclude(erasures__state=Erasure.State.PROPOSED)


def to_decide(actor: Actor) -> QuerySet[Erasure]:
    """Erasures that somebody else proposed."""
    rows = Erasure.objects.visible_to(actor, "patient.review").filter(state=Erasure.State.PROPOSED)
    return rows.exclude(proposed_by=actor.user_id)


def waits_for(actor: Actor) -> Iterator[Waiting]:
    """What the actor has to do; nothing with a count of 0."""
    listed = (
        (
            "patient_emergency",
            _("次紧急调阅待审核"),
            "patient.review",
            to_review,
            f"{reverse('patients:emergencies')}?reviewed=no",
        ),
        (
            "patient_consent",
            _("项口头同意待补书面确认"),
            "patient.consent",
            to_confirm,
            reverse("patients:to_confirm"),
        ),
        ("patient_due", _("份患者档案保存期满，待处理"), "patient.review", due, reverse("patients:due")),
        (
            "patient_erasure",
            _("份患者档案的销毁待您核准"),
            "patient.review",
            to_decide,
            f"{reverse('patients:erasures')}?state=proposed",
        ),
    )
    for kind, label, permission, rows, url in listed:
        if actor.may(permission) and (count := rows(actor).count()):
            yield Waiting(kind, label, count, url)
