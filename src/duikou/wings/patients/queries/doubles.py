"""Records that may be of the same person: certainly by the identity number, possibly by name, birth, sex."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Hospital
from duikou.wings.patients.identity import fault_of_number, name_key, tidy_number
from duikou.wings.patients.models import Patient
from duikou.wings.patients.sealing import blind_index

MOST = 10


@dataclass(frozen=True, slots=True)
class Double:
    """A record that may be of the same person; without a right to see it only where it is kept."""

    certain: bool
    place: str  # hospital, or its department
    patient: Patient | None  # for whom the actor may see


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of somebody while being typed in; `fault` is what is wrong with the number so far."""

    doubles: tuple[Double, ...]
    hidden: Patient | None  # whose place of keeping was told by its identity number
    fault: str = ""


def holder_of(index: str) -> Patient | None:
    """The record of an identity number, whoever keeps it; the survivor of a merged one."""
    if not index:
        return None
    found = Patient.objects.filter(identity_index=index).select_related("hospital", "merged_into").first()
    while found is not None and found.merged_into is not None:
        found = found.merged_into
    return found


def doubles(
    actor: Actor,
    hospital: Hospital,
    *,
    identity_kind: str,
    identity: str,
    name: str,
    birth_date: dt.date | None,
    sex: str,
    without: int | None = None,
) -> Found:
    """Who may be the same as the person being entered at a hospital."""
    found: list[Double] = []
    hidden = None
    number = tidy_number(identity)
    fault = fault_of_number(identity_kind, number) if number else ""
    certain = holder_of(blind_index(identity_kind, number)) if number and not fault else None
    if certain is not None and certain.pk != without:
        if Patient.objects.visible_to(actor).filter(pk=certain.pk).exists():
            found.append(Double(True, certain.hospital.name, certain))
        else:
            hidden = certain
            found.append(Double(True, certain.hospital.name, None))
    known = {certain.pk} if certain is not None else set()
    found += [
        double
        for double in possible(actor, hospital, name=name, birth_date=birth_date, sex=sex, without=without)
        if double.patient is None or double.patient.pk not in known
    ]
    return Found(tuple(found), hidden, fault)


def possible(
    actor: Actor,
    hospital: Hospital,
    *,
    name: str,
    birth_date: dt.date | None,
    sex: str,
    without: int | None = None,
) -> Sequence[Double]:
    """Records of the same hospital with the same name, birth date and sex: possibly the same person."""
    if not name or birth_date is None:
        return ()
    rows = (
        Patient.objects.standing()
        .filter(hospital=hospital, name_key=name_key(name), birth_date=birth_date, sex=sex)
        .exclude(pk=without)
        .select_related("hospital", "department")
        .order_by("pk")[:MOST]
    )
    seen = set(
        Patient.objects.visible_to(actor).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
    )
    return [
        Double(
            False,
            row.department.name if row.department else row.hospital.name,
            row if row.pk in seen else None,
        )
        for row in rows
    ]
