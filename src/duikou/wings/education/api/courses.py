"""Courses: lists, one course, its making and steps; numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from duikou.core.rest import Answer, Body, Call, Day, Id, Limit, Offset, Page, Ref, operation, page_of
from duikou.core.rest.types import Because, Flag, Version
from duikou.wings.education import actions
from duikou.wings.education.actions import Details
from duikou.wings.education.api._shapes import (
    COURSE,
    AudienceName,
    CourseItem,
    CourseRecord,
    StateName,
    Text,
    Title,
    Word,
    course_item,
    lesson_item,
    router,
)
from duikou.wings.education.parameters import WATCH_PERCENT
from duikou.wings.education.queries import counts as numbers
from duikou.wings.education.queries import courses as desk


@operation(
    router, "GET", "/courses", response=Page[CourseItem], permission="course.view", zh="远程课程列表",
    en="Courses",
)  # fmt: skip
def list_courses(
    request: Call,
    state: StateName | None = None,
    taught: Flag = False,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Any:
    """Offered to the caller, taken or taught by the caller; `taught`: the latter alone."""
    rows = desk.taught(request.actor) if taught else desk.courses(request.actor)
    if state is not None:
        rows = rows.filter(state=state)
    return page_of(rows.order_by("-valid_from", "-pk"), limit, offset, course_item)


@operation(
    router, "GET", COURSE, response=CourseRecord, permission="course.view", zh="一门课程", en="A course"
)
def get_course(request: Call, course_id: Id) -> Any:
    """With its lessons and the rules of its quiz; never its questions."""
    found = desk.find(request.actor, course_id)
    return {
        **course_item(found),
        "about": found.about,
        "specialties": found.specialties,
        "titles": found.titles,
        "lesson_list": [lesson_item(one) for one in desk.lessons_of(found)],
        "quiz": desk.quiz_of(found),
    }


class CourseBody(Body):
    """What a course says of itself. Credits need a class and the project that grants them."""

    title: Title
    specialty: Word
    valid_from: Day
    valid_to: Day
    about: Text = ""
    language: Literal["zh", "en", "both"] = "zh"
    audience: AudienceName = "pairs"
    hospital_ids: Annotated[list[Ref], Field(max_length=200)] = []
    specialties: Annotated[list[Word], Field(max_length=60)] = []
    titles: Annotated[list[Word], Field(max_length=60)] = []
    watch_percent: Annotated[int, Field(ge=1, le=100)] = WATCH_PERCENT
    hours: Annotated[float, Field(gt=0, le=999)] | None = None
    credit_class: Literal["", "1", "2"] = ""
    credits: Annotated[float, Field(gt=0, le=99)] | None = None
    project_code: Word = ""

    def details(self) -> Details:
        """For the action; figures are kept to one decimal."""
        plain = set(CourseBody.model_fields) - {"hospital_ids", "hours", "credits"}
        given = self.model_dump(include=plain)
        return Details(
            **given,
            hospitals=desk.hospitals_named(self.hospital_ids),
            hours=_tenth(self.hours),
            credits=_tenth(self.credits),
        )


def _tenth(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(round(value, 1)))


class NewCourse(CourseBody):
    """Who offers it: a hospital, or one of its departments; `key` makes a repeated call one course."""

    hospital_id: Ref
    department_id: Ref | None = None
    key: Annotated[str, Field(max_length=40, pattern=r"^[0-9A-Za-z_-]*$")] = ""


@operation(
    router, "POST", "/courses", response=CourseItem, permission="course.teach", status=201, zh="开设课程",
    en="Begin a course",
)  # fmt: skip
def create_course(request: Call, body: NewCourse) -> Any:
    """In preparation: only its teachers see it."""
    place = f"d{body.department_id}" if body.department_id else f"h{body.hospital_id}"
    hospital, department = desk.place(request.actor, place)
    made = actions.create(
        actor=request.actor, hospital=hospital, department=department, details=body.details(), key=body.key
    )
    return course_item(made)


class CourseChange(CourseBody):
    """The whole course, on the version that was read."""

    version: Version


@operation(
    router, "PUT", COURSE, response=CourseItem, permission="course.teach", zh="修改课程", en="Change a course"
)
def change_course(request: Call, course_id: Id, body: CourseChange) -> Any:
    """Until it is closed."""
    found = desk.own(request.actor, course_id)
    return course_item(
        actions.edit(actor=request.actor, course=found, details=body.details(), version=body.version)
    )


class CourseStep(Body):
    """A step on the version that was read; without one, on the latest."""

    version: Version | None = None


@operation(
    router, "POST", f"{COURSE}/open", response=CourseItem, permission="course.teach", zh="开放选课",
    en="Open for enrolment",
)  # fmt: skip
def open_course(request: Call, course_id: Id, body: CourseStep) -> Any:
    """409 says everything that is still lacking."""
    found = desk.own(request.actor, course_id)
    return course_item(actions.open_(actor=request.actor, course=found, version=body.version))


@operation(
    router, "POST", f"{COURSE}/close", response=CourseItem, permission="course.teach", zh="结束课程",
    en="Close a course",
)  # fmt: skip
def close_course(request: Call, course_id: Id, body: Because) -> Any:
    """Certificates stand."""
    found = desk.own(request.actor, course_id)
    return course_item(actions.close(actor=request.actor, course=found, reason=body.reason))


@operation(
    router, "POST", f"{COURSE}/reopen", response=CourseItem, permission="course.teach", zh="重新开放课程",
    en="Open a closed course again",
)  # fmt: skip
def reopen_course(request: Call, course_id: Id, body: Because) -> Any:
    """With the reason."""
    found = desk.own(request.actor, course_id)
    return course_item(actions.reopen(actor=request.actor, course=found, reason=body.reason))


class EducationLine(Answer):
    """Numbers of one pair, department, teacher or month."""

    first: str
    second: str
    courses: int
    learners: int
    lessons_done: int
    signed: int
    completed: int
    hours_watched: float
    demonstration: bool


@operation(
    router, "GET", "/education-counts", response=list[EducationLine], permission="course.count",
    zh="远程教育的数量", en="Numbers of remote education",
)  # fmt: skip
def count_courses(request: Call, by: Literal["pair", "department", "teacher", "month"] = "pair") -> Any:
    """No name of anybody who learns. By teacher, `completed` is 0: a course is completed, not a lesson."""
    return numbers.counts(request.actor, by)
