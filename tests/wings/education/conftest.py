"""浙江医院 teaches, 安吉县人民医院 learns: a course, people on both sides, short forms of the acts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from duikou.core.models import RoleGrant, User
from duikou.core.scope import Actor, actor_for
from duikou.wings.education import actions, codes
from duikou.wings.education.actions import Asked, Details, Plan, Report
from duikou.wings.education.models import Attempt, Course, Enrolment, Lesson, LessonRecord
from duikou.wings.hospitals.units import unit_of
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from tests.wings.patients.conftest import Ward
from tests.wings.posted import SINCE, a_pairing

PDF = b"%PDF-1.4 slides of a lesson"
MINUTE = dt.timedelta(minutes=1)


class School(Ward):
    """A ward whose hospital is paired today with the one that teaches."""

    def __init__(self) -> None:
        super().__init__()
        Pairing.objects.filter(pk=a_pairing().pk).update(end=timezone.localdate() + dt.timedelta(days=300))
        self.pairing = a_pairing()
        self.teacher = self.at(self.other.org, "teacher")
        self.learner_person = self.member("陈学员")
        self.learner = self.of(self.learner_person)
        self.head = self.at(unit_of(self.heart), "department_head")
        self.liaison = self.at(self.home.org, "hospital_liaison")

    def member(self, name: str, *, hospital: Any = None, role: str = "medical_staff", **more: Any) -> Person:
        hospital = hospital or self.home
        user = User.objects.create(username=f"learner-{name}", display_name=name)
        RoleGrant.objects.create(user=user, role=role, org=hospital.org, valid_from=SINCE)
        fields = {"title": "主治医师", "specialty": "cardiology", **more}
        if hospital == self.home:
            fields.setdefault("department", self.heart)
        return Person.objects.create(hospital=hospital, user=user, name=name, **fields)

    def of(self, person: Person) -> Actor:
        assert person.user is not None
        return actor_for(person.user)

    def course_details(self, **more: Any) -> Details:
        today = timezone.localdate()
        values: dict[str, Any] = {
            "title": "胸痛中心建设",
            "specialty": "cardiology",
            "valid_from": today - dt.timedelta(days=1),
            "valid_to": today + dt.timedelta(days=90),
            **more,
        }
        return Details(**values)

    def draft(self, **more: Any) -> Course:
        key = more.pop("key", "")
        return actions.create(
            actor=self.teacher,
            hospital=self.other,
            details=self.course_details(**more),
            key=key,
        )

    def slides(self, course: Course, title: str = "课件一", **more: Any) -> Lesson:
        made = actions.add(
            actor=self.teacher,
            course=course,
            plan=Plan(kind="slides", title=title, speaker_name="周教授", **more),
        )
        return actions.set_slides(actor=self.teacher, lesson=made, filename="a.pdf", content=PDF)

    def recorded(self, course: Course, seconds: int = 100, **more: Any) -> Lesson:
        made = actions.add(
            actor=self.teacher,
            course=course,
            plan=Plan(kind="recorded", title="录播一", speaker_name="周教授", **more),
        )
        Lesson.objects.filter(pk=made.pk).update(length_seconds=seconds)
        made.refresh_from_db()
        return made

    def live(self, course: Course, minutes: int = 0, **more: Any) -> Lesson:
        """One that began `minutes` ago and lasts an hour."""
        begins = timezone.now() - minutes * MINUTE
        values: dict[str, Any] = {
            "kind": "live", "title": "直播一", "speaker_name": "周教授", "begins_at": begins,
            "ends_at": begins + 60 * MINUTE, "place": "会议室", **more,
        }  # fmt: skip
        return actions.add(actor=self.teacher, course=course, plan=Plan(**values))

    def quiz(self, course: Course, questions: int = 3, **more: Any) -> None:
        for number in range(questions):
            actions.add_question(
                actor=self.teacher,
                course=course,
                asked=Asked("single", f"第 {number} 题", ("甲", "乙", "丙"), (1,), "选乙"),
            )
        rules = {"draw": questions, "attempts": 2, "minutes": 10, "pass_percent": 60, **more}
        actions.set_quiz(actor=self.teacher, course=course, **rules)

    def opened(self, course: Course) -> Course:
        return actions.open_(actor=self.teacher, course=course)

    def enrolled(self, course: Course, actor: Actor | None = None) -> Enrolment:
        return actions.enrol(actor=actor or self.learner, course=course)

    def read(self, found: Enrolment, lesson: Lesson) -> LessonRecord:
        return actions.read_slides(actor=self.learner, enrolment=found, lesson=lesson)

    def report(
        self, found: Enrolment, lesson: Lesson, start: int, end: int, at: dt.datetime, device: str = "d1"
    ) -> actions.Progress:
        return actions.beat(
            actor=self.learner, enrolment=found, lesson=lesson, report=Report(start, end, device), now=at
        )

    def code(self, lesson: Lesson, at: dt.datetime | None = None) -> str:
        return codes.code_at(lesson.pk, int((at or timezone.now()).timestamp()))

    def right(self, attempt: Attempt) -> dict[str, list[int]]:
        return {str(one["id"]): one["right"] for one in attempt.drawn}


@pytest.fixture
def school(db: None) -> School:
    return School()
