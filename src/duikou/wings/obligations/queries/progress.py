"""Which duties lag: obligations counted by rule and by pairing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from duikou.core.models import OrgUnit
from duikou.core.paths import WIDTH
from duikou.core.scope import Actor, ScopedQuerySet, within
from duikou.wings.obligations.models import Obligation
from duikou.wings.obligations.queries.ledger import overdue
from duikou.wings.obligations.standing import Stage


@dataclass(frozen=True, slots=True)
class Tally:
    """Obligations of one rule or pairing that were due by a day, and how they stand."""

    key: Any
    total: int  # in force, whether due or not
    due: int  # whose due date has come
    verified: int  # of those due
    delivered: int
    overdue: int
    disputed: int

    @property
    def percent(self) -> int | None:
        """Verified of those due, in per cent; None where nothing was due."""
        return self.verified * 100 // self.due if self.due else None

    @property
    def lag(self) -> int | None:
        """Overdue of those due, in per cent."""
        return -(-self.overdue * 100 // self.due) if self.due else None


def _counts(today: dt.date) -> dict[str, Count]:
    come = Q(due__lte=today)
    return {
        "total_": Count("pk"),
        "due_": Count("pk", filter=come),
        "verified_": Count("pk", filter=come & Q(stage=Stage.VERIFIED)),
        "delivered_": Count("pk", filter=come & Q(stage=Stage.DELIVERED)),
        "overdue_": Count("pk", filter=overdue(today)),
        "disputed_": Count("pk", filter=Q(stage=Stage.DISPUTED)),
    }


def _tally(key: Any, row: dict[str, Any]) -> Tally:
    names = ("total", "due", "verified", "delivered", "overdue", "disputed")
    return Tally(key, *(row[f"{name}_"] for name in names))


def in_force(actor: Actor, path: str = "") -> ScopedQuerySet:
    """Obligations that count: not closed, in the actor's area, and in a place below it when given."""
    rows: ScopedQuerySet = Obligation.objects.visible_to(actor).filter(closed_on=None)
    return rows.filter(within([path], ("supporter_path", "recipient_path"))) if path else rows


def by_rule(actor: Actor, today: dt.date, path: str = "") -> list[Tally]:
    """One line for each rule, those that lag most on top."""
    rows = in_force(actor, path).order_by().values("rule").annotate(**_counts(today))
    return _most_lagging(_tally(row["rule"], row) for row in rows)


@dataclass(frozen=True, slots=True)
class Pair:
    """A pairing as a line of figures names it."""

    id: int
    supporter: str
    recipient: str


def by_pairing(actor: Actor, today: dt.date, path: str = "") -> list[Tally]:
    """One line for each pairing, those that lag most on top."""
    names = ("pairing_id", "pairing__supporter__name", "pairing__recipient__name")
    rows = in_force(actor, path).order_by().values(*names).annotate(**_counts(today))
    return _most_lagging(_tally(Pair(*(row[name] for name in names)), row) for row in rows)


def _most_lagging(tallies: Iterable[Tally]) -> list[Tally]:
    return sorted(tallies, key=lambda t: (-(t.lag or 0), -t.overdue, -t.disputed, str(t.key)))


def whole(tallies: Iterable[Tally]) -> Tally:
    """All lines together."""
    lines = list(tallies)
    return Tally(
        None,
        *(
            sum(getattr(line, name) for line in lines)
            for name in ("total", "due", "verified", "delivered", "overdue", "disputed")
        ),
    )


def packs_in_use(actor: Actor) -> list[str]:
    """Policy packs of the rounds that the actor's obligations belong to, the newest first."""
    rows = Obligation.objects.visible_to(actor).order_by("-pairing__round__start")
    names = rows.values_list("pairing__round__policy_pack", "pairing__round__start").distinct()
    return list(dict.fromkeys(name for name, _start in names))


def places(actor: Actor) -> list[OrgUnit]:
    """Provinces and cities of the actor's area, to narrow the figures to."""
    paths = actor.paths("obligation.view")
    if not any(len(path) <= 2 * WIDTH for path in paths):
        return []
    kinds = (OrgUnit.Kind.PROVINCE, OrgUnit.Kind.CITY)
    return list(OrgUnit.objects.filter(within(paths, ("path",)), kind__in=kinds).order_by("path"))
