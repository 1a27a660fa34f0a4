"""The directory of services: seen by all who refer, kept by each hospital for itself."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import ROOT, Actor, within
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.patients.queries.records import Place
from duikou.wings.referrals.models import Service


def directory() -> QuerySet[Service]:
    """Services that take referrals. The directory is open to whoever may refer: no scope."""
    return Service.objects.filter(closed_on=None).select_related("hospital", "department")


def offered(direction: str | None, *, specialty: str = "", emergency: bool = False) -> QuerySet[Service]:
    """Services that take a case."""
    rows = directory()
    if direction:
        rows = rows.filter(takes__in=(direction, Service.Takes.BOTH))
    if specialty:
        rows = rows.filter(specialty=specialty)
    if emergency:
        rows = rows.filter(emergency=True)
    return rows


def service(pk: int) -> Service:
    """One service of the directory. Raises Missing for one that is not there, or closed."""
    found = directory().select_related("hospital__org", "department__org").filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的接诊服务，或已停止接收。") % {"pk": pk})
    return found


def own_services(actor: Actor) -> QuerySet[Service]:
    """Services that the actor keeps, the closed ones too."""
    return Service.objects.visible_to(actor).select_related("hospital", "department")


def own_service(actor: Actor, pk: int) -> Service:
    """One of them."""
    found = own_services(actor).filter(pk=pk).prefetch_related("slots").first()
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的接诊服务，或不由您维护。") % {"pk": pk})
    return found


def keeping_places(actor: Actor) -> list[Place]:
    """Hospitals and departments whose services the actor keeps."""
    paths = [path for path in actor.paths("referral.service") if path != ROOT]
    hospitals = Hospital.objects.filter(scope_path__in=paths).select_related("org").order_by("name")
    departments = (
        Department.objects.filter(
            Q(org__path__in=paths) | within(paths, ("hospital__scope_path",)), closed_on=None
        )
        .select_related("hospital__org", "org")
        .order_by("hospital__name", "name")
    )
    return [Place(one, None) for one in hospitals] + [Place(one.hospital, one) for one in departments]


def keeping_place(actor: Actor, hospital_id: int, department_id: int | None) -> Place:
    """One of them. Raises Missing for one that is not the actor's."""
    wanted = (hospital_id, department_id or None)
    for one in keeping_places(actor):
        if (one.hospital.pk, one.department.pk if one.department else None) == wanted:
            return one
    raise Missing(_("没有这家医院或科室，或您不能维护其接诊服务。"))
