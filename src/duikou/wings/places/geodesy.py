"""Great-circle distance and the datums used by Chinese map services. Pure.

WGS84 is what we store. GCJ-02 is the shifted datum that map services in China must
use; BD-09 is a second shift on top of it. In Zhejiang GCJ-02 lies about 560 m off.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from typing import Final

Point = tuple[float, float]  # longitude, latitude in degrees

EARTH_RADIUS_KM: Final = 6371.0088  # mean radius
DATUMS: Final = ("WGS84", "GCJ-02", "BD-09")

# Krasovsky ellipsoid, on which the shift is defined.
_AXIS: Final = 6378245.0
_ECCENTRICITY2: Final = 0.00669342162296594323
_BAIDU: Final = math.pi * 3000.0 / 180.0
_PRECISION: Final = 1e-9  # degrees, about 0.1 mm


def great_circle_km(a: Point, b: Point) -> float:
    """Length of the shortest way over the sphere, in kilometres (haversine)."""
    lon_a, lat_a, lon_b, lat_b = map(math.radians, (*a, *b))
    h = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(h)))


def in_shifted_area(point: Point) -> bool:
    """Whether the shift applies at `point`: the rectangle around China used by its definition."""
    lon, lat = point
    return 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271


def _waves(x: float, *terms: tuple[float, float]) -> float:
    return sum(size * math.sin(x * math.pi / period) for size, period in terms) * 2.0 / 3.0


def _shift(point: Point) -> Point:
    """Offset of GCJ-02 at a WGS84 point, in degrees."""
    lon, lat = point
    x, y = lon - 105.0, lat - 35.0
    ripple = _waves(x, (20.0, 1 / 6), (20.0, 1 / 2))
    north = (
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + ripple
        + _waves(y, (20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0))
    )  # fmt: skip
    east = (
        300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + ripple
        + _waves(x, (20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0))
    )  # fmt: skip
    phi = math.radians(lat)
    flat = 1 - _ECCENTRICITY2 * math.sin(phi) ** 2
    return (
        math.degrees(east / (_AXIS / math.sqrt(flat) * math.cos(phi))),
        math.degrees(north / (_AXIS * (1 - _ECCENTRICITY2) / flat**1.5)),
    )


def wgs84_to_gcj02(point: Point) -> Point:
    """Shift a point as map services in China do; outside the area it stays."""
    if not in_shifted_area(point):
        return point
    shift = _shift(point)
    return point[0] + shift[0], point[1] + shift[1]


def gcj02_to_bd09(point: Point) -> Point:
    """Add Baidu's own shift; outside the area the point stays."""
    if not in_shifted_area(point):
        return point
    lon, lat = point
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BAIDU)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BAIDU)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def _inverse(forward: Callable[[Point], Point], shifted: Point) -> Point:
    """Solve forward(p) = shifted by repeated correction: the shift changes slowly from place to place."""
    lon, lat = shifted
    for _ in range(30):
        there = forward((lon, lat))
        east, north = there[0] - shifted[0], there[1] - shifted[1]
        lon, lat = lon - east, lat - north
        if abs(east) < _PRECISION and abs(north) < _PRECISION:
            break
    return lon, lat


def gcj02_to_wgs84(point: Point) -> Point:
    """Take the shift off again, to well under a metre; outside the area the point stays."""
    return _inverse(wgs84_to_gcj02, point) if in_shifted_area(point) else point


def bd09_to_gcj02(point: Point) -> Point:
    """Take Baidu's own shift off again; outside the area the point stays."""
    return _inverse(gcj02_to_bd09, point) if in_shifted_area(point) else point


def to_wgs84(point: Point, datum: str) -> Point:
    """A point of `datum` (one of DATUMS) in WGS84. Raises ValueError for another datum."""
    match datum:
        case "WGS84":
            return point
        case "GCJ-02":
            return gcj02_to_wgs84(point)
        case "BD-09":
            return gcj02_to_wgs84(bd09_to_gcj02(point))
    raise ValueError(f"datum: expected one of {', '.join(DATUMS)}, found {datum!r}")


def ring_area(ring: Iterable[Point]) -> float:
    """Signed area of a closed ring in square degrees (positive: counter-clockwise)."""
    points = list(ring)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(points)) / 2


def inside(point: Point, polygons: Iterable[list[list[Point]]]) -> bool:
    """Whether `point` lies in one of the polygons (outer ring first, then holes)."""
    return any(
        _in_ring(point, rings[0]) and not any(_in_ring(point, hole) for hole in rings[1:])
        for rings in polygons
    )


def _in_ring(point: Point, ring: list[Point]) -> bool:
    x, y = point
    crossed = False
    for a, b in itertools.pairwise(ring):
        if (a[1] > y) != (b[1] > y) and x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]:
            crossed = not crossed
    return crossed


def km_to_outline(point: Point, polygons: Iterable[list[list[Point]]]) -> float:
    """Distance from `point` to the nearest outline, in kilometres (flat around the point)."""
    scale = math.cos(math.radians(point[1]))
    per_degree = math.radians(1) * EARTH_RADIUS_KM

    def flat(p: Point) -> Point:
        return (p[0] - point[0]) * scale * per_degree, (p[1] - point[1]) * per_degree

    best = math.inf
    for rings in polygons:
        for ring in rings:
            corners = [flat(p) for p in ring]
            for a, b in itertools.pairwise(corners):
                best = min(best, _to_segment(a, b))
    return best


def _to_segment(a: Point, b: Point) -> float:
    """Distance from the origin to the segment a–b."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length2 = dx * dx + dy * dy
    t = 0.0 if length2 == 0 else max(0.0, min(1.0, -(a[0] * dx + a[1] * dy) / length2))
    return math.hypot(a[0] + t * dx, a[1] + t * dy)
