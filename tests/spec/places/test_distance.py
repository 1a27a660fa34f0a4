"""Estimated distances: factors by region, speeds by length, ferries, missing points."""

from __future__ import annotations

import pytest

from duikou.wings.places.distance import Place, estimate, travel_rules

RULES = travel_rules()


def place(unit: str, city: str, lon: float | None = 120.0, lat: float | None = 30.0, **more: bool) -> Place:
    return Place((f"division:{unit}",), lon, lat, unit, city, **more)


# unit, city, factor of a pair with itself, why
FACTORS = [
    ("330122", "330100", 1.3, "桐庐县: default"),
    ("330522", "330500", 1.2, "长兴县: plain of 湖州"),
    ("330421", "330400", 1.2, "嘉善县: plain of 嘉兴"),
    ("330226", "330200", 1.2, "宁海县: 宁波"),
    ("330681", "330600", 1.2, "诸暨市: 绍兴"),
    ("331123", "331100", 1.45, "遂昌县: 丽水"),
    ("330824", "330800", 1.45, "开化县: west of 衢州"),
    ("330825", "330800", 1.3, "龙游县: not in the mountains"),
    ("330727", "330700", 1.45, "磐安县"),
    ("330328", "330300", 1.45, "文成县"),
    ("330329", "330300", 1.45, "泰顺县"),
]


@pytest.mark.parametrize(("unit", "city", "factor", "why"), FACTORS)
def test_factor_of_a_region(unit: str, city: str, factor: float, why: str) -> None:
    assert RULES.factor(place(unit, city), place(unit, city)) == factor, why


def test_a_pair_takes_the_larger_factor_of_its_ends() -> None:
    plain, mountain, other = place("330522", "330500"), place("331123", "331100"), place("330122", "330100")
    assert RULES.factor(plain, mountain) == RULES.factor(mountain, plain) == 1.45
    assert RULES.factor(plain, other) == 1.3


# km of road → minutes
TIMES = [(0, 0), (30, 40), (39.9, 53.2), (40, 40), (60, 60), (100, 80), (150, 120)]


@pytest.mark.parametrize(("km", "minutes"), TIMES)
def test_time_from_length(km: float, minutes: float) -> None:
    assert RULES.minutes(km) == pytest.approx(minutes)


def test_estimate_is_great_circle_times_factor() -> None:
    leg = estimate(place("330102", "330100"), place("330109", "330100", 120.0, 31.0), RULES)
    assert leg.kind == "estimate"
    assert leg.straight_km == pytest.approx(111.195, abs=0.01)
    assert leg.km == pytest.approx(111.195 * 1.3, abs=0.01)
    assert leg.minutes == pytest.approx(111.195 * 1.3 / 75 * 60, abs=0.01)
    assert not leg.weak


def test_near_approximate_points_say_little() -> None:
    near = estimate(place("330102", "330100"), place("330103", "330100", 120.1), RULES)
    assert near.weak
    exact = estimate(
        place("330102", "330100", exact=True), place("330103", "330100", 120.1, exact=True), RULES
    )
    assert not exact.weak


def test_a_ferry_leaves_the_time_to_a_person() -> None:
    leg = estimate(place("330102", "330100"), place("330922", "330900", 122.4, 30.7, ferry=True), RULES)
    assert leg.ferry
    assert leg.minutes is None
    assert leg.needs_value
    assert leg.km is not None


def test_no_ferry_within_one_island_county() -> None:
    leg = estimate(
        place("330922", "330900", 122.4, 30.7, ferry=True),
        place("330922", "330900", 122.5, 30.7, ferry=True),
        RULES,
    )
    assert not leg.ferry
    assert leg.minutes is not None


def test_a_missing_point_is_unknown_not_zero() -> None:
    leg = estimate(place("330102", "330100"), place("330103", "330100", None, None), RULES)
    assert (leg.kind, leg.km, leg.minutes, leg.needs_value) == ("unknown", None, None, True)
