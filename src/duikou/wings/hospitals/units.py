"""Departments in the organisation tree: what department heads and staff act for."""

from __future__ import annotations

from duikou.core.models import OrgUnit
from duikou.wings.hospitals.models import Department, Hospital


def unit_of(department: Department) -> OrgUnit:
    """The department's unit below its hospital, made when it is not there yet.

    A unit of the same name that was made by hand is taken over. Call it inside an act: it writes.
    """
    if department.org is None:
        taken = Department.objects.filter(hospital=department.hospital_id).exclude(org=None).values("org")
        unit = (
            OrgUnit.objects.filter(
                kind=OrgUnit.Kind.DEPARTMENT, parent=department.hospital.org, name=department.name
            )
            .exclude(pk__in=taken)
            .first()
        )
        department.org = unit or OrgUnit.objects.create(
            kind=OrgUnit.Kind.DEPARTMENT, parent=department.hospital.org, name=department.name
        )
        department.save(update_fields=["org"])
    return department.org


def name_unit(department: Department) -> None:
    """Have the department's unit, if it has one, bear the department's name; inside an act."""
    if department.org is not None and department.org.name != department.name:
        department.org.name = department.name
        department.org.save(update_fields=["name"])


def path_in(hospital: Hospital, department: Department | None) -> str:
    """The path of a department, or of the whole hospital without one."""
    if department is None:
        return hospital.scope_path
    return unit_of(department).path or ""
