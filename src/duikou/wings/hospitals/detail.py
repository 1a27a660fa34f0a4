"""What the pages of one hospital show, each part in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from duikou.core.models import AuditEvent
from duikou.core.scope import Actor
from duikou.policy.model import MilestoneYear, Specialty, Technique
from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.models import (
    OLDEST_FIRST,
    Capability,
    Department,
    Hospital,
    HospitalLevel,
    HospitalName,
    HospitalPartner,
    HospitalPlace,
    Succession,
)

HISTORY_LENGTH = 200  # newest events shown; the audit trail has them all

_NAME_ORDER = {kind: number for number, kind in enumerate(("official", "old", "full", "same_as", "short"))}


def names_of(hospital: Hospital) -> list[HospitalName]:
    """All names: the present one, former ones, then aliases."""
    return sorted(
        hospital.names.all(),
        key=lambda name: (
            _NAME_ORDER.get(name.kind, len(_NAME_ORDER)),
            -(name.valid_to or dt.date.max).toordinal(),
            name.pk,
        ),
    )


def once_official(hospital: Hospital) -> set[int]:
    """Ids of the names that are, or were, the official one: they are part of the record."""
    return set(
        HospitalName.history.filter(hospital_id=hospital.pk, kind=HospitalName.Kind.OFFICIAL).values_list(
            "id", flat=True
        )
    )


def places_of(hospital: Hospital) -> list[HospitalPlace]:
    """Where it lay, newest first."""
    return list(hospital.places.select_related("division__parent").order_by(OLDEST_FIRST))[::-1]


def levels_of(hospital: Hospital) -> list[HospitalLevel]:
    """Its grades, newest first."""
    return list(hospital.levels.all())[::-1]


@dataclass(frozen=True, slots=True)
class Step:
    """A merger or split in which the hospital took part."""

    succession: Succession
    other: Hospital
    outgoing: bool  # the hospital was the origin
    linked: bool  # the reader may open the other entry


def steps_of(actor: Actor, hospital: Hospital) -> list[Step]:
    """Mergers and splits of the hospital, newest first, undone ones included."""
    found = list(
        Succession.objects.filter(Q(origin=hospital) | Q(result=hospital)).select_related(
            "origin", "result", "by"
        )
    )
    others = {row.result_id if row.origin_id == hospital.pk else row.origin_id for row in found}
    visible = set()
    if others:
        visible = set(Hospital.objects.visible_to(actor).filter(pk__in=others).values_list("pk", flat=True))
    steps = []
    for row in found:
        outgoing = row.origin_id == hospital.pk
        other = row.result if outgoing else row.origin
        steps.append(Step(row, other, outgoing, other.pk in visible))
    return steps


# ---------------------------------------------------------------- departments


@dataclass(frozen=True, slots=True)
class SpecialtyRow:
    """One line of the gap matrix: a specialty and what the hospital has of it."""

    specialty: Specialty
    title: str
    group: str
    focus: str
    state: str  # present, weak, missing; "" where nothing is recorded
    departments: Sequence[Department]


def specialty_rows(hospital: Hospital) -> list[SpecialtyRow]:
    """The matrix: every named specialty, in the order of the document."""
    opened = _open_departments(hospital)
    rows = []
    for specialty in catalogue.specialties():
        departments = opened.get(specialty.id, [])
        states = {department.state for department in departments}
        state = next((s for s in ("present", "weak", "missing") if s in states), "")
        rows.append(
            SpecialtyRow(
                specialty,
                catalogue.words(specialty.title),
                catalogue.words(specialty.group),
                catalogue.words(specialty.focus),
                state,
                [d for d in departments if d.state != Department.State.MISSING],
            )
        )
    return rows


def other_departments(hospital: Hospital) -> list[Department]:
    """Open departments outside the named specialties."""
    named = {specialty.id for specialty in catalogue.specialties()}
    opened = _open_departments(hospital)
    return [d for specialty, found in opened.items() if specialty not in named for d in found]


def closed_departments(hospital: Hospital) -> list[Department]:
    """Departments that have been closed, newest first."""
    return sorted(
        (d for d in hospital.departments.all() if d.closed_on),
        key=lambda d: d.closed_on or dt.date.min,
        reverse=True,
    )


def _open_departments(hospital: Hospital) -> dict[str, list[Department]]:
    found: dict[str, list[Department]] = defaultdict(list)
    for department in hospital.departments.all():
        if department.closed_on is None:
            found[department.specialty].append(department)
    return found


def state_counts(rows: Sequence[SpecialtyRow]) -> dict[str, int]:
    """How many specialties are present, weak, missing, and not recorded (key "")."""
    counts = {"present": 0, "weak": 0, "missing": 0, "": 0}
    for row in rows:
        counts[row.state] += 1
    return counts


# ---------------------------------------------------------------- capability


@dataclass(frozen=True, slots=True)
class TechniqueRow:
    """A technique of the milestone list and how far the hospital is."""

    technique: Technique
    title: str
    kind: str
    specialty: str
    note: str
    capability: Capability | None


@dataclass(frozen=True, slots=True)
class YearOfTechniques:
    """A milestone year with its techniques."""

    year: MilestoneYear
    note: str
    rows: Sequence[TechniqueRow]
    independent: int


def capability_years(hospital: Hospital) -> list[YearOfTechniques]:
    """The capability record by milestone year."""
    known = {capability.technique: capability for capability in hospital.capabilities.all()}
    years = []
    for year, techniques in catalogue.techniques_by_year():
        rows = [
            TechniqueRow(
                each,
                catalogue.words(each.title),
                catalogue.words(each.kind.label),
                catalogue.specialty_label(each.specialty) if each.specialty else "",
                catalogue.words(each.note),
                known.get(each.id),
            )
            for each in techniques
        ]
        done = sum(1 for r in rows if r.capability and r.capability.state == Capability.State.INDEPENDENT)
        years.append(YearOfTechniques(year, catalogue.words(year.note), rows, done))
    return years


# ---------------------------------------------------------------- history and merging


def may_see_history(actor: Actor, hospital: Hospital) -> bool:
    """Those who keep the entry and those who read the audit trail see who changed what; partners do not."""
    return any(actor.may(permission, hospital.scope_path) for permission in ("hospital.edit", "audit.view"))


def history_of(actor: Actor, hospital: Hospital) -> list[AuditEvent]:
    """The newest acts on the entry; empty for those who may not see them."""
    if not may_see_history(actor, hospital):
        return []
    events = AuditEvent.objects.filter(target_type="hospitals.hospital", target_id=str(hospital.pk))
    return list(events.order_by("-number")[:HISTORY_LENGTH])


def partner_count(hospital: Hospital) -> int:
    """With how many hospitals it is, or was, paired."""
    return HospitalPartner.objects.filter(hospital=hospital).count()
