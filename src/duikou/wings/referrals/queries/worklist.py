"""The worklist as plain rows: masked names, and the clock that runs out first.

A hospital's referrals lie in two disjoint parts: what it sent, and what was sent to it. Each part is a
range of an index of its own; "from here or to here" on one table reads the whole table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from duikou.core.scope import Actor
from duikou.wings.patients.identity import masked_name
from duikou.wings.referrals.models import Clock, Referral

COLUMNS = (
    "id", "direction", "urgency", "state", "version", "tier", "diagnosis", "appointed_on", "sent_at",
    "demonstration", "patient__number", "patient__name", "patient__sex", "patient__birth_date",
    "from_hospital__name", "to_hospital__name", "service__name",
)  # fmt: skip


def visible(actor: Actor) -> QuerySet[Referral]:
    """Referrals of both sides."""
    return Referral.objects.visible_to(actor)


def liveness(live: bool) -> Q:
    """Those that keep another one for the problem out; or the others."""
    kept = Q(state__in=Referral.LIVE)
    return kept if live else ~kept


def only_late(rows: QuerySet[Referral], late: bool) -> QuerySet[Referral]:
    """Those with a clock that ran out; or the others."""
    found = Clock.objects.filter(stopped_at=None, paused_at=None, due_at__lt=timezone.now()).values(
        "referral"
    )
    return rows.filter(pk__in=found) if late else rows.exclude(pk__in=found)


def page(actor: Actor, conditions: Q, limit: int, offset: int) -> tuple[int, list[dict[str, Any]]]:
    """How many referrals meet the conditions, and one page of them, the newest first; three queries."""
    paths = actor.paths(Referral.read_permission)
    if not paths:
        return 0, []
    parts = [
        Referral.objects.filter(part, conditions).order_by().values_list("pk", "created_at")
        for part in Referral.parts(paths)
    ]
    total, keys = _cut(parts[0].union(*parts[1:], all=True), limit, offset)
    # The keys come from `parts`: what may be seen has been decided.
    shown = Referral.objects.filter(pk__any_of=keys).order_by().values(*COLUMNS) if keys else ()
    found = {row["id"]: row for row in shown}
    return total, completed([found[key] for key in keys if key in found])


def _cut(rows: QuerySet[Any, Any], limit: int, offset: int) -> tuple[int, list[int]]:
    """How many rows (`pk`, `created_at`) there are, and the keys of one page of them, the newest first.

    One query counts and cuts; the framework would read both parts of a union once for each.
    """
    sql, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pk, COUNT(*) OVER () FROM ({sql}) AS kept"  # noqa: S608 - the framework wrote it
            " ORDER BY created_at DESC, pk LIMIT %s OFFSET %s",
            [*parameters, limit, offset],
        )
        found = cursor.fetchall()
    if not found:
        return (rows.count() if offset else 0), []
    return found[0][1], [key for key, _total in found]


def completed(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with their patients masked, and the clock that runs out first; one query."""
    due = due_of([row["id"] for row in rows])
    found = []
    for row in rows:
        birth = row["patient__birth_date"]
        kind, at = due.get(row["id"], ("", None))
        found.append(
            {
                **row,
                "patient": row["patient__number"],
                "name": masked_name(row["patient__name"]),
                "sex": row["patient__sex"],
                "birth_year": birth.year if birth else None,
                "from_hospital": row["from_hospital__name"],
                "to_hospital": row["to_hospital__name"],
                "service": row["service__name"],
                "due_kind": kind,
                "due_at": at,
            }
        )
    return found


def due_of(keys: Collection[int]) -> dict[int, tuple[str, dt.datetime]]:
    """Kind and time of the clock that runs out first, by referral; one query."""
    running = Clock.objects.filter(referral__pk__any_of=list(keys), stopped_at=None, paused_at=None)
    rows = running.order_by("-due_at").values_list("referral", "kind", "due_at")
    return {key: (kind, due) for key, kind, due in rows}
