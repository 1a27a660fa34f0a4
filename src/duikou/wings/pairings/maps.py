"""The map of cities, for rounds with more counties than a map can show; of every face."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.wings.pairings.queries.rounds import CityFigures, Share, Summary
from duikou.wings.places.maps import Mark, cells_of
from duikou.wings.places.models import Division
from duikou.wings.places.queries import in_rows, named_on

READABLE = 150  # counties on one map and in one table; of a round with more, cities are shown
CITIES_LISTED = 40  # cities in one table; of more, those stand there that miss most
CITIES_FIRST = 20

CITY_LEGEND = (
    (0, gettext_lazy("县、县级市都没有受援医院")),
    (1, gettext_lazy("不到一半已覆盖")),
    (2, gettext_lazy("一半以上")),
    (3, gettext_lazy("四分之三以上")),
    (4, gettext_lazy("全部覆盖")),
    (None, gettext_lazy("没有县、县级市")),
)


def too_many(summary: Summary) -> bool:
    """Whether the round has more county-level units than a map can show."""
    return summary.units > READABLE


def foremost(cities: Sequence[CityFigures]) -> Sequence[CityFigures]:
    """Cities for a table: all, or of very many those with most uncovered counties."""
    if len(cities) <= CITIES_LISTED:
        return cities
    return sorted(cities, key=lambda city: (-city.counties.missing, city.code))[:CITIES_FIRST]


def names_for(
    day: dt.date, cities: Iterable[CityFigures], spelled_out: Iterable[CityFigures]
) -> dict[str, Division]:
    """Cities, and the uncovered counties of some of them, by code."""
    codes = {city.code for city in cities} | {code for city in spelled_out for code in city.bare}
    return named_on(day, codes)


def level_of(share: Share) -> int | None:
    """How much is covered, as a level of the map; None where nothing is to be covered."""
    if not share.total:
        return None
    if not share.covered or not share.missing:
        return 4 if share.covered else 0
    return max(1, 4 * share.covered // share.total)


def city_cells(
    cities: Iterable[CityFigures],
    names: Mapping[str, Division],
    href: Callable[[CityFigures], str],
    chosen: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Squares of the cities by code, each with its covered counties and a link to them."""
    known = [(names[city.code], city) for city in cities if city.code in names]
    marks = {
        division.pk: Mark(
            level=level_of(city.counties),
            title=_("%(name)s：%(covered)d / %(total)d 个县、县级市已覆盖，%(count)d 家受援医院")
            % {
                "name": division.label,
                "covered": city.counties.covered,
                "total": city.counties.total,
                "count": city.recipients,
            },
            href=href(city),
            chosen=city.code in chosen,
            note=f"{city.counties.covered}/{city.counties.total}" if city.counties.total else "",
        )
        for division, city in known
    }
    return cells_of(in_rows([division for division, _city in known]), marks)
