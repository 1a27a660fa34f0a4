"""Registered schemes and years that were grouped by two of them."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.models import OrgUnit
from duikou.core.scope import Actor, within
from duikou.wings.discharges.models import Regrouping, Scheme, Submission
from duikou.wings.discharges.models.submissions import IN_FORCE


def schemes() -> QuerySet[Scheme]:
    """All registered schemes: reference data, the same for everybody."""
    return Scheme.objects.select_related("registered_by").order_by("-active_from", "name", "edition")


def scheme(pk: int) -> Scheme:
    """One scheme; raises Missing."""
    found = schemes().filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这个分组方案。"))
    return found


def template_workbook() -> bytes:
    """Our own scheme in the form of a workbook."""
    from duikou.engines.casemix import scheme_book
    from duikou.engines.casemix.data import STARTER

    return scheme_book.workbook(STARTER)


def regroupings(actor: Actor) -> QuerySet[Regrouping]:
    """Comparisons of areas that the actor sees, newest first."""
    return Regrouping.objects.filter(within(actor.paths("discharge.view"), ("org_path",))).select_related(
        "scheme"
    )


def regrouping(actor: Actor, pk: int) -> Regrouping:
    """One comparison; raises Missing."""
    found = regroupings(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这个对照，或它不在您的范围内。"))
    return found


def years() -> list[int]:
    """Years with stays in force, newest first."""
    found = Submission.objects.filter(state__in=IN_FORCE).values_list("month", flat=True).distinct()
    return sorted({month // 100 for month in found}, reverse=True)


def no_such_province() -> str:
    """What is said where no province of one's own, or not one alone, is meant."""
    return _("没有这个省，或它不在您的管理范围内；管理多个省时请指明一个。")


def managed_areas(actor: Actor) -> list[OrgUnit]:
    """Provinces whose schemes the actor keeps."""
    rows = OrgUnit.objects.filter(kind=OrgUnit.Kind.PROVINCE)
    return [org for org in rows if actor.may("discharge.manage", org.path or "")]
