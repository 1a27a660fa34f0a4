"""Entering and correcting a patient: one record for one identity number, whoever is faster."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, Invalid, refused
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.hospitals.units import path_in
from duikou.wings.patients import identity
from duikou.wings.patients.actions import _common
from duikou.wings.patients.catalogue import ONE_RECORD, cite, payment_choices
from duikou.wings.patients.models import Correction, Patient
from duikou.wings.patients.sealing import blind_index, seal
from duikou.wings.places.models import Division

OLDEST = 130  # years; an older birth date is a slip


@dataclass(frozen=True, slots=True)
class Details:
    """What is entered of a patient."""

    name: str
    sex: str
    birth_date: dt.date
    payment: str
    identity_kind: str = "card"
    identity: str = ""
    phone: str = ""
    residence: Division | None = None
    care: str = "outpatient"
    last_contact_on: dt.date | None = None  # today


def register(
    *, actor: Actor, hospital: Hospital, department: Department | None = None, details: Details
) -> Patient:
    """Enter a patient at a hospital or one of its departments.

    Raises Invalid for details that cannot be, Conflict when the identity number has a record (PAT-01).
    """
    path = path_in(hospital, department)
    with act("patient.register", actor=actor, permission="patient.edit", on=path) as event:
        values = checked(details)
        patient = Patient(
            hospital=hospital,
            department=department,
            scope_path=path,
            registered_by_id=actor.user_id,
            **values,
        )
        try:
            with transaction.atomic():
                patient.save()
        except IntegrityError as error:
            raise taken(actor, values["identity_index"]) from error
        event.note(patient, after={"identity_kind": patient.identity_kind, "care": patient.care})
    return patient


def correct(
    *,
    actor: Actor,
    patient: Patient,
    details: Details,
    reason: str,
    department: Department | None = None,
    version: int | None = None,
) -> Patient:
    """Put a record right, or hand it to another department of the hospital; the former values are kept."""
    path = path_in(patient.hospital, department)
    with act("patient.correct", actor=actor, permission="patient.edit", on=patient) as event:
        reason = require_reason(reason)
        values = checked(details)
        before = _said(patient)
        try:
            with transaction.atomic():
                _common.claim(patient, version, **values, department=department, scope_path=path)
        except IntegrityError as error:
            raise taken(actor, values["identity_index"]) from error
        after = _said(patient)
        changed = sorted(name for name in after if after[name] != before[name])
        former = {name: before[name] for name in changed}
        Correction.objects.create(
            patient=patient,
            fields=changed,
            former_sealed=seal(json.dumps(former, ensure_ascii=False)),
            reason=reason,
            corrected_by_id=actor.user_id,
            demonstration=patient.demonstration,
        )
        # The trail names what changed, never what it said.
        event.note(patient, after={"fields": changed}, reason=reason, scope_path=patient.scope_path)
    return patient


def note_contact(*, actor: Actor, patient: Patient, on: dt.date, inpatient: bool = False) -> Patient:
    """The patient was seen again: the years of retention count anew (PAT-05); for the other wings."""
    place = _common.reach(actor, patient, "patient.view")
    with act("patient.contact", actor=actor, permission="patient.view", on=place, target=patient) as event:
        _come(on, "on")
        changes: dict[str, Any] = {"last_contact_on": max(on, patient.last_contact_on)}
        if inpatient:
            changes["care"] = Patient.Care.INPATIENT
        _common.claim(patient, None, **changes)
        event.note(patient, after={"last_contact_on": patient.last_contact_on, "care": patient.care})
    return patient


def checked(details: Details) -> dict[str, Any]:
    """Columns for details. Raises Invalid with every field that cannot be."""
    number, phone = identity.tidy_number(details.identity), identity.tidy_phone(details.phone)
    name = identity.tidy_name(details.name)
    today = timezone.localdate()
    faults = {
        "name": "" if name else _("请填写患者姓名。"),
        "sex": "" if details.sex in Patient.Sex.values else _("请选择性别。"),
        "birth_date": _fault_of_birth(details.birth_date, today),
        "payment": "" if details.payment in dict(payment_choices()) else _("请选择付费方式。"),
        "care": "" if details.care in Patient.Care.values else _("请选择就诊类别。"),
        "identity_kind": ""
        if details.identity_kind in Patient.IdentityKind.values
        else _("请选择证件类别。"),
        "identity": identity.fault_of_number(details.identity_kind, number),
        "phone": identity.fault_of_phone(phone),
    }
    if not faults["identity"] and details.identity_kind == Patient.IdentityKind.CARD:
        facts = identity.card_facts(number)
        assert facts is not None
        if facts.birth_date != details.birth_date:
            faults["birth_date"] = faults["birth_date"] or _(
                "出生日期与身份证号码不符：号码中为 %(day)s，请核对。"
            ) % {"day": facts.birth_date}
        if facts.sex != details.sex and details.sex in (Patient.Sex.MALE, Patient.Sex.FEMALE):
            faults["sex"] = _("性别与身份证号码不符，请核对证件。")
    if fields := {field: [fault] for field, fault in faults.items() if fault}:
        raise Invalid(next(iter(fields.values()))[0], fields=fields)
    last = details.last_contact_on or today
    _come(last, "last_contact_on")
    if last < details.birth_date:
        raise refused("last_contact_on", _("最近就诊早于出生日期，请核对。"))
    return {
        "name": name,
        "name_key": identity.name_key(name),
        "sex": details.sex,
        "birth_date": details.birth_date,
        "identity_kind": details.identity_kind,
        "identity_sealed": seal(number),
        "identity_index": blind_index(details.identity_kind, number),
        "phone_sealed": seal(phone),
        "payment": details.payment,
        "residence": details.residence,
        "care": details.care,
        "last_contact_on": last,
    }


def _fault_of_birth(birth: dt.date, today: dt.date) -> str:
    if birth > today:
        return _("出生日期 %(day)s 在今天之后，请核对。") % {"day": birth}
    if identity.age_on(birth, today) > OLDEST:
        return _("出生日期 %(day)s 距今超过 %(years)s 年，请核对。") % {"day": birth, "years": OLDEST}
    return ""


def _come(day: dt.date, field: str) -> None:
    if day > timezone.localdate():
        raise refused(field, _("日期 %(day)s 在今天之后，请核对。") % {"day": day})


def taken(actor: Actor, index: str) -> Conflict:
    """What is said when an identity number has a record: where it is kept, no more than that."""
    from duikou.wings.patients.queries.doubles import holder_of

    found = holder_of(index)
    if found is None:  # the other one was undone between its refusal and this look
        return Conflict(_("同一证件号码刚由他人登记，请再查一次。"))
    if actor.may("patient.view", found.scope_path):
        return Conflict(
            _("该证件号码已有档案，患者编号 %(number)s，请直接使用（规则 %(rule)s）。")
            % {"number": found.number, "rule": cite(ONE_RECORD)}
        )
    return Conflict(
        _(
            "该证件号码的档案由%(hospital)s保管，不能重复建档（规则 %(rule)s）。"
            "请对方发起转诊、会诊或共享；紧急情况可用“紧急调阅”。"
        )
        % {"hospital": found.hospital.name, "rule": cite(ONE_RECORD)}
    )


def _said(patient: Patient) -> dict[str, Any]:
    """What a record says, in plain values."""
    return {
        "name": patient.name,
        "sex": patient.sex,
        "birth_date": str(patient.birth_date),
        "identity_kind": patient.identity_kind,
        "identity": patient.identity,
        "phone": patient.phone,
        "payment": patient.payment,
        "residence": patient.residence.code if patient.residence else "",
        "care": patient.care,
        "last_contact_on": str(patient.last_contact_on),
        "department": patient.department.name if patient.department else "",
    }
