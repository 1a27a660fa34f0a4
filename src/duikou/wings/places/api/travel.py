"""Distances between divisions, and the stored values behind them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import File, Query, Router, UploadedFile
from pydantic import Field

from duikou.core.errors import Invalid, Missing
from duikou.core.rest import (
    Answer,
    Body,
    Call,
    Day,
    DivisionCode,
    Limit,
    Line,
    Offset,
    Page,
    Reason,
    operation,
    page_of,
)
from duikou.wings.places import actions, points, queries
from duikou.wings.places.distance import Leg
from duikou.wings.places.matrix import MAX_BYTES, read_matrix
from duikou.wings.places.travel import division_place, legs

router = Router(tags=["places"])


class Distance(Answer):
    """Road distance and time of one pair, with the kind of knowledge behind it.

    `estimate` is great-circle × detour factor. `minutes` is null where nobody may guess it.
    """

    origin: str
    destination: str
    kind: Literal["measured", "matrix", "estimate", "unknown"]
    km: float | None
    minutes: float | None
    straight_km: float | None
    factor: float | None
    ferry: bool
    needs_value: bool
    weak: bool
    by_seat: bool
    source: str
    as_of: dt.date | None


def distance_item(origin: str, destination: str, leg: Leg) -> dict[str, Any]:
    """One leg between two named points."""
    names = ("kind", "straight_km", "factor", "ferry", "needs_value", "weak", "by_seat", "source", "as_of")
    return {
        "origin": origin,
        "destination": destination,
        "km": None if leg.km is None else round(leg.km, 1),
        "minutes": None if leg.minutes is None else round(leg.minutes),
        **{name: getattr(leg, name) for name in names},
    }


@operation(
    router,
    "GET",
    "/distances",
    response=list[Distance],
    permission="places.view",
    zh="区划之间的路程",
    en="Distances between divisions",
)
def list_distances(
    request: Call,
    origin: Annotated[list[DivisionCode], Query(..., min_length=1, max_length=20)],
    destination: Annotated[list[DivisionCode], Query(..., min_length=1, max_length=20)],
    as_of: Day | None = None,
) -> Any:
    """Every origin with every destination (codes of county-level units of `as_of`), at most 20 × 20."""
    day = as_of or timezone.localdate()
    wanted = {*origin, *destination}
    units = {unit.code: unit for unit in queries.divisions_on(day).filter(code__in=wanted)}
    if missing := sorted(wanted - units.keys()):
        raise Missing(
            _("%(day)s 没有代码为 %(code)s 的县（市、区）。") % {"day": day, "code": "、".join(missing)}
        )
    pairs = [(one, other) for one in dict.fromkeys(origin) for other in dict.fromkeys(destination)]
    places = {code: division_place(unit, day) for code, unit in units.items()}
    found = legs([(places[one], places[other]) for one, other in pairs])
    return [distance_item(*pair, leg) for pair, leg in zip(pairs, found, strict=True)]


class TravelItem(Answer):
    """A stored distance. Points are `hospital:<key>` or `division:<code>`."""

    origin: str
    destination: str
    mode: str
    km: float
    minutes: float | None
    kind: Literal["measured", "matrix", "estimate"]
    source: str
    as_of: dt.date


@operation(
    router,
    "GET",
    "/travel-times",
    response=Page[TravelItem],
    permission="places.view",
    zh="已登记的路程",
    en="Stored distances",
)
def list_travel_times(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Measured, matrix and stored estimate values, by origin and destination."""
    return page_of(queries.travel_times(), limit, offset)


class TravelImported(Answer):
    """How many rows an import added and replaced."""

    new: int
    replaced: int


@operation(
    router,
    "POST",
    "/travel-times",
    response=TravelImported,
    permission="places.manage",
    status=201,
    zh="导入路程矩阵",
    en="Import a travel matrix",
)
def import_travel_times(request: Call, file: File[UploadedFile]) -> Any:
    """A CSV with origin, destination, km, minutes, source, as_of, kind, mode. All rows or none.

    A file with problems is answered with 409: `fields` names each line and column.
    """
    reading = read_matrix(file.read(MAX_BYTES + 1), points.unknown_points, timezone.localdate())
    if reading.issues:
        fields: dict[str, list[str]] = {}
        for issue in reading.issues:
            fields.setdefault(f"{issue.line}.{issue.column}", []).append(f"{issue.expected} ← {issue.found}")
        raise Invalid(_("矩阵有 %(n)d 处问题，未导入任何一行。") % {"n": len(reading.issues)}, fields=fields)
    new, replaced = actions.import_travel_matrix(actor=request.actor, reading=reading)
    return {"new": new, "replaced": replaced}


class TravelRemoval(Body):
    """Which stored distances go, and why."""

    source: Annotated[Line, Field(min_length=1)]
    reason: Reason


class Removed(Answer):
    """How many rows went."""

    removed: int


@operation(
    router,
    "POST",
    "/travel-times/remove",
    response=Removed,
    permission="places.manage",
    zh="删除某一来源的路程",
    en="Remove the distances of one source",
)
def remove_travel_times(request: Call, body: TravelRemoval) -> Any:
    """All stored values of one source; 404 when there are none."""
    count = actions.remove_travel_source(actor=request.actor, source=body.source, reason=body.reason)
    return {"removed": count}
