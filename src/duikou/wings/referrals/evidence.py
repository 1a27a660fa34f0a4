"""Referrals as evidence for the ledger: a month of patients who arrived, up or down, between the pair.

A month is named by its direction: `up:2014-03`. No patient is named: the ledger is read by more people
than the referrals.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import partial

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.engines.text import Text
from duikou.wings.obligations.evidence import Found, Offer, register_kind
from duikou.wings.obligations.models import Obligation
from duikou.wings.referrals.models import Referral

Direction = Referral.Direction
KINDS = {
    "referral": (Text("转诊", "referral"), (Direction.UP, Direction.DOWN)),
    "referral_up": (Text("上转", "referral up"), (Direction.UP,)),
    "referral_down": (Text("下转", "referral down"), (Direction.DOWN,)),
}
_REFERENCE = re.compile(r"(up|down):([0-9]{4}-[0-9]{2})")


def register() -> None:
    """Offer referrals to the ledger."""
    for kind, (title, directions) in KINDS.items():
        register_kind(kind, title, partial(_resolve, directions), partial(_offers, directions))


def _months(obligation: Obligation, directions: Sequence[str]) -> dict[str, int]:
    """Patients who arrived, by direction and month, in the obligation's period; one query.

    Up counts towards the supporter, and down towards the recipient: what the pair agreed on.
    """
    pairing = obligation.pairing
    up = Q(direction="up", from_hospital=pairing.recipient_id, to_hospital=pairing.supporter_id)
    down = Q(direction="down", from_hospital=pairing.supporter_id, to_hospital=pairing.recipient_id)
    rows = (
        Referral.objects.filter(
            up | down, direction__in=directions, state__in=Referral.RECEIVED, arrived_at__isnull=False
        )
        .filter(arrived_at__date__gte=obligation.start, arrived_at__date__lte=obligation.end)
        .order_by()
        .annotate(month=TruncMonth("arrived_at"))
        .values("direction", "month")
        .annotate(n=Count("pk"))
    )
    return {f"{row['direction']}:{row['month']:%Y-%m}": row["n"] for row in rows}


def _found(reference: str, count: int) -> Found:
    direction, month = reference.split(":")
    first = dt.date.fromisoformat(f"{month}-01")
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    words = _("%(month)s 上转并到达") if direction == Direction.UP else _("%(month)s 下转并接收")
    return Found(words % {"month": month}, last, count, link("referrals:counts"))


def _resolve(directions: Sequence[str], actor: Actor, obligation: Obligation, reference: str) -> Found | None:
    if not _REFERENCE.fullmatch(reference):
        return None
    count = _months(obligation, directions).get(reference)
    return _found(reference, count) if count else None


def _offers(directions: Sequence[str], actor: Actor, obligation: Obligation) -> Sequence[Offer]:
    months = sorted(_months(obligation, directions).items(), reverse=True)
    return [Offer(reference, f"{_found(reference, count).title} · {count}") for reference, count in months]
