"""Demonstration courses: marked, learnt by invented staff alone, gone without a trace."""

from __future__ import annotations

import pytest

from duikou.core.errors import Conflict
from duikou.wings.education import demo
from duikou.wings.education.models import Course, CourseCertificate, Enrolment, Lesson
from duikou.wings.people.models import Person
from tests.wings.education.conftest import School


def test_invented_courses_come_and_go(school: School) -> None:
    for number in range(6):
        Person.objects.create(hospital=school.home, name=f"演示学员{number}", demonstration=True)
    real = school.draft()
    lesson = school.slides(real)
    found = school.enrolled(school.opened(real))
    school.read(found, lesson)
    made = demo.load(seed=5)
    assert made["courses"] > 3
    assert made["enrolments"] >= 6
    with pytest.raises(Conflict):
        demo.load(seed=5)
    invented = Course.objects.filter(demonstration=True)
    assert all(course.title.endswith("（演示）") for course in invented)
    assert not Enrolment.objects.filter(course__in=invented, person__demonstration=False).exists()
    assert CourseCertificate.objects.filter(demonstration=True).count() == made["certificates"]
    demo.clear()
    assert list(Course.objects.all()) == [real]
    assert Lesson.objects.count() == Enrolment.objects.count() == CourseCertificate.objects.count() == 1
