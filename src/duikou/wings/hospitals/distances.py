"""Hospitals as points for distances."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Hospital
from duikou.wings.hospitals.queries import on_day
from duikou.wings.places.distance import Place


def hospital_places(actor: Actor, ids: Iterable[int], day: dt.date) -> dict[int, Place]:
    """Points of hospitals on a day, by id. Raises Missing when one is not for this actor's eyes."""
    wanted = set(ids)
    hospitals = Hospital.objects.visible_to(actor).select_related("division__parent").in_bulk(wanted)
    if missing := sorted(wanted - hospitals.keys()):
        raise Missing(
            _("没有编号为 %(pk)s 的医院，或不在您的查看范围内。请从医院名录中查找。")
            % {"pk": "、".join(map(str, missing))}
        )
    then = on_day(wanted, day)
    places = {}
    for pk, hospital in hospitals.items():
        division = then[pk].division or hospital.division
        places[pk] = Place(
            keys=(f"hospital:{hospital.key}", f"division:{division.code}"),
            lon=hospital.lon,
            lat=hospital.lat,
            unit_code=division.code,
            city_code=division.parent.code if division.parent else "",
            ferry=division.needs_ferry(day),
            exact=hospital.coord_level == Hospital.CoordLevel.EXACT,
        )
    return places
