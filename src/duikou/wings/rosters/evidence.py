"""Published rosters as evidence: posted people were on the recipient's rosters (PER-05)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.engines.text import Text
from duikou.wings.obligations.evidence import Found, Offer, register_kind
from duikou.wings.obligations.models import Obligation
from duikou.wings.rosters.models import Roster

MOST = 60  # offered at once, the latest first


def register() -> None:
    """Offer published rosters with posted people to the ledger."""
    register_kind("roster", Text("排班表", "duty roster"), resolve, offers)


def resolve(actor: Actor, obligation: Obligation, reference: str) -> Found | None:
    """A roster of the obligation's recipient on which its supporter's people are."""
    if not (reference.isascii() and reference.isdigit() and len(reference) < 19):
        return None
    roster = _rosters(obligation).filter(pk=int(reference)).first()
    if roster is None:
        return None
    return Found(_title(roster), roster.month, url=link("rosters:detail", roster.pk))


def offers(actor: Actor, obligation: Obligation) -> Sequence[Offer]:
    """Such rosters within the obligation's period, the latest first."""
    rows = _rosters(obligation).filter(month__lte=obligation.end, month__gte=obligation.start.replace(day=1))
    return [Offer(str(one.pk), _title(one)) for one in rows[:MOST]]


def _rosters(obligation: Obligation) -> QuerySet[Roster]:
    pairing = obligation.pairing
    return (
        Roster.objects.filter(
            state="published",
            hospital=pairing.recipient_id,
            duties__posting__supporter=pairing.supporter_id,
        )
        .select_related("department")
        .distinct()
        .order_by("-month", "pk")
    )


def _title(roster: Roster) -> str:
    return _("%(department)s %(month)s 排班表") % {
        "department": roster.department.name,
        "month": f"{roster.month:%Y-%m}",
    }
