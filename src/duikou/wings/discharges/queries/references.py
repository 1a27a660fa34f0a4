"""Organisation codes, residences that wait for a decision, mappings of codes."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor, ScopedQuerySet
from duikou.wings.discharges.models import CodeMapping, HospitalCode, ResidenceReview
from duikou.wings.discharges.queries.submissions import inside
from duikou.wings.hospitals.models import Hospital

MANAGE = "discharge.manage"


def hospital_codes(actor: Actor) -> ScopedQuerySet:
    """Recorded codes of the actor's area."""
    found: ScopedQuerySet = HospitalCode.objects.visible_to(actor).select_related("hospital")
    return found.order_by("hospital__name", "code")


def managed_hospitals(actor: Actor) -> list[Hospital]:
    """Hospitals for which the actor records codes."""
    rows = Hospital.objects.filter(inside(actor, MANAGE), state=Hospital.State.ACTIVE)
    return list(rows.order_by("name", "pk"))


def waiting_residences(actor: Actor) -> ScopedQuerySet:
    """Ways of writing a residence that nobody has decided on, the most frequent first."""
    found: ScopedQuerySet = ResidenceReview.objects.visible_to(actor, MANAGE).filter(decided=False)
    return found.order_by("-count", "text", "pk")


def residence(actor: Actor, pk: int) -> ResidenceReview:
    """One of them; raises Missing."""
    found = ResidenceReview.objects.visible_to(actor, MANAGE).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这条现住址，或它不在您的范围内。"))
    return found


def mappings() -> QuerySet[CodeMapping]:
    """All imported mappings: reference data."""
    return CodeMapping.objects.select_related("registered_by")
