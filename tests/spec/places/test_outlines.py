"""Reading outlines: what is taken, what is refused and in which words, what is only warned about."""

from __future__ import annotations

import json
from typing import Any

import pytest

from duikou.wings.places.geodesy import gcj02_to_bd09, great_circle_km, wgs84_to_gcj02
from duikou.wings.places.outlines import Seat, read_outlines

UNITS = {"330522": Seat("长兴县", (119.9, 31.0)), "331023": Seat("天台县", (121.0, 29.1))}
NORTH = [[119.5, 30.8], [120.2, 30.8], [120.2, 31.2], [119.5, 31.2], [119.5, 30.8]]
SOUTH = [[120.8, 29.0], [121.2, 29.0], [121.2, 29.3], [120.8, 29.3], [120.8, 29.0]]


def feature(code: object, ring: list[Any] = NORTH, name: str = "gb", kind: str = "Polygon") -> dict[str, Any]:
    coordinates: Any = [ring] if kind == "Polygon" else [[ring]]
    return {
        "type": "Feature",
        "properties": {name: code},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def collection(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


BOTH = collection(feature("156330522"), feature("156331023", SOUTH, kind="MultiPolygon"))


def test_a_right_file() -> None:
    reading = read_outlines(BOTH, UNITS)
    assert reading.problems == ()
    assert reading.warnings == ()
    assert set(reading.outlines) == {"330522", "331023"}
    assert reading.vertices == 10


@pytest.mark.parametrize(
    ("name", "code"),
    [("gb", "156330522"), ("adcode", 330522), ("code", "330522"), ("区划代码", "330522")],
)
def test_code_properties(name: str, code: object) -> None:
    assert set(read_outlines(collection(feature(code, name=name)), UNITS).outlines) == {"330522"}


def test_other_provinces_are_left_out() -> None:
    reading = read_outlines(
        collection(feature("156330522"), feature("156420102"), feature("156310101")), UNITS
    )
    assert set(reading.outlines) == {"330522"}
    assert reading.ignored == 2


def test_border_lines_without_a_code_are_left_out() -> None:
    line = {"type": "Feature", "properties": {"name": "境界线", "gb": ""}}
    line["geometry"] = {"type": "MultiLineString", "coordinates": [[[113.8, 22.2], [113.9, 22.3]]]}  # type: ignore[assignment]
    reading = read_outlines(collection(line, feature("156330522")), UNITS)
    assert (reading.problems, reading.ignored) == ((), 1)


def broken(ring: object, kind: str = "Polygon") -> bytes:
    found = feature("156330522")
    found["geometry"] = {"type": kind, "coordinates": [ring]}
    return collection(feature("156331023", SOUTH), found)


# file, number of the feature (None: the file itself), words that must appear
REFUSED = [
    (b"PK\x03\x04....", None, "压缩包"),
    (b"\xff\xfe\x00", None, "UTF-8"),
    (b'{"type": "FeatureCollection",', None, "不是 JSON"),
    (b"[" * 100_000, None, "嵌套过深"),
    (b"[1, 2]", None, "FeatureCollection"),
    (b'{"type": "Topology"}', None, "Topology"),
    (b'{"type": "FeatureCollection", "features": []}', None, "没有要素"),
    (collection(feature("156420102")), None, "其他地区"),
    (collection({"type": "Feature", "geometry": None}), 1, "没有属性"),
    (collection(feature("长兴县")), 1, "六位区划代码"),
    (collection(feature("156330522"), feature("156330183")), 2, "330183"),
    (collection(feature("156330522"), feature("156330522")), 2, "第二次出现"),
    (collection(feature("156330522", kind="Point")), 1, "Point"),
    (broken([]), 2, "至少四个点"),
    (broken("no ring"), 2, "str"),
    (broken(NORTH[:-1]), 2, "首尾相同"),
    (broken([[119.5, 30.8]] * 4), 2, "面积为零"),
    (broken([[119.5, 30.8, 1], [119.6], [119.5, 31], [119.5, 30.8, 1]]), 2, "经度、纬度两个数"),
    (broken([[119.5, "30.8"], *NORTH[1:]]), 2, "经度、纬度两个数"),
    (broken([[True, False], *NORTH[1:]]), 2, "经度、纬度两个数"),
    (broken([[40_500_000, 3_300_000], *NORTH[1:]]), 2, "投影坐标"),
]


@pytest.mark.parametrize(("content", "number", "words"), REFUSED)
def test_refusals_say_where_and_what(content: bytes, number: int | None, words: str) -> None:
    reading = read_outlines(content, UNITS)
    assert len(reading.problems) == 1
    problem = reading.problems[0]
    assert problem.feature == number
    assert words in str(problem)
    assert reading.warnings == ()


def test_nan_is_refused() -> None:
    content = BOTH.replace(b"119.5", b"NaN", 1)
    assert "两个数" in str(read_outlines(content, UNITS).problems[0])


def test_a_file_too_large_is_refused_unread() -> None:
    assert "40 MB" in str(read_outlines(b" " * (40 * 1024 * 1024 + 1), UNITS).problems[0])


def test_many_problems_are_cut_short() -> None:
    content = collection(*[feature("x") for _ in range(500)])
    assert len(read_outlines(content, UNITS).problems) == 100


def test_a_seat_outside_its_outline_is_a_warning_with_the_distance() -> None:
    units = {"330522": Seat("长兴县", (119.9, 31.3)), "331023": UNITS["331023"]}
    (warning,) = read_outlines(BOTH, units).warnings
    assert "长兴县" in str(warning)
    assert "11.1 公里" in str(warning)


def test_a_seat_just_outside_is_within_the_error_of_its_point() -> None:
    units = {"330522": Seat("长兴县", (119.9, 31.204)), "331023": UNITS["331023"]}
    assert read_outlines(BOTH, units).warnings == ()


def test_missing_units_are_a_warning() -> None:
    (warning,) = read_outlines(collection(feature("156330522")), UNITS).warnings
    assert "天台县" in str(warning)


@pytest.mark.parametrize(
    ("datum", "shift"), [("GCJ-02", wgs84_to_gcj02), ("BD-09", lambda p: gcj02_to_bd09(wgs84_to_gcj02(p)))]
)
def test_other_datums_become_wgs84(datum: str, shift: Any) -> None:
    shifted = [list(shift((x, y))) for x, y in NORTH]
    reading = read_outlines(collection(feature("156330522", shifted)), UNITS, datum=datum)
    ring = reading.outlines["330522"][0][0]
    assert all(great_circle_km(a, (b[0], b[1])) < 0.001 for a, b in zip(ring, NORTH, strict=True))
