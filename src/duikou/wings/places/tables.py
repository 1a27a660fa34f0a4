"""Columns and filters of this wing's lists."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duikou.core.listing import ChoiceFilter, Column, Listing, TextFilter
from duikou.wings.places import queries, wording
from duikou.wings.places.models import Division, TravelTime
from duikou.wings.places.panels import url_of


def _named(rows: QuerySet[Division], value: str) -> QuerySet[Division]:
    return rows.filter(queries.name_contains(value))


def _cities(actor: Any) -> list[tuple[str, str]]:
    return [(city.code, city.label) for city in queries.cities_on(timezone.localdate())]


def _with_names(rows: list[TravelTime]) -> list[TravelTime]:
    """Put the names of divisions beside their codes, for the whole page at once."""
    names = queries.names_of_points(point for row in rows for point in (row.origin, row.destination))
    for row in rows:
        row.origin_name = names.get(row.origin, row.origin)  # type: ignore[attr-defined]
        row.destination_name = names.get(row.destination, row.destination)  # type: ignore[attr-defined]
    return rows


def _figure(value: float | None) -> float | int | None:
    """A number without a useless ".0"."""
    return int(value) if value is not None and value == int(value) else value


DIVISIONS = Listing(
    key="divisions",
    title=_("县级行政区划"),
    size=100,
    default_sort="code",
    empty=_("该日没有已记录的区划。"),
    columns=(
        Column("name", _("名称"), head=True, sort=("pinyin",), href=url_of, value=lambda d: d.label),
        Column("kind", _("类别"), value=lambda d: str(d.get_kind_display()), sort=True),
        Column("city", _("所属市"), value=lambda d: d.parent.label, sort=("parent__code", "code")),
        Column("code", _("代码"), sort=True),
        Column("seat_name", _("驻地")),
        Column("valid_from", _("起"), value=wording.since_words, sort=("valid_from", "code")),
        Column("valid_to", _("止"), value=wording.until_words),
        Column("seat_lon", _("驻地经度"), on_page=False, numeric=True),
        Column("seat_lat", _("驻地纬度"), on_page=False, numeric=True),
        Column("coord_source", _("坐标来源"), on_page=False),
    ),
    filters=(
        TextFilter("q", _("名称或拼音"), apply=_named),
        ChoiceFilter("city", _("市"), ("parent__code",), choices=_cities),
        ChoiceFilter("kind", _("类别"), choices=Division.Kind.choices[2:]),
    ),
)

TRAVEL = Listing(
    key="travel",
    title=_("已登记的路程"),
    default_sort="origin_name",
    prepare=_with_names,
    empty=_("尚未导入路程矩阵；距离一律按直线估算并注明。"),
    columns=(
        Column("origin_name", _("起点"), head=True, sort=("origin", "destination")),
        Column("destination_name", _("终点"), sort=("destination", "origin")),
        Column("km", _("公里"), value=lambda t: _figure(t.km), numeric=True, sort=True),
        Column(
            "minutes", _("分钟"), value=lambda t: _figure(t.minutes), numeric=True, sort=True, nulls_last=True
        ),
        Column("kind", _("依据"), value=lambda t: str(t.get_kind_display()), sort=True),
        Column("source", _("来源"), sort=True),
        Column("as_of", _("日期"), value=lambda t: t.as_of.isoformat(), sort=True),
        Column("mode", _("方式")),
    ),
    filters=(
        TextFilter("q", _("起点或终点"), ("origin", "destination")),
        ChoiceFilter("kind", _("依据"), choices=TravelTime.Kind.choices),
    ),
)
