"""Making lessons and quizzes, and who learns."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from duikou.core.actions import require
from duikou.core.rest import Answer, Body, Call, Id, Limit, Offset, Page, Ref, Yes, operation, page_of
from duikou.core.scope import Actor
from duikou.wings.education import actions
from duikou.wings.education.actions import Asked, Plan
from duikou.wings.education.api._shapes import (
    COURSE,
    LESSON,
    EnrolmentItem,
    KindName,
    LessonItem,
    Moment,
    QuizItem,
    Text,
    Title,
    enrolment_item,
    lesson_item,
    router,
)
from duikou.wings.education.models import Course, Lesson
from duikou.wings.education.queries import courses as desk
from duikou.wings.education.queries import learning


class LessonBody(Body):
    """A lesson. Time, place and sign-in belong to live lessons, operations and rounds."""

    kind: KindName
    title: Title
    speaker_name: Annotated[str, Field(max_length=60)] = ""
    speaker_id: Ref | None = None
    about: Text = ""
    required: Yes = True
    requires: Annotated[list[Ref], Field(max_length=100)] = []
    begins_at: Moment | None = None
    ends_at: Moment | None = None
    place: Annotated[str, Field(max_length=120)] = ""
    sign_from: Moment | None = None
    sign_until: Moment | None = None
    posting_id: Ref | None = None
    minutes: Annotated[int, Field(ge=0, le=600)] = 0

    def plan(self, actor: Actor, course: Course, lesson: Lesson | None = None) -> Plan:
        """For the action. The patient of a lesson is set on its page, where the consent is seen."""
        given = self.model_dump(exclude={"speaker_id", "posting_id", "requires"})
        wanted = set(self.requires)
        return Plan(
            **given,
            speaker=desk.one(desk.speakers_for(course), self.speaker_id) if self.speaker_id else None,
            posting=desk.posting_for(actor, course, self.posting_id) if self.posting_id else None,
            requires=[desk.one(desk.lessons_of(course), key) for key in sorted(wanted)],
            patient=lesson.patient if lesson else None,
        )


def taught(actor: Actor, lesson_id: int) -> Lesson:
    """A lesson of a course that the actor teaches."""
    lesson = desk.lesson(actor, lesson_id)
    require(actor, "course.teach", (lesson.course.scope_path,))
    return lesson


@operation(
    router, "POST", f"{COURSE}/lessons", response=LessonItem, permission="course.teach", status=201,
    zh="添加课时", en="Add a lesson",
)  # fmt: skip
def add_lesson(request: Call, course_id: Id, body: LessonBody) -> Any:
    """At the end of the course."""
    course = desk.own(request.actor, course_id)
    return lesson_item(actions.add(actor=request.actor, course=course, plan=body.plan(request.actor, course)))


@operation(
    router, "PUT", LESSON, response=LessonItem, permission="course.teach", zh="修改课时", en="Change a lesson"
)
def change_lesson(request: Call, lesson_id: Id, body: LessonBody) -> Any:
    """Its kind stays once somebody has begun it."""
    lesson = taught(request.actor, lesson_id)
    plan = body.plan(request.actor, lesson.course, lesson)
    return lesson_item(actions.edit_lesson(actor=request.actor, lesson=lesson, plan=plan))


@operation(
    router, "POST", f"{LESSON}/remove", response=LessonItem, permission="course.teach", zh="移除课时",
    en="Take a lesson out",
)  # fmt: skip
def remove_lesson(request: Call, lesson_id: Id) -> Any:
    """What people have done in it stays on record."""
    lesson = taught(request.actor, lesson_id)
    actions.remove(actor=request.actor, lesson=lesson)
    return lesson_item(lesson)


class SignInCode(Answer):
    """The code to show, and for how many seconds it is shown."""

    code: str
    seconds_left: int


@operation(
    router, "GET", f"{LESSON}/code", response=SignInCode, permission="course.teach", zh="签到码",
    en="Code of sign-in",
)  # fmt: skip
def get_code(request: Call, lesson_id: Id) -> Any:
    """For the course's teachers, inside the window; a speaker who is none of them has a page."""
    code, left = actions.code_of(actor=request.actor, lesson=desk.lesson(request.actor, lesson_id))
    return {"code": code, "seconds_left": left}


class QuizBody(Body):
    """Rules of a quiz."""

    draw: Annotated[int, Field(ge=1, le=200)]
    attempts: Annotated[int, Field(ge=1, le=20)]
    minutes: Annotated[int, Field(ge=1, le=300)]
    pass_percent: Annotated[int, Field(ge=1, le=100)]


@operation(
    router, "PUT", f"{COURSE}/quiz", response=QuizItem, permission="course.teach", zh="测验规则",
    en="Rules of the quiz",
)  # fmt: skip
def set_quiz(request: Call, course_id: Id, body: QuizBody) -> Any:
    """Attempts that were begun keep theirs."""
    course = desk.own(request.actor, course_id)
    return actions.set_quiz(actor=request.actor, course=course, **body.model_dump())


class QuestionBody(Body):
    """A question; `right`: places of the right options, from 0. True or false has no options of its own."""

    kind: Literal["single", "multiple", "true_false"]
    text: Annotated[str, Field(min_length=1, max_length=1000)]
    options: Annotated[list[Annotated[str, Field(min_length=1, max_length=300)]], Field(max_length=8)] = []
    right: Annotated[list[Annotated[int, Field(ge=0, le=7)]], Field(min_length=1, max_length=8)]
    explanation: Annotated[str, Field(max_length=1000)] = ""


class QuestionKey(Answer):
    """A question of the bank."""

    id: int
    kind: str
    text: str


@operation(
    router, "POST", f"{COURSE}/questions", response=QuestionKey, permission="course.teach", status=201,
    zh="添加试题", en="Add a question",
)  # fmt: skip
def add_question(request: Call, course_id: Id, body: QuestionBody) -> Any:
    """Into the course's bank."""
    course = desk.own(request.actor, course_id)
    return actions.add_question(actor=request.actor, course=course, asked=Asked(**body.model_dump()))


@operation(
    router, "GET", f"{COURSE}/learners", response=Page[EnrolmentItem], permission="course.view",
    zh="选课人员", en="Who learns in a course",
)  # fmt: skip
def list_learners(request: Call, course_id: Id, limit: Limit = 100, offset: Offset = 0) -> Any:
    """All of them for the course's teachers, the own staff for a head, oneself for a learner."""
    course = desk.find(request.actor, course_id)
    rows = learning.learners(request.actor, course)
    return page_of(rows.order_by("enrolled_at", "pk"), limit, offset, enrolment_item)


class Staff(Body):
    """Persons of the own department or hospital."""

    person_ids: Annotated[list[Ref], Field(min_length=1, max_length=300)]


@operation(
    router, "POST", f"{COURSE}/enrol-staff", response=list[EnrolmentItem], permission="course.enrol",
    status=201, zh="为人员选课", en="Put staff into a course",
)  # fmt: skip
def enrol_staff(request: Call, course_id: Id, body: Staff) -> Any:
    """All of them, or none with who may not and why."""
    course = desk.find(request.actor, course_id)
    persons = desk.staff_named(request.actor, course, body.person_ids)
    made = actions.enrol_staff(actor=request.actor, course=course, persons=persons)
    return [enrolment_item(one) for one in made]
