"""What the operations take and answer. Right answers of a quiz come only after it was handed in."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import AwareDatetime, Field

from duikou.core.rest import Answer
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.education import marking
from duikou.wings.education.models import Attempt, Course, CourseCertificate, Enrolment, Lesson

router = Router(tags=["education"])
COURSE, LESSON = "/courses/{course_id}", "/lessons/{lesson_id}"
Moment = Annotated[AwareDatetime, Field(description="with its time zone")]
StateName = Literal["draft", "open", "closed"]
KindName = Literal["live", "recorded", "slides", "operation", "round"]
AudienceName = Literal["own", "pairs", "chosen"]
Word = Annotated[str, Field(max_length=40, pattern=TEXT_PATTERN)]
Title = Annotated[str, Field(min_length=1, max_length=120, pattern=TEXT_PATTERN)]
Note = Annotated[str, Field(max_length=500, pattern=TEXT_PATTERN)]
Text = Annotated[str, Field(max_length=4000)]
Percent = Annotated[int, Field(ge=0, le=100)]


class LessonItem(Answer):
    """A lesson of a course."""

    id: int
    position: int
    kind: KindName
    title: str
    required: bool
    requires: list[int]
    speaker_name: str
    begins_at: Moment | None
    ends_at: Moment | None
    place: str
    sign_from: Moment | None
    sign_until: Moment | None
    length_seconds: int
    minutes: int
    has_slides: bool


class CourseItem(Answer):
    """A course in a list. Hours, credits, class and project are the organiser's, as granted."""

    id: int
    title: str
    state: StateName
    specialty: str
    language: Literal["zh", "en", "both"]
    audience: AudienceName
    hospital_id: int
    hospital: str
    department_id: int | None
    valid_from: dt.date
    valid_to: dt.date
    watch_percent: int
    hours: float | None
    credit_class: Literal["", "1", "2"]
    credits: float | None
    project_code: str
    lessons: int
    learners: int
    version: int
    demonstration: bool


class QuizItem(Answer):
    """How a course is examined."""

    draw: int
    attempts: int
    minutes: int
    pass_percent: int


class CourseRecord(CourseItem):
    """One course with its lessons."""

    about: str
    specialties: list[str]
    titles: list[str]
    lesson_list: list[LessonItem]
    quiz: QuizItem | None


class EnrolmentItem(Answer):
    """Somebody in a course, with how far."""

    id: int
    course_id: int
    course: str
    person_id: int
    person: str
    hospital: str
    state: Literal["active", "completed", "withdrawn"]
    by_head: bool
    needed: int
    done: int
    best: int | None
    enrolled_at: Moment
    completed_at: Moment | None
    demonstration: bool


class QuestionItem(Answer):
    """A question as it is asked."""

    id: int
    kind: Literal["single", "multiple", "true_false"]
    text: str
    options: list[str]


class MarkedItem(QuestionItem):
    """A question once the attempt was handed in: places of options count from 0."""

    right: list[int]
    given: list[int]
    explanation: str


class AttemptItem(Answer):
    """An attempt. `marked` is empty before it was handed in, `asked` afterwards."""

    id: int
    number: int
    started_at: Moment
    due_at: Moment
    submitted_at: Moment | None
    late: bool
    percent: int | None
    passed: bool
    pass_percent: int
    asked: list[QuestionItem]
    marked: list[MarkedItem]


class CertificateItem(Answer):
    """A certificate as it was issued."""

    id: int
    number: str
    code: str
    person_name: str
    hospital_name: str
    course_title: str
    offered_by: str
    hours: float | None
    credit_class: Literal["", "1", "2"]
    credits: float | None
    project_code: str
    quiz_percent: int | None
    credited_seconds: int
    issued_at: Moment
    valid: bool
    demonstration: bool


def lesson_item(one: Lesson) -> dict[str, Any]:
    """A lesson."""
    special = ("requires", "has_slides")
    return {
        **{name: getattr(one, name) for name in LessonItem.model_fields if name not in special},
        "requires": [need.pk for need in one.requires.all()],
        "has_slides": one.document_id is not None,
    }


def course_item(one: Course) -> dict[str, Any]:
    """A course as lists show it; its numbers where they were counted."""
    special = ("hospital", "lessons", "learners")
    return {
        **{name: getattr(one, name) for name in CourseItem.model_fields if name not in special},
        "hospital": one.hospital.name,
        "lessons": getattr(one, "lesson_count", 0),
        "learners": getattr(one, "learner_count", 0),
    }


def enrolment_item(one: Enrolment) -> dict[str, Any]:
    """An enrolment."""
    special = ("course", "person", "hospital", "needed", "done", "best")
    return {
        **{name: getattr(one, name) for name in EnrolmentItem.model_fields if name not in special},
        "course": one.course.title,
        "person": one.person.name,
        "hospital": one.hospital.name,
        **{name: getattr(one, name, None if name == "best" else 0) for name in ("needed", "done", "best")},
    }


def attempt_item(one: Attempt) -> dict[str, Any]:
    """An attempt: nothing of what is right before it was handed in."""
    open_ = one.submitted_at is None
    plain = [name for name in AttemptItem.model_fields if name not in ("asked", "marked")]
    marked = [] if open_ else [{**row, "given": one.answers.get(str(row["id"]), [])} for row in one.drawn]
    return {
        **{name: getattr(one, name) for name in plain},
        "asked": marking.asked(one.drawn) if open_ else [],
        "marked": marked,
    }


def certificate_item(one: CourseCertificate) -> dict[str, Any]:
    """A certificate."""
    return {name: getattr(one, name) for name in CertificateItem.model_fields}
