"""The map: how many posted staff are in each county; cities where there are too many counties."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.wings.pairings.maps import READABLE
from duikou.wings.places.maps import Mark, cells_of
from duikou.wings.places.models import Division
from duikou.wings.places.queries import in_rows, tile_grid
from duikou.wings.staffing.queries.overview import CountyLine, Overview

LIMITS = (1, 2, 3, 5)  # persons where the map's levels begin
LEGEND = (
    (0, gettext_lazy("没有人")),
    (1, gettext_lazy("1 人")),
    (2, gettext_lazy("2 人")),
    (3, gettext_lazy("3–4 人")),
    (4, gettext_lazy("5 人及以上")),
    (None, gettext_lazy("没有受援医院")),
)


def county_cells(found: Overview, query: str) -> list[dict[str, Any]]:
    """Squares with the number on post, each leading to the list of names."""
    if not found.counties:
        return []
    people = f"{reverse('staffing:people')}?{query}"
    if len(found.counties) > READABLE:
        return _city_cells(found.counties)
    marks = {
        one.county.pk: _mark(
            one.county,
            len(one.line.sent.persons),
            len(one.line.studying.persons),
            f"{people}&county={one.county.code}",
        )
        for one in found.counties
    }
    tiles = tile_grid(found.divisions_on).tiles if found.divisions_on else ()
    known = {tile.division.pk for tile in tiles}
    if not marks.keys() <= known:  # no grid for these, or not for all of them
        tiles = in_rows([one.county for one in found.counties])
    return cells_of(tiles, marks)


def _city_cells(counties: list[CountyLine]) -> list[dict[str, Any]]:
    sent: defaultdict[int, set[int]] = defaultdict(set)
    studying: defaultdict[int, set[int]] = defaultdict(set)
    cities: dict[int, Division] = {}
    for one in counties:
        city = one.county.parent or one.county
        cities[city.pk] = city
        sent[city.pk] |= one.line.sent.persons
        studying[city.pk] |= one.line.studying.persons
    marks = {pk: _mark(city, len(sent[pk]), len(studying[pk]), "") for pk, city in cities.items()}
    return cells_of(in_rows(sorted(cities.values(), key=lambda city: city.code)), marks)


def _mark(division: Division, persons: int, trainees: int, href: str) -> Mark:
    return Mark(
        level=sum(persons >= limit for limit in LIMITS),
        title=_("%(name)s：派驻在岗 %(persons)d 人，在外进修 %(trainees)d 人")
        % {"name": division.label, "persons": persons, "trainees": trainees},
        href=href,
        note=str(persons) if persons else "",
    )
