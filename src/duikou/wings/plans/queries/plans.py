"""Plans, what belongs to the plans of a pairing, and the duties of the edition in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.models import AuditEvent
from duikou.core.scope import Actor, ScopedQuerySet
from duikou.engines.clauses.model import Party
from duikou.wings.agreements.documents.verification import typed_code
from duikou.wings.agreements.duties import Duty
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.models import DepartmentLink, Pairing
from duikou.wings.pairings.queries.choices import staff
from duikou.wings.people.models import Person
from duikou.wings.plans.editions import duties_of
from duikou.wings.plans.models import PlanDepartment, PlanEdition, SupportPlan, TaskBatch, YearTask

PRESIDENT = "院长"  # of a person's post: who is proposed as first-responsible person


def plans(actor: Actor) -> ScopedQuerySet:
    """All plans that the actor may see."""
    found: ScopedQuerySet = SupportPlan.objects.visible_to(actor).select_related(
        "pairing__round",
        "pairing__supporter",
        "recipient__division__parent",
        "supporter_president",
        "recipient_president",
        "supporter_agreed_by",
        "recipient_agreed_by",
    )
    return found


def plan(actor: Actor, pk: int) -> SupportPlan:
    """One plan; raises Missing."""
    found = plans(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这份规划，或它不在您的范围内。"))
    return found


def pairing(actor: Actor, pk: int) -> Pairing:
    """A pairing whose plans the actor may see; raises Missing."""
    found = (
        Pairing.objects.visible_to(actor, SupportPlan.read_permission)
        .select_related("round", "supporter", "recipient__division__parent", "recipient_division__parent")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Missing(_("没有这条结对，或它不在您的范围内。"))
    return found


def pairings(actor: Actor) -> QuerySet[Pairing]:
    """Pairings whose plans the actor may see, in order of printing."""
    rows = Pairing.objects.visible_to(actor, SupportPlan.read_permission)
    return rows.select_related("round", "supporter", "recipient").order_by("-round__start", "position", "id")


@dataclass(frozen=True)
class OfPairing:
    """The plans of a pairing, and who answers for what."""

    pairing: Pairing
    support: SupportPlan | None
    years: Mapping[int, SupportPlan]
    development: list[SupportPlan]
    links: list[DepartmentLink]


def of_pairing(actor: Actor, row: Pairing) -> OfPairing:
    """All plans of a pairing, its recipient's own ones, and its department links."""
    found = list(plans(actor).filter(pairing=row))
    own = plans(actor).filter(kind=SupportPlan.Kind.DEVELOPMENT, recipient=row.recipient_id)
    links = DepartmentLink.objects.filter(pairing=row, end=None).select_related(
        "supporter_head", "recipient_head"
    )
    return OfPairing(
        row,
        next((one for one in found if one.kind == SupportPlan.Kind.SUPPORT), None),
        {one.year: one for one in sorted(found, key=lambda one: one.year or 0) if one.year},
        list(own.order_by("-start")),
        list(links.order_by("specialty")),
    )


def staff_of(actor: Actor, row: SupportPlan) -> dict[Party, list[Person]]:
    """Whom each party could name: people in office whom the actor may see, presidents first."""
    hospitals = {Party.RECIPIENT: row.recipient_id}
    if row.pairing is not None:
        hospitals[Party.SUPPORTER] = row.pairing.supporter_id
    people = list(staff(actor, list(hospitals.values())))
    return {
        side: sorted(
            (one for one in people if one.hospital_id == hospital), key=lambda one: PRESIDENT not in one.post
        )
        for side, hospital in hospitals.items()
    }


def recipients(actor: Actor, permission: str = "plan.edit") -> QuerySet[Hospital]:
    """Recipients for whom the actor may make an own plan: they lie in the actor's area."""
    rows = Pairing.objects.visible_to(actor, permission).values("recipient")
    inside = Hospital.objects.filter(pk__in=rows)
    return inside.filter(Hospital.visibility(actor.paths(permission))).order_by("name", "pk")


def editions_of(row: SupportPlan) -> list[PlanEdition]:
    """The agreed editions, newest first."""
    return list(PlanEdition.objects.filter(plan=row).order_by("-number"))


def duties(row: SupportPlan) -> tuple[Duty, ...]:
    """What the edition in force obliges to; nothing before the first one."""
    newest = PlanEdition.objects.filter(plan=row).order_by("-number").first()
    return duties_of(row, newest.number, newest.content) if newest else ()


def batches_of(actor: Actor, row: SupportPlan) -> list[TaskBatch]:
    """Uploaded task lists, newest first, without their bytes."""
    rows = TaskBatch.objects.visible_to(actor).filter(plan=row).select_related("uploaded_by")
    return list(rows.defer("content", "cells")[:20])


def batch(actor: Actor, pk: int) -> TaskBatch:
    """One uploaded task list; raises Missing."""
    rows = TaskBatch.objects.visible_to(actor).select_related("plan__pairing", "plan__recipient")
    found = rows.filter(pk=pk).defer("content").first()
    if found is None:
        raise Missing(_("没有这次导入，或它不在您的范围内。"))
    return found


def events_of(row: SupportPlan) -> list[AuditEvent]:
    """What was done to a plan, newest first: who sees a plan may see its history."""
    label = row._meta.label_lower
    return list(AuditEvent.objects.filter(target_type=label, target_id=str(row.pk)).order_by("-number")[:100])


def demonstration_shown(actor: Actor) -> bool:
    """Whether some of the plans that the actor sees are invented."""
    return SupportPlan.objects.visible_to(actor).filter(demonstration=True).exists()


def by_code(actor: Actor, code: str) -> SupportPlan:
    """The plan whose book carries a code, as somebody typed it; raises Missing."""
    typed = typed_code(code)
    found = plans(actor).filter(code=typed).first() if typed else None
    if found is None:
        raise Missing(_("没有这个核验码的规划，或它不在您的范围内。"))
    return found


def tasks_with_shares(row: SupportPlan) -> list[YearTask]:
    """The tasks of a year's list, dropped ones last, with their shares; two queries."""
    rows = YearTask.objects.filter(plan=row).order_by("position").prefetch_related("shares")
    return sorted(rows, key=lambda task: task.state == "dropped")


def origin_label(origin: str) -> str:
    """Why a department was proposed, in words."""
    return str(PlanDepartment.Origin(origin).label)


def pack_for(recipient: Hospital) -> str:
    """The policy pack of a recipient's newest round."""
    newest = Pairing.objects.filter(recipient=recipient).order_by("-round__start").first()
    return newest.round.policy_pack if newest else settings.DEFAULT_ROUND_PACK


def recipient(actor: Actor, pk: int) -> Hospital:
    """One of the recipients for whom the actor may make an own plan; raises Missing."""
    found = recipients(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这家受援医院，或它不在您的范围内。"))
    return found
