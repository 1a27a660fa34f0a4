"""What was declared of hospitals, as the optimiser takes it, and how to tell that what is known changed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Model

from duikou.wings.hospitals.models import Department, Hospital, HospitalName, HospitalPlace
from duikou.wings.pairings.models import AidLoad, Declaration
from duikou.wings.places.models import Division, TravelTime

_KNOWN: tuple[type[Model], ...] = (
    Hospital.history.model,
    HospitalName,
    HospitalPlace,
    Department.history.model,
    Division,
    TravelTime,
    AidLoad.history.model,
    Declaration.history.model,
)


def fingerprint() -> str:
    """Changes whenever register, divisions, distances, aid or declarations do.

    One query with the newest number and the count of each table: it is asked several times
    for every edit of a proposal.
    """
    quote = connection.ops.quote_name
    parts = []
    for table in _KNOWN:
        name, key = quote(table._meta.db_table), quote(table._meta.pk.column)
        parts += [f"(SELECT MAX({key}) FROM {name})", f"(SELECT COUNT(*) FROM {name})"]  # noqa: S608 - own names
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}")
        marks = cursor.fetchone()
    return hashlib.sha256(repr(list(marks)).encode()).hexdigest()


def declared(keys: Mapping[int, str], year: int | None, *, months: bool) -> dict[str, dict[str, Any]]:
    """Declared facts by hospital key, each hospital's newest year up to `year` for each kind of fact.

    The members are named as in the engine's `Facts`; person-months only with `months`.
    """
    rows = Declaration.objects.filter(hospital__in=keys)
    if year is not None:
        rows = rows.filter(year__lte=year)
    if not months:
        rows = rows.filter(kind__in=Declaration.DEPARTMENTS)
    newest: dict[tuple[int, str], int] = {}
    by_kind: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    columns = ("hospital_id", "kind", "year", "specialty", "amount")
    for hospital, kind, of, specialty, amount in rows.order_by("-year", "pk").values_list(*columns):
        if newest.setdefault((hospital, kind), of) == of:
            by_kind[kind][keys[hospital]][specialty] = amount
    kinds = Declaration.Kind
    return {
        "needs": {key: dict(sorted(wanted.items())) for key, wanted in by_kind[kinds.NEED].items()},
        "strengths": {key: frozenset(strong) for key, strong in by_kind[kinds.STRENGTH].items()},
        "asked_months": {key: amounts[""] for key, amounts in by_kind[kinds.ASKED].items()},
        "capacity_months": {key: amounts[""] for key, amounts in by_kind[kinds.AVAILABLE].items()},
    }
