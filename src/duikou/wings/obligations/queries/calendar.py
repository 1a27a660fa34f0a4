"""Due dates by month, and what a calendar programme reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from duikou.core.scope import Actor
from duikou.wings.obligations.models import Obligation
from duikou.wings.obligations.queries.ledger import overdue
from duikou.wings.obligations.standing import Stage

SHOWN = 300  # obligations of a month that are named; the rest is counted
PAST, AHEAD = 92, 400  # days of a feed before and after today
MOST = 2000  # entries of a feed
COLUMNS = (
    "id", "title", "due", "stage", "owner", "number", "period_kind", "source", "version",
    "pairing__supporter__name", "pairing__recipient__name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Day:
    """How many obligations fall due on a day, and some of them."""

    count: int
    overdue: int
    done: int
    rows: list[dict[str, Any]]


def month(actor: Actor, first: dt.date, last: dt.date, today: dt.date) -> Mapping[dt.date, Day]:
    """The days of a month on which something falls due: two queries, however many fall due."""
    rows = Obligation.objects.visible_to(actor).filter(closed_on=None, due__range=(first, last))
    counts = (
        rows.order_by()
        .values("due")
        .annotate(
            count=Count("pk"),
            overdue=Count("pk", filter=overdue(today)),
            done=Count("pk", filter=Q(stage__in=(Stage.DELIVERED, Stage.VERIFIED))),
        )
    )
    named: dict[dt.date, list[dict[str, Any]]] = {}
    for row in rows.order_by("due", "pk").values(*COLUMNS)[:SHOWN]:
        named.setdefault(row["due"], []).append(row)
    return {
        row["due"]: Day(row["count"], row["overdue"], row["done"], named.get(row["due"], []))
        for row in counts
    }


def busy(actor: Actor, today: dt.date) -> dt.date | None:
    """The due date that is nearest: the next one, else the last one; None where nothing falls due."""
    rows = Obligation.objects.visible_to(actor).filter(closed_on=None, due__isnull=False).order_by()
    return (
        rows.filter(due__gte=today).order_by("due").values_list("due", flat=True).first()
        or rows.order_by("-due").values_list("due", flat=True).first()
    )


def feed(actor: Actor, today: dt.date) -> list[dict[str, Any]]:
    """What falls due around today, for a calendar programme; the nearest first where there is too much."""
    rows = Obligation.objects.visible_to(actor).filter(
        closed_on=None,
        due__range=(today - dt.timedelta(days=PAST), today + dt.timedelta(days=AHEAD)),
    )
    return list(rows.order_by("due", "pk").values(*COLUMNS)[:MOST])
