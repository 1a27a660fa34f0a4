"""Certificates that an actor may see, and what has changed since they were issued."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor
from duikou.wings.credits.histories import Part, parts
from duikou.wings.credits.models import Certificate
from duikou.wings.credits.values import Difference, differences


def certificates(actor: Actor, permission: str | None = None) -> QuerySet[Certificate]:
    """Those of the actor's area, and (without a permission asked for) the own ones."""
    rows = Certificate.objects.visible_to(actor, permission)
    return rows.select_related("person", "hospital", "issued_by")


def find_certificate(actor: Actor, pk: int, rows: QuerySet[Certificate] | None = None) -> Certificate:
    """One certificate (of `rows`); raises Missing when there is none or not for this actor's eyes."""
    return _one(certificates(actor) if rows is None else rows, pk)


def own_certificate(actor: Actor, pk: int) -> Certificate:
    """One certificate of the actor's own. Raises Missing."""
    own = Certificate.own_rows(actor)
    return _one(certificates(actor).filter(Q(pk__in=[]) if own is None else own), pk)


def _one(rows: QuerySet[Certificate], pk: int) -> Certificate:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的证明，或不在您的查看范围内。") % {"pk": pk})
    return found


def differences_of(issued: Sequence[Certificate]) -> dict[int, list[Difference]]:
    """What has changed since each was issued, by number; six queries for all."""
    if not issued:
        return {}
    persons = {one.person_id for one in issued}
    by_person: dict[int, list[Part]] = defaultdict(list)
    for part in parts(Q(person__in=persons), dt.date.min, max(one.until for one in issued)):
        by_person[part.person_id].append(part)
    return {one.pk: differences(one, by_person[one.person_id]) for one in issued}
