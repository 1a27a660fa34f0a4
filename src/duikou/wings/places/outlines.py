"""Reads outlines of divisions from a GeoJSON file and checks them. Pure.

Self-crossing rings are not looked for: they draw well enough, and nothing is measured
with them but whether a seat lies inside.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from duikou.wings.places.geodesy import Point, inside, km_to_outline, ring_area, to_wgs84

MAX_BYTES = 40 * 1024 * 1024
MAX_PROBLEMS = 100
SEAT_TOLERANCE_KM = 0.5
# Properties under which map services keep the six-digit code; "gb" is 156 (China) + code.
CODE_PROPERTIES = ("gb", "adcode", "code", "gbcode", "adcode99", "区划代码", "代码", "行政区划代码")

Ring = list[Point]
Polygon = list[Ring]


@dataclass(frozen=True, slots=True)
class Seat:
    """What we know of a unit before its outline comes."""

    name: str
    point: Point | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file cannot be taken. `feature` counts from 1 in the file's order; None is the file itself."""

    feature: int | None
    expected: str
    found: str

    def __str__(self) -> str:
        where = _("第 %(n)d 个要素") % {"n": self.feature} if self.feature else _("文件")
        return _("%(where)s：应为%(expected)s，实为%(found)s") % {
            "where": where,
            "expected": self.expected,
            "found": self.found,
        }


@dataclass(frozen=True, slots=True)
class Warning:
    """Something to look at that does not stop the import; `text` is a message id with `values`."""

    text: str
    values: Mapping[str, Any]

    def __str__(self) -> str:
        return _(self.text) % self.values


SEAT_OUTSIDE = gettext_noop(
    "%(name)s：驻地在自身边界之外 %(km)s 公里，请核对坐标系（可能是 GCJ-02 或 BD-09）和驻地坐标"
)
UNITS_MISSING = gettext_noop("%(count)d 个区划没有边界：%(names)s")


@dataclass(frozen=True, slots=True)
class OutlineReading:
    """Outlines by code in WGS84; usable only without problems. `ignored`: not ours, or border lines."""

    outlines: Mapping[str, list[Polygon]]
    problems: tuple[Problem, ...]
    warnings: tuple[Warning, ...] = ()
    ignored: int = 0

    @property
    def vertices(self) -> int:
        """Number of corners of all outlines."""
        return sum(len(ring) for polygons in self.outlines.values() for rings in polygons for ring in rings)


class _Wrong(Exception):
    """One feature cannot be taken: expected and found."""


def read_outlines(content: bytes, units: Mapping[str, Seat], *, datum: str = "WGS84") -> OutlineReading:
    """Read a FeatureCollection whose features carry division codes.

    `units` are the county-level units of the file's date by code. Features of other
    provinces are left out; an unknown code of our own province is a problem. Never
    raises for wrong content.
    """
    features = _features(content)
    if isinstance(features, Problem):
        return OutlineReading({}, (features,))
    provinces = {code[:2] for code in units}
    outlines: dict[str, list[Polygon]] = {}
    problems: list[Problem] = []
    ignored = 0
    for number, feature in enumerate(features, 1):
        if len(problems) >= MAX_PROBLEMS:
            break
        if _is_line(feature):
            ignored += 1
            continue
        try:
            code = _code(feature)
            if code[:2] not in provinces:
                ignored += 1
                continue
            if code not in units:
                raise _Wrong(_("现势日期有效的县级区划代码"), code)
            if code in outlines:
                raise _Wrong(_("每个区划只出现一次"), _("%(code)s 第二次出现") % {"code": code})
            outlines[code] = _polygons(feature, datum)
        except _Wrong as wrong:
            problems.append(Problem(number, *wrong.args))
    if not outlines and not problems:
        problems.append(Problem(None, _("本省区划的要素"), _("%(n)d 个其他地区的要素") % {"n": ignored}))
    warnings = () if problems else tuple(_warnings(outlines, units))
    return OutlineReading(outlines, tuple(problems), warnings, ignored)


def _features(content: bytes) -> list[Any] | Problem:
    if len(content) > MAX_BYTES:
        return Problem(None, _("不超过 40 MB"), f"{len(content) / 1024 / 1024:.1f} MB")
    if content[:2] == b"PK":
        return Problem(None, _("GeoJSON 文本"), _("压缩包，请先解压"))
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return Problem(None, _("UTF-8 编码的 GeoJSON 文本"), _("第 %(n)d 字节无法解读") % {"n": error.start})
    except json.JSONDecodeError as error:
        found = _("第 %(line)d 行第 %(column)d 列不是 JSON") % {"line": error.lineno, "column": error.colno}
        return Problem(None, _("GeoJSON 文本"), found)
    except (RecursionError, ValueError):
        return Problem(None, _("GeoJSON 文本"), _("嵌套过深或数字过长的 JSON"))
    if not isinstance(data, dict) or data.get("type") != "FeatureCollection":
        kind = data.get("type") if isinstance(data, dict) else type(data).__name__
        return Problem(None, _("FeatureCollection"), str(kind)[:60])
    features = data.get("features")
    if not isinstance(features, list) or not features:
        return Problem(None, _("至少一个要素（features）"), _("没有要素"))
    return features


def _is_line(feature: Any) -> bool:
    """Border lines lie beside the units in official files; they carry no code."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return (
        isinstance(geometry, dict)
        and geometry.get("type") in ("LineString", "MultiLineString")
        and isinstance(properties, dict)
        and not any(properties.get(name) for name in CODE_PROPERTIES)
    )


def _code(feature: Any) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        raise _Wrong(_("带属性（properties）的要素"), _("没有属性"))
    for name in CODE_PROPERTIES:
        text = str(properties.get(name) or "").strip()
        if len(text) == 9 and text.startswith("156"):
            text = text[3:]
        if len(text) == 6 and text.isdigit():
            return text
    expected = _("六位区划代码，属性名为 %(names)s 之一") % {"names": " / ".join(CODE_PROPERTIES)}
    raise _Wrong(expected, ", ".join(map(str, properties))[:120] or _("没有属性"))


def _polygons(feature: Mapping[str, Any], datum: str) -> list[Polygon]:
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in ("Polygon", "MultiPolygon"):
        raise _Wrong(_("几何类型 Polygon 或 MultiPolygon"), str(kind))
    coordinates = geometry.get("coordinates")
    parts = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(parts, list) or not parts:
        raise _Wrong(_("至少一个多边形"), _("没有坐标"))
    return [_polygon(part, datum) for part in parts]


def _polygon(part: Any, datum: str) -> Polygon:
    if not isinstance(part, list) or not part:
        raise _Wrong(_("至少一个环的多边形"), _("空的多边形"))
    return [_ring(ring, datum) for ring in part]


def _ring(ring: Any, datum: str) -> Ring:
    if not isinstance(ring, list) or len(ring) < 4:
        raise _Wrong(_("至少四个点的环"), str(len(ring)) if isinstance(ring, list) else type(ring).__name__)
    points = [_point(position) for position in ring]
    if points[0] != points[-1]:
        raise _Wrong(_("首尾相同的闭合环"), f"{points[0]} … {points[-1]}")
    if ring_area(points) == 0:
        raise _Wrong(_("有面积的环"), _("面积为零"))
    return [_rounded(to_wgs84(point, datum)) for point in points]


def _point(position: Any) -> Point:
    if (
        not isinstance(position, list)
        or len(position) < 2
        or not all(
            isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) for v in position[:2]
        )
    ):
        raise _Wrong(_("由经度、纬度两个数构成的点"), str(position)[:60])
    lon, lat = float(position[0]), float(position[1])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        found = _("(%(x)s, %(y)s)，很可能是投影坐标（米），请转换为经纬度") % {"x": lon, "y": lat}
        raise _Wrong(_("经度 −180–180、纬度 −90–90"), found)
    return lon, lat


def _rounded(point: Point) -> Point:
    """Six decimals are about 0.1 m: finer digits only fill the database."""
    return round(point[0], 6), round(point[1], 6)


def _warnings(outlines: Mapping[str, list[Polygon]], units: Mapping[str, Seat]) -> Iterator[Warning]:
    for code, polygons in outlines.items():
        seat = units[code]
        if seat.point is None or inside(seat.point, polygons):
            continue
        km = km_to_outline(seat.point, polygons)
        if km > SEAT_TOLERANCE_KM:
            yield Warning(SEAT_OUTSIDE, {"name": seat.name, "km": f"{km:.1f}"})
    missing = [seat.name for code, seat in units.items() if code not in outlines]
    if missing:
        yield Warning(UNITS_MISSING, {"count": len(missing), "names": "、".join(missing)})
