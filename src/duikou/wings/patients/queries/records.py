"""Patients as an actor may see them; one record is read with `actions.look` alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import ROOT, Actor, within
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.patients.identity import name_key, tidy_number
from duikou.wings.patients.models import (
    Access,
    BreakGlass,
    Consent,
    Correction,
    Erasure,
    Merge,
    Patient,
    Share,
)
from duikou.wings.patients.sealing import blind_index
from duikou.wings.places.models import Division


@dataclass(frozen=True, slots=True)
class Place:
    """Where an actor may enter patients: a hospital, or one of its departments."""

    hospital: Hospital
    department: Department | None

    @property
    def key(self) -> str:
        """For form fields."""
        return f"{self.hospital.pk}-{self.department.pk if self.department else 0}"

    @property
    def label(self) -> str:
        """For form fields."""
        return f"{self.hospital.name} · {self.department.name}" if self.department else self.hospital.name


def patients(actor: Actor) -> QuerySet[Patient]:
    """Standing records of the actor's area and what is shared with it, without a look at any of them."""
    return (
        Patient.objects.visible_to(actor)
        .standing()
        .select_related("hospital", "department", "residence")
        .defer("identity_sealed", "phone_sealed")
    )


def find(actor: Actor, text: str) -> QuerySet[Patient]:
    """By number, identity number or exact name; in the actor's own area alone."""
    number = tidy_number(text)
    indexes = [blind_index(kind, number) for kind in ("card", "other")] if number else []
    own = Patient.objects.visible_to(actor, "patient.view").values("pk")
    return (
        patients(actor)
        .filter(pk__in=own)
        .filter(Q(number=number) | Q(name_key=name_key(text)) | Q(identity_index__in=indexes))
    )


def places(actor: Actor, permission: str = "patient.edit") -> list[Place]:
    """Hospitals and departments where the actor itself has a permission."""
    paths = [path for path in actor.paths(permission) if path != ROOT]
    hospitals = Hospital.objects.filter(scope_path__in=paths).select_related("org").order_by("name")
    departments = (
        Department.objects.filter(org__path__in=paths, closed_on=None)
        .select_related("hospital__org", "org")
        .order_by("hospital__name", "name")
    )
    return [Place(one, None) for one in hospitals] + [Place(one.hospital, one) for one in departments]


def place(actor: Actor, hospital_id: int, department_id: int | None) -> Place:
    """One place to enter patients at. Raises Missing for one that is not the actor's."""
    found = Hospital.objects.filter(pk=hospital_id).select_related("org").first()
    department = None
    if found is not None and department_id:
        department = found.departments.filter(pk=department_id, closed_on=None).select_related("org").first()
        found = found if department is not None else None
    if found is None or not actor.may(
        "patient.edit", department.org.path if department and department.org else found.scope_path
    ):
        raise Missing(_("没有这家医院或科室，或您不能在那里登记患者。"))
    return Place(found, department)


def residence_choices() -> list[tuple[str, str]]:
    """Counties and districts of today for form fields, under their cities."""
    rows = Division.objects.filter(level=Division.Level.COUNTY, valid_to=None).select_related("parent")
    return [
        (row.code, f"{row.parent.name} {row.name}" if row.parent else row.name)
        for row in rows.order_by("code")
    ]


def residence(code: str) -> Division | None:
    """The division of a code today; None without one."""
    return Division.objects.filter(code=code, valid_to=None).first() if code else None


def others(patient: Patient) -> QuerySet[Hospital]:
    """Hospitals with which a record can be shared."""
    return Hospital.objects.exclude(pk=patient.hospital_id).order_by("name")


def other(patient: Patient, pk: int) -> Hospital:
    """One of them. Raises Missing for one that is none."""
    found = others(patient).select_related("org").filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这家医院，或就是建档医院。"))
    return found


def place_of(actor: Actor, patient: Patient, pk: int | None) -> Department | None:
    """The department to which the actor hands a record; None for the whole hospital."""
    if pk is None:
        return None
    found = departments_for(actor, patient).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这家医院或科室，或您不能在那里登记患者。"))
    return found


def departments_for(actor: Actor, patient: Patient) -> QuerySet[Department]:
    """Departments of the patient's hospital to which the actor may hand the record."""
    rows = Department.objects.filter(hospital=patient.hospital_id, closed_on=None).order_by("name")
    if actor.may("patient.edit", patient.hospital_path):
        return rows
    return rows.filter(within(actor.paths("patient.edit"), ("org__path",)))


def consents_of(patient: Patient) -> QuerySet[Consent]:
    """All consents of a record, the latest first."""
    return patient.consents.select_related("recorded_by", "document")


def consent(actor: Actor, pk: int) -> Consent:
    """One consent of a patient whom the actor sees."""
    rows = Consent.objects.filter(patient__in=Patient.objects.visible_to(actor)).select_related(
        "patient__hospital", "patient__merged_into", "document"
    )
    return _one(rows, pk)


def relation(actor: Actor, pk: int) -> Share:
    """One relation of a patient whom the actor sees."""
    rows = Share.objects.filter(patient__in=Patient.objects.visible_to(actor)).select_related(
        "patient__hospital", "hospital"
    )
    return _one(rows, pk)


def shares_of(patient: Patient) -> QuerySet[Share]:
    """Relations of a record, the latest first."""
    return patient.shares.select_related("hospital", "shared_by")


def own_patient(actor: Actor, number: str, permission: str) -> Patient:
    """A record that is held where the actor has a permission; for forms that show nothing of it."""
    rows = Patient.objects.visible_to(actor, permission).select_related(
        "hospital__org", "department", "merged_into"
    )
    return _named(rows, number)


def visible(actor: Actor, number: str) -> Patient:
    """A record that the actor sees, for forms that show nothing of it."""
    rows = Patient.objects.visible_to(actor).select_related("hospital__org", "merged_into")
    return _named(rows, number)


def looks_of(emergency: BreakGlass) -> QuerySet[Access]:
    """What was looked at by virtue of an emergency access, while its hours ran."""
    rows = Access.objects.filter(
        patient=emergency.patient, user=emergency.user, grounds=Access.Grounds.EMERGENCY
    )
    return rows.filter(at__gte=emergency.opened_at, at__lt=emergency.until).order_by("at", "pk")


def _named(rows: QuerySet[Patient], number: str) -> Patient:
    found = rows.filter(number=number).first()
    if found is None:
        raise Missing(_("没有编号为 %(number)s 的患者，或不在您的查看范围内。") % {"number": number})
    return found


def family(patient: Patient) -> set[int]:
    """The keys of a record and of all that were merged into it."""
    keys, fresh = {patient.pk}, {patient.pk}
    while fresh:
        fresh = set(Patient.objects.filter(merged_into__in=fresh).values_list("pk", flat=True)) - keys
        keys |= fresh
    return keys


def looks_at(patient: Patient) -> QuerySet[Access]:
    """Who looked at a record, or at one that was merged into it; the latest first."""
    return Access.objects.filter(patient__in=family(patient)).select_related("patient")


def merges_of(patient: Patient) -> QuerySet[Merge]:
    """Merges into a record, with those that were undone."""
    return patient.merges.select_related("duplicate", "merged_by", "undone_by")


def merge_done(actor: Actor, pk: int) -> Merge:
    """One merge of two records of the actor's."""
    own = Patient.objects.visible_to(actor, "patient.edit").values("pk")
    rows = Merge.objects.filter(duplicate__in=own).select_related(
        "survivor__hospital", "survivor__merged_into", "duplicate__hospital"
    )
    return _one(rows, pk)


def corrections_of(patient: Patient) -> QuerySet[Correction]:
    """Corrections of a record, the latest first."""
    return patient.corrections.select_related("corrected_by")


def accesses(actor: Actor) -> QuerySet[Access]:
    """Looks at the records of the hospitals whose privacy the actor keeps."""
    return Access.objects.visible_to(actor, "patient.review").select_related("patient", "user")


def emergencies(actor: Actor) -> QuerySet[BreakGlass]:
    """Emergency accesses to the records of the hospitals whose privacy the actor keeps."""
    return BreakGlass.objects.visible_to(actor, "patient.review").select_related(
        "patient", "user", "reviewed_by"
    )


def emergency(actor: Actor, pk: int) -> BreakGlass:
    """One of them."""
    return _one(emergencies(actor).select_related("patient__hospital", "user", "reviewed_by"), pk)


def own_emergencies(actor: Actor) -> QuerySet[BreakGlass]:
    """The actor's own emergency accesses."""
    rows = BreakGlass.objects.filter(user=actor.user_id) if actor.user_id else BreakGlass.objects.none()
    return rows.select_related("patient")


def erasures(actor: Actor) -> QuerySet[Erasure]:
    """Proposed and decided erasures of the actor's area."""
    return Erasure.objects.visible_to(actor, "patient.review").select_related(
        "patient__hospital", "proposed_by", "decided_by"
    )


def erasure(actor: Actor, pk: int) -> Erasure:
    """One of them."""
    return _one(erasures(actor), pk)


def _one(rows: QuerySet, pk: int):  # type: ignore[no-untyped-def]
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的记录，或不在您的查看范围内。") % {"pk": pk})
    return found
