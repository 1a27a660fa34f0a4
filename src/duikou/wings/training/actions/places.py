"""Places that the supporter offers."""

from __future__ import annotations

import datetime as dt

from django.db.models import F
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.hospitals.units import path_in
from duikou.wings.stays.checks import in_order, not_future
from duikou.wings.training.models import Place

MOST_PLACES = 200


def offer(
    *,
    actor: Actor,
    supporter: Hospital,
    specialty: str,
    first_day: dt.date,
    last_day: dt.date,
    places: int,
    department: Department | None = None,
    free: bool = False,
    note: str = "",
) -> Place:
    """Offer places of a department (or of the whole hospital) from one day to another.

    Raises Denied for anybody but the supporter, Invalid at the field in question.
    """
    with act("training.offer", actor=actor, permission="training.edit", on=supporter.scope_path) as event:
        in_order(first_day, last_day, "last_day")
        if not 1 <= places <= MOST_PLACES:
            raise refused(
                "places",
                _("人数应为 1 到 %(most)s，实际 %(found)s。") % {"most": MOST_PLACES, "found": places},
            )
        if department is not None and department.hospital_id != supporter.pk:
            raise refused("department", _("所选科室不属于“%(hospital)s”。") % {"hospital": supporter.name})
        specialty = specialty or (department.specialty if department else "")
        if not specialty:
            raise refused("specialty", _("请选择专业。"))
        values = {"specialty": specialty, "note": note.strip()}
        guard.check(Place, values)
        place = Place.objects.create(
            supporter=supporter,
            department=department,
            host_path=path_in(supporter, department),
            first_day=first_day,
            last_day=last_day,
            places=places,
            free=free,
            offered_by_id=actor.user_id,
            **values,
        )
        event.note(
            place,
            after={"specialty": specialty, "places": places, "first_day": first_day, "last_day": last_day},
        )
    return place


def close_place(*, actor: Actor, place: Place, on: dt.date, reason: str, version: int | None = None) -> Place:
    """Take no more applications from a day on; whoever was accepted stays accepted."""
    with act("training.close", actor=actor, permission="training.edit", on=place.host_path) as event:
        reason = require_reason(reason)
        not_future(on, "on")
        rows = Place.objects.filter(pk=place.pk, version=version or place.version, closed_on=None)
        if not rows.update(closed_on=on, closed_reason=reason, version=F("version") + 1):
            raise Conflict(_("该名额已停止接收，或刚被他人改动。请刷新页面。"))
        place.refresh_from_db()
        event.note(place, before=None, after={"closed_on": on}, reason=reason)
    return place
