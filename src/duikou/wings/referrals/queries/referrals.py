"""Referrals as an actor may see them, one by one; opening one is a look at the record."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import ROOT, Actor, within
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.patients import actions as patients
from duikou.wings.patients.consents import standing, survivor
from duikou.wings.patients.models import Access, Consent, Patient
from duikou.wings.patients.queries.records import Place
from duikou.wings.referrals.models import Clock, Escalation, FollowUp, Referral, Signature


def referral(actor: Actor, pk: int) -> Referral:
    """One referral, without its patient's name: for acts. Raises Missing for one not seen."""
    rows = Referral.objects.visible_to(actor).select_related(
        "patient__hospital", "patient__merged_into", "from_hospital__org", "to_hospital__org",
        "from_department", "to_department", "service__hospital", "service__department", "from_doctor",
        "to_doctor", "slot", "pairing",
    )  # fmt: skip
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的转诊，或不在您的查看范围内。") % {"pk": pk})
    return found


def opened(actor: Actor, pk: int, where: str) -> tuple[Referral, Patient | None]:
    """One referral with its patient's record: the look is written down.

    None in place of the record once the actor's hospital sees it no more: of a referral that was
    declined, withdrawn or closed, the hospital that does not hold the record keeps dates alone.
    """
    found = referral(actor, pk)
    number = survivor(found.patient).number
    try:
        seen = patients.look(actor=actor, number=number, where=where, purpose=Access.Purpose.REFERRAL)
    except Missing:
        seen = None
    return found, seen


def follow_up(actor: Actor, pk: int) -> FollowUp:
    """One date of follow-up of a referral that the actor sees."""
    rows = FollowUp.objects.filter(referral__in=Referral.objects.visible_to(actor)).select_related(
        "referral__from_hospital", "referral__to_hospital"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的随访，或不在您的查看范围内。") % {"pk": pk})
    return found


def places(actor: Actor) -> list[Place]:
    """Hospitals and departments for which an actor may refer."""
    paths = [path for path in actor.paths("referral.edit") if path != ROOT]
    hospitals = Hospital.objects.filter(scope_path__in=paths).select_related("org").order_by("name")
    departments = (
        Department.objects.filter(org__path__in=paths, closed_on=None)
        .select_related("hospital__org", "org")
        .order_by("hospital__name", "name")
    )
    return [Place(one, None) for one in hospitals] + [Place(one.hospital, one) for one in departments]


def place(actor: Actor, hospital_id: int, department_id: int | None) -> Place:
    """One of them. Raises Missing for one that is not the actor's."""
    wanted = (hospital_id, department_id or None)
    for one in places(actor):
        if (one.hospital.pk, one.department.pk if one.department else None) == wanted:
            return one
    raise Missing(_("没有这家医院或科室，或您不能为其办理转诊。"))


def overdue(actor: Actor, at: dt.datetime | None = None) -> QuerySet[Clock]:
    """Clocks that ran out and were told at the actor's level: no patient is named.

    Departments see theirs at once, hospitals from the second level on, authorities from the third.
    """
    rows = Clock.objects.filter(stopped_at=None, paused_at=None, due_at__lte=at or timezone.now())
    told = Q(pk__in=[])
    for path in actor.paths("referral.count"):
        told |= within((path,), ("path",)) & Q(level__gte=_level(actor, path))
    return rows.filter(told).select_related("referral__from_hospital", "referral__to_hospital")


def _level(actor: Actor, path: str) -> int:
    """From which level on clocks are told to whoever acts at a path."""
    kinds = {grant.org_kind for grant in actor.grants if grant.path == path}
    if "department" in kinds:
        return Escalation.Level.HEAD
    return Escalation.Level.OFFICE if "hospital" in kinds else Escalation.Level.SUPERIOR


def clocks_of(referral: Referral) -> QuerySet[Clock]:
    """All clocks of a referral with who was told of them, in order."""
    return referral.clocks.prefetch_related("escalations").order_by("started_at", "pk")


def signatures_of(referral: Referral) -> QuerySet[Signature]:
    """The signatures under a referral, in order."""
    return referral.signatures.all()


def follow_ups_of(referral: Referral) -> QuerySet[FollowUp]:
    """Dates of follow-up, in order."""
    return referral.follow_ups.select_related("done_by")


def consent_of(referral: Referral) -> Consent | None:
    """The patient's consent to being referred that stands now."""
    return standing(referral.patient, "referral")
