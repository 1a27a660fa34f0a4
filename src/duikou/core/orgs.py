"""Reads of the organisation tree that several wings need."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.models import OrgUnit
from duikou.core.scope import Actor


def provinces(actor: Actor, permission: str) -> list[OrgUnit]:
    """Provinces for which the actor has a permission."""
    found = OrgUnit.objects.filter(kind=OrgUnit.Kind.PROVINCE)
    return [org for org in found if actor.may(permission, org.path)]


def unit(actor: Actor, pk: int, permission: str) -> OrgUnit:
    """One unit. Raises Missing when there is none, or the actor lacks the permission there."""
    found = OrgUnit.objects.filter(pk=pk).first()
    if found is None or not actor.may(permission, found.path):
        raise Missing(_("没有这个组织，或不在您的管理范围内。"))
    return found
