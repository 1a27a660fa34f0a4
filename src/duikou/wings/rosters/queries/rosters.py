"""Rosters, the departments that one makes them for, exchanges that one decides on."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor, ScopedQuerySet, within
from duikou.wings.hospitals.models import Department
from duikou.wings.rosters.models import Roster, SwapRequest


def rosters(actor: Actor) -> ScopedQuerySet:
    """The rosters that the actor may see, with how many people and duties they have."""
    rows: ScopedQuerySet = (
        Roster.objects.visible_to(actor)
        .select_related("hospital", "department")
        .annotate(
            people=Count("duties__person", distinct=True),
            posted=Count("duties__person", filter=Q(duties__posting__isnull=False), distinct=True),
            shifts=Count("duties"),
        )
    )
    return rows


def find_roster(actor: Actor, pk: int) -> Roster:
    """One roster; raises Missing when there is none or not for this actor's eyes."""
    found = (
        Roster.objects.visible_to(actor)
        .select_related("hospital", "department__hospital", "department__org", "published_by")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的排班表，或不在您的查看范围内。") % {"pk": pk})
    return found


def departments(actor: Actor, permission: str = "roster.edit") -> QuerySet[Department]:
    """Departments whose rosters the actor makes (or sees)."""
    inside = within(actor.paths(permission), ("org__path", "hospital__scope_path"))
    rows = Department.objects.filter(inside, closed_on=None).select_related("hospital", "org")
    return rows.order_by("hospital__name", "name", "pk")


def find_department(actor: Actor, pk: int, permission: str = "roster.view") -> Department:
    """One such department; raises Missing."""
    found = departments(actor, permission).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的科室，或不在您的查看范围内。") % {"pk": pk})
    return found


def managed_swaps(actor: Actor) -> ScopedQuerySet:
    """Exchanges in the rosters that the actor may see; one's own alone are not among them."""
    rows: ScopedQuerySet = SwapRequest.objects.visible_to(actor, "roster.view")
    return rows.select_related(
        "asker", "other", "asker_shift", "other_shift", "roster__department", "roster__hospital"
    )
