"""Estimated road distance and time between two places, always marked as an estimate. Pure.

Great-circle length × detour factor; time from mean speeds by length. Good for sorting
supporters by nearness and planning a posting, not for allowances. Parameters and where
they come from are in data/travel.toml.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from duikou.wings.places.geodesy import Point, great_circle_km
from duikou.wings.places.replay import settings


@dataclass(frozen=True, slots=True)
class Place:
    """A point of the map with what its distances inherit.

    `keys` are the names under which a matrix may know it, most exact first:
    "hospital:<key>", then "division:<code>" of its county seat.
    """

    keys: tuple[str, ...]
    lon: float | None  # WGS84 degrees; None: unknown
    lat: float | None
    unit_code: str = ""  # county-level division on the day
    city_code: str = ""
    ferry: bool = False  # the way there needs a ferry on the day
    exact: bool = False  # the point is the site itself, not a town or county seat

    @property
    def point(self) -> Point | None:
        """Longitude and latitude, when known."""
        return None if self.lon is None or self.lat is None else (self.lon, self.lat)


@dataclass(frozen=True, slots=True)
class Region:
    """A region with its own detour factor."""

    name: str
    name_en: str
    factor: float
    cities: frozenset[str]
    units: frozenset[str]

    def has(self, place: Place) -> bool:
        """Whether `place` lies in it."""
        return place.unit_code in self.units or place.city_code in self.cities


@dataclass(frozen=True, slots=True)
class TravelRules:
    """Parameters of the estimate. `speeds`: (below this many km or None, km/h), shortest first."""

    default_factor: float
    regions: tuple[Region, ...]
    speeds: tuple[tuple[float | None, float], ...]
    floor_km: float
    mark: str

    def factor(self, a: Place, b: Place) -> float:
        """Detour factor of a pair: the larger of its two ends'."""
        return max(self._of(a), self._of(b))

    def _of(self, place: Place) -> float:
        return next((r.factor for r in self.regions if r.has(place)), self.default_factor)

    def minutes(self, km: float) -> float:
        """Driving time over `km` of road."""
        kmh = next(kmh for below, kmh in self.speeds if below is None or km < below)
        return km / kmh * 60


def travel_rules(raw: Mapping[str, Any] | None = None) -> TravelRules:
    """The parameters of data/travel.toml, or of `raw` in the same shape."""
    raw = raw or settings("travel.toml")
    detour = raw["detour"]
    return TravelRules(
        default_factor=detour["default"],
        regions=tuple(
            Region(r["name"], r["name_en"], r["factor"], frozenset(r["cities"]), frozenset(r["units"]))
            for r in detour["region"]
        ),
        speeds=tuple((s.get("below_km"), s["kmh"]) for s in raw["speed"]),
        floor_km=raw["uncertainty"]["floor_km"],
        mark=detour["mark"],
    )


@dataclass(frozen=True, slots=True)
class Leg:
    """Distance and time between two places, with the kind of knowledge behind it.

    `kind` is measured, matrix, estimate, or unknown when a point is missing. `km` is
    the road's length; `minutes` is None where nobody may guess it: `needs_value` then
    says that a person has to enter it (ferry). `weak`: between approximate points so
    near that the estimate says little. `by_seat`: a matrix value between county seats.
    """

    kind: str
    km: float | None = None
    minutes: float | None = None
    straight_km: float | None = None
    factor: float | None = None
    ferry: bool = False
    needs_value: bool = False
    weak: bool = False
    by_seat: bool = False
    source: str = ""
    as_of: dt.date | None = None


UNKNOWN = Leg("unknown", needs_value=True)


def estimate(a: Place, b: Place, rules: TravelRules) -> Leg:
    """Estimated road distance and time from `a` to `b`."""
    if a.point is None or b.point is None:
        return UNKNOWN
    straight = great_circle_km(a.point, b.point)
    factor = rules.factor(a, b)
    km = straight * factor
    ferry = (a.ferry or b.ferry) and a.unit_code != b.unit_code
    return Leg(
        kind="estimate",
        km=km,
        minutes=None if ferry else rules.minutes(km),
        straight_km=straight,
        factor=factor,
        ferry=ferry,
        needs_value=ferry,
        weak=km < rules.floor_km and not (a.exact and b.exact),
    )
