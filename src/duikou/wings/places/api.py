"""REST routes of the places wing: divisions with their history, changes, distances, boundaries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, UploadedFile
from pydantic import Field

from duikou.core.errors import Invalid, Missing
from duikou.core.rest import (
    Answer,
    Because,
    Body,
    Call,
    Day,
    DivisionCode,
    Id,
    Limit,
    Line,
    Offset,
    Page,
    Reason,
    operation,
    page_of,
)
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.places import actions, boundaries, points, queries
from duikou.wings.places.distance import Leg
from duikou.wings.places.matrix import MAX_BYTES, read_matrix
from duikou.wings.places.models import Division, DivisionChange, DivisionLink
from duikou.wings.places.outlines import MAX_BYTES as MAX_OUTLINE_BYTES
from duikou.wings.places.panels import division_named
from duikou.wings.places.travel import division_place, legs

router = Router(tags=["places"])

Level = Literal["province", "city", "county"]
Kind = Literal["province", "city", "district", "county_city", "county", "autonomous_county"]


class DivisionItem(Answer):
    """A division over one stretch of time: [valid_from, valid_to). A code alone is no identity."""

    id: int
    code: str
    name: str
    name_en: str
    level: Level
    kind: Kind
    parent_code: str | None
    parent_name: str | None
    valid_from: dt.date
    since_known: bool
    valid_to: dt.date | None
    seat_lon: float | None
    seat_lat: float | None


_COLUMNS = (
    "id", "code", "name", "name_en", "level", "kind", "valid_from", "since_known", "valid_to",
    "seat_lon", "seat_lat",
)  # fmt: skip


def division_item(row: Division) -> dict[str, Any]:
    """A division as an item; its parent should be loaded."""
    parent = row.parent
    return {
        **{name: getattr(row, name) for name in _COLUMNS},
        "parent_code": parent.code if parent else None,
        "parent_name": parent.name if parent else None,
    }


class DivisionLinkItem(Answer):
    """What a change did to one pair of units."""

    predecessor_id: int
    predecessor: str
    successor_id: int
    successor: str
    kind: str
    extent: Literal["whole", "part"]
    territory: str
    all_but: bool


class ChangeItem(Answer):
    """One approved change of divisions."""

    key: str
    title: str
    title_en: str
    effective_on: dt.date
    approved: str
    notice_on: dt.date | None
    inaugurated_on: dt.date | None
    approval_document: str
    provincial_document: str
    confidence: Literal["high", "medium"]
    note: str
    note_en: str
    links: list[DivisionLinkItem]


def _link(link: DivisionLink) -> dict[str, Any]:
    return {
        "predecessor_id": link.predecessor_id,
        "predecessor": link.predecessor.name,
        "successor_id": link.successor_id,
        "successor": link.successor.name,
        "kind": link.kind,
        "extent": link.extent,
        "territory": link.territory,
        "all_but": link.all_but,
    }


def _change(change: DivisionChange, links: Iterable[DivisionLink]) -> dict[str, Any]:
    columns = ("key", "title", "title_en", "effective_on", "notice_on", "inaugurated_on")
    documents = ("approval_document", "provincial_document", "confidence", "note", "note_en")
    return {
        **{name: getattr(change, name) for name in (*columns, *documents)},
        "approved": change.approved_text,
        "links": [_link(link) for link in links],
    }


class PieceItem(Answer):
    """A unit of today that holds territory of the unit asked about."""

    division: DivisionItem
    extent: Literal["same", "within", "part"]


class DivisionDetail(Answer):
    """A division, all stretches of its authority, what touched it, and where its territory lies today."""

    division: DivisionItem
    stretches: list[DivisionItem]
    changes: list[ChangeItem]
    today: list[PieceItem]


@operation(
    router,
    "GET",
    "/divisions",
    response=Page[DivisionItem],
    permission="places.view",
    zh="某日的行政区划",
    en="Divisions on a day",
)
def list_divisions(
    request: Call,
    as_of: Day | None = None,
    level: Level = "county",
    city: DivisionCode | None = None,
    kind: Kind | None = None,
    text: Line = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Units that existed on `as_of` (today when left out), by code.

    `city` is the code of a city of that day; `text` finds parts of the name, the English name or pinyin.
    """
    day = as_of or timezone.localdate()
    rows = queries.divisions_on(day, level=level, city=city or "", kind=kind or "", text=text)
    return page_of(rows, limit, offset, division_item)


@operation(
    router,
    "GET",
    "/divisions/{division_id}",
    response=DivisionDetail,
    permission="places.view",
    zh="一个行政区划及其沿革",
    en="One division with its history",
)
def get_division(request: Call, division_id: Id) -> Any:
    """All stretches of the authority, the changes that touched it, and today's holders of its territory."""
    found = division_named(division_id)
    history = queries.history_of(found)
    parents = Division.objects.in_bulk({row.parent_id for row in history.stretches if row.parent_id})
    for row in history.stretches:
        row.parent = parents.get(row.parent_id) if row.parent_id else None
    changes: dict[int, list[DivisionLink]] = {}
    for link in history.links:
        changes.setdefault(link.change_id, []).append(link)
    today = timezone.localdate()
    last = found.valid_from if found.valid_to is None else found.valid_to - dt.timedelta(days=1)
    pieces = queries.became(found, min(last, today), today) if found.level == "county" else []
    return {
        "division": division_item(found),
        "stretches": [division_item(row) for row in history.stretches],
        "changes": [_change(links[0].change, links) for links in changes.values()],
        "today": [{"division": division_item(p.division), "extent": p.extent} for p in pieces],
    }


@operation(
    router,
    "GET",
    "/division-changes",
    response=Page[ChangeItem],
    permission="places.view",
    zh="区划变更",
    en="Changes of divisions",
)
def list_division_changes(request: Call, text: Line = "", limit: Limit = 50, offset: Offset = 0) -> Any:
    """Approved changes, newest first; `text` is part of a title or of a former unit's name."""
    rows = queries.changes(text)
    return page_of(rows, limit, offset, lambda change: _change(change, change.links.all()))


class TileItem(Answer):
    """One square of the tile-grid map."""

    code: str
    name: str
    col: int
    row: int


class TileGridAnswer(Answer):
    """The tile-grid map of a day; columns and rows count from 0."""

    edition: str
    columns: int
    rows: int
    tiles: list[TileItem]
    missing: list[str]


@operation(
    router,
    "GET",
    "/tile-grid",
    response=TileGridAnswer,
    permission="places.view",
    zh="格网地图",
    en="Tile-grid map",
)
def get_tile_grid(request: Call, as_of: Day | None = None) -> Any:
    """Squares of the units of a day; `missing` names units without a square."""
    grid = queries.tile_grid(as_of or timezone.localdate())
    return {
        "edition": grid.edition,
        "columns": grid.columns,
        "rows": grid.rows,
        "tiles": [
            {"code": t.division.code, "name": t.division.name, "col": t.col, "row": t.row} for t in grid.tiles
        ],
        "missing": [division.name for division in grid.missing],
    }


# ---------------------------------------------------------------- distances


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


# ---------------------------------------------------------------- boundaries


class BoundarySetItem(Answer):
    """Imported outlines. `source_text` and `review_number` must be shown under every map drawn from them."""

    id: int
    name: str
    source_text: str
    review_number: str
    datum: str
    as_of: dt.date | None
    edited: bool
    active: bool
    imported_at: dt.datetime


@operation(
    router,
    "GET",
    "/boundary-sets",
    response=list[BoundarySetItem],
    permission="places.view",
    zh="边界数据",
    en="Boundary sets",
)
def list_boundary_sets(request: Call) -> Any:
    """All sets, newest first; at most one is in use."""
    return boundaries.boundary_sets()


@operation(
    router,
    "POST",
    "/boundary-sets",
    response=BoundarySetItem,
    permission="places.manage",
    status=201,
    zh="上传边界（GeoJSON）",
    en="Upload boundaries (GeoJSON)",
)
def upload_boundary_set(
    request: Call,
    file: File[UploadedFile],
    source_text: Annotated[str, Form(..., min_length=1, max_length=300, pattern=TEXT_PATTERN)],
    as_of: Form[Day],
    name: Annotated[str, Form(max_length=80, pattern=TEXT_PATTERN)] = "",
    review_number: Annotated[str, Form(max_length=60, pattern=TEXT_PATTERN)] = "",
    datum: Form[Literal["WGS84", "GCJ-02", "BD-09"]] = "WGS84",
    edited: Form[Literal["true", "false"]] = "false",
) -> Any:
    """Outlines of the county-level units of `as_of`; maps are drawn from them from now on."""
    return boundaries.import_boundaries(
        file.read(MAX_OUTLINE_BYTES + 1),
        source_text=source_text,
        as_of=as_of,
        review_number=review_number,
        datum=datum,
        name=name,
        edited=edited == "true",
        actor=request.actor,
    )


@operation(
    router,
    "POST",
    "/boundary-sets/{set_id}/use",
    response=list[BoundarySetItem],
    permission="places.manage",
    zh="启用边界",
    en="Draw maps from a set",
)
def use_boundary_set(request: Call, set_id: Id) -> Any:
    """From now on; answers all sets."""
    actions.use_boundary_set(actor=request.actor, boundary_set_id=set_id)
    return boundaries.boundary_sets()


@operation(
    router,
    "POST",
    "/boundary-sets/{set_id}/remove",
    response=list[BoundarySetItem],
    permission="places.manage",
    zh="删除边界",
    en="Remove a set",
)
def remove_boundary_set(request: Call, set_id: Id, body: Because) -> Any:
    """Its outlines go too; answers the sets that remain."""
    actions.remove_boundary_set(actor=request.actor, boundary_set_id=set_id, reason=body.reason)
    return boundaries.boundary_sets()
