"""The map of the overview with its tables: counties where they can be read, else cities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.faces import english, row_url
from duikou.wings.pairings.maps import CITY_LEGEND, city_cells, foremost, names_for, too_many
from duikou.wings.pairings.queries.rounds import CityFigures, Summary
from duikou.wings.pairings.translate import recipients_per_unit
from duikou.wings.pairings.views._common import Chosen
from duikou.wings.places.models import Division
from duikou.wings.places.queries import Tile, TileGrid, in_rows, tile_grid

LEGEND = (
    (0, gettext_lazy("县、县级市，没有受援医院")),
    (1, gettext_lazy("1 家受援医院")),
    (2, gettext_lazy("2 家")),
    (3, gettext_lazy("3 家")),
    (4, gettext_lazy("4 家及以上")),
    (None, gettext_lazy("市辖区，没有受援医院（另计）")),
)


@dataclass(frozen=True, slots=True)
class CityRow:
    """One city in the table beside the map."""

    code: str
    name: str
    figures: CityFigures
    missing: str


@dataclass(frozen=True)
class MapView:
    """Squares, legend and tables; `by_city` when the round has too many counties to show them."""

    by_city: bool
    arranged: bool  # squares in the order of codes, because there is no grid
    cells: list[dict[str, Any]]
    legend: Sequence[tuple[int | None, Any]]
    cities: list[CityRow]
    cities_left_out: int = 0
    units: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, choice: Chosen, summary: Summary, chosen: frozenset[str], *, every_city: bool) -> MapView:
        """The map of a round; `chosen` are codes of units that flows begin in."""
        day = choice.as_of or choice.round.divisions_on
        by_city = too_many(summary)
        listed = summary.cities if every_city else foremost(summary.cities)
        names = names_for(day, summary.cities if by_city else listed, listed)
        rows = city_rows(listed, names)
        left_out = len(summary.cities) - len(listed)
        if by_city:

            def href(city: CityFigures) -> str:
                return f"{row_url('pairings:city', city.code)}?{choice.query}"

            tiles = city_cells(summary.cities, names, href, chosen)
            return cls(True, True, tiles, CITY_LEGEND, rows, left_out)
        grid = tile_grid(day)
        recipients = recipients_per_unit(choice.round, choice.as_of)
        units = units_of(grid)
        return cls(
            False,
            not grid.tiles,
            cells(grid.tiles or in_rows(units), recipients, choice, chosen),
            LEGEND,
            rows,
            left_out,
            unit_table(units, recipients),
        )


def short(division: Division) -> str:
    """A label that fits a tile: without 县, 市, 区; in English the syllables without the kind word."""
    if english() and division.pinyin:
        return division.pinyin.rpartition(" ")[0].capitalize() or division.pinyin
    return (
        division.name.removesuffix("自治县").removesuffix("畲族")
        if len(division.name) > 4
        else division.name[:-1]
    )


def square(tile: Tile, recipients: Mapping[str, int]) -> dict[str, Any]:
    """The square of a county, shaded by its number of recipients."""
    unit = tile.division
    count = recipients.get(unit.code, 0)
    counted = unit.kind in Division.COUNTY_KINDS
    return {
        "key": unit.code,
        "label": short(unit),
        "col": tile.col,
        "row": tile.row,
        "level": min(count, 4) if count or counted else None,
        "title": _("%(name)s：%(count)d 家受援医院") % {"name": unit.label, "count": count},
    }


def cells(
    tiles: Iterable[Tile], recipients: Mapping[str, int], choice: Chosen, chosen: frozenset[str]
) -> list[dict[str, Any]]:
    """The squares of the counties, each opening its county."""
    return [
        {
            **square(tile, recipients),
            "href": f"{row_url('pairings:county', tile.division.code)}?{choice.query}",
            "chosen": tile.division.code in chosen,
        }
        for tile in tiles
    ]


def city_rows(cities: Iterable[CityFigures], names: Mapping[str, Division]) -> list[CityRow]:
    """Coverage city by city, with the names of uncovered counties."""
    return [
        CityRow(
            code=city.code,
            name=names[city.code].label,
            figures=city,
            missing=_("、").join(names[code].label for code in city.bare if code in names),
        )
        for city in cities
        if city.code in names
    ]


def units_of(grid: TileGrid) -> list[Division]:
    """All units of the map's day by code, those without a square included."""
    return sorted([*(tile.division for tile in grid.tiles), *grid.missing], key=lambda unit: unit.code)


def unit_table(units: Iterable[Division], recipients: Mapping[str, int]) -> list[dict[str, Any]]:
    """The map's numbers as a table."""
    kinds = {value: str(label) for value, label in Division.Kind.choices}
    return [
        {
            "code": unit.code,
            "name": unit.label,
            "city": unit.parent.label if unit.parent else "",
            "kind": kinds[unit.kind],
            "recipients": recipients.get(unit.code, 0),
        }
        for unit in units
    ]
