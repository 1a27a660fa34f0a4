"""From a course to its certificate and the credit book."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from duikou.core.errors import Conflict, Denied
from duikou.core.models import AuditEvent
from duikou.wings.credits.learnt import learnt
from duikou.wings.education import actions
from duikou.wings.education.models import CourseCertificate, Enrolment
from tests.wings.education.conftest import School


def test_from_course_to_certificate_and_credit_book(school: School) -> None:
    course = school.draft(
        hours=Decimal("3"), credits=Decimal("2"), credit_class="1", project_code="演示-2014-01"
    )
    first = school.slides(course)
    second = school.live(course, requires=(first,))
    school.quiz(course)
    school.opened(course)
    found = school.enrolled(course)
    assert found.pairing == school.pairing
    with pytest.raises(Conflict, match="请先完成：课件一"):
        actions.sign_in(actor=school.learner, enrolment=found, lesson=second, code=school.code(second))
    school.read(found, first)
    with pytest.raises(Conflict, match="全部必修课时"):
        actions.start(actor=school.learner, enrolment=found)
    actions.sign_in(actor=school.learner, enrolment=found, lesson=second, code=school.code(second))
    attempt = actions.start(actor=school.learner, enrolment=found)
    actions.submit(actor=school.learner, attempt=attempt, answers=school.right(attempt))
    found.refresh_from_db()
    assert found.state == Enrolment.State.COMPLETED
    paper = found.certificate
    assert (paper.hours, paper.credits, paper.credit_class, paper.project_code, paper.quiz_percent) == (
        Decimal("3"), Decimal("2"), "1", "演示-2014-01", 100,
    )  # fmt: skip
    (credit,) = learnt(school.learner_person.pk)
    assert (credit.course, credit.credits, credit.credit_class, credit.valid) == (
        course.title,
        2,
        "Ⅰ类",
        True,
    )
    assert AuditEvent.objects.filter(action="course.complete").count() == 1
    with pytest.raises(Conflict, match="已完成"):
        actions.start(actor=school.learner, enrolment=found)
    with pytest.raises(Conflict, match="已完成"):
        actions.withdraw(actor=school.learner, enrolment=found)
    with pytest.raises(Denied):
        actions.revoke(actor=school.learner, certificate=paper, reason="x")
    actions.revoke(actor=school.teacher, certificate=paper, reason="代签")
    assert not learnt(school.learner_person.pk)[0].valid
    with pytest.raises(Conflict, match="已经撤销"):
        actions.revoke(actor=school.teacher, certificate=paper, reason="代签")


def test_certificate_is_never_changed(school: School) -> None:
    course = school.draft()
    lesson = school.slides(course)
    found = school.enrolled(school.opened(course))
    school.read(found, lesson)
    paper = CourseCertificate.objects.get(enrolment=found)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE education_coursecertificate SET credits = 9 WHERE id = %s", [paper.pk])
