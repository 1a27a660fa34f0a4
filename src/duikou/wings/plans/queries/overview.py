"""The list of pairings with where their plans stand."""

from __future__ import annotations

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from duikou.core.scope import Actor
from duikou.wings.pairings.models import Pairing
from duikou.wings.plans.models import SupportPlan

COLUMNS = (
    "id", "position", "supporter__name", "recipient__name", "recipient_division__name",
    "recipient_division__parent__name", "start", "end", "plan_state", "plan_edition", "lists", "agreed_lists",
    "round__name",
)  # fmt: skip


def overview(actor: Actor) -> QuerySet[Pairing]:
    """Pairings in order of printing; lists show `COLUMNS` of them."""
    plan = SupportPlan.objects.filter(pairing=OuterRef("pk"), kind=SupportPlan.Kind.SUPPORT)
    of_year = Q(plans__kind=SupportPlan.Kind.YEAR)
    rows = Pairing.objects.visible_to(actor, SupportPlan.read_permission)
    return rows.annotate(
        plan_state=Subquery(plan.values("state")[:1]),
        plan_edition=Subquery(plan.values("edition")[:1]),
        lists=Count("plans", filter=of_year),
        agreed_lists=Count("plans", filter=of_year & Q(plans__edition__gt=0)),
    ).order_by("-round__start", "position", "id")
