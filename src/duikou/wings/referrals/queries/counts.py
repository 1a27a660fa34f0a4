"""Numbers of referrals by pair, department, doctor and month: no patient is named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from duikou.core.scope import Actor, within
from duikou.wings.referrals.models import Referral

State = Referral.State
BY = {
    "pair": ("from_hospital__name", "to_hospital__name"),
    "department": (
        "from_hospital__name", "from_department__name", "to_hospital__name", "to_department__name",
    ),
    "doctor": ("from_hospital__name", "from_doctor__name", "to_hospital__name", "to_doctor__name"),
}  # fmt: skip
FIGURES: dict[str, Q] = {
    "sent": Q(),
    "emergencies": Q(urgency="emergency"),
    "accepted": Q(state__in=(State.ACCEPTED, *Referral.RECEIVED)),
    "declined": Q(state=State.DECLINED),
    "withdrawn": Q(state=State.WITHDRAWN),
    "arrived": Q(state__in=Referral.RECEIVED),
    "returned": Q(back_at__isnull=False),
    "confirmed": Q(confirmed_at__isnull=False),
    "closed": Q(state=State.CLOSED),
    "late": Q(clocks__level__gte=1),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One month of a pair, of two departments or of two doctors."""

    month: str
    direction: str
    sender: str
    sender_part: str
    receiver: str
    receiver_part: str
    paired: bool
    numbers: dict[str, int]
    demonstration: bool

    def __getattr__(self, name: str) -> int:
        """A figure, as if it were a column."""
        try:
            return self.numbers[name]
        except KeyError:
            raise AttributeError(name) from None


def counts(actor: Actor, by: str = "pair") -> list[Line]:
    """Referrals sent, of the actor's area on either side, in one query."""
    area = within(actor.paths("referral.count"), ("from_path", "to_path"))
    names = BY[by]
    rows: Iterable[dict[str, Any]] = (
        Referral.objects.filter(area, sent_at__isnull=False)
        .order_by()
        .annotate(month=TruncMonth("sent_at"))
        .values("month", "direction", *names)
        .annotate(
            pairs=Count("pairing", distinct=True),
            invented=Count("pk", filter=Q(demonstration=True), distinct=True),
            **{name: Count("pk", filter=condition, distinct=True) for name, condition in FIGURES.items()},
        )
    )
    part = None if by == "pair" else by
    lines = [
        Line(
            month=f"{row['month']:%Y-%m}",
            direction=row["direction"],
            sender=row["from_hospital__name"],
            sender_part=(row[f"from_{part}__name"] or "") if part else "",
            receiver=row["to_hospital__name"],
            receiver_part=(row[f"to_{part}__name"] or "") if part else "",
            paired=bool(row["pairs"]),
            numbers={name: row[name] for name in FIGURES},
            demonstration=bool(row["invented"]),
        )
        for row in rows
    ]
    return sorted(
        lines,
        key=lambda one: (one.month, one.sender, one.receiver, one.direction, one.sender_part),
        reverse=True,
    )
