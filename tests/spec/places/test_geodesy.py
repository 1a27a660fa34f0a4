"""Distances on the sphere, datum shifts and polygons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duikou.wings.places.geodesy import (
    bd09_to_gcj02,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    great_circle_km,
    inside,
    km_to_outline,
    ring_area,
    to_wgs84,
    wgs84_to_gcj02,
)

CHINA = st.tuples(st.floats(73.6, 135.0), st.floats(18.2, 53.5))
ZHEJIANG = st.tuples(st.floats(118.0, 123.0), st.floats(27.0, 31.3))
ABROAD = st.tuples(st.floats(-179.0, 60.0), st.floats(-60.0, 70.0))
METRE = 0.001


def test_known_distances() -> None:
    assert great_circle_km((0, 0), (0, 0)) == 0
    assert great_circle_km((0, 0), (180, 0)) == pytest.approx(20015.1, abs=0.1)
    assert great_circle_km((120, 30), (120, 31)) == pytest.approx(111.195, abs=0.001)


@given(CHINA, CHINA)
def test_distance_is_symmetric(a: tuple[float, float], b: tuple[float, float]) -> None:
    assert great_circle_km(a, b) == pytest.approx(great_circle_km(b, a))


@given(CHINA)
def test_round_trip_of_gcj02_is_under_a_metre(point: tuple[float, float]) -> None:
    assert great_circle_km(gcj02_to_wgs84(wgs84_to_gcj02(point)), point) < METRE


@given(CHINA)
def test_round_trip_of_bd09_is_under_a_metre(point: tuple[float, float]) -> None:
    assert great_circle_km(bd09_to_gcj02(gcj02_to_bd09(point)), point) < METRE
    there = gcj02_to_bd09(wgs84_to_gcj02(point))
    assert great_circle_km(to_wgs84(there, "BD-09"), point) < METRE


@given(ABROAD)
def test_outside_china_nothing_moves(point: tuple[float, float]) -> None:
    assert wgs84_to_gcj02(point) == point
    assert to_wgs84(point, "GCJ-02") == point
    assert to_wgs84(point, "BD-09") == point


@given(ZHEJIANG)
def test_size_of_the_shift_in_zhejiang(point: tuple[float, float]) -> None:
    """Several hundred metres to the south-east."""
    shifted = wgs84_to_gcj02(point)
    assert 0.3 < great_circle_km(point, shifted) < 0.8
    assert shifted[0] > point[0]
    assert shifted[1] < point[1]
    assert great_circle_km(point, gcj02_to_bd09(shifted)) > great_circle_km(point, shifted)


@given(ZHEJIANG)
def test_wgs84_stays(point: tuple[float, float]) -> None:
    assert to_wgs84(point, "WGS84") == point


def test_unknown_datum_is_refused() -> None:
    with pytest.raises(ValueError, match="expected one of WGS84, GCJ-02, BD-09, found 'Beijing54'"):
        to_wgs84((120, 30), "Beijing54")


SQUARE = [[(120.0, 30.0), (121.0, 30.0), (121.0, 31.0), (120.0, 31.0), (120.0, 30.0)]]
HOLE = [(120.4, 30.4), (120.6, 30.4), (120.6, 30.6), (120.4, 30.6), (120.4, 30.4)]


def test_inside_with_holes_and_several_parts() -> None:
    assert inside((120.5, 30.5), [SQUARE])
    assert not inside((120.5, 30.5), [[*SQUARE, HOLE]])
    assert not inside((122.0, 30.5), [SQUARE])
    assert inside((125.5, 30.5), [SQUARE, [[(x + 5, y) for x, y in SQUARE[0]]]])


def test_distance_to_an_outline() -> None:
    assert km_to_outline((120.5, 29.9), [SQUARE]) == pytest.approx(11.12, abs=0.02)
    assert km_to_outline((120.0, 30.0), [SQUARE]) == pytest.approx(0, abs=1e-9)


def test_area_tells_the_direction_of_a_ring() -> None:
    assert ring_area(SQUARE[0]) == pytest.approx(1)
    assert ring_area(reversed(SQUARE[0])) == pytest.approx(-1)
