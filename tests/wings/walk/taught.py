"""A course of one department for the walks: lessons, a question, somebody who learns, a certificate."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from duikou.core import documents
from duikou.core.scope import SYSTEM
from duikou.wings.education.models import (
    Attempt,
    Course,
    CourseCertificate,
    Enrolment,
    Lesson,
    Question,
    QuestionBatch,
    Quiz,
)
from duikou.wings.hospitals.models import Department
from duikou.wings.hospitals.units import unit_of
from duikou.wings.people.models import Person

AT = dt.datetime(2014, 3, 3, 8, tzinfo=dt.UTC)
FAR = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


@dataclass
class Taught:
    """What the walks ask for."""

    course: Course
    held: Lesson
    slides: Lesson
    question: Question
    batch: QuestionBatch
    enrolment: Enrolment
    attempt: Attempt
    certificate: CourseCertificate


def taught(department: Department, person: Person, name: str) -> Taught:
    """For the own hospital alone; every text says whose it is."""
    path = unit_of(department).path or ""
    course = Course.objects.create(
        hospital=department.hospital, department=department, scope_path=path, title=f"{name}课程",
        specialty="cardiology", audience="own", valid_from=AT.date(), valid_to=FAR.date(), watch_percent=90,
        state="open",
    )  # fmt: skip
    held = Lesson.objects.create(
        course=course, position=1, kind="live", title=f"{name}直播", speaker_name="周", begins_at=AT,
        ends_at=FAR, place=f"{name}会议室", sign_from=AT, sign_until=FAR,
    )  # fmt: skip
    paper = documents.keep(b"%PDF-1.4 slides", filename=f"{name}.pdf", scope_path="", actor=SYSTEM)
    slides = Lesson.objects.create(
        course=course, position=2, kind="slides", title=f"{name}课件", speaker_name="周", document=paper
    )
    Quiz.objects.create(course=course, draw=1, attempts=2, minutes=10, pass_percent=60)
    question = Question.objects.create(
        course=course, kind="true_false", text=f"{name}题", options=["正确", "错误"], right=[0]
    )
    enrolment = Enrolment.objects.create(
        course=course, person=person, hospital=department.hospital, department=department, home_path=path,
        teach_path=path, state="completed", completed_at=AT,
    )  # fmt: skip
    drawn = [
        {"id": question.pk, "kind": "true_false", "text": question.text, "options": question.options,
         "right": [0], "explanation": ""}
    ]  # fmt: skip
    attempt = Attempt.objects.create(
        enrolment=enrolment, number=1, drawn=drawn, answers={str(question.pk): [0]}, pass_percent=60,
        started_at=AT, due_at=AT, submitted_at=AT, percent=100, passed=True,
    )  # fmt: skip
    certificate = CourseCertificate.objects.create(
        enrolment=enrolment, number=f"YX2014{enrolment.pk:07d}", code=f"WALK-{enrolment.pk:04d}-0000-0000",
        person_name=f"{name}学员", hospital_name=department.hospital.name, course_title=course.title,
        offered_by=department.hospital.name, home_path=path, teach_path=path, issued_at=AT,
        demonstration=True,
    )  # fmt: skip
    return Taught(
        course=course,
        held=held,
        slides=slides,
        question=question,
        batch=QuestionBatch.objects.create(course=course, filename=f"{name}.xlsx"),
        enrolment=enrolment,
        attempt=attempt,
        certificate=certificate,
    )
