"""The ledger: the list, one obligation with all that belongs to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.models import AuditEvent
from duikou.core.scope import Actor, ScopedQuerySet
from duikou.wings.hospitals.models import Hospital
from duikou.wings.obligations.models import Evidence, Obligation, Reminder, Statement, TargetProposal
from duikou.wings.obligations.standing import Stage
from duikou.wings.pairings.models import Pairing

LIST_COLUMNS = (
    "id", "title", "period_kind", "number", "start", "end", "due", "owner", "owner_department",
    "owner_person__name", "rule", "source", "unit", "target", "target_mark", "given", "accepted",
    "evidence_count", "stage", "supporter_says", "supporter_quantity", "recipient_says",
    "recipient_quantity", "superior_says", "superior_quantity", "escalated_on", "closed_on",
    "closed_reason", "demonstration", "pairing_id", "pairing__supporter__name",
    "pairing__recipient__name",
)  # fmt: skip
UNDONE = (Stage.PROMISED, Stage.UNMET)  # nobody says that it was done


def overdue(today: dt.date) -> Q:
    """Condition: the due date has passed, and nobody says that it was done."""
    return Q(closed_on=None, due__lt=today, stage__in=UNDONE)


def obligations(actor: Actor) -> ScopedQuerySet:
    """Obligations of the actor's area, what is due first on top; those without a due date last."""
    found: ScopedQuerySet = Obligation.objects.visible_to(actor)
    return found


def listed(actor: Actor) -> ScopedQuerySet:
    """The same in the order of the list, which shows `LIST_COLUMNS` of them."""
    return obligations(actor).order_by(F("due").asc(nulls_last=True), "pk")


def obligation(actor: Actor, pk: int) -> Obligation:
    """One obligation with its hospitals and its person; raises Missing."""
    found = (
        obligations(actor)
        .select_related("pairing__round", "pairing__supporter", "pairing__recipient", "owner_person")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Missing(_("没有这项责任，或它不在您的范围内。"))
    return found


def evidence(actor: Actor, pk: int) -> Evidence:
    """One piece of evidence with its obligation; raises Missing."""
    found = (
        Evidence.objects.visible_to(actor)
        .select_related("obligation__pairing__round", "document")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Missing(_("没有这项佐证，或它不在您的范围内。"))
    return found


def proposal(actor: Actor, pk: int) -> TargetProposal:
    """One proposed target; raises Missing."""
    found = TargetProposal.objects.visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这项目标建议，或它不在您的范围内。"))
    return found


def of_duty(actor: Actor, one: TargetProposal) -> Obligation:
    """An obligation of the duty that a proposal is about: an open one, if there is any; raises Missing."""
    rows = obligations(actor).select_related("pairing__round").filter(holder=one.holder, key=one.key)
    found = rows.order_by("closed_on", "start").filter(closed_on=None).first() or rows.first()
    if found is None:
        raise Missing(_("没有这项责任，或它不在您的范围内。"))
    return found


@dataclass(frozen=True, slots=True)
class Whole:
    """What belongs to one obligation."""

    statements: list[Statement]
    evidence: list[Evidence]
    reminders: list[Reminder]
    events: list[AuditEvent]
    periods: list[Obligation]  # of the same duty
    proposals: list[TargetProposal]


def whole(obligation: Obligation) -> Whole:
    """All that belongs to an obligation that the actor may see, in a fixed number of queries."""
    same = Obligation.objects.filter(
        holder=obligation.holder, key=obligation.key, pairing=obligation.pairing_id
    )
    return Whole(
        list(Statement.objects.filter(obligation=obligation).order_by("-pk")),
        list(
            Evidence.objects.filter(obligation=obligation)
            .select_related("document")
            .prefetch_related("changes")
        ),
        list(Reminder.objects.filter(obligation=obligation)),
        list(
            AuditEvent.objects.filter(
                target_type=obligation._meta.label_lower, target_id=str(obligation.pk)
            ).order_by("-number")[:100]
        ),
        list(same.order_by("start")),
        list(
            TargetProposal.objects.filter(holder=obligation.holder, key=obligation.key).order_by("-pk")[:10]
        ),
    )


def rules_in_use(actor: Actor) -> list[str]:
    """Rules that the actor's obligations come from."""
    rows = Obligation.objects.visible_to(actor).order_by("rule").values_list("rule", flat=True)
    return [rule for rule in rows.distinct() if rule]


def departments_in_use(actor: Actor) -> list[str]:
    """Specialties whose departments owe something."""
    rows = Obligation.objects.visible_to(actor).order_by("owner_department")
    return [name for name in rows.values_list("owner_department", flat=True).distinct() if name]


def of_hospital(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Obligations of pairings in which a hospital's name contains the text."""
    named = Hospital.objects.filter(Q(name__icontains=text) | Q(names__name__icontains=text)).values("pk")
    return rows.filter(Q(pairing__supporter__in=named) | Q(pairing__recipient__in=named))


def pairing_name(actor: Actor, pk: int) -> str:
    """The two hospitals of a pairing; raises Missing."""
    row = (
        Pairing.objects.visible_to(actor)
        .filter(pk=pk)
        .values_list("supporter__name", "recipient__name")
        .first()
    )
    if row is None:
        raise Missing(_("没有这条结对，或它不在您的范围内。"))
    return " → ".join(row)
