"""What the faces and the other wings ask about divisions.

Divisions are public reference data: questions name a day, not an actor.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models import Count, Q, QuerySet

from duikou.engines.pairing.divisions import DivisionAlias
from duikou.engines.pairing.model import Unit, UnitKind
from duikou.wings.places.bridge import Extent, Move, Piece, Span, bridge, derivable
from duikou.wings.places.geodesy import great_circle_km
from duikou.wings.places.models import (
    Division,
    DivisionChange,
    DivisionLink,
    DivisionQuerySet,
    TileCell,
    TravelTime,
)

COUNTY = Division.Level.COUNTY


def divisions_on(
    day: dt.date, *, level: str = COUNTY, city: str = "", kind: str = "", text: str = ""
) -> DivisionQuerySet:
    """Divisions that existed on `day`, with their parent; `city` is a city's code.

    `text` finds parts of the Chinese name, the English name or the pinyin.
    """
    rows: DivisionQuerySet = Division.objects.on(day).filter(level=level).select_related("parent")
    if city:
        rows = rows.filter(parent__code=city)
    if kind:
        rows = rows.filter(kind=kind)
    if text := text.strip():
        rows = rows.filter(name_contains(text))
    return rows.order_by("code")


def name_contains(text: str) -> Q:
    """Condition: `text` is part of the Chinese or English name, or begins the pinyin."""
    return Q(name__contains=text) | Q(name_en__icontains=text) | Q(pinyin__istartswith=_spaced(text))


def _spaced(text: str) -> str:
    """`pinyin` has one space, before the kind word; a person types it anywhere or nowhere."""
    return re.sub(r"(?<=.)(qu|shi|xian)$", r" \1", text.lower().replace(" ", ""))


def cities_on(day: dt.date) -> list[Division]:
    """Cities of prefecture rank on `day`, by code."""
    return list(divisions_on(day, level=Division.Level.CITY))


def named_on(day: dt.date, codes: Collection[str]) -> dict[str, Division]:
    """Names and kinds of some units of `day`, by code; nothing else of them is read."""
    rows = Division.objects.on(day).filter(code__in=codes).order_by("code")
    return {row.code: row for row in rows.only("code", "name", "name_en", "pinyin", "kind", "level")}


def counts_by_kind(day: dt.date) -> dict[str, int]:
    """Number of county-level units of each kind on `day` (kinds without units included)."""
    rows = (
        Division.objects.on(day).filter(level=COUNTY).order_by().values_list("kind").annotate(n=Count("pk"))
    )
    found = dict(rows)
    return {kind.value: found.get(kind.value, 0) for kind in UnitKind}


def units_on(day: dt.date) -> tuple[Unit, ...]:
    """All county-level units on `day`, as the audit takes them."""
    rows = divisions_on(day).values_list("code", "name", "kind", "parent__code", "parent__name")
    return tuple(
        Unit(code, name, UnitKind(kind), city, city_name) for code, name, kind, city, city_name in rows
    )


# ---------------------------------------------------------------- names


How = Literal["current", "former", "later", "short"]


@dataclass(frozen=True, slots=True)
class Match:
    """A division found by name; `former`: the name had gone by the day, `later`: it was yet to come."""

    division: Division
    how: How


def find_division(name: str, day: dt.date, *, city: str = "") -> tuple[Match, ...]:
    """Divisions that `name` may mean on `day`, best first; several when it is ambiguous.

    Takes full names, names of other times (led on to the unit of the day), short forms
    without 市/县/区, and names with the province or city in front. Empty when nothing fits.
    """
    name = re.sub(r"\s+", "", name).removeprefix("浙江省")
    rows = list(Division.objects.select_related("parent", "org").order_by("-valid_from"))
    for prefix in {r.name for r in rows if r.level == Division.Level.CITY and name != r.name}:
        if name.startswith(prefix):
            name, city = name.removeprefix(prefix), city or prefix
    if city:
        rows = [r for r in rows if r.parent and city in (r.parent.code, r.parent.name)]
    return _named(rows, name, day) or _short(rows, name, day)


def _named(rows: list[Division], name: str, day: dt.date) -> tuple[Match, ...]:
    current = tuple(Match(r, "current") for r in rows if r.name == name and _holds(r, day))
    if current:
        return current
    other = [r for r in rows if r.name == name]
    found: list[Match] = []
    for row in other[:1]:  # newest stretch of that name
        how: How = "former" if row.valid_from <= day else "later"
        found += [Match(unit, how) for unit in _on_day(row, day)]
    return tuple(found)


def _holds(row: Division, day: dt.date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day < row.valid_to)


def _on_day(row: Division, day: dt.date) -> list[Division]:
    """The unit of the same authority on `day`; else the units that hold the territory then."""
    same = Division.objects.on(day).filter(org=row.org_id, level=row.level).select_related("parent")
    if found := list(same):
        return found
    since = row.valid_from if day < row.valid_from else (row.valid_to or day) - dt.timedelta(days=1)
    pieces = bridges(since, day).get(row.pk, ())
    units = Division.objects.select_related("parent").in_bulk([p.key for p in pieces])
    return [units[p.key] for p in pieces]


# Stem of a name; in an autonomous county's the peoples are no part of it (景宁 + 畲族 + 自治县).
_STEM = re.compile(r"(?P<stem>.{2,3}?)(?:(?:.{1,3}族)*自治县|市|县|区)")


def stem(name: str) -> str:
    """The name without its kind word and, in an autonomous county's, without the peoples."""
    found = _STEM.fullmatch(name)
    return found["stem"] if found else name


def _short(rows: list[Division], name: str, day: dt.date) -> tuple[Match, ...]:
    """景宁, 景宁县 for 景宁畲族自治县; 长兴 for 长兴县. Only an unmistakable short form counts."""
    core = re.sub(r"(?:市|县|区)$", "", name) if len(name) > 2 else name
    hits = [r for r in rows if core and _holds(r, day) and stem(r.name) == core]
    counties = [r for r in hits if r.level == COUNTY]
    if name != core:  # a kind word was given: 景宁县 fits an autonomous county, 长兴市 fits nothing
        hits = counties = [r for r in counties if name[-1] == r.name[-1]]
    return tuple(Match(r, "short") for r in counties or hits)


def division_aliases(day: dt.date) -> tuple[DivisionAlias, ...]:
    """Names that had gone by `day`, each with the code of the unit that its authority had on `day`."""
    current = dict(Division.objects.on(day).filter(level=COUNTY).values_list("org", "code"))
    old = Division.objects.filter(level=COUNTY, valid_to__lte=day).order_by("code", "valid_from")
    names_now = set(Division.objects.on(day).filter(level=COUNTY).values_list("name", flat=True))
    return tuple(
        DivisionAlias(row.name, current[row.org_id], row.valid_from, row.valid_to)
        for row in old
        if row.org_id in current and row.name not in names_now
    )


# ---------------------------------------------------------------- history


def _spans_and_moves() -> tuple[list[Span[int]], list[Move[int]]]:
    spans = [
        Span(*row)
        for row in Division.objects.filter(level=COUNTY).values_list("pk", "valid_from", "valid_to")
    ]
    moves = [
        Move(on, old, new, extent == DivisionLink.Extent.WHOLE)
        for on, old, new, extent in DivisionLink.objects.values_list(
            "change__effective_on", "predecessor", "successor", "extent"
        )
    ]
    return spans, moves


def bridges(start: dt.date, end: dt.date) -> dict[int, tuple[Piece[int], ...]]:
    """Every county-level unit of `start` (by primary key) → the units of `end` that hold its territory."""
    return bridge(*_spans_and_moves(), start, end)


def shapes_follow(start: dt.date, end: dt.date) -> set[int]:
    """Units of `start` whose exact shape can be drawn from the shapes of `end`."""
    spans, moves = _spans_and_moves()
    return derivable(bridge(spans, moves, start, end), bridge(spans, moves, end, start))


@dataclass(frozen=True, slots=True)
class Became:
    """One unit of another day that holds territory of the unit asked about."""

    division: Division
    extent: Extent


def became(division: Division, start: dt.date, end: dt.date) -> list[Became]:
    """What the territory that `division` had on `start` belongs to on `end`."""
    pieces = bridges(start, end).get(division.pk, ())
    units = Division.objects.in_bulk([piece.key for piece in pieces])
    return [Became(units[piece.key], piece.extent) for piece in pieces]


@dataclass(frozen=True, slots=True)
class UnitHistory:
    """One line of authorities: its stretches, and the events that touched them."""

    stretches: tuple[Division, ...]
    links: tuple[DivisionLink, ...]


def history_of(division: Division) -> UnitHistory:
    """All stretches of the unit's authority and every change that touched one of them, oldest first."""
    stretches = Division.objects.filter(org=division.org_id, level=division.level).order_by("valid_from")
    links = (
        DivisionLink.objects.filter(Q(predecessor__org=division.org_id) | Q(successor__org=division.org_id))
        .select_related("change", "predecessor", "successor")
        .order_by("change__effective_on", "pk")
    )
    return UnitHistory(tuple(stretches), tuple(links))


def changes(text: str = "") -> list[DivisionChange]:
    """All approved changes with what each did, newest first."""
    rows = DivisionChange.objects.prefetch_related("links__predecessor", "links__successor")
    if text := text.strip():
        rows = rows.filter(
            Q(title__contains=text) | Q(title_en__icontains=text) | Q(links__predecessor__name__contains=text)
        ).distinct()
    return list(rows.order_by("-effective_on", "key"))


# ---------------------------------------------------------------- tile grid


@dataclass(frozen=True, slots=True)
class Tile:
    """One square of the grid with the unit that stands there on the day asked for."""

    division: Division
    col: int
    row: int


@dataclass(frozen=True, slots=True)
class TileGrid:
    """The tile-grid map of a day: columns and rows count from 0; `missing` units have no square."""

    edition: str
    tiles: tuple[Tile, ...]
    columns: int
    rows: int
    missing: tuple[Division, ...]


def tile_grid(day: dt.date) -> TileGrid:
    """The grid for `day`, in the edition that shows most units of that day.

    A square belongs to an authority: 富阳市's square of 2014 is 富阳区's in 2016.
    """
    units = {d.org_id: d for d in divisions_on(day)}
    cells = TileCell.objects.values_list("edition", "col", "row", "division__org").order_by(
        "edition", "row", "col"
    )
    editions: dict[str, list[Tile]] = {}
    for edition, col, row, org in cells:
        found = editions.setdefault(edition, [])
        if org in units:
            found.append(Tile(units[org], col, row))
    if not editions:
        return TileGrid("", (), 0, 0, tuple(units.values()))
    edition = max(editions, key=lambda e: (len(editions[e]), e))
    tiles = tuple(editions[edition])
    return TileGrid(
        edition,
        tiles,
        max((t.col for t in tiles), default=-1) + 1,
        max((t.row for t in tiles), default=-1) + 1,
        _without(units.values(), tiles),
    )


def in_rows(units: Sequence[Division]) -> tuple[Tile, ...]:
    """Squares for units that have no place on a grid: row after row, in the order given."""
    across = 10 if len(units) <= 100 else 12
    return tuple(Tile(unit, at % across, at // across) for at, unit in enumerate(units))


def _without(units: Iterable[Division], tiles: tuple[Tile, ...]) -> tuple[Division, ...]:
    shown = {t.division.pk for t in tiles}
    return tuple(u for u in units if u.pk not in shown)


# ---------------------------------------------------------------- neighbourhood


def nearest(division: Division, day: dt.date, limit: int = 6) -> list[tuple[Division, float]]:
    """Units of `day` whose seats lie nearest to that of `division`, with great-circle kilometres."""
    if division.seat_lon is None or division.seat_lat is None:
        return []
    here = (division.seat_lon, division.seat_lat)
    found = [
        (other, great_circle_km(here, (other.seat_lon, other.seat_lat)))
        for other in divisions_on(day)
        if other.pk != division.pk and other.seat_lon is not None and other.seat_lat is not None
    ]
    return sorted(found, key=lambda pair: pair[1])[:limit]


# ---------------------------------------------------------------- travel


def travel_times() -> QuerySet[TravelTime]:
    """All stored distances; they are the province's reference data."""
    return TravelTime.objects.order_by("origin", "destination", "pk")


def travel_sources() -> list[tuple[str, int]]:
    """Sources of stored distances with their number of rows."""
    return list(TravelTime.objects.order_by("source").values_list("source").annotate(n=Count("pk")))


def names_of_codes() -> dict[str, str]:
    """The newest name that each code stood for."""
    return dict(Division.objects.order_by("valid_from").values_list("code", "name"))


def units(pks: Iterable[int]) -> dict[int, Division]:
    """Units by primary key."""
    return Division.objects.in_bulk(list(pks))


def county_unit(pk: int) -> Division:
    """One unit with its authorities up to the province. Raises Division.DoesNotExist."""
    return Division.objects.select_related("org", "parent__org", "parent__parent__org").get(pk=pk)


def names_of_points(points: Iterable[str]) -> dict[str, str]:
    """Names for points "division:<code>", with the code; the newest unit of a code gives its name."""
    codes = {point.partition(":")[2] for point in points if point.startswith("division:")}
    rows = Division.objects.filter(code__in=codes).order_by("valid_from")
    return {f"division:{row.code}": f"{row.label} ({row.code})" for row in rows}
