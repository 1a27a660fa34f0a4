"""Divisions with their history, changes, and the tile grid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Literal

from django.utils import timezone
from ninja import Router

from duikou.core.rest import (
    Answer,
    Call,
    Day,
    DivisionCode,
    Id,
    Limit,
    Line,
    Offset,
    Page,
    operation,
    page_of,
)
from duikou.wings.places import queries
from duikou.wings.places.models import Division, DivisionChange, DivisionLink
from duikou.wings.places.panels import division_named

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
    parents = queries.units({row.parent_id for row in history.stretches if row.parent_id})
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
