"""Official templates that commissions handed in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.models import OrgUnit
from duikou.core.scope import Actor, ScopedQuerySet, within
from duikou.wings.agreements.models import UploadedTemplate


def templates(actor: Actor) -> ScopedQuerySet:
    """Templates of the actor's area, those in use first."""
    found: ScopedQuerySet = (
        UploadedTemplate.objects.visible_to(actor)
        .select_related("org", "document", "uploaded_by")
        .order_by("-active", "-uploaded_at")
    )
    return found


def template(actor: Actor, pk: int) -> UploadedTemplate:
    """One template. Raises Missing."""
    found: UploadedTemplate | None = templates(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这份范本，或它不在您的范围内。"))
    return found


def commissions(actor: Actor) -> list[OrgUnit]:
    """Authorities for which the actor may keep templates: provinces and cities."""
    kinds = (OrgUnit.Kind.PROVINCE, OrgUnit.Kind.CITY)
    inside = within(actor.paths("agreement.manage"), ("path",))
    return list(OrgUnit.objects.filter(inside, kind__in=kinds).order_by("path"))


def commission(actor: Actor, pk: int) -> OrgUnit:
    """One of them. Raises Missing."""
    found = next((org for org in commissions(actor) if org.pk == pk), None)
    if found is None:
        raise Missing(_("没有这个主管部门，或不在您的范围内。"))
    return found
