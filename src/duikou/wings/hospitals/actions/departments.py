"""Acts on departments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext as _

from duikou.core.actions import require_reason
from duikou.core.errors import Missing, refused
from duikou.core.scope import Actor
from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.actions.common import EDIT, changing, clean_day, clean_name, one_of
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.hospitals.units import name_unit


def add_department(
    *,
    actor: Actor,
    hospital: Hospital,
    version: int,
    specialty: str,
    name: str = "",
    state: str = Department.State.PRESENT,
    opened_on: dt.date | None = None,
) -> Department:
    """Record a department of a named specialty (or "other"); without a name it bears the specialty's.

    Raises Invalid for an unknown specialty or state, and when the hospital has it already.
    """
    with changing(
        "hospital.department_added", actor=actor, hospital=hospital, version=version, permission=EDIT
    ) as event:
        one_of("specialty", specialty, catalogue.specialty_choices())
        one_of("state", state, Department.State.choices)
        if specialty == catalogue.OTHER and not name.strip():
            raise refused("name", _("其他专业的科室须填写科室名称。"))
        name = clean_name(name) if name.strip() else _specialty_name(specialty)
        if opened_on is not None:
            clean_day(opened_on, "opened_on")
        if hospital.departments.filter(specialty=specialty, name=name, closed_on=None).exists():
            raise refused("name", _("该医院已登记科室“%(name)s”。") % {"name": name})
        department = Department.objects.create(
            hospital=hospital, specialty=specialty, name=name, state=state, opened_on=opened_on
        )
        event.note(after={"department": name, "specialty": specialty, "state": state, "opened_on": opened_on})
    return department


def set_specialty_states(
    *, actor: Actor, hospital: Hospital, version: int, states: Mapping[str, str], reason: str = ""
) -> None:
    """Judge specialties as present, weak or missing; the gap matrix is made of this.

    `states` maps specialties to states. All open departments of a specialty get its
    state; where there is none, one is recorded under the specialty's name. Raises
    Invalid when nothing would change.
    """
    with changing(
        "hospital.specialty_states", actor=actor, hospital=hospital, version=version, permission=EDIT
    ) as event:
        known = [(each.id, each.id) for each in catalogue.specialties()]
        opened: dict[str, list[Department]] = {}
        for department in hospital.departments.filter(closed_on=None):
            opened.setdefault(department.specialty, []).append(department)
        before: dict[str, str] = {}
        after: dict[str, str] = {}
        for specialty, state in states.items():
            one_of("specialty", specialty, known)
            one_of("state", state, Department.State.choices)
            departments = opened.get(specialty) or [
                Department(hospital=hospital, specialty=specialty, name=_specialty_name(specialty), state="")
            ]
            for department in departments:
                if department.state != state:
                    before[specialty], after[specialty] = department.state, state
                    department.state = state
                    department.save()
        if not after:
            raise refused("state", _("没有任何改动，所以没有保存。"))
        event.note(before=before, after=after, reason=reason)


def close_department(
    *, actor: Actor, hospital: Hospital, version: int, department: int, on: dt.date, reason: str
) -> None:
    """End a department on a day; it stays in the record."""
    with changing(
        "hospital.department_closed", actor=actor, hospital=hospital, version=version, permission=EDIT
    ) as event:
        reason = require_reason(reason)
        found = hospital.departments.filter(pk=department, closed_on=None).first()
        if found is None:
            raise Missing(_("该医院没有这个在设科室，可能已被撤销。请刷新页面。"))
        found.closed_on = clean_day(on, after=found.opened_on)
        found.save(update_fields=["closed_on"])
        event.note(before={"department": found.name}, after={"closed_on": on}, reason=reason)


def rename_department(
    *, actor: Actor, hospital: Hospital, version: int, department: int, name: str, reason: str
) -> Department:
    """Give a department another name; its unit, for which heads and staff act, bears the same.

    What was recorded for the department stays its own. Raises Missing for one that is closed, Invalid
    for a name that another department of the specialty has.
    """
    with changing(
        "hospital.department_renamed", actor=actor, hospital=hospital, version=version, permission=EDIT
    ) as event:
        reason = require_reason(reason)
        found = hospital.departments.select_related("org").filter(pk=department, closed_on=None).first()
        if found is None:
            raise Missing(_("该医院没有这个在设科室，可能已被撤销。请刷新页面。"))
        name, before = clean_name(name), found.name
        if name == before:
            raise refused("name", _("没有任何改动，所以没有保存。"))
        if hospital.departments.filter(specialty=found.specialty, name=name, closed_on=None).exists():
            raise refused("name", _("该医院已登记科室“%(name)s”。") % {"name": name})
        found.name = name
        found.save(update_fields=["name"])
        name_unit(found)
        event.note(before={"department": before}, after={"department": name}, reason=reason)
    return found


def _specialty_name(specialty: str) -> str:
    return catalogue.pack().specialties[specialty].title.zh
