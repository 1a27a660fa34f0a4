"""How far the tables reach: counties and districts with a recipient, in all and city by city."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from duikou.engines.pairing.checks_common import Reading, uncovered_units, words
from duikou.engines.pairing.model import Round, RuleSpec, Unit

_ANY_TABLE, _CITY_TABLES, _DISTRICTS = "PAIR-03", "PAIR-04", "PAIR-15"


@dataclass(frozen=True, slots=True)
class Reach:
    """Units of one sort: how many there are, and which have too few recipients."""

    total: int
    uncovered: tuple[Unit, ...]

    @property
    def covered(self) -> int:
        """Number of units with enough recipients."""
        return self.total - len(self.uncovered)


@dataclass(frozen=True, slots=True)
class CityReach:
    """Reach inside one city: by any table, by the cities' tables alone, and its districts."""

    city_code: str
    city: str
    counties: Reach
    counties_in_city_tables: Reach
    districts: Reach


@dataclass(frozen=True, slots=True)
class Coverage:
    """Reach of a round.

    `counties` counts recipients of any table (PAIR-03), `counties_in_city_tables`
    only those of the cities' tables (PAIR-04), `districts` stand apart (PAIR-15).
    """

    counties: Reach
    counties_in_city_tables: Reach
    districts: Reach
    by_city: tuple[CityReach, ...]

    def as_json(self) -> dict[str, object]:
        """Return the counts as plain values, names of uncovered units included."""
        return {
            "counties": _plain(self.counties),
            "counties_in_city_tables": _plain(self.counties_in_city_tables),
            "districts": _plain(self.districts),
        }


def coverage(round: Round, rules: Mapping[str, RuleSpec]) -> Coverage:
    """Return the reach of a round; a rule that `rules` does not hold gives an empty count."""
    reading = Reading(round, rules)
    everywhere, in_city_tables, districts = (
        _reach(reading, rules.get(rule)) for rule in (_ANY_TABLE, _CITY_TABLES, _DISTRICTS)
    )
    sorts = [_by_city(sides) for sides in (everywhere, in_city_tables, districts)]
    by_city = tuple(
        CityReach(code, city, *(_sum(sort.get(code, _NOTHING)) for sort in sorts))
        for code, city in reading.cities.items()
    )
    return Coverage(_sum(everywhere), _sum(in_city_tables), _sum(districts), by_city)


_Sides = tuple[tuple[Unit, ...], tuple[Unit, ...]]  # units the rule speaks of, and the uncovered ones
_NOTHING: _Sides = ((), ())


def _reach(reading: Reading, spec: RuleSpec | None) -> _Sides:
    if spec is None:
        return (), ()
    kinds = words(spec, "unit_kinds")
    return tuple(unit for unit in reading.units.values() if unit.kind in kinds), uncovered_units(
        reading, spec
    )


def _sum(sides: _Sides) -> Reach:
    return Reach(len(sides[0]), sides[1])


def _by_city(sides: _Sides) -> dict[str, _Sides]:
    """The same city by city, for cities that have such units."""
    everything, uncovered = (_grouped(side) for side in sides)
    return {code: (units, uncovered.get(code, ())) for code, units in everything.items()}


def _grouped(units: Iterable[Unit]) -> dict[str, tuple[Unit, ...]]:
    groups: dict[str, list[Unit]] = {}
    for unit in units:
        groups.setdefault(unit.city_code, []).append(unit)
    return {code: tuple(group) for code, group in groups.items()}


def _plain(reach: Reach) -> dict[str, object]:
    return {
        "total": reach.total,
        "covered": reach.covered,
        "uncovered": [unit.name for unit in reach.uncovered],
    }
