"""Maps as plain numbers for inline SVG: the tile grid always, outlines when a set is in use.

The tile grid is drawn by the frame's `{% tile_map %}`, outlines by `places/outlines.html`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from duikou.wings.places import queries, wording
from duikou.wings.places.boundaries import active_set
from duikou.wings.places.geodesy import Point
from duikou.wings.places.models import Boundary, BoundarySet, Division

WIDTH = 1000.0  # units of the view box
# Up to so many corners every one of them is drawn. A thinned outline is an edited map, under
# which the review number of the original must not be printed.
DRAW_ALL = 30_000
THINNING = 0.6  # greatest displacement of a thinned outline, in units of the view box


@dataclass(frozen=True, slots=True)
class Mark:
    """How a map shows one unit: `level` 0–4 or None (not counted), words for title, where a click leads."""

    level: int | None = None
    title: str = ""
    href: str = ""
    chosen: bool = False
    note: str = ""  # a second line inside a square


@dataclass(frozen=True, slots=True)
class Shape:
    """One unit's outline as SVG path data, with a point for lines and labels."""

    division_id: int
    name: str
    path: str
    x: float
    y: float
    mark: Mark = Mark()


@dataclass(frozen=True, slots=True)
class OutlineMap:
    """A map of outlines; `credit` goes under it, `review_number` too unless it is empty."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    credit: str
    review_number: str
    edited: bool
    as_of: dt.date | None


@dataclass(frozen=True, slots=True)
class Projection:
    """Plate carrée around a middle latitude, fitted into `WIDTH`."""

    west: float
    north: float
    across: float  # units per degree of longitude
    down: float  # units per degree of latitude
    height: float

    def __call__(self, point: Point) -> Point:
        """Degrees to units of the view box; y runs down."""
        return (point[0] - self.west) * self.across, (self.north - point[1]) * self.down


def fit(points: Sequence[Point]) -> Projection:
    """The projection that shows all of `points`. Raises ValueError when there are none."""
    if not points:
        raise ValueError("a map needs at least one point")
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    across = WIDTH / max(east - west, 1e-9)
    down = across / squeeze
    return Projection(west, north, across, down, (north - south) * down)


def thin(ring: list[Point], tolerance: float) -> list[Point]:
    """Leave out corners that displace the line by less than `tolerance` (Douglas–Peucker, no recursion)."""
    if len(ring) < 5:
        return ring
    middle = max(range(len(ring)), key=lambda i: math.dist(ring[i], ring[0]))
    keep = {0, middle, len(ring) - 1}
    spans = [(0, middle), (middle, len(ring) - 1)]
    while spans:
        first, last = spans.pop()
        worst, at = 0.0, first
        for i in range(first + 1, last):
            if (off := _offset(ring[i], ring[first], ring[last])) > worst:
                worst, at = off, i
        if worst > tolerance:
            keep.add(at)
            spans += [(first, at), (at, last)]
    return [ring[i] for i in sorted(keep)]


def _offset(p: Point, a: Point, b: Point) -> float:
    length = math.dist(a, b)
    if length == 0:
        return math.dist(p, a)
    return abs((b[0] - a[0]) * (a[1] - p[1]) - (a[0] - p[0]) * (b[1] - a[1])) / length


def outline_map(marks: Mapping[int, Mark] | None = None) -> OutlineMap | None:
    """The outlines of the set in use, with `marks` by division; None when there is none.

    The drawing is made once per set and process. Units of another day than the set's
    keep their own primary key: a division without outline is simply not drawn.
    """
    found = active_set()
    if found is None:
        return None
    drawn = _drawn(found.pk, found.imported_at)
    if not marks:
        return drawn
    shapes = tuple(replace(s, mark=marks.get(s.division_id, s.mark)) for s in drawn.shapes)
    return replace(drawn, shapes=shapes)


@lru_cache(maxsize=4)
def _drawn(pk: int, imported_at: dt.datetime) -> OutlineMap:
    source = BoundarySet.objects.get(pk=pk)
    rows = list(
        Boundary.objects.filter(boundary_set=pk).select_related("division").order_by("division__code")
    )
    rings = [ring for row in rows for polygon in row.geometry["coordinates"] for ring in polygon]
    project = fit([(p[0], p[1]) for ring in rings for p in ring])
    thinned = sum(map(len, rings)) > DRAW_ALL
    shapes = tuple(_shape(row, project, thinned) for row in rows)
    edited = source.edited or thinned
    return OutlineMap(
        width=WIDTH,
        height=round(project.height, 1),
        shapes=shapes,
        credit=source.source_text,
        review_number="" if edited else source.review_number,
        edited=edited,
        as_of=source.as_of,
    )


def _shape(row: Boundary, project: Projection, thinned: bool) -> Shape:
    parts = []
    for polygon in row.geometry["coordinates"]:
        for ring in polygon:
            line = [project((p[0], p[1])) for p in ring]
            line = thin(line, THINNING) if thinned else line
            parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line[:-1]) + "Z")
    x, y = project(_anchor(row))
    return Shape(row.division_id, row.division.name, "".join(parts), round(x, 1), round(y, 1))


def _anchor(row: Boundary) -> Point:
    """The seat; without one the middle of the largest part."""
    unit = row.division
    if unit.seat_lon is not None and unit.seat_lat is not None:
        return unit.seat_lon, unit.seat_lat
    largest = max((polygon[0] for polygon in row.geometry["coordinates"]), key=len)
    return sum(p[0] for p in largest) / len(largest), sum(p[1] for p in largest) / len(largest)


# ---------------------------------------------------------------- tile grid


def grid_cells(day: dt.date, marks: Mapping[int, Mark]) -> list[dict[str, Any]]:
    """Squares of `day` for the frame's `{% tile_map %}`; `marks` by division's primary key.

    `key` is the division's code: flows name their two ends by it.
    """
    return cells_of(queries.tile_grid(day).tiles, marks)


def cells_of(tiles: Iterable[queries.Tile], marks: Mapping[int, Mark]) -> list[dict[str, Any]]:
    """The same for squares that were arranged otherwise."""
    plain = Mark()
    cells = []
    for tile in tiles:
        mark = marks.get(tile.division.pk, plain)
        cells.append(
            {
                "key": tile.division.code,
                "label": short_label(tile.division),
                "col": tile.col,
                "row": tile.row,
                "level": mark.level,
                "title": mark.title or tile.division.label,
                "href": mark.href,
                "chosen": mark.chosen,
                "note": mark.note,
            }
        )
    return cells


def short_label(division: Division) -> str:
    """A name short enough for a square: without its kind word; in English the bare syllables."""
    if wording.in_english() and division.pinyin:
        return division.pinyin.partition(" ")[0].capitalize()
    return queries.stem(division.name)
