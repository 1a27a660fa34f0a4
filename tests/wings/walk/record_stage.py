"""A patient's record with all that is kept about it, for the walks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from duikou.core import documents
from duikou.core.models import User
from duikou.core.scope import SYSTEM
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.hospitals.units import unit_of
from duikou.wings.patients.models import BreakGlass, Consent, Erasure, Merge, Patient, Share


@dataclass
class Kept:
    """A patient of the department, with all that is kept about the record."""

    one: Patient
    consent: Consent
    share: Share
    merge: Merge
    emergency: BreakGlass
    erasure: Erasure


NOTHING_MOVED = {"consents": [], "shares": [], "emergencies": [], "identity": False}


def kept(department: Department, user: User, name: str) -> Kept:
    """A patient of a department whose name says whose it is."""
    path = unit_of(department).path or ""
    whole = {"hospital": department.hospital, "department": department, "scope_path": path}
    said: dict[str, Any] = {
        "sex": "female", "birth_date": dt.date(1960, 2, 29), "identity_kind": "none", "payment": "own",
        "last_contact_on": dt.date(1990, 1, 5),
    }  # fmt: skip
    one = Patient.objects.create(**whole, **said, name=f"{name}患者", name_key=f"{name}患者")
    double = Patient.objects.create(**whole, **said, name=f"{name}重复", name_key=name, merged_into=one)
    hospital = department.hospital
    other = Hospital.objects.exclude(pk=hospital.pk).order_by("pk").first()
    assert other is not None
    at = dt.datetime(2014, 3, 3, 8, tzinfo=dt.UTC)
    paper = documents.keep(b"%PDF-1.4 consent", filename=f"{name}同意.pdf", scope_path=path, actor=SYSTEM)
    return Kept(
        one,
        Consent.objects.create(
            patient=one, purpose="consultation", rule="TEL-04", text_version="1", giver="relative",
            giver_name=f"{name}家属", way="oral", given_at=at, stands_until=at + dt.timedelta(hours=48),
            document=paper,
        ),
        Share.objects.create(
            patient=one, hospital=other, path=other.scope_path, kind="care", reason=f"{name}共享", since=at
        ),
        Merge.objects.create(survivor=one, duplicate=double, moved=NOTHING_MOVED, reason=name),
        BreakGlass.objects.create(
            patient=one, scope_path=hospital.scope_path, user=user, reader=f"{name}急诊",
            reader_path=other.scope_path, reader_place=other.name, reason=f"{name}抢救时调阅", opened_at=at,
            until=at + dt.timedelta(hours=4),
        ),
        Erasure.objects.create(
            patient=one, scope_path=path, due_on=dt.date(2005, 1, 5), reason=f"{name}到期"
        ),
    )  # fmt: skip
