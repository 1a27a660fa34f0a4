"""What the public window says of a course's certificate: what is printed on it, and whether it stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from duikou.wings.education.models import CourseCertificate


@dataclass(frozen=True, slots=True)
class PublicCourseCertificate:
    """A certificate as anybody who holds its code may read it; never the reason of a revocation."""

    number: str
    name: str
    hospital: str
    course: str
    offered_by: str
    hours: Decimal | None
    credits: Decimal | None
    credit_class: str
    project_code: str
    issued_on: dt.date
    valid: bool
    revoked_on: dt.date | None
    demonstration: bool


def course_certificate(code: str) -> PublicCourseCertificate | None:
    """The certificate with a verification code; None when there is none."""
    one = CourseCertificate.objects.filter(code=code).first()
    if one is None:
        return None
    return PublicCourseCertificate(
        number=one.number,
        name=one.person_name,
        hospital=one.hospital_name,
        course=one.course_title,
        offered_by=one.offered_by,
        hours=one.hours,
        credits=one.credits,
        credit_class=str(one.get_credit_class_display()),
        project_code=one.project_code,
        issued_on=timezone.localdate(one.issued_at),
        valid=one.valid,
        revoked_on=timezone.localdate(one.revoked_at) if one.revoked_at else None,
        demonstration=one.demonstration,
    )
