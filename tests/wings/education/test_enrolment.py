"""Into a course: by oneself, by the head, and by nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.wings.education import actions
from duikou.wings.education.actions import Report
from duikou.wings.education.models import Enrolment, LessonRecord
from duikou.wings.education.queries import courses as desk
from tests.wings.education.conftest import School


def test_head_enrols_the_own_department_alone(school: School) -> None:
    course = school.draft()
    school.slides(course)
    school.opened(course)
    bones = school.member("骨科人", department=school.bones)
    assert list(desk.staff_for(school.head, course)) == [school.learner_person]
    with pytest.raises(Denied):
        actions.enrol_staff(actor=school.head, course=course, persons=[bones])
    (found,) = actions.enrol_staff(actor=school.head, course=course, persons=[school.learner_person])
    assert found.by_head
    actions.enrol_staff(actor=school.liaison, course=course, persons=[bones])
    with pytest.raises(Invalid, match="理由"):
        actions.withdraw(actor=school.head, enrolment=found)
    with pytest.raises(Denied):
        actions.withdraw(actor=school.teacher, enrolment=found, reason="x")
    actions.withdraw(actor=school.head, enrolment=found, reason="调岗")
    assert school.enrolled(course).pk == found.pk  # comes back to the same row


def test_all_or_none_when_one_of_the_staff_may_not(school: School) -> None:
    course = school.draft(titles=("主治医师",))
    school.slides(course)
    school.opened(course)
    nurse = school.member("护士", title="护师")
    with pytest.raises(Invalid, match="护士"):
        actions.enrol_staff(actor=school.liaison, course=course, persons=[school.learner_person, nurse])
    assert not Enrolment.objects.exists()


def test_account_without_a_person_cannot_enrol(school: School) -> None:
    course = school.draft()
    school.slides(course)
    school.opened(course)
    with pytest.raises(Conflict, match="还没有对应的人员"):
        actions.enrol(actor=school.doctor, course=course)


def test_nobody_learns_for_somebody_else(school: School) -> None:
    course = school.draft()
    lesson, live, video = school.slides(course), school.live(course), school.recorded(course)
    found = school.enrolled(school.opened(course))
    other = school.of(school.member("别人"))
    now = timezone.now()
    tries: list[Any] = [
        lambda: actions.read_slides(actor=other, enrolment=found, lesson=lesson),
        lambda: actions.sign_in(actor=other, enrolment=found, lesson=live, code=school.code(live)),
        lambda: actions.beat(actor=other, enrolment=found, lesson=video, report=Report(0, 5, "d"), now=now),
        lambda: actions.start(actor=other, enrolment=found),
        lambda: actions.answer_check(actor=other, enrolment=found, lesson=video, check=1),
        lambda: actions.read_slides(actor=school.teacher, enrolment=found, lesson=lesson),
    ]
    for attempt in tries:
        with pytest.raises(Denied):
            attempt()
    assert not LessonRecord.objects.exists()


def test_lesson_of_another_course_is_missing(school: School) -> None:
    course, other = school.draft(), school.draft(title="另一门")
    school.slides(course)
    foreign = school.slides(other)
    found = school.enrolled(school.opened(course))
    with pytest.raises(Missing):
        school.read(found, foreign)
