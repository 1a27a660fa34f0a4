"""Completed courses as the credit book shows them."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from duikou.wings.credits.learnt import Learnt
from duikou.wings.education.models import CourseCertificate


def learnt(person: int) -> Iterator[Learnt]:
    """Every certificate of a person, revoked ones marked: in one query."""
    for row in CourseCertificate.objects.filter(enrolment__person=person).order_by("-issued_at", "-pk"):
        yield Learnt(
            on=timezone.localdate(row.issued_at),
            course=row.course_title,
            offered_by=row.offered_by,
            hours=row.hours,
            credit_class=str(row.get_credit_class_display()) if row.credit_class else "",
            credits=row.credits,
            project_code=row.project_code,
            number=row.number,
            code=row.code,
            valid=row.valid,
            demonstration=row.demonstration,
            url=reverse("education:certificate", args=[row.pk]),
        )
